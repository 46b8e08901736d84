"""Store and take back drafts exactly once, whatever fails in between (FAULTS P1, P2).

The order is the point: the intent is committed with the very octets before anything goes to the account;
before every attempt it is looked up whether the draft, or the user's own answer to the same mail, is
there already; what comes back is committed before anything else is done.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import lru_cache

from connectors.connector import Connector, Removal, SpecialUse, StoredMessage
from connectors.errors import Refused
from daemon.drafting import life
from daemon.store_drafts import LIVE, UNPLACED, Drafts, Entry, digest_of
from policies.case import DraftState

SECOND_THOUGHTS = timedelta(days=30)
"""How long a draft the user deleted is watched for being taken out of the trash again."""

RETRY = (timedelta(minutes=5), timedelta(hours=1), timedelta(hours=6), timedelta(days=1))
"""How long to wait before a draft the account refused is tried again: the first, second … time."""

TAKING_BACK = "being taken back"
"""Why a draft is as it is while it is being removed; it tells our removal from the user's."""

LEFT = "out of date, but the server cannot remove one mail alone: please delete it"
"""Why a draft that was taken back still lies in Drafts."""

IMPROVING = "being improved"
"""Why a draft is as it is while a better text takes its place."""


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
        if self._has_own(entry, now):
            own = entry.turned(DraftState.EDITED, now, "there is a draft of your own to the same mail")
            return self.save(replace(own, octets=None), now)
        return self.place(entry, now)

    def follow(
        self, sent: Callable[[Entry], Sequence[life.Seen]], now: datetime
    ) -> tuple[tuple[Entry, StoredMessage], ...]:
        """Write down what became of the drafts that lie in the account; `sent` are the user's mails.

        Return those the user has changed, as they lie there now.
        """
        living = self.drafts.in_states(LIVE)
        if not living:
            return ()
        discarded = self.drafts.lately(DraftState.DISCARDED, now - SECOND_THOUGHTS)
        listed = self._listed()
        taken = life.claimed(map(row, living), listed)
        followed = []
        for entry in (*living, *discarded):
            found = life.follow(row(entry), listed, sent(entry), None, now, taken)
            if found.locate and entry.state is not DraftState.DISCARDED:
                where = self.connector.locate(entry.message_id)
                found = life.follow(row(entry), listed, sent(entry), where, now, taken)
            followed.append(self.save(_followed(entry, found, now), now))
        lying = {one.stored.uid: one.stored for one in listed}
        edited = (e for e in followed if e.state is DraftState.EDITED and e.ref and e.ref.uid in lying)
        return tuple((entry, lying[entry.ref.uid]) for entry in edited if entry.ref)

    def place_waiting(self, now: datetime) -> tuple[Entry, ...]:
        """Store what was intended and has not been stored yet; return what changed."""
        due = [e for e in self.drafts.in_states(UNPLACED) if e.again_at is None or e.again_at <= now]
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
            blocked = entry.turned(DraftState.BLOCKED, now, f"{error} {error.hint}".rstrip())
            return self.save(replace(blocked, attempts=entry.attempts + 1, again_at=now + wait), now)
        placed = self.save(replace(entry.turned(DraftState.PLACED, now), ref=ref), now)
        return self._yielded(placed, now)

    def take_back(self, entry: Entry, now: datetime, reason: str) -> Entry:
        """Take a draft back if it is still byte for byte ours; return the entry as it is then."""
        if entry.state in UNPLACED:
            entry = self._found(entry, now) or entry
        if entry.state in UNPLACED:
            return self.save(entry.turned(DraftState.WITHDRAWN, now, reason), now)
        octets, ref = entry.octets, entry.ref or self.connector.find_draft(entry.message_id)
        if entry.state is not DraftState.PLACED or octets is None:
            return self.save(entry, now)
        if ref is None:
            return self.save(self._gone(entry, now), now)
        begun = entry.reason == TAKING_BACK  # and the program ended in the midst of it
        entry = self.save(replace(entry, reason=TAKING_BACK), now)
        match self.connector.remove_draft(ref, octets):
            case Removal.REMOVED:
                return self.save(entry.turned(DraftState.WITHDRAWN, now, reason), now)
            case Removal.CHANGED:
                return self.save(entry.turned(DraftState.EDITED, now, "changed by you"), now)
            case Removal.GONE if begun:
                return self.save(entry.turned(DraftState.WITHDRAWN, now, reason), now)
            case Removal.GONE:
                return self.save(self._gone(entry, now), now)
            case Removal.IMPOSSIBLE:
                return self.save(entry.turned(DraftState.WITHDRAWN, now, LEFT), now)

    def improve(self, entry: Entry, octets: bytes, now: datetime) -> Entry:
        """Put a better text in the place of a draft that is still byte for byte ours."""
        begun = entry.reason == IMPROVING  # and the program ended in the midst of it
        if entry.state is not DraftState.PLACED or entry.octets is None or entry.ref is None:
            return entry
        entry = self.save(replace(entry, reason=IMPROVING), now)
        assert entry.octets is not None
        assert entry.ref is not None
        removal = self.connector.remove_draft(entry.ref, entry.octets)
        if removal is Removal.CHANGED:
            return self.save(entry.turned(DraftState.EDITED, now, "changed by you"), now)
        if removal is Removal.IMPOSSIBLE:
            return self.save(replace(entry, reason=""), now)
        if removal is Removal.GONE and not begun:
            return self.save(self._gone(entry, now), now)
        better = entry.turned(DraftState.INTENDED, now, IMPROVING)
        return self.place(self.save(replace(better, octets=octets, digest=digest_of(octets)), now), now)

    def save(self, entry: Entry, now: datetime) -> Entry:
        """Commit an entry; whoever listens hears of a new state."""
        before = self.drafts.get(entry.key)
        if before == entry:
            return entry
        with self.drafts.book.store.transaction():
            self.drafts.put(entry)
            if before is None or before.state is not entry.state:
                self.drafts.book.touch(entry.case_id)
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
        if SpecialUse.TRASH in where and entry.reason != IMPROVING:  # some servers keep what we removed
            return entry.turned(DraftState.DISCARDED, now, "deleted by you")
        return None

    def _yielded(self, entry: Entry, now: datetime) -> Entry:
        """Take our copy back where another host stored the same draft at the same moment, before us."""
        ref, octets = entry.ref, entry.octets
        if ref is None or octets is None or not ref.uid.isdigit():
            return entry
        same = [one.stored for one in self._listed() if one.message_id == entry.message_id]
        first = min((s for s in same if s.uid.isdigit()), key=lambda s: int(s.uid), default=None)
        if first is None or int(first.uid) >= int(ref.uid):
            return entry
        if self.connector.remove_draft(ref, octets) is not Removal.REMOVED:
            return entry
        theirs = self.connector.find_draft(entry.message_id)
        return self.save(replace(entry, ref=theirs, octets=first.octets), now)

    def _listed(self) -> tuple[life.Seen, ...]:
        return tuple(_seen(stored) for stored in self.connector.drafts())

    def _has_own(self, entry: Entry, now: datetime) -> bool:
        """Return whether the user is already writing to the same person in answer to the same mail."""
        listed = self._listed()
        others = [one for one in listed if entry.to in one.to and one.message_id != entry.message_id]
        if not others:
            return False
        taken = life.claimed(map(row, self.drafts.in_states(LIVE)), listed)
        theirs = replace(row(entry), state=DraftState.EDITED)
        return not life.follow(theirs, others, (), None, now, taken).locate

    def _gone(self, entry: Entry, now: datetime) -> Entry:
        """Return the entry of a draft that left the drafts mailbox without us."""
        if SpecialUse.SENT in self.connector.locate(entry.message_id):
            return entry.turned(DraftState.SENT, now)
        return entry.turned(DraftState.DISCARDED, now, "deleted by you")


_seen = lru_cache(maxsize=512)(life.seen)  # as many drafts as a connector lists; most stay as they are


def row(entry: Entry) -> life.Row:
    """Return what of an entry its life in the account depends on."""
    return life.Row(
        state=entry.state,
        message_id=entry.message_id,
        to=entry.to,
        laid=entry.intended_at,
        octets=entry.octets,
        ref=entry.ref,
        answers="" if entry.answers.startswith("sha256:") else entry.answers,  # a mail without a Message-ID
        subject=entry.subject,
        gone_by=entry.again_at,
    )


def _followed(entry: Entry, found: life.Followed, now: datetime) -> Entry:
    same = replace(entry, ref=found.ref, octets=found.octets, again_at=found.gone_by)
    if found.state is entry.state:
        return same
    return replace(same.turned(found.state, now, found.why), again_at=found.gone_by)
