"""From a checked configuration to a running whole: connector, state, audit log, mind, service."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from connectors.connector import Connector
from daemon import VERSION
from daemon.access import gmail_connector, imap_secret
from daemon.audit import Audit
from daemon.audit_records import ServiceStarted, StateRebuilt
from daemon.clock import Clock
from daemon.config import Account, Gmail, Imap, Loaded, Weekday
from daemon.config_check import load_policy, load_templates
from daemon.drafting.profile import Profile, Quotation, Strength
from daemon.errors import BadConfig
from daemon.log import logger
from daemon.mind import Style, User, UserMind
from daemon.notify import Notifier
from daemon.outside import Outside, SharedReader, StateLock
from daemon.public_holidays import kept_holidays
from daemon.reading.model import Me
from daemon.step import Done, Shell
from daemon.store import Store
from daemon.store_book import Book
from daemon.store_drafts import Drafts
from daemon.watch import Watch
from policies.settings import Policy

_PATIENCE = 1.0
"""Seconds to wait at the end for whoever still works on the state."""

if TYPE_CHECKING:
    from connectors.credentials import Secret
    from connectors.imap_settings import ImapSettings
    from daemon.digests import Digests


class Running:
    """The state and what all accounts share, ready to watch them."""

    def __init__(self, loaded: Loaded, store: Store, clock: Clock) -> None:
        self.lock = StateLock()
        self._loaded = loaded
        self._store = store
        self._clock = clock
        self._reader = SharedReader(self.lock)
        self._policies: dict[Policy, Policy] = {}
        log = loaded.values.log
        self._audit = Audit(store, audit_directory(loaded), quotes=log.quotes, keep=log.keep)
        self._audit.begin(clock.now())
        if store.rebuilt:
            logger().warning("state_rebuilt", reason=store.rebuilt)
            self._audit.record(clock.now(), StateRebuilt(reason=store.rebuilt))

    def watch(self, account: Account, reported: Callable[[str, Done], None] = lambda _, __: None) -> Watch:
        """Return an account ready to be watched.  Raises UserError where that cannot be."""
        now = self._clock.now()
        connector = Outside(connector_for(account), self.lock)
        user = user_of(account, self._store, now.year)
        user = replace(user, policy=self._policies.setdefault(user.policy, user.policy))  # most have the same
        mind = UserMind(user, self._reader)
        shell = Shell(connector, self._book(user, now), self._audit, mind, forgiving=True)
        return Watch(
            connector,
            shell,
            self._clock,
            observe=timedelta(days=account.values.observe_days),
            label=account.id if self._loaded.several else "",
            reported=reported,
            signalled=Notifier(
                account.values.notify,
                account=account.id if self._loaded.several else "",
                zone=account.values.timezone,
                released=self.lock.released,
            ),
            digests=_digests(account, shell, mind),
        )

    def _book(self, user: User, now: datetime) -> Book:
        """Open an account's part of the state and write down that it is watched from now on."""
        book = self._store.account(user.account, now)
        started = ServiceStarted(
            version=VERSION,
            account=self._audit.person(user.account),
            policy=user.policy.version,
            observed_from=book.observed_from().isoformat(),
        )
        with self._store.transaction():
            self._audit.record(now, started)
            Drafts(book).forget_unwritten()
            known = f"policy {user.account}"
            if self._store.meta(known) != user.policy.version:
                book.touch_all()
                self._store.set_meta(known, user.policy.version)
        return book

    def together(self) -> AbstractContextManager[None]:
        """Commit what happens inside as one: a thousand accounts are opened with one write to the disk."""
        return self._store.transaction()

    def close(self) -> None:
        """Let go of all; where somebody still works on the state, it is left to the end of the process."""
        self._reader.close()
        if self.lock.within(_PATIENCE):
            self._store.close()


@contextmanager
def assembled(loaded: Loaded, clock: Clock) -> Iterator[Running]:
    """Yield what the configuration asks for; close the state at the end."""
    store = Store.open(loaded.state_directory, clock.now())
    running = Running(loaded, store, clock)
    try:
        yield running
    finally:
        running.close()


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


def _digests(account: Account, shell: Shell, mind: UserMind) -> Digests | None:
    """Return what lays the account's digests, where the user wants them."""
    settings = account.values.digest
    if not settings.day:
        return None
    from daemon.digest import Weekly
    from daemon.digests import Digests

    weekday = get_args(Weekday).index(settings.day)
    return Digests(shell, mind, Weekly(weekday, settings.hour, account.values.timezone))


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
        policy=load_policy(account)
        .located(values.timezone, values.country, holidays)
        .asking(debrief=values.drafts.debrief),
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
    if isinstance(account.values.gmail, Gmail):
        return gmail_connector(account, account.values.gmail)
    raise BadConfig(
        [f"{account.file}: there is neither an [imap] nor a [gmail] table: say where the mail lies."]
    )


def _imap_connector(account: Account, imap: Imap) -> Connector:
    from connectors.imap import ImapConnector

    return ImapConnector(*imap_access(account, imap))


def imap_access(account: Account, imap: Imap) -> tuple[ImapSettings, Secret]:
    """Return how to reach an IMAP account, and what to call for its password.  Raises Refused."""
    from connectors.imap_settings import ImapSettings, Login, Security

    settings = ImapSettings(
        host=imap.host,
        user=imap.user or account.address,
        port=imap.port or 0,
        security=Security(imap.security),
        login=Login(imap.auth),
        mailboxes=imap.mailboxes,
        drafts=imap.drafts,
        sent=imap.sent,
        trash=imap.trash,
        ca_file=str(account.resolve(imap.ca_file)) if imap.ca_file else "",
    )
    return settings, imap_secret(account, imap)
