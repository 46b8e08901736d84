"""From an account's configuration to whatever proves to the server who the user is.

It must not know what is done with the account.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from daemon.config import Account, Gmail, Imap, OAuth

if TYPE_CHECKING:
    from connectors.credentials import Secret
    from connectors.gmail import GmailConnector
    from connectors.gmail_settings import GmailSettings


def token_path(account: Account, client: OAuth) -> Path:
    """Return where an account's login is kept."""
    return (
        account.resolve(client.token_file)
        if client.token_file
        else account.state / f"login-{account.id}.json"
    )


def imap_secret(account: Account, imap: Imap) -> Secret:
    """Return what to call for an IMAP account's password, or its access token.  Raises Refused."""
    if imap.auth != "password":
        from connectors.tokens import AccessTokens, TokenFile

        return AccessTokens(TokenFile(token_path(account, imap)))
    from connectors.credentials import chosen

    return chosen(
        file=account.resolve(imap.password_file) if imap.password_file else None,
        command=imap.password_command,
        credential=imap.password_credential,
        text=imap.password,
    )


def gmail_settings(gmail: Gmail) -> GmailSettings:
    """Return how a Gmail account is to be watched."""
    from connectors.gmail_settings import GmailSettings

    return GmailSettings(
        labels=gmail.labels,
        stopped=gmail.stopped_label,
        topic=gmail.topic,
        subscription=gmail.subscription,
        api=gmail.api.rstrip("/"),
        pubsub=gmail.pubsub.rstrip("/"),
        fastest=gmail.interval,
    )


def gmail_connector(account: Account, gmail: Gmail) -> GmailConnector:
    """Return the connector to a Gmail account."""
    from connectors.gmail import GmailConnector
    from connectors.tokens import AccessTokens, TokenFile

    return GmailConnector(gmail_settings(gmail), AccessTokens(TokenFile(token_path(account, gmail))))


def secret_files(account: Account) -> tuple[Path, ...]:
    """Return the files whose change may mend a login that was refused."""
    imap, gmail = account.values.imap, account.values.gmail
    if isinstance(gmail, Gmail):
        return (token_path(account, gmail),)
    if not isinstance(imap, Imap):
        return ()
    if imap.auth != "password":
        return (token_path(account, imap),)
    return (account.resolve(imap.password_file),) if imap.password_file else ()
