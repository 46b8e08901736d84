"""From a checked configuration to a running whole: connector, state, audit log, mind, service."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from connectors.connector import Connector
from daemon import VERSION
from daemon.audit import Audit
from daemon.audit_records import ServiceStarted, StateRebuilt
from daemon.clock import Clock
from daemon.config import Account, Imap, Loaded
from daemon.config_check import load_policy, load_templates
from daemon.drafting.profile import Profile, Quotation, Strength
from daemon.errors import BadConfig
from daemon.log import logger
from daemon.mind import Style, User, UserMind
from daemon.public_holidays import kept_holidays
from daemon.reader import Reader
from daemon.reading.model import Me
from daemon.step import Shell
from daemon.store import Store
from daemon.store_drafts import Drafts

if TYPE_CHECKING:
    from connectors.credentials import Secret
    from connectors.imap_settings import ImapSettings


@dataclass(frozen=True, slots=True)
class Running:
    """One account ready to be watched."""

    connector: Connector
    shell: Shell
    observe: timedelta


@contextmanager
def assembled(loaded: Loaded, clock: Clock) -> Iterator[Running]:
    """Yield everything the configuration asks for; close the state at the end."""
    account = loaded.account()
    connector, reader = connector_for(account), Reader()
    store = Store.open(loaded.state_directory, clock.now())
    try:
        shell = _shell(loaded, account, store, connector, reader, clock.now())
        yield Running(connector, shell, timedelta(days=account.values.observe_days))
    finally:
        connector.close()
        reader.close()
        store.close()


def _shell(
    loaded: Loaded, account: Account, store: Store, connector: Connector, reader: Reader, now: datetime
) -> Shell:
    user = user_of(account, store, now.year)
    book = store.account(user.account, now)
    audit = Audit(
        store, audit_directory(loaded), quotes=loaded.values.log.quotes, keep=loaded.values.log.keep
    )
    audit.begin(now)
    if store.rebuilt:
        logger().warning("state_rebuilt", reason=store.rebuilt)
        audit.record(now, StateRebuilt(reason=store.rebuilt))
    started = ServiceStarted(
        version=VERSION,
        account=audit.person(user.account),
        policy=user.policy.version,
        observed_from=book.observed_from().isoformat(),
    )
    with store.transaction():
        audit.record(now, started)
        Drafts(book).forget_unwritten()
        if store.meta("policy") != user.policy.version:
            book.touch_all()
            store.set_meta("policy", user.policy.version)
    return Shell(connector, book, audit, UserMind(user, reader), forgiving=True)


@contextmanager
def looker(loaded: Loaded, account: Account, now: datetime) -> Iterator[tuple[UserMind, Shell]]:
    """Yield a mind and a shell on an account's state, opened for reading only; the account is not touched."""
    from connectors.memory import MemoryConnector

    store = Store.look(loaded.state_directory)
    try:
        mind = UserMind(user_of(account, store, now.year))
        book = store.account(mind.user.account)
        yield mind, Shell(MemoryConnector(), book, Audit(store, None), mind)
    finally:
        store.close()


def audit_directory(loaded: Loaded) -> Path:
    """Return where the audit log lies."""
    return loaded.state_directory / "audit"


def user_of(account: Account, store: Store, year: int) -> User:
    """Return who the program works for, as far as the configuration says."""
    values = account.values
    holidays = kept_holidays(store, values.country, year)
    return User(
        me=Me(frozenset(account.addresses), values.name, values.timezone, values.country, values.language),
        account=account.address,
        profile=_profile(account),
        policy=load_policy(account).located(values.timezone, values.country, holidays),
        style=Style(load_templates(account), Quotation(values.drafts.quote), values.drafts.reword),
    )


def _profile(account: Account) -> Profile:
    values = account.values
    return Profile(
        name=values.profile.name or values.name,
        phone=values.profile.phone,
        strengths=tuple(
            Strength((), said) if isinstance(said, str) else Strength(said.words, said.claim, said.language)
            for said in values.profile.strengths
        ),
        signature=values.profile.signature,
        language=values.language,
        extra=values.profile.lines,
    )


def connector_for(account: Account) -> Connector:
    """Return the connector to an account.  Raises BadConfig where it is not said where it lies."""
    if isinstance(account.values.imap, Imap):
        return _imap_connector(account, account.values.imap)
    raise BadConfig([f"{account.file}: there is no [imap] table: name the server and the password."])


def _imap_connector(account: Account, imap: Imap) -> Connector:
    from connectors.imap import ImapConnector

    return ImapConnector(*imap_access(account, imap))


def imap_access(account: Account, imap: Imap) -> tuple[ImapSettings, Secret]:
    """Return how to reach an IMAP account, and what to call for its password.  Raises Refused."""
    from connectors.credentials import chosen
    from connectors.imap_settings import ImapSettings, Security

    settings = ImapSettings(
        host=imap.host,
        user=imap.user or account.address,
        port=imap.port or 0,
        security=Security(imap.security),
        mailboxes=imap.mailboxes,
        drafts=imap.drafts,
        sent=imap.sent,
        trash=imap.trash,
        ca_file=str(account.resolve(imap.ca_file)) if imap.ca_file else "",
    )
    secret = chosen(
        file=account.resolve(imap.password_file) if imap.password_file else None,
        command=imap.password_command,
        credential=imap.password_credential,
        text=imap.password,
    )
    return settings, secret
