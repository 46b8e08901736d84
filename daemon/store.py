"""The state on disk: one SQLite file, one writer at a time, nobody else may read it.

This module opens, guards and repairs the file.  What is in it for one account is `store_book`; what the
rows mean is not known here.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from daemon.errors import UserError

if TYPE_CHECKING:
    from daemon.store_book import Book

NAME = "afterword.db"

SCHEMA = 2
"""The version of the tables this program works with (`pragma user_version`)."""

_BUSY_SECONDS = 10
_SIDE_FILES = ("", "-wal", "-shm")


class StateLocked(UserError):
    """Another afterword works on the same state."""


class Store:
    """The open state.  `rebuilt` says why the state had to be made anew, else it is empty (P8)."""

    def __init__(self, db: sqlite3.Connection, *, rebuilt: str = "", read_only: bool = False) -> None:
        self.db = db
        self.read_only = read_only
        self.rebuilt = rebuilt

    @classmethod
    def memory(cls) -> Store:
        """Return an empty state in RAM, for simulations."""
        return cls(_prepared(_connect(":memory:")))

    @classmethod
    def open(cls, directory: Path, now: datetime) -> Store:
        """Open the state in `directory` for writing, creating or rebuilding it where needed.

        A file that fails SQLite's quick check is moved aside, never deleted, and an empty state begins.
        """
        private_directory(directory)
        path = directory / NAME
        try:
            return cls(_checked(path))
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError):
                raise UserError(
                    f"The state {path} cannot be opened: {error}.",
                    hint="Check the disk's free space and the permissions of that directory.",
                ) from error
            aside = _move_aside(path, now)
            return cls(_checked(path), rebuilt=f"the state was damaged ({error}); it was moved to {aside}")

    @classmethod
    def look(cls, directory: Path) -> Store:
        """Open the state for reading only.  Raises UserError where there is none yet."""
        path = directory / NAME
        if not path.exists():
            raise UserError(
                f"Nothing has been watched yet: there is no state in {directory}.",
                hint="Start with `afterword run --once`.",
            )
        try:
            return cls(_connect(f"{path.absolute().as_uri()}?mode=ro"), read_only=True)
        except sqlite3.DatabaseError as error:
            raise UserError(f"The state {path} cannot be read: {error}.") from error

    @contextmanager
    def transaction(self, *, durable: bool = True) -> Iterator[None]:
        """Commit what happens inside all together or not at all; nested calls join the outer one.

        `durable` waits until the disk has it (synchronous=FULL); without, it outlives the death of this
        process but perhaps not that of the machine.  BEGIN IMMEDIATE, because in WAL mode a reader that
        becomes a writer fails at once, whatever the busy timeout.
        """
        if self.db.in_transaction:
            yield
            return
        if not durable:
            self.db.execute("pragma synchronous=normal")
        try:
            self.db.execute("begin immediate")
            with self.db:
                yield
        finally:
            if not durable:
                self.db.execute("pragma synchronous=full")

    def meta(self, name: str, default: str = "") -> str:
        """Return a value that holds for the whole state."""
        row = self.db.execute("select value from meta where name = ?", [name]).fetchone()
        return str(row[0]) if row else default

    def set_meta(self, name: str, value: str) -> None:
        """Set a value that holds for the whole state."""
        self.db.execute(
            "insert into meta values (?, ?) on conflict (name) do update set value = excluded.value",
            [name, value],
        )

    def data_version(self) -> int:
        """Return a number that changes when another process has changed the state (SQLite's own)."""
        return int(self.db.execute("pragma data_version").fetchone()[0])

    def account(self, name: str, now: datetime | None = None) -> Book:
        """Return the book of the account called `name`, opening it at `now` where it is new."""
        from daemon.store_book import Book

        row = self.db.execute("select id from accounts where name = ?", [name]).fetchone()
        if row is None:
            if now is None:
                raise UserError(f"The account {name} has not been watched yet.")
            moment = stamp(now)
            with self.transaction():
                self.db.execute(
                    "insert into accounts (name, created_at, observed_from) values (?, ?, ?)",
                    [name, moment, moment],
                )
            row = self.db.execute("select id from accounts where name = ?", [name]).fetchone()
        return Book(self, int(row[0]), name)

    def accounts(self) -> tuple[str, ...]:
        """Return the names of all accounts the state knows."""
        return tuple(row[0] for row in self.db.execute("select name from accounts order by id"))

    def close(self) -> None:
        """Close the file."""
        self.db.close()


def stamp(at: datetime) -> str:
    """Return the moment as text in UTC that sorts by time."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def moment(text: str) -> datetime:
    """Return the moment `stamp` wrote."""
    return datetime.fromisoformat(text)


def private_directory(path: Path) -> None:
    """Create the directory, or make it, readable by nobody else."""
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        if path.stat().st_mode & 0o077 and path.stat().st_uid == os.getuid():
            path.chmod(0o700)
    except OSError as error:
        raise UserError(
            f"The state directory {path} cannot be used: {error.strerror}.",
            hint="Set `directory` in [state] to a directory you may write to.",
        ) from error


@contextmanager
def only_one(directory: Path) -> Iterator[None]:
    """Hold the lock that keeps a second daemon off this state.  Raises StateLocked."""
    private_directory(directory)
    path = directory / "afterword.lock"
    private_file(path)
    with path.open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            lock.seek(0)
            holder = lock.read(20).strip() or "unknown"
            raise StateLocked(
                f"Another afterword (process {holder}) already works on {directory}.",
                hint="It looks by itself. Stop it first, or give this one its own `directory` in [state].",
            ) from error
        lock.truncate(0)
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        yield


def private_file(path: Path) -> None:
    """Create the file, where it is missing, readable by nobody else."""
    os.close(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_CLOEXEC, 0o600))


def _connect(name: str) -> sqlite3.Connection:
    return sqlite3.connect(
        name,
        timeout=_BUSY_SECONDS,
        uri=name.startswith("file:"),
        isolation_level=None,
        check_same_thread=False,  # threads of a service take turns on it, by a lock (outside.StateLock)
    )


def _checked(path: Path) -> sqlite3.Connection:
    private_file(path)  # SQLite gives its side files the same mode
    db = _connect(str(path))
    try:
        _check(db)
        return _prepared(db, path)
    except BaseException:
        db.close()
        raise


def _check(db: sqlite3.Connection) -> None:
    """Raise DatabaseError with what SQLite's quick check finds wrong."""
    found = str(db.execute("pragma quick_check(1)").fetchone()[0])
    if found != "ok":
        raise sqlite3.DatabaseError(found)


def _prepared(db: sqlite3.Connection, path: Path | None = None) -> sqlite3.Connection:
    db.execute("pragma auto_vacuum=incremental")  # takes effect in an empty file only
    db.execute("pragma journal_mode=wal")
    db.execute("pragma synchronous=full")
    db.execute("pragma cache_size=-1000")  # KiB: an idle daemon stays small
    version = db.execute("pragma user_version").fetchone()[0]
    if version > SCHEMA:
        raise UserError("The state was written by a newer afterword.", hint="Install that one again.")
    if version < SCHEMA:
        _migrate(db, path)
    return db


def _migrate(db: sqlite3.Connection, path: Path | None) -> None:
    """Build the tables; for a file in a child process: sqlite-utils takes 8 MB and is needed once a year."""
    if path is None:
        from daemon.store_schema import migrate

        migrate(db, SCHEMA)
        return
    child = subprocess.run(
        [sys.executable, "-m", "daemon.store_schema", str(path), str(SCHEMA)],
        capture_output=True,
        text=True,
        check=False,
    )
    if child.returncode:
        said = child.stderr.strip().splitlines()[-1:]
        raise UserError(f"The tables of the state {path} could not be built: {''.join(said)}")


def _move_aside(path: Path, now: datetime) -> Path:
    aside = path.with_name(f"{path.name}.damaged-{now:%Y%m%dT%H%M%S}")
    for suffix in _SIDE_FILES:
        part = path.with_name(path.name + suffix)
        if part.exists():
            part.rename(aside.with_name(aside.name + suffix))
    return aside
