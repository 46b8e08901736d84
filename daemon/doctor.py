"""What `afterword doctor` finds on this machine: configuration, files, state, clock.  The network is
`doctor_account`'s.

Each check is one sentence, and where something is amiss another that says what to do.  Nothing is changed.
"""

from __future__ import annotations

import fcntl
import os
import platform
import shutil
import sqlite3
import ssl
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from importlib.metadata import version
from pathlib import Path
from zoneinfo import ZoneInfo

from daemon import VERSION, setup
from daemon.assembly import audit_directory
from daemon.audit import verify
from daemon.config import Account, Loaded
from daemon.errors import UserError
from daemon.store import NAME, SCHEMA, Store
from daemon.store_book import Book

SILENCE = timedelta(days=21)
"""Without any mail about a job for so long, it may be the wrong mailbox."""

LAPS_MISSED = timedelta(minutes=20)
"""A daemon that runs and has not looked for so long does not do its work."""

LITTLE_SPACE = 200_000_000
"""Octets on the state's disk below which it is worth a word."""

BUILT = 2026
"""The year this was written in: a clock before it is wrong."""


class Verdict(StrEnum):
    """How a check came out."""

    GOOD = "good"
    NOTICE = "notice"  # works, but somebody should know
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class Result:
    """One check: what was found, in a sentence; what to do about it; the exit status a fault calls for."""

    check: str
    verdict: Verdict
    says: str
    do: str = ""
    account: str = ""
    status: int = 0


def good(check: str, says: str) -> Result:
    """Return a check that found nothing amiss."""
    return Result(check, Verdict.GOOD, says)


def notice(check: str, says: str, do: str = "") -> Result:
    """Return a check that found something worth knowing."""
    return Result(check, Verdict.NOTICE, says, do)


def fault(check: str, says: str, do: str = "", status: int = 1) -> Result:
    """Return a check that found something to mend."""
    return Result(check, Verdict.FAULT, says, do, status=status)


def machine(loaded: Loaded, now: datetime) -> Iterator[Result]:
    """Yield what holds for all accounts: versions, configuration, clock, disk, state, audit log."""
    yield versions()
    yield configuration(loaded)
    yield from files(loaded)
    yield clock(now)
    yield disk(loaded.state_directory)
    yield from state(loaded)
    yield daemon(loaded.state_directory)


def versions() -> Result:
    """Say what this program runs on."""
    parts = (
        f"Python {platform.python_version()}",
        f"SQLite {sqlite3.sqlite_version}",
        ssl.OPENSSL_VERSION.partition("  ")[0],
        f"IMAPClient {version('imapclient')}",
        f"dateparser {version('dateparser')}",
        f"time zones {version('tzdata')}",
    )
    return good("versions", f"afterword {VERSION} on {', '.join(parts)}.")


def configuration(loaded: Loaded) -> Result:
    """Say whether every account's configuration can be used."""
    if loaded.refused:
        problems = " ".join(each for every in loaded.refused.values() for each in every)
        return fault("configuration", problems, "docs/configuration.md describes every setting.", 78)
    count = len(loaded.accounts)
    return good("configuration", f"{loaded.path} is in order: {count} account{'s' * (count != 1)}.")


def files(loaded: Loaded) -> Iterator[Result]:
    """Say whether somebody else could change the configuration or read what is stored."""
    config = (loaded.path, loaded.path.parent)
    if open_to := [path for path in config if _mode(path) & 0o022]:
        names = " ".join(map(str, open_to))
        yield notice("permissions", f"Others may change {names}.", f"Run: chmod go-w {names}")
    directory = loaded.state_directory
    stored = [directory, audit_directory(loaded), *sorted(audit_directory(loaded).glob("*"))]
    stored += sorted(directory.glob(f"{NAME}*"))
    if open_to := [path for path in stored if path.exists() and _mode(path) & 0o077]:
        names = " ".join(map(str, open_to))
        yield fault("permissions", f"Others may read {names}.", f"Run: chmod -R go= {directory}")
    elif directory.exists():
        yield good("permissions", f"Only you can read what is stored in {directory}.")


def clock(now: datetime) -> Result:
    """Say whether the clock can be right."""
    if now.year < BUILT:
        return fault("clock", f"The clock says {now:%Y-%m-%d}.", "Set it: timedatectl set-ntp true")
    return good("clock", f"The clock says {now:%Y-%m-%d %H:%M} UTC.")


def disk(directory: Path) -> Result:
    """Say whether there is room for the state."""
    place = next(path for path in (directory, *directory.parents) if path.exists())
    free = shutil.disk_usage(place).free
    says = f"{free / 1e9:,.1f} GB are free where the state lies."
    if free < LITTLE_SPACE:
        return fault("disk", says, "Make room: without a written intent no draft is laid.")
    return good("disk", says)


def state(loaded: Loaded) -> Iterator[Result]:
    """Say whether the state and the audit log are whole."""
    directory = loaded.state_directory
    if not (directory / NAME).exists():
        yield notice("state", "Nothing has been watched yet.", "Look once: afterword run --once")
        return
    try:
        store = Store.look(directory)
    except UserError as error:
        yield fault("state", str(error), error.hint)
        return
    try:
        yield _whole(store)
        yield _audit(store, audit_directory(loaded))
    except sqlite3.DatabaseError as error:
        yield fault("state", f"The state is damaged: {error}.", _DAMAGED)
    finally:
        store.close()
    if aside := sorted(path.name for path in directory.glob(f"{NAME}.damaged-*[0-9]")):
        yield notice(
            "state", f"A damaged state was put aside: {', '.join(aside)}.", "Delete it when you like."
        )


_DAMAGED = "Start the daemon: it puts the damaged file aside and begins again by observing."


def _whole(store: Store) -> Result:
    found = str(store.db.execute("pragma quick_check(1)").fetchone()[0])
    if found != "ok":
        return fault("state", f"The state is damaged: {found}.", _DAMAGED)
    written = store.db.execute("pragma user_version").fetchone()[0]
    if written > SCHEMA:
        return fault("state", "A newer afterword wrote the state.", "Install that one again.")
    return good("state", "The state is whole.")


def _audit(store: Store, directory: Path) -> Result:
    breaks = verify(store, directory)
    if breaks:
        return fault(
            "audit log", f"Line {breaks[0].seq}: {breaks[0].says}.", "See all: afterword audit verify"
        )
    return good("audit log", "The audit log is whole.")


def daemon(directory: Path) -> Result:
    """Say whether a daemon works on the state."""
    holder = _holder(directory / "afterword.lock")
    if holder is None:
        return notice(
            "daemon",
            "afterword is not running, so nothing is drafted.",
            "Start it: afterword service install, or afterword run",
        )
    return good("daemon", f"afterword is running (process {holder}).")


def _holder(lock: Path) -> str | None:
    """Return who holds the lock, None where nobody does."""
    try:
        with lock.open() as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            return None
    except BlockingIOError:
        return lock.read_text().strip() or "unknown"
    except OSError:
        return None


def account_here(loaded: Loaded, account: Account, now: datetime) -> Iterator[Result]:
    """Yield what can be said of one account without its server."""
    yield from person(account, now)
    yield from notifications(account)
    try:
        store = Store.look(loaded.state_directory)
    except UserError:
        return
    try:
        if account.address in store.accounts():
            yield from watched(store.account(account.address), now)
        else:
            yield notice(
                "watching", "This account has not been watched yet.", "Look once: afterword run --once"
            )
    except sqlite3.DatabaseError:
        return  # `state` has said it
    finally:
        store.close()


def person(account: Account, now: datetime) -> Iterator[Result]:
    """Say what is missing about the user, and whether the time zone is the one of this machine."""
    values = account.values
    if not values.name and not values.profile.name:
        yield notice("name", "Your name is not set, so drafts are not signed.", 'Set it: name = "…"')
    if not values.country:
        yield notice("country", "No country is set, so public holidays count as workdays.", "Set `country`.")
    here = setup.machine_zone(os.environ)
    own, local = now.astimezone(ZoneInfo(values.timezone)), now.astimezone(ZoneInfo(here or "UTC"))
    says = f"It is {own:%H:%M} in {values.timezone}, your zone"
    if here not in ("", "UTC", "Etc/UTC") and own.utcoffset() != local.utcoffset():
        yield notice(
            "zone", f"{says}, and {local:%H:%M} in {here}, this machine's.", "Set `timezone` if it is wrong."
        )
    else:
        yield good("zone", f"{says}.")


def notifications(account: Account) -> Iterator[Result]:
    """Say whether the command that is to tell the user of something is there."""
    command = account.values.notify.command
    if command and shutil.which(command[0]) is None:
        says = f"The notification command {command[0]} cannot be run."
        yield fault("notify", says, "Correct `command` in [notify]; name it with its whole path.")
    elif command or account.values.notify.apprise:
        yield good("notify", "You are told at once of drafts, interviews, stops and refused logins.")


def watched(book: Book, now: datetime) -> Iterator[Result]:
    """Say how watching went: the last look, mails put aside, and whether job mail comes here at all."""
    status = book.status()
    how, at = str(status.get("state", "starting")), status.get("at")
    says = f"Last state: {how}" + (f", {str(at)[:16].replace('T', ' ')} UTC" if at else "")
    reason = f": {status['reason']}" if status.get("reason") else ""
    if how in ("auth_failed", "refused", "storage_failed", "backing_off"):
        yield notice("watching", f"{says}{reason}", str(status.get("hint", "")))
    else:
        yield good("watching", f"{says}.")
    if aside := book.quarantined():
        yield notice("mails", f"{len(aside)} mail(s) could not be read and were put aside.", "")
    yield _job_mail(book, now)


def _job_mail(book: Book, now: datetime) -> Result:
    last = book.last_mail()
    since = max(last or book.observed_from(), book.observed_from())
    if last is not None and now - last < SILENCE:
        return good("job mail", f"{len(book.cases())} application(s); the last mail came {last:%Y-%m-%d}.")
    if last is None and now - since < SILENCE:
        return good("job mail", "No mail about a job application has come yet.")
    return notice(
        "job mail",
        f"No mail about a job application has come since {since:%Y-%m-%d}.",
        "Is this the mailbox employers write to? Are all mailboxes watched they may land in?",
    )


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)
