"""What has to be asked of a provider for an account, why, and where the answer is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from connectors import gmail_settings as google
from connectors.oauth import (
    GOOGLE_AUTH,
    GOOGLE_EXTRA,
    GOOGLE_TOKEN,
    MICROSOFT_EXTRA,
    Client,
    Consent,
    google_client,
    microsoft_client,
    redirect_for,
)
from connectors.tokens import Token, TokenFile
from daemon.access import token_path
from daemon.config import Account, Gmail, Imap, OAuth
from daemon.errors import UserError

MICROSOFT_IMAP = "https://outlook.office.com/IMAP.AccessAsUser.All"

_MEANINGS = {
    google.READ: "read your mail: to see invitations and answers",
    google.COMPOSE: "manage drafts: to lay notes in Drafts and take back its own (the page says “and send”:"
    " Google has no permission for drafts alone)",
    google.MODIFY: "read your mail and change labels: to mark conversations that are over",
    google.PULL: "receive from Pub/Sub: to hear of new mail at once",
    google.EVERYTHING: "use the account over IMAP; Google has no smaller permission for that"
    " (over its own API it has: a [gmail] table instead of [imap])",
    MICROSOFT_IMAP: "use the account over IMAP: to read mail and lay notes in Drafts",
    "offline_access": "do so while you are not there",
}


@dataclass(frozen=True, slots=True)
class Permission:
    """What is asked of whom.  `host` is where the browser is sent back to, by name."""

    provider: str
    client: Client
    scopes: tuple[str, ...]
    extra: Mapping[str, str]
    file: TokenFile
    authority: str = ""
    host: str = "127.0.0.1"

    def meaning(self, scope: str) -> str:
        """Return in plain words what a scope allows, and what for."""
        return _MEANINGS.get(scope, "")

    def redirect(self, port: int) -> tuple[str, int]:
        """Return the address the browser is to be sent to, and the port to listen on."""
        return redirect_for(self.client, port, self.host)

    def consent(self, redirect: str) -> Consent:
        """Return the question to the user."""
        return Consent(self.client, self.scopes, redirect)

    def keep(self, token: Token) -> None:
        """Write the login down.  Raises OSError."""
        self.file.write(token)


def wanted(account: Account) -> Permission:
    """Return what is asked for an account.  Raises UserError where it needs no login of this kind."""
    gmail, imap = account.values.gmail, account.values.imap
    if isinstance(gmail, Gmail):
        return _google(account, gmail, scopes_for(gmail))
    if not isinstance(imap, Imap) or imap.auth == "password":
        raise UserError(
            f"The account {account.address} logs in with a password; there is nothing to authorize.",
            hint='Write [gmail] instead of [imap], or `auth = "xoauth2"` in [imap] (docs/how-to/outlook.md).',
        )
    if imap.client_file or imap.host.endswith((".gmail.com", ".googlemail.com")):
        return _google(account, imap, (google.EVERYTHING,))
    client = microsoft_client(_client_id(imap, _OUTLOOK), imap.authority, imap.client_secret)
    scopes = (MICROSOFT_IMAP, "offline_access")
    extra = {**MICROSOFT_EXTRA, "login_hint": account.address}
    file = TokenFile(token_path(account, imap))
    return Permission("Microsoft", client, scopes, extra, file, imap.authority, "localhost")


def scopes_for(gmail: Gmail) -> tuple[str, ...]:
    """Return the scopes an account over Gmail's API needs, as it is configured."""
    return google.scopes(labels=bool(gmail.stopped_label), push=bool(gmail.topic))


def _google(account: Account, client: OAuth, scopes: tuple[str, ...]) -> Permission:
    if client.client_file:
        known = google_client(account.resolve(client.client_file))
    else:
        known = Client(_client_id(client, _GMAIL), GOOGLE_AUTH, GOOGLE_TOKEN, client.client_secret)
    extra = {**GOOGLE_EXTRA, "login_hint": account.address}
    return Permission("Google", known, scopes, extra, TokenFile(token_path(account, client)))


_GMAIL = "Make one and name its file as `client_file`: docs/how-to/gmail.md shows every click."
_OUTLOOK = "Make one and name it as `client_id`: docs/how-to/outlook.md shows every click."


def _client_id(client: OAuth, hint: str) -> str:
    if not client.client_id:
        raise UserError("The configuration names no OAuth client.", hint=hint)
    return client.client_id
