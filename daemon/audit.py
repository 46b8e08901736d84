"""The record of every decision: JSON lines, each with the hash of the one before.

A line is first committed to the state together with what it tells of, then written to the file; the state
keeps the hash of the last one.  So no line is lost in a crash, and none can be cut out, altered or added
without `afterword audit verify` finding it.  What lines say is `audit_records`.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import MutableMapping
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from daemon import audit_chain as chain
from daemon.audit_records import Record, StateRebuilt
from daemon.log import structlog
from daemon.store import Store, private_directory, private_file, stamp

FULL = 8_000_000
"""Octets after which a file is closed and a new one begun."""


class Audit:
    """The audit log of one state.  `directory` None keeps no files (simulations)."""

    def __init__(
        self,
        store: Store,
        directory: Path | None,
        *,
        quotes: bool = False,
        keep: int = 0,
        full: int = FULL,
    ) -> None:
        self.store = store
        self.quotes = quotes
        self._directory = directory
        self._keep = keep
        self._full = full
        self._salt = _salt(store)
        self._log = structlog.wrap_logger(
            _Outbox(store),
            processors=[self._chain, structlog.processors.JSONRenderer(serializer=_encode)],
            wrapper_class=structlog.BoundLogger,
            context_class=dict,
        )

    def record(self, at: datetime, record: Record) -> None:
        """Commit a line, together with the transaction that is open where there is one."""
        with self.store.transaction():
            self._log.msg(record, at=at)

    def person(self, address: str) -> str:
        """Return a name for an address that gives away its domain only."""
        return f"{self.hash(address)}@{address.rpartition('@')[2]}" if address else ""

    def hash(self, text: str) -> str:
        """Return a short name for a text; it cannot be guessed back without this state."""
        return hashlib.blake2b(text.encode(), digest_size=5, key=self._salt).hexdigest() if text else ""

    def begin(self, at: datetime) -> None:
        """Join the chain to the files that are there; call it once before the first line.

        Files that reach further than the state (it was lost, or put back from a backup) are continued,
        and that is written down.
        """
        if self._directory is None:
            return
        private_directory(self._directory)
        chain.mend(self._directory)
        head, written = head_of(self.store), chain.last_link(self._directory)
        if written.seq <= head.seq:
            return
        with self.store.transaction():
            if head.seq:
                self._dispute(head.seq + 1, written.seq)
            self.store.set_meta("audit_head", str(written))
            self.record(at, StateRebuilt(reason="the state knew less than the audit log"))

    def begin_anew(self) -> None:
        """Remove all lines written so far; the chain goes on from where it ends, and stays valid."""
        self.flush()
        for path in chain.files(self._directory) if self._directory else ():
            path.unlink()
        with self.store.transaction():
            self.store.set_meta("audit_base", str(head_of(self.store)))
            self.store.set_meta("audit_disputed", "")

    def flush(self) -> None:
        """Write what was committed to the file; call it after the transaction."""
        rows = self.store.db.execute("select seq, line from audit_outbox order by seq").fetchall()
        if not rows:
            return
        if self._directory is not None:
            written = chain.last_link(self._directory).seq
            self._write(self._directory / chain.CURRENT, [line for seq, line in rows if seq > written])
        with self.store.transaction(durable=False):
            self.store.db.execute("delete from audit_outbox where seq <= ?", [rows[-1][0]])

    def _chain(self, _logger: object, _method: str, event: MutableMapping[str, Any]) -> dict[str, Any]:
        """Number a record and tie it to the line before (a structlog processor)."""
        head = head_of(self.store)
        fields = msgspec.to_builtins(event["event"])
        first = {"seq": head.seq + 1, "at": stamp(event["at"]), "event": fields.pop("event")}
        return {**first, **fields, "prev": head.hash}

    def _dispute(self, first: int, last: int) -> None:
        known = self.store.meta("audit_disputed")
        self.store.set_meta("audit_disputed", f"{known} {first}-{last}".strip())

    def _write(self, path: Path, lines: list[bytes]) -> None:
        if path.exists() and path.stat().st_size > self._full:
            self._rotate(path)
        private_directory(path.parent)
        private_file(path)
        with path.open("ab") as file:
            file.write(b"".join(line + b"\n" for line in lines))
            file.flush()
            os.fsync(file.fileno())

    def _rotate(self, path: Path) -> None:
        """Close the current file and remove the oldest beyond those to keep; the chain goes on."""
        last = chain.last_link(path.parent)
        path.rename(path.with_name(f"audit-{last.seq:012d}.jsonl"))
        older = chain.files(path.parent)
        for old in older[: max(len(older) - self._keep, 0)] if self._keep else ():
            self.store.set_meta("audit_base", str(chain.end_of_file(old)))
            old.unlink()


class _Outbox:
    """Where structlog's pipeline ends: a row that is committed with the decision."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def msg(self, line: str) -> None:
        sealed = chain.seal(line.encode())
        end = chain.end_of(sealed)
        self._store.db.execute("insert into audit_outbox values (?, ?)", [end.seq, sealed])
        self._store.set_meta("audit_head", str(end))


def head_of(store: Store) -> chain.Link:
    """Return the end of the chain as the state knows it."""
    return chain.Link.parse(store.meta("audit_head"))


def verify(store: Store, directory: Path) -> tuple[chain.Break, ...]:
    """Return every place where the log on disk is not what was written; lines on their way count.

    A program that writes at the same time moves the end: then it is looked at again.
    """
    while True:
        head = head_of(store)
        found = _verify(store, directory, head)
        if head_of(store) == head:
            return found


def _verify(store: Store, directory: Path, head: chain.Link) -> tuple[chain.Break, ...]:
    waiting = (row[0] for row in store.db.execute("select line from audit_outbox order by seq"))
    written = chain.last_link(directory).seq if directory.exists() else 0
    found = [*chain.lines(directory), *(line for line in waiting if chain.end_of(line).seq > written)]
    base = chain.Link.parse(store.meta("audit_base"))
    disputed = tuple(
        chain.Break(int(span.partition("-")[0]), f"lines {span} were in the files but not known to the state")
        for span in store.meta("audit_disputed").split()
    )
    return (*chain.breaks(found, head, base), *disputed)


def _encode(value: object, **_: object) -> str:
    return msgspec.json.encode(value).decode()


def _salt(store: Store) -> bytes:
    found = store.meta("audit_salt")
    if not found:
        found = secrets.token_hex(16)
        if not store.read_only:
            store.set_meta("audit_salt", found)
    return bytes.fromhex(found)
