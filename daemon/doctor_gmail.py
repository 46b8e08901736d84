"""What `afterword doctor` finds at a Gmail account; nothing is changed there."""

from __future__ import annotations

from collections.abc import Iterator

from connectors.gmail_settings import MODIFY, READ
from connectors.tokens import AccessTokens, TokenFile
from daemon.access import gmail_connector, token_path
from daemon.config import Account, Gmail
from daemon.doctor import Result, fault, good, notice
from daemon.permission import scopes_for


def findings(account: Account, gmail: Gmail) -> Iterator[Result]:
    """Yield what can be said by asking Google.  Raises what the connector raises."""
    file = TokenFile(token_path(account, gmail))
    granted = frozenset(file.read().scopes)
    AccessTokens(file)()
    yield good("credentials", f"The login in {file.path} can be renewed.")
    if lacking := _lacking(scopes_for(gmail), granted):
        do = "Run `afterword authorize` again, and tick every box on Google's page."
        yield fault("permissions", f"The login does not allow {', '.join(sorted(lacking))}.", do, 77)
    connector = gmail_connector(account, gmail)
    try:
        yield _address(connector.address(), account)
        names = {box.name.lower() for box in connector.mailboxes()}
    finally:
        connector.close()
    yield from (_label(name, names) for name in gmail.labels)
    yield good(
        "mailboxes", f"Watched: {', '.join(('INBOX', 'SENT', *gmail.labels))}; drafts lie in their threads."
    )


def _lacking(wanted: tuple[str, ...], granted: frozenset[str]) -> set[str]:
    """Return what the login should allow and does not; who may modify may read."""
    return {scope for scope in wanted if scope not in granted and not (scope == READ and MODIFY in granted)}


def _address(address: str, account: Account) -> Result:
    if address.lower() in account.addresses:
        return good("login", f"Gmail lets {address} in.")
    said = f"The login opens {address}, which is not in `address`."
    return notice("login", said, "Add it there, or run `afterword authorize` with the other account.")


def _label(name: str, known: set[str]) -> Result:
    if name.lower() in known:
        return good("labels", f"The label {name} is there.")
    return fault("labels", f"There is no label {name!r} in Gmail.", "Correct `labels` in [gmail].")
