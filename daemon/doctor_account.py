"""What `afterword doctor` finds at an account's server: name, TLS, login, extensions, mailboxes.

Nothing is changed there but by `write_test`, which stores one draft and takes it away again.
"""

from __future__ import annotations

import email.policy
import os
import socket
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path

from connectors.connector import Connector, DraftRef, Removal, SpecialUse
from connectors.credentials import Secret
from connectors.errors import ConnectorError, Refused
from connectors.imap_settings import ImapSettings, Security
from connectors.imap_survey import Survey, survey
from daemon.access import token_path
from daemon.assembly import connector_for, imap_access
from daemon.config import Account, Gmail, Imap
from daemon.doctor import Result, fault, good, notice
from daemon.errors import UserError

TESTING = timedelta(days=6)
"""Google ends the logins of apps in testing after seven days."""

ENDING = timedelta(days=14)
"""A certificate that ends sooner is worth a word."""

SKEW = timedelta(minutes=10)
"""A server's clock that differs more is worth a word."""


def account_there(account: Account, now: datetime) -> Iterator[Result]:
    """Yield what can be said of one account by asking its server."""
    imap, gmail = account.values.imap, account.values.gmail
    if isinstance(imap, Imap):
        if imap.password_credential and "CREDENTIALS_DIRECTORY" not in os.environ:
            yield notice(
                "login", "The password is a systemd credential, which only the service is given.", _LOOK
            )
            return
        if imap.auth != "password":
            yield from permission(token_path(account, imap), now)
        yield from contained("login", lambda: _imap(*imap_access(account, imap), now))
    if isinstance(gmail, Gmail):
        from daemon import doctor_gmail

        yield from permission(token_path(account, gmail), now)
        yield from contained("login", lambda: doctor_gmail.findings(account, gmail))


_LOOK = "See what the service says of the login: afterword status"


def contained(check: str, results: Callable[[], Iterator[Result]]) -> Iterator[Result]:
    """Yield the results; a failure of the account is the last of them."""
    try:
        yield from results()
    except ConnectorError as error:
        credentials = isinstance(error, Refused) and error.credentials
        yield fault(check, str(error), error.hint, 77 if credentials else 1)
    except UserError as error:
        yield fault(check, str(error), error.hint, error.status)


def _imap(settings: ImapSettings, secret: Secret, now: datetime) -> Iterator[Result]:
    secret()
    yield good("credentials", "The password, or what takes its place, can be had.")
    yield name(settings.host)
    found = survey(settings, secret)
    yield protection(settings, found, now)
    yield good("login", f"{settings.host} lets {settings.user} in.")
    yield from extensions(found)
    yield from mailboxes(found)


def permission(file: Path, now: datetime) -> Iterator[Result]:
    """Say how old the login given in the browser is; only the server knows whether it still holds."""
    try:
        age = now - datetime.fromtimestamp(file.stat().st_mtime, UTC)
    except OSError:
        return
    says = f"The permission was given or renewed {age.days} days ago."
    if age > TESTING:
        do = "If the app is in testing at Google, it ended after 7 days: publish it (docs/how-to/gmail.md)."
        yield notice("permission", says, do)
    else:
        yield good("permission", says)


def name(host: str) -> Result:
    """Say whether the server's name leads anywhere."""
    try:
        found = {str(entry[4][0]) for entry in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)}
    except OSError as error:
        return fault(
            "server", f"{host} is not found: {error.strerror}.", "Check `host`, and that you are online."
        )
    return good("server", f"{host} is {', '.join(sorted(found))}.")


def protection(settings: ImapSettings, found: Survey, now: datetime) -> Result:
    """Say whether the connection is protected, and for how long the server's certificate holds."""
    if settings.security is Security.NONE:
        return notice("TLS", "The connection is not encrypted; it stays on this machine.")
    until = found.valid_until
    says = f"{found.tls}, certificate trusted" + (f" until {until:%Y-%m-%d}" if until else "")
    if until and until - now < ENDING:
        return notice("TLS", f"{says}.", "Its owner has to renew it; until then all is well.")
    return good("TLS", f"{says}.")


_EXTENSIONS = (
    ("IDLE", "mail is noticed at once", "without IDLE mail is noticed within five minutes"),
    (
        "UIDPLUS",
        "drafts out of date can be taken back",
        "without UIDPLUS drafts out of date stay, and you are told",
    ),
    (
        "SPECIAL-USE",
        "the server says which mailbox is for what",
        "without SPECIAL-USE mailboxes are known by their names",
    ),
)


def extensions(found: Survey) -> Iterator[Result]:
    """Say which extensions of IMAP help; none is needed."""
    there = [has for extension, has, _ in _EXTENSIONS if extension in found.capabilities]
    lacking = [lacks for extension, _, lacks in _EXTENSIONS if extension not in found.capabilities]
    said = "; ".join([*there, *lacking])
    result = notice if lacking else good
    yield result("extensions", f"{said[:1].upper()}{said[1:]}.")


def mailboxes(found: Survey) -> Iterator[Result]:
    """Say what is watched, and whether drafts can be laid where the user sees them."""
    yield good("mailboxes", f"Watched: {', '.join(found.watched)}.")
    if not found.use(SpecialUse.SENT):
        yield notice(
            "sent",
            "The sent mailbox cannot be told from the others, so what you write yourself is not seen.",
            'Name it: sent = "…" in [imap].',
        )
    if found.drafts is None:
        names = ", ".join(each.name for each in found.mailboxes[:20])
        do = f'Make one in your mail program, or name it: drafts = "…" in [imap]. There are: {names}.'
        yield fault("drafts", "There is no drafts mailbox that can be told from the others.", do)
    elif not found.drafts_writable:
        do = "Ask the server's owner, or name another with `drafts` in [imap]."
        yield fault("drafts", f"The server lets nobody store anything in {found.drafts}.", do)
    elif not found.drafts_subscribed:
        do = "Subscribe to it in your mail program."
        yield notice("drafts", f"You are not subscribed to {found.drafts}: programs may not show it.", do)
    else:
        yield good("drafts", f"Drafts are laid in {found.drafts}, which mail programs show.")


def write_test(account: Account, now: datetime) -> Iterator[Result]:
    """Store one draft, find it, take it away again."""
    connector = connector_for(account)
    try:
        yield from contained("write test", lambda: _write(connector, account.address, now))
    finally:
        connector.close()


def _write(connector: Connector, address: str, now: datetime) -> Iterator[Result]:
    message_id = f"doctor-{now:%Y%m%d%H%M%S%f}@afterword.invalid"
    octets = _draft(address, message_id, now)
    ref = connector.append_draft(octets, message_id)
    yield good("write test", f"A draft was stored in {ref.mailbox}.")
    yield from _server_clock(connector, ref, now)
    match connector.remove_draft(ref, octets):
        case Removal.REMOVED:
            yield good("write test", "It was found again, byte for byte, and removed.")
        case Removal.IMPOSSIBLE:
            says = "The server cannot remove one mail alone, so the draft of the test is still there."
            yield notice("write test", says, "Delete the draft called “afterword doctor” yourself.")
        case Removal.CHANGED:
            says = "The server changed the draft while storing it, so afterword takes it for yours."
            yield notice("write test", says, "Delete the draft called “afterword doctor” yourself.")
        case Removal.GONE:
            yield fault(
                "write test", "The draft was not there any more.", "Does a filter empty that mailbox?"
            )


def _server_clock(connector: Connector, ref: DraftRef, now: datetime) -> Iterator[Result]:
    """Say whether the server's clock, which dated the draft, differs from ours."""
    dates = [each.internal_date for each in connector.drafts() if each.uid == ref.uid]
    if dates and abs(dates[0] - now) > SKEW:
        says = f"The server's clock says {dates[0]:%Y-%m-%d %H:%M} UTC, this machine's {now:%Y-%m-%d %H:%M}."
        yield notice("clock", says, "One of them is wrong; check this machine's: timedatectl")


def _draft(address: str, message_id: str, now: datetime) -> bytes:
    message = EmailMessage(policy=email.policy.default.clone(linesep="\r\n"))
    message["From"] = address
    message["To"] = address
    message["Subject"] = "afterword doctor: a test, removed at once"
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<{message_id}>"
    message.set_content("afterword tried whether it can store a draft here. You may delete this one.\n")
    return message.as_bytes()
