"""A real Dovecot for the tests: unprivileged, on loopback, in a directory of its own.

It runs as the present user; started by root it becomes Dovecot's own system user.  Every user name may log
in with PASSWORD and has a fresh Maildir, so each test takes a name of its own.
"""

from __future__ import annotations

import contextlib
import grp
import itertools
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest
from imapclient import IMAPClient, imap_utf7
from servers.certificate import Certificate, make_certificate

from connectors.imap import ImapConnector, ImapSettings, Security

PASSWORD = "open-sesame"
MISSING = "Dovecot is not installed; get it with: apt-get install dovecot-imapd"

_QUOTA_23 = """
mail_plugins = quota
protocol imap {
  mail_plugins = quota imap_quota
}
plugin {
  quota = count:User quota
  quota_vsizes = yes
  quota_rule = *:storage=1K
}
"""
_QUOTA_24 = """
mail_plugins {
  quota = yes
}
protocol imap {
  mail_plugins {
    imap_quota = yes
  }
}
quota_storage_size = 1 k
quota "User quota" {
}
"""

_names = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Layout:
    """How the server presents its mailboxes.  `boxes` are (name, special use or nothing).

    `quota`: the accounts have no room for another mail (what is delivered as a file is not counted).
    """

    boxes: tuple[tuple[str, str], ...] = (("Drafts", r"\Drafts"), ("Sent", r"\Sent"), ("Trash", r"\Trash"))
    prefix: str = ""
    quota: bool = False


class Dovecot:
    """One running server."""

    def __init__(self, layout: Layout | None = None) -> None:
        self.layout = layout or Layout()
        self.host = "localhost"
        self.port, self.tls_port = _free_ports(2)
        self._program = _program()
        self._root = Path(tempfile.mkdtemp(prefix="dovecot-"))
        self._account = _account()
        self.certificate: Certificate = make_certificate(self._root)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start, and wait until it answers."""
        assert self._program, MISSING
        config = self._root / "dovecot.conf"
        version = subprocess.run([self._program, "--version"], capture_output=True, text=True, check=True)
        config.write_text(self._config_24() if version.stdout >= "2.4" else self._config_23())
        self._own(self._root, *self._root.iterdir())
        who = {} if os.geteuid() else {"user": self._account.pw_uid, "group": self._account.pw_gid}
        self._process = subprocess.Popen(
            [self._program, "-F", "-c", str(config)],
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            **who,
        )
        end = time.monotonic() + 10
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"Dovecot did not start:\n{self.log()}")
            time.sleep(0.02)

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), 2) as line:
                return line.recv(4) == b"* OK"
        except OSError:
            return False

    def stop(self) -> None:
        """Kill the server and all its processes; its data stay, so that it may be started again."""
        if self._process:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(10)
            self._process = None

    def remove(self) -> None:
        """Stop the server and delete all it had."""
        self.stop()
        shutil.rmtree(self._root, ignore_errors=True)

    def log(self) -> str:
        """Return what the server wrote about its work."""
        path = self._root / "log"
        return path.read_text(errors="replace") if path.exists() else ""

    def new_user(self) -> str:
        """Return the name of a user with an empty account."""
        return f"user{next(_names)}"

    def settings(self, user: str, **more: object) -> ImapSettings:
        """Return how to reach the user's account over TLS."""
        known = {"host": self.host, "port": self.tls_port, "ca_file": str(self.certificate.ca)}
        return ImapSettings(**{**known, "user": user, **more})  # type: ignore[arg-type]

    def plain(self, user: str, **more: object) -> ImapSettings:
        """Return how to reach the user's account without TLS, for a proxy to listen in."""
        return self.settings(
            user, **{"host": "127.0.0.1", "port": self.port, "security": Security.NONE, **more}
        )

    def connector(self, user: str, **more: object) -> ImapConnector:
        """Return a connector to the user's account."""
        return ImapConnector(self.settings(user, **more), lambda: PASSWORD)

    @contextlib.contextmanager
    def client(self, user: str) -> Iterator[IMAPClient]:
        """Log in as another mail program of the user."""
        with IMAPClient("127.0.0.1", self.port, ssl=False, timeout=20) as client:
            client.socket().setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            client.login(user, PASSWORD)
            yield client

    def maildir(self, user: str, mailbox: str = "INBOX") -> Path:
        """Return the Maildir of a mailbox, by its name without the server's prefix."""
        home = self._root / "users" / user / "Maildir"
        return home if mailbox == "INBOX" else home / f".{imap_utf7.encode(mailbox).decode()}"

    def deliver(
        self, user: str, octets: bytes, mailbox: str = "INBOX", internal_date: datetime | None = None
    ) -> None:
        """Let a mail arrive, as a delivery agent would: a file in the Maildir."""
        directory = self.maildir(user, mailbox)
        if not (directory / "new").is_dir():
            self._make(directory)
        name = f"{time.time():.6f}.M{next(_names)}P{os.getpid()}.test"
        path = directory / "tmp" / name
        path.write_bytes(octets.replace(b"\r\n", b"\n"))
        if internal_date:
            os.utime(path, (internal_date.timestamp(),) * 2)
        self._own(path)
        path.rename(directory / "new" / name)

    def _make(self, directory: Path) -> None:
        for name in ("tmp", "new", "cur"):
            (directory / name).mkdir(parents=True, exist_ok=True)
        made = directory / "tmp"
        while made != self._root:
            self._own(made)
            made = made.parent
        self._own(directory / "new", directory / "cur")

    def own(self, user: str) -> None:
        """Give the server what another program wrote into the user's account."""
        home = self._root / "users" / user
        self._own(home, *home.rglob("*"))

    def _own(self, *paths: Path) -> None:
        if not os.geteuid():
            for path in paths:
                os.chown(path, self._account.pw_uid, self._account.pw_gid)

    def _common(self) -> str:
        user, group = self._account.pw_name, grp.getgrgid(self._account.pw_gid).gr_name
        boxes = "".join(
            f'  mailbox "{name}" {{\n    auto = subscribe\n'
            + (f"    special_use = {use}\n" if use else "")
            + "  }\n"
            for name, use in self.layout.boxes
        )
        return f"""
protocols = imap
listen = 127.0.0.1
base_dir = {self._root}/run
state_dir = {self._root}/state
log_path = {self._root}/log
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
first_valid_uid = 1
first_valid_gid = 1
mail_uid = {self._account.pw_uid}
mail_gid = {self._account.pw_gid}
ssl = yes
auth_failure_delay = 0
auth_mechanisms = plain
mail_fsync = never
protocol imap {{
  mail_max_userip_connections = 100
}}
namespace inbox {{
  inbox = yes
  separator = .
  prefix = {self.layout.prefix}
{boxes}}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {self.port}
  }}
  inet_listener imaps {{
    port = {self.tls_port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
"""

    def _config_23(self) -> str:
        """Return the configuration in the language of Dovecot 2.3."""
        return f"""{self._common()}
disable_plaintext_auth = no
ssl_cert = <{self.certificate.chain}
ssl_key = <{self.certificate.key}
mail_location = maildir:~/Maildir
passdb {{
  driver = static
  args = password={PASSWORD}
}}
userdb {{
  driver = static
  args = uid={self._account.pw_uid} gid={self._account.pw_gid} home={self._root}/users/%u
}}
{_QUOTA_23 if self.layout.quota else ""}"""

    def _config_24(self) -> str:
        """Return the configuration in the language of Dovecot 2.4."""
        return f"""dovecot_config_version = 2.4.0
dovecot_storage_version = 2.4.0
{self._common()}
auth_allow_cleartext = yes
ssl_server_cert_file = {self.certificate.chain}
ssl_server_key_file = {self.certificate.key}
mail_driver = maildir
mail_path = ~/Maildir
mailbox_list_layout = maildir++
passdb static {{
  password = {PASSWORD}
}}
userdb static {{
  fields {{
    uid = {self._account.pw_uid}
    gid = {self._account.pw_gid}
    home = {self._root}/users/%{{user}}
  }}
}}
{_QUOTA_24 if self.layout.quota else ""}"""


def _free_ports(count: int) -> tuple[int, ...]:
    """Return ports nobody listens on; held together, so that they differ."""
    with contextlib.ExitStack() as held:
        lines = [held.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return tuple(line.getsockname()[1] for line in lines)


def _account() -> pwd.struct_passwd:
    """Return whom the server runs as: us, or for root somebody with fewer rights."""
    if os.geteuid():
        return pwd.getpwuid(os.geteuid())
    for name in ("dovecot", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise RuntimeError("Neither the user dovecot nor the user nobody exists.")


def _program() -> str | None:
    """Return where Dovecot is, or None; a user's PATH often lacks the directory it lies in."""
    return shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")


@pytest.fixture(scope="session")
def dovecot_server() -> Iterator[Callable[[Layout], Dovecot]]:
    """Start servers with a layout of mailboxes; each layout once."""
    if not _program():
        pytest.skip(MISSING)
    running: dict[Layout, Dovecot] = {}

    def start(layout: Layout) -> Dovecot:
        if layout not in running:
            running[layout] = Dovecot(layout)
            running[layout].start()
        return running[layout]

    yield start
    for server in running.values():
        server.remove()


@pytest.fixture(scope="session")
def dovecot(dovecot_server: Callable[[Layout], Dovecot]) -> Dovecot:
    """A Dovecot with the usual mailboxes, special uses and all extensions."""
    return dovecot_server(Layout())
