"""Store and take back drafts exactly once, whatever fails in between (FAULTS P1, P2).

The order is the point: the intent is committed with the very octets before anything goes to the account;
before every attempt it is looked up whether the draft, or the user's own answer to the same mail, is
there already; what comes back is committed before anything else is done.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from connectors.connector import Connector, Removal, SpecialUse
from connectors.errors import Refused
from daemon.store_drafts import UNPLACED, Drafts, Entry
from policies.case import DraftState

RETRY = (timedelta(minutes=5), timedelta(hours=1), timedelta(hours=6), timedelta(days=1))
"""How long to wait before a draft the account refused is tried again: the first, second … time."""

TAKING_BACK = "being taken back"
"""Why a draft is as it is while it is being removed; it tells our removal from the user's."""


class Ledger:
    """The drafts of one account, in the store and in the account at once.

    `changed` is told of every new state in the same transaction.  Methods let Unavailable pass: the entry
    then stays INTENDED, and `place_waiting` goes on from there.
    """

    def __init__(
        self, connector: Connector, drafts: Drafts, changed: Callable[[Entry, datetime], None]
    ) -> None:
        self.connector = connector
        self.drafts = drafts
        self._changed = changed

    def lay(self, entry: Entry, now: datetime) -> Entry:
        """Commit the intent and store the draft; return the entry as it is then."""
        if known := self.drafts.get(entry.key):
            return known
        self.save(entry, now)
        return self.place(entry, now)

    def place_waiting(self, now: datetime) -> tuple[Entry, ...]:
        """Store what was intended and has not been stored yet; return what changed."""
        due = [e for e in self.drafts.in_states(UNPLACED) if e.retry_at is None or e.retry_at <= now]
        return tuple(self.place(entry, now) for entry in due if entry.octets is not None)

    def place(self, entry: Entry, now: datetime) -> Entry:
        """Store one draft, unless it is there already."""
        assert entry.octets is not None
        found = self._found(entry, now)
        if found is not None:
            return self.save(found, now)
        try:
            ref = self.connector.append_draft(entry.octets, entry.message_id, entry.thread_id)
        except Refused as error:
            wait = RETRY[min(entry.attempts, len(RETRY) - 1)]
            blocked = entry.turned(DraftState.BLOCKED, now, str(error))
            return self.save(replace(blocked, attempts=entry.attempts + 1, retry_at=now + wait), now)
        return self.save(replace(entry.turned(DraftState.PLACED, now), ref=ref), now)

    def take_back(self, entry: Entry, now: datetime, reason: str) -> Entry:
        """Take a draft back if it is still byte for byte ours; return the entry as it is then."""
        if entry.state in UNPLACED:
            entry = self._found(entry, now) or entry
        if entry.state in UNPLACED:
            return self.save(entry.turned(DraftState.WITHDRAWN, now, reason), now)
        if entry.state is not DraftState.PLACED or entry.octets is None or entry.ref is None:
            return self.save(entry, now)
        begun = entry.reason == TAKING_BACK  # and the program ended in the midst of it
        entry = self.save(replace(entry, reason=TAKING_BACK), now)
        match self.connector.remove_draft(entry.ref, entry.octets):
            case Removal.REMOVED:
                return self.save(entry.turned(DraftState.WITHDRAWN, now, reason), now)
            case Removal.CHANGED:
                return self.save(entry.turned(DraftState.EDITED, now, "changed by you"), now)
            case Removal.GONE if begun:
                return self.save(entry.turned(DraftState.WITHDRAWN, now, reason), now)
            case Removal.GONE:
                return self.save(self._gone(entry, now), now)
            case Removal.IMPOSSIBLE:
                left = "out of date; the server cannot remove one mail alone, please delete it"
                return self.save(entry.turned(DraftState.WITHDRAWN, now, left), now)

    def save(self, entry: Entry, now: datetime) -> Entry:
        """Commit an entry; whoever listens hears of a new state."""
        before = self.drafts.get(entry.key)
        if before == entry:
            return entry
        with self.drafts.book.store.transaction():
            self.drafts.put(entry)
            self.drafts.book.touch(entry.case_id)
            if before is None or before.state is not entry.state:
                self._changed(entry, now)
        return entry

    def _found(self, entry: Entry, now: datetime) -> Entry | None:
        """Return the entry as the account already has it, or None where it is nowhere."""
        where = self.connector.locate(entry.message_id)
        if SpecialUse.SENT in where:
            return entry.turned(DraftState.SENT, now)
        if SpecialUse.DRAFTS in where:
            ref = self.connector.find_draft(entry.message_id)
            return replace(entry.turned(DraftState.PLACED, now), ref=ref or entry.ref)
        if SpecialUse.TRASH in where:
            return entry.turned(DraftState.DISCARDED, now, "deleted by you")
        return None

    def _gone(self, entry: Entry, now: datetime) -> Entry:
        """Return the entry of a draft that left the drafts mailbox without us."""
        if SpecialUse.SENT in self.connector.locate(entry.message_id):
            return entry.turned(DraftState.SENT, now)
        return entry.turned(DraftState.DISCARDED, now, "deleted by you")
