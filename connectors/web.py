"""One HTTP/1.1 connection at a time: a request goes out once, and an answer of bounded size comes back.

General clients send a request again where the connection broke: a draft whose answer was lost would be
stored twice.  Here nothing is sent twice, and no redirect is followed.  It must not know what is asked.
"""

from __future__ import annotations

import contextlib
import http.client
import select
import socket
import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from urllib.parse import SplitResult, urlencode, urlsplit, urlunsplit

from connectors.errors import Refused, Unavailable

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
SIZE_CAP = 1 << 21

_NONE: Mapping[str, str] = MappingProxyType({})


class TooLarge(Unavailable):
    """The answer has more octets than were asked for."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server said; the names of `headers` are in lower case."""

    status: int
    reason: str
    headers: Mapping[str, str]
    body: bytes


class Web:
    """A client of a few hosts, for one thread; connections are kept open.  Times are in seconds."""

    def __init__(self, connect_timeout: float = 20.0, read_timeout: float = 60.0) -> None:
        self._timeouts = connect_timeout, read_timeout
        self._lines: dict[str, http.client.HTTPConnection] = {}
        self._asked: SplitResult | None = None

    def request(
        self,
        method: str,
        url: str,
        body: bytes | None = None,
        headers: Mapping[str, str] = _NONE,
        cap: int = SIZE_CAP,
    ) -> Answer:
        """Return what the server answers.

        Raises Unavailable where no whole answer came (the request may have been obeyed), TooLarge where it
        is larger than `cap` octets, Refused for an address that would be spoken to without TLS.
        """
        self.begin(method, url, body, headers)
        return self.finish(cap)

    def begin(
        self, method: str, url: str, body: bytes | None = None, headers: Mapping[str, str] = _NONE
    ) -> socket.socket:
        """Ask, and return what becomes readable once an answer comes.  Raises like `request`."""
        where = checked_url(url)
        if self._asked is not None:  # whose answer nobody took
            self._drop(self._asked.netloc)
        with self._telling(where):
            line = self._line(where.scheme, where.netloc)
            target = urlunsplit(("", "", where.path or "/", where.query, ""))
            line.request(method, target, body, dict(headers))
        self._asked = where
        return line.sock

    def answered(self) -> bool:
        """Return whether there is something of an answer to what was begun, or the line has ended."""
        line = self._lines.get(self._asked.netloc) if self._asked else None
        if line is None:
            return False
        pending = isinstance(line.sock, ssl.SSLSocket) and line.sock.pending()
        return bool(pending or select.select([line.sock], [], [], 0)[0])

    def finish(self, cap: int = SIZE_CAP) -> Answer:
        """Return the answer to what was begun, waiting for it.  Raises like `request`."""
        assert self._asked is not None
        where, self._asked = self._asked, None
        with self._telling(where):
            line = self._lines.get(where.netloc)
            if line is None:  # closed meanwhile, by another thread
                raise http.client.NotConnected
            response = line.getresponse()
            octets = _read(response, cap)
        if len(octets) > cap or response.will_close:  # RFC 9112 9.6
            self._drop(where.netloc)
        if len(octets) > cap:
            raise TooLarge(f"An answer of {where.hostname} is larger than {cap} octets.")
        known = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, response.reason, MappingProxyType(known), octets)

    @contextlib.contextmanager
    def _telling(self, where: SplitResult) -> Iterator[None]:
        """Turn what goes wrong on a line into Unavailable; nobody knows then what it will say next."""
        try:
            yield
        except (OSError, http.client.HTTPException, ValueError, AttributeError) as error:
            # an AttributeError is http.client's word for a line that another thread has closed
            self._drop(where.netloc)
            raise Unavailable(
                f"{where.hostname} cannot be reached: {_words(error)}.",
                hint="Check whether this machine is online.",
            ) from error
        except BaseException:
            self._drop(where.netloc)
            raise

    def stale(self, url: str) -> bool:
        """Return whether a request to `url` would use a connection that has been used before."""
        return urlsplit(url).netloc in self._lines

    def post_form(self, url: str, fields: Mapping[str, str]) -> Answer:
        """Return the answer to a form (RFC 6749 appendix B)."""
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
        return self.request("POST", url, urlencode(fields).encode(), headers, cap=1 << 18)

    def close(self) -> None:
        """Let go of every connection without waiting for the server."""
        for netloc in list(self._lines):
            self._drop(netloc)

    def _line(self, scheme: str, netloc: str) -> http.client.HTTPConnection:
        if line := self._lines.get(netloc):
            return line
        connect, read = self._timeouts
        if scheme == "https":
            line = http.client.HTTPSConnection(netloc, timeout=connect, context=_trusting())
        else:
            line = http.client.HTTPConnection(netloc, timeout=connect)
        line.connect()
        line.sock.settimeout(read)
        line.auto_open = 0  # a line that was closed is not opened again behind our back
        self._lines[netloc] = line
        return line

    def _drop(self, netloc: str) -> None:
        if line := self._lines.pop(netloc, None):
            with contextlib.suppress(OSError):
                line.close()


@cache
def _trusting() -> ssl.SSLContext:
    """Return one context for all lines: the system's certificates take a megabyte."""
    return ssl.create_default_context()


def _read(response: http.client.HTTPResponse, cap: int) -> bytes:
    """Return the body, or one octet more than `cap`; `read` with a number hides that a body was cut off."""
    octets = response.read(cap + 1)
    if response.length and len(octets) <= cap:
        raise http.client.IncompleteRead(b"", response.length)
    return octets


def checked_url(url: str) -> SplitResult:
    """Return the parts of an address.

    Raises Refused where there would be no TLS and the host is not this machine.
    """
    where = urlsplit(url)
    if where.scheme == "https" and where.hostname:
        return where
    if where.scheme == "http" and where.hostname in LOOPBACK:
        return where
    raise Refused(
        f"{where.scheme}://{where.hostname} is not protected by TLS, so nothing was sent there.",
        hint="Use an https address; plain http is only for this machine (127.0.0.1).",
    )


def _words(error: BaseException) -> str:
    """Return what went wrong on the line, short; the text of an OSError never holds what was sent."""
    if isinstance(error, TimeoutError):
        return "no answer in time"
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not trusted ({error.verify_message})"
    if isinstance(error, OSError):
        return error.strerror or type(error).__name__
    return f"the answer makes no sense ({type(error).__name__})"
