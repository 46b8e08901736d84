"""The octets of one IMAP connection: TLS, timeouts, caps, and lines that can be waited for.

imaplib lets a subclass do the reading and writing itself (open, read, readline, send); this one keeps its
own buffer, so that a half-arrived line is never lost and nothing that already arrived is waited for again.
It must not know any mailbox or message.
"""

from __future__ import annotations

import imaplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from imapclient import IMAPClient, SocketTimeout

from connectors import imap_answer
from connectors.imap_answer import Source, Value
from connectors.imap_settings import ImapSettings, Security

MOST_OCTETS = 1 << 24
"""The longest line or literal taken: far above what we ask for, far below what would hurt."""

_CHUNK = 1 << 16
_BEGINNING = 32  # octets that tell an answer to FETCH
_NEWS = ("EXISTS", "RECENT", "NO")  # an untagged NO is a warning (RFC 9051 7.1.2): look what it is about
_CHATTER = ("FETCH", "EXPUNGE", "VANISHED")  # changes nobody asked for; kept, they would pile up for a year


class Wire(imaplib.IMAP4):
    """imaplib's connection over a buffer of our own."""

    def __init__(self, settings: ImapSettings, context: ssl.SSLContext | None) -> None:
        self._settings = settings
        self._context = context
        self._buffer = bytearray()
        self._source: socket.socket | None = None
        self._idle_tag: Any = None
        host, port = settings.address
        super().__init__(host, port, timeout=settings.connect_timeout)

    def _create_socket(self, timeout: float | None) -> socket.socket:
        """Connect.  The kernel watches over the idle connection too (a NAT may have forgotten it)."""
        sock = socket.create_connection(self._settings.address, timeout)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for option, value in (("TCP_KEEPIDLE", 60), ("TCP_KEEPINTVL", 15), ("TCP_KEEPCNT", 4)):
            if hasattr(socket, option):
                sock.setsockopt(socket.IPPROTO_TCP, getattr(socket, option), value)
        if self._context and self._settings.security is Security.TLS:
            return self._context.wrap_socket(sock, server_hostname=self._settings.host)
        return sock

    def open(self, *where: Any) -> None:
        """Connect, without the file object of imaplib, whose buffer nobody uses here."""
        super().open(*where)
        self.file.close()

    def _log(self, line: str) -> None:
        """Keep no record of the last lines, as imaplib would for its own debugging."""

    def _held(self) -> bytearray:
        """Return the buffer, emptied where the socket is another than it was.

        What was buffered before STARTTLS came from nobody knows whom (RFC 9051 11.1).
        """
        if self._source is not self.sock:
            self._buffer.clear()
            self._source = self.sock
        return self._buffer

    def _receive(self) -> None:
        """Add what has arrived to the buffer; wait for it as long as the socket's timeout says."""
        data = self.sock.recv(_CHUNK)
        if not data:
            raise self.abort("the server closed the connection")
        self._buffer += data

    def readline(self) -> bytes:
        """Return one line with its line end."""
        return self._take(self._line_end())

    def _line_end(self) -> int:
        """Wait until a whole line has arrived; return its length."""
        seen = 0
        while (end := self._held().find(b"\n", seen)) < 0:
            seen = len(self._buffer)
            if seen > MOST_OCTETS:
                raise self.abort("the server sent a line without an end")
            self._receive()
        return end + 1

    def read(self, size: int) -> bytes:
        """Return exactly `size` octets of a literal."""
        if size > MOST_OCTETS:
            raise self.abort(f"the server announced {size} octets at once")
        while len(self._held()) < size:
            self._receive()
        return self._take(size)

    def _take(self, size: int) -> bytes:
        with memoryview(self._buffer) as view:
            taken = bytes(view[:size])
        del self._buffer[:size]
        return taken

    def ask_fetch(self, uids: str, items: str) -> Any:
        """Send a UID FETCH; return what `fetched` wants to know to read the answers, now or later."""
        return self._command("UID", "FETCH", uids, items)

    def fetched(self, tag: Any) -> Iterator[dict[bytes, Value]]:
        """Yield the answers to a UID FETCH as they come; other things said in between are taken in.

        imaplib and IMAPClient would look at every octet of every mail.  Raises `error` for a NO.
        """
        source = Source(self.read, self.readline)
        while self.tagged_commands[tag] is None:
            self._line_end()
            if imap_answer.BEGINNING.match(bytes(self._buffer[:_BEGINNING])):
                yield imap_answer.items(self.readline(), source)
            else:
                self._get_response()
        kind, lines = self._command_complete("FETCH", tag)
        if kind != "OK":
            raise self.error(f"FETCH failed: {lines[-1]!r}")

    @property
    def idling(self) -> bool:
        """Return whether an IDLE is under way."""
        return self._idle_tag is not None

    def begin_idle(self) -> bool:
        """Send IDLE and wait for the go-ahead, before which other answers may come (RFC 2177).

        Return False where the server offered IDLE and now does not want it.
        """
        for name in self.untagged_responses.keys() - set(_NEWS):  # what earlier commands left over
            del self.untagged_responses[name]
        tag = self._command("IDLE")
        while self._get_response() is not None:
            if self.tagged_commands[tag]:
                del self.tagged_commands[tag]
                return False
        self._idle_tag = tag
        return True

    def idle_news(self) -> bool:
        """Take in what has already arrived during an IDLE, without waiting; return whether mail came."""
        self.sock.setblocking(False)
        try:
            while True:
                self._get_response()
                if self.tagged_commands.get(self._idle_tag):
                    raise self.abort("the server ended IDLE by itself")
        except (BlockingIOError, ssl.SSLWantReadError):
            pass
        finally:
            self.sock.settimeout(self._settings.read_timeout)
        return self.news()

    def end_idle(self) -> bool:
        """Send DONE and wait for its answer, not longer than `done_timeout`; return whether mail came."""
        tag, self._idle_tag = self._idle_tag, None
        with self.impatient():
            self.send(b"DONE\r\n")
            self._command_complete("IDLE", tag)
        return self.news()

    @contextmanager
    def impatient(self) -> Iterator[None]:
        """Wait for answers only as long as `done_timeout` says: they cost the server nothing."""
        self.sock.settimeout(self._settings.done_timeout)
        yield
        self.sock.settimeout(self._settings.read_timeout)

    def news(self) -> bool:
        """Return whether mail was announced, and forget that it was.  A BYE is an end (RFC 9051 7.1.5)."""
        self._check_bye()
        for name in _CHATTER:
            self.untagged_responses.pop(name, None)
        announced = [self.untagged_responses.pop(name, None) for name in _NEWS]
        return any(announced)


class Client(IMAPClient):  # type: ignore[misc]  # imapclient has no type information
    """IMAPClient over our wire, quiet: its debug level would write every body into the log."""

    def __init__(self, settings: ImapSettings, context: ssl.SSLContext | None) -> None:
        self._settings = settings
        self._wire: Wire
        host, port = settings.address
        timeout = SocketTimeout(settings.connect_timeout, settings.read_timeout)
        super().__init__(
            host, port, ssl=settings.security is Security.TLS, ssl_context=context, timeout=timeout
        )
        self._imap.debug = 0
        self.normalise_times = False
        self.folder_encode = False

    def _create_IMAP4(self) -> Wire:  # noqa: N802  # IMAPClient's name
        self._wire = Wire(self._settings, self.ssl_context)
        return self._wire

    @property
    def wire(self) -> Wire:
        """Return the connection underneath."""
        return self._wire

    def special_folders(self) -> list[Any]:
        """Return the mailboxes with a special use, as `list_folders` does (RFC 6154 5.3)."""
        kind, answer = self._imap._simple_command("LIST", "(SPECIAL-USE)", '""', '"*"')
        self._checkok("list", kind, answer)
        _, lines = self._imap._untagged_response(kind, answer, "LIST")
        return list(self._proc_folder_list(lines))
