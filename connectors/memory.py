"""A whole mail account in RAM: for `simulate`, for the quick demo, and for tests of everything above it.

It is a real connector, not a mock: it keeps the contract that the servers keep.  Besides, it plays the
world: mail is delivered, and the user edits, sends and deletes drafts as their mail program would.  It
must not know what a mail means, nor what time it is: every moment is given.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from connectors import header
from connectors.alarm import Alarm
from connectors.connector import Batch, Cursor, DraftRef, Mailbox, Removal, SpecialUse, StoredMessage
from connectors.errors import Refused, Vanished
from connectors.marks import Mark, Marks
from connectors.outgoing import checked_draft, quoted

_BATCH = 200
_MOST_DRAFTS = 500


@dataclass(slots=True)
class _Box:
    """One mailbox: its mails by UID, and the UIDs in ascending order."""

    mailbox: Mailbox
    validity: int = 1
    next_uid: int = 1
    uids: list[int] = field(default_factory=list)
    mails: dict[int, StoredMessage] = field(default_factory=dict)

    def add(self, octets: bytes, at: datetime, thread_id: str = "") -> StoredMessage:
        uid, self.next_uid = self.next_uid, self.next_uid + 1
        mail = StoredMessage(
            octets, self.mailbox.name, self.mailbox.use, str(uid), at.astimezone(UTC), thread_id or None
        )
        self.uids.append(uid)
        self.mails[uid] = mail
        return mail

    def remove(self, uid: int) -> StoredMessage:
        self.uids.remove(uid)
        return self.mails.pop(uid)

    def after(self, uid: int) -> list[StoredMessage]:
        return [self.mails[each] for each in self.uids[bisect_right(self.uids, uid) :]]


class MemoryConnector:
    """An account with INBOX, Drafts, Sent and Trash.

    `now` tells the INTERNALDATE of what the program itself stores; without it, that of the latest mail.
    """

    def __init__(self, now: Callable[[], datetime] | None = None) -> None:
        self._boxes = {
            name: _Box(Mailbox(name, use))
            for name, use in (
                ("INBOX", SpecialUse.INBOX),
                ("Drafts", SpecialUse.DRAFTS),
                ("Sent", SpecialUse.SENT),
                ("Trash", SpecialUse.TRASH),
            )
        }
        self._watched = ("INBOX", "Sent")
        self._latest = datetime.fromtimestamp(0, UTC)
        self._now = now or (lambda: self._latest)
        self._places: dict[str, set[tuple[str, int]]] = defaultdict(set)  # by Message-ID
        self._alarm = Alarm()
        self._news = False

    def mailboxes(self) -> tuple[Mailbox, ...]:
        """Return the four mailboxes."""
        return tuple(box.mailbox for box in self._boxes.values())

    def changes(self, cursor: Cursor | None, since: datetime) -> Iterator[Batch]:
        """Yield what is new, as the protocol says."""
        marks = Marks.read(cursor)
        self._news = False
        for name in self._watched:
            box = self._boxes[name]
            mark = marks.get(name)
            if mark and mark.validity != box.validity:
                raise Vanished(f"The mailbox {name} was numbered anew.")
            fresh = box.after(mark.uid if mark else 0)
            wanted = fresh if mark else [mail for mail in fresh if mail.internal_date >= since]
            for start in range(0, len(wanted), _BATCH):
                some = tuple(wanted[start : start + _BATCH])
                marks = marks.moved(name, Mark(box.validity, int(some[-1].uid)))
                yield Batch(some, marks.cursor())
            last = int(fresh[-1].uid) if fresh else mark.uid if mark else 0
            marks = marks.moved(name, Mark(box.validity, last))
        yield Batch((), marks.cursor())

    def wait(self, seconds: float) -> bool:
        """Wait until something is delivered, `wake` is called, or `seconds` have passed."""
        if not self._news:
            self._alarm.wait(seconds)
        news, self._news = self._news, False
        return news

    def wake(self) -> None:
        """End the present or the next wait."""
        self._alarm.ring()

    def append_draft(self, octets: bytes, message_id: str, thread_id: str = "") -> DraftRef:
        """Store a draft."""
        mail = self._add("Drafts", checked_draft(octets), self._now(), thread_id)
        return self._ref(mail, message_id)

    def drafts(self) -> tuple[StoredMessage, ...]:
        """Return the drafts, newest first."""
        box = self._boxes["Drafts"]
        return tuple(box.mails[uid] for uid in box.uids[: -_MOST_DRAFTS - 1 : -1])

    def locate(self, message_id: str) -> frozenset[SpecialUse]:
        """Return in which of Drafts, Sent and Trash the message lies."""
        uses = {self._boxes[name].mailbox.use for name, _ in self._where(message_id)}
        return frozenset(use for use in uses if use and use is not SpecialUse.INBOX)

    def find_draft(self, message_id: str) -> DraftRef | None:
        """Return where the draft lies, or None."""
        mail = self._draft(message_id)
        return self._ref(mail, message_id) if mail else None

    def remove_draft(self, ref: DraftRef, octets: bytes) -> Removal:
        """Remove the draft if it is still the same, byte for byte."""
        box = self._boxes["Drafts"]
        mail = box.mails.get(int(ref.uid or 0)) if ref.validity == str(box.validity) else None
        mail = mail or self._draft(ref.message_id)
        if mail is None:
            return Removal.GONE
        if mail.octets != octets:
            return Removal.CHANGED
        self.expunge("Drafts", mail.uid)
        return Removal.REMOVED

    def close(self) -> None:
        """Do nothing: there is no connection to let go of."""

    def deliver(self, octets: bytes, internal_date: datetime, mailbox: str = "INBOX") -> StoredMessage:
        """Let a mail arrive in a mailbox, and tell whoever waits."""
        mail = self._add(mailbox, octets, internal_date)
        if mailbox in self._watched:
            self._news = True
            self._alarm.ring()
        return mail

    def stored(self, mailbox: str) -> tuple[StoredMessage, ...]:
        """Return everything in a mailbox, oldest first."""
        return tuple(self._boxes[mailbox].after(0))

    def edit_draft(self, message_id: str, octets: bytes) -> StoredMessage:
        """Save a draft anew, as a mail program does: another UID, and whatever Message-ID `octets` has."""
        self.expunge("Drafts", self._must_have(message_id).uid)
        return self._add("Drafts", octets, self._now())

    def send_draft(self, message_id: str, octets: bytes | None = None) -> StoredMessage:
        """Move a draft to Sent, as it is or as `octets`, as a mail program does once it has sent it."""
        draft = self._must_have(message_id)
        self.expunge("Drafts", draft.uid)
        return self.deliver(draft.octets if octets is None else octets, self._now(), "Sent")

    def delete_draft(self, message_id: str) -> StoredMessage:
        """Move a draft to Trash."""
        draft = self._must_have(message_id)
        self.expunge("Drafts", draft.uid)
        return self._add("Trash", draft.octets, draft.internal_date)

    def expunge(self, mailbox: str, uid: str) -> None:
        """Let a mail be gone for good."""
        mail = self._boxes[mailbox].remove(int(uid))
        self._places[header.message_id(mail.octets)].discard((mailbox, int(uid)))

    def renumber(self, mailbox: str) -> None:
        """Give the mailbox another UIDVALIDITY and all its mails new UIDs, as a restored server does."""
        box = self._boxes[mailbox]
        mails = box.after(0)
        for mail in mails:
            self.expunge(mailbox, mail.uid)
        box.validity, box.next_uid = box.validity + 1, 1
        for mail in mails:
            self._add(mailbox, mail.octets, mail.internal_date, mail.thread_id or "")

    def _add(self, mailbox: str, octets: bytes, at: datetime, thread_id: str = "") -> StoredMessage:
        if mailbox not in self._boxes:
            raise Refused(f"There is no mailbox {mailbox!r}.")
        mail = self._boxes[mailbox].add(octets, at, thread_id)
        self._latest = max(self._latest, mail.internal_date)
        self._places[header.message_id(octets)].add((mailbox, int(mail.uid)))
        return mail

    def _where(self, message_id: str) -> set[tuple[str, int]]:
        wanted = header.bare_id(message_id)
        quoted(wanted)  # what no server can be asked for is refused here too
        return self._places.get(wanted, set())

    def _draft(self, message_id: str) -> StoredMessage | None:
        found = [uid for name, uid in self._where(message_id) if name == "Drafts"]
        return self._boxes["Drafts"].mails[max(found)] if found else None

    def _must_have(self, message_id: str) -> StoredMessage:
        mail = self._draft(message_id)
        if mail is None:
            raise Refused(f"There is no draft with the Message-ID {message_id!r}.")
        return mail

    def _ref(self, mail: StoredMessage, message_id: str) -> DraftRef:
        return DraftRef(
            mail.mailbox,
            message_id,
            uid=mail.uid,
            validity=str(self._boxes[mail.mailbox].validity),
            thread_id=mail.thread_id or "",
        )
