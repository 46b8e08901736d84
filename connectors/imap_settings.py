"""What an IMAP account is reached with.  Values only; the secret itself never lies here."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Security(StrEnum):
    """How the connection is protected."""

    TLS = "tls"  # from the first octet (RFC 8314 3.2), the default
    STARTTLS = "starttls"
    NONE = "none"  # only to this machine


class Login(StrEnum):
    """How the user proves who they are."""

    PASSWORD = "password"  # noqa: S105  # the method's name
    XOAUTH2 = "xoauth2"  # the secret is an access token
    OAUTHBEARER = "oauthbearer"  # RFC 7628; the secret is an access token


@dataclass(frozen=True, slots=True)
class ImapSettings:
    """Where the account is, and which of its mailboxes matter.

    `port` 0 means the usual one.  `mailboxes` are those to watch, by their names; empty means INBOX and
    the sent mailbox.  `drafts`, `sent` and `trash` name mailboxes where the server does not say which
    they are.  `ca_file` holds certificates to trust instead of the system's.  Times are in seconds:
    `connect_timeout` for each step of connecting, `read_timeout` for silence in an answer, `lap` for the
    longest wait before the connection is tried, `done_timeout` for the answer to that.
    """

    host: str
    user: str
    port: int = 0
    security: Security = Security.TLS
    login: Login = Login.PASSWORD
    mailboxes: tuple[str, ...] = ()
    drafts: str = ""
    sent: str = ""
    trash: str = ""
    ca_file: str = ""
    connect_timeout: float = 20.0
    read_timeout: float = 60.0
    done_timeout: float = 15.0
    lap: float = 300.0

    @property
    def address(self) -> tuple[str, int]:
        """Return the host and the port to connect to."""
        return self.host, self.port or (993 if self.security is Security.TLS else 143)
