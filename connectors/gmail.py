"""A mail account at Gmail, over its own API.

It must not know what a mail means.  Labels are what other accounts call mailboxes: INBOX and SENT are
watched.  Gmail's history says what is new; where it does not reach back, the mails of a window are listed.
"""

from __future__ import annotations

import base64
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from itertools import islice
from types import MappingProxyType

from connectors import gmail_cursor, gmail_mail, header
from connectors.alarm import Alarm
from connectors.connector import (
    Batch,
    Cursor,
    DraftRef,
    Listening,
    Mailbox,
    Removal,
    SpecialUse,
    StoredMessage,
)
from connectors.errors import Refused, Unavailable, Vanished
from connectors.gmail_client import GmailClient, Said
from connectors.gmail_cursor import Place, Reach
from connectors.gmail_gate import ALLOWED, LABELLING, WATCHING, Gate, Tokens
from connectors.gmail_mail import Json
from connectors.gmail_push import Push
from connectors.gmail_quota import Pace
from connectors.gmail_settings import GmailSettings
from connectors.outgoing import checked_draft, quoted
from connectors.web import TooLarge, Web

__all__ = ["GmailConnector", "GmailSettings"]

_BATCH = 25
_WEIGHT = 1 << 23  # octets in one batch
_MOST_DRAFTS = 500
_FRESH_DRAFTS = 20  # read anew whenever the account changed: not every server renames a draft it changes
_MOST_MATCHES = 20
_FORGIVEN = 3600.0  # a history that is gone again within this time is not worth asking
_WINDOWED = 86400.0  # for so long
_FIRST = 31_536_000_000  # 1971 in ms: earlier means ever
_SEARCHABLE = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`|~.@-]+")

_Step = tuple[StoredMessage | None, Place]
"""A mail, or none, and the place that is true once it was committed."""


class GmailConnector:
    """The Gmail account that `tokens` open."""

    def __init__(self, settings: GmailSettings, tokens: Tokens) -> None:
        rules = ALLOWED + (LABELLING if settings.stopped else ()) + (WATCHING if settings.push else ())

        def web() -> Web:
            return Web(settings.connect_timeout, settings.read_timeout)

        self._settings = settings
        self._client = GmailClient(
            Gate((settings.api, settings.pubsub), tokens, rules, make=web), settings.api
        )
        self._push = Push(self._client, settings) if settings.push else None
        self._alarm = Alarm()
        self._pace = Pace(settings.fastest, settings.slowest)
        self._label_ids: tuple[str, ...] = ()
        self._stopped_id = ""
        self._drafts: dict[tuple[str, str], StoredMessage] = {}
        self._drafts_at = ""
        self._lost_at = -_FORGIVEN
        self._windowed_until = 0.0
        self._found = False

    def address(self) -> str:
        """Return the account's address as Gmail knows it."""
        return str(self._client.profile().get("emailAddress") or "")

    def mailboxes(self) -> tuple[Mailbox, ...]:
        """Return the account's labels."""
        return tuple(map(gmail_mail.mailbox, self._client.labels()))

    def changes(self, cursor: Cursor | None, since: datetime) -> Iterator[Batch]:
        """Yield what is new, as the protocol says.  Other methods may be called between two batches.

        Raises Vanished where the history does not reach back; the second time within an hour, listing the
        latest mails takes the place of the history for a day.
        """
        place = gmail_cursor.read(cursor)
        fresh = self._listed(place, since) if place is None or place.window is not None else self._told(place)
        self._found = False
        for batch in _batches(fresh):
            self._found = self._found or bool(batch.messages)
            yield batch

    def _told(self, place: Place) -> Iterator[_Step]:
        """Yield what came after a history id: mails that arrived, and those put into a watched label."""
        watched, seen, last = frozenset(self._watched()), set[str](), place.history
        try:
            for page in self._client.history(place.history):
                last = str(page.get("historyId") or last)
                for record in gmail_mail.tables(page, "history"):
                    for mail in self._arrived(record, watched, seen):
                        yield mail, place
                    place = Place(str(record.get("id") or place.history))
                    yield None, place
        except Said:
            raise self._lost() from None
        yield None, Place(last)

    def _arrived(self, record: Json, watched: frozenset[str], seen: set[str]) -> Iterator[StoredMessage]:
        """Yield the mails of a history record that were not seen before in this look."""
        for message_id, told in _came(record, watched).items():
            found = None if message_id in seen else self._mail(message_id)
            seen.add(message_id)
            if found and (told or watched & gmail_mail.labels(found[0])):
                yield found[1]

    def _lost(self) -> Vanished:
        """Return what to say of a history that is gone; Gmail keeps it for a week, at times for hours."""
        now = time.monotonic()
        again, self._lost_at = now - self._lost_at < _FORGIVEN, now
        if not again:
            return Vanished("Gmail's history does not reach back to the last look.")
        self._windowed_until = now + _WINDOWED
        return Vanished(
            "Gmail's history was gone twice within an hour; for a day the latest mails are listed instead."
        )

    def _listed(self, place: Place | None, since: datetime) -> Iterator[_Step]:
        """Yield the mails that arrived at or after `since` and were not read yet, label by label."""
        now = self._client.history_id() or self._client.newest_history_id()
        place = Place(now, place.window if place and place.window else MappingProxyType({}))
        watched, floor = self._watched(), int(since.timestamp() * 1000)
        for label in watched:
            reach = (place.window or {}).get(label, Reach(0))
            ids = list(self._client.message_ids(labelIds=[label], **_from(max(floor, reach.at))))
            for one in (each for each in reversed(ids) if each not in reach.ids):
                if found := self._mail(one):
                    at, labels = gmail_mail.millis(found[0]), gmail_mail.labels(found[0])
                    owner = next((each for each in watched if each in labels), label)
                    if at >= floor and owner == label and not reach.holds(at, one):
                        place = place.passed(label, at, one)
                        yield found[1], place
        yield None, place if self._windowed else Place(place.history)

    def _mail(self, message_id: str) -> tuple[Json, StoredMessage] | None:
        """Return a message as Gmail has it and as we do; None where it is gone or was moved out of sight."""
        try:
            message = self._client.message(message_id, "raw")
            content, partial = gmail_mail.octets(message or {}), False
        except TooLarge:
            message, content = self._large(message_id)
            partial = True
        if not message or gmail_mail.labels(message) & gmail_mail.OUT_OF_SIGHT:
            return None
        return message, gmail_mail.stored(message, content, partial=partial)

    def _large(self, message_id: str) -> tuple[Json | None, bytes]:
        """Return a large message without what is attached, but with its calendars; or without any text."""
        try:
            message = self._client.message(message_id, "full") or {}
            ids = gmail_mail.calendars(message)
            attached = {part: self._client.attachment(message_id, one) for part, one in ids.items()}
        except TooLarge:
            message, attached = self._client.message(message_id, "metadata") or {}, {}
        return message, gmail_mail.rebuilt(message, attached)

    def _watched(self) -> tuple[str, ...]:
        """Return the ids of the watched labels; a mail with several of them belongs to the first."""
        if not self._label_ids:
            wanted = [name for name in self._settings.labels if name.upper() not in {"INBOX", "SENT"}]
            there = self._client.labels() if wanted else []
            known = {str(each.get("name")).lower(): str(each.get("id")) for each in there}
            if missing := [name for name in wanted if name.lower() not in known]:
                raise Refused(
                    f"There is no label {missing[0]!r} in Gmail.",
                    hint=f"Correct `labels` in [gmail]; there are {', '.join(sorted(known))}."[:300],
                )
            self._label_ids = ("SENT", "INBOX", *(known[name.lower()] for name in wanted))
        return self._label_ids

    def listen(self) -> Listening:
        """Return when to look again; how long that is depends on push, or on what came lately."""
        self._pace.looked(found=self._found)
        self._found = False
        if self._push:
            news = self._push.listen(list(self._watched()))
            return Listening(self._settings.slowest if news else self._interval, news)
        return Listening(self._interval)

    def heard(self) -> bool:
        """Return whether push has announced something; without it nothing is heard before it is looked at."""
        return self._push is not None and self._push.heard()

    def wait(self, seconds: float) -> bool:
        """Wait until it is time to look again, push announces something, or `wake` is called.

        Nobody knows whether there is news, so the answer after the time is True.
        """
        end = time.monotonic() + seconds
        while not self.heard():
            listening = self.listen()
            left = min(listening.seconds, end - time.monotonic())
            heard = self._alarm.wait(left, listening.source)
            if heard.rung or not heard.readable:
                return not heard.rung
        return True

    @property
    def _windowed(self) -> bool:
        return time.monotonic() < self._windowed_until

    @property
    def _interval(self) -> float:
        return self._settings.slowest if self._windowed else self._pace.seconds

    @property
    def usage(self) -> Mapping[str, object]:
        """What the account has cost since the program started, and how it is watched (`Usage`)."""
        usage = replace(self._client.gate.usage, interval=self._interval)
        if self._push:
            usage = replace(usage, mode=self._push.mode, trouble=self._push.trouble)
        return asdict(replace(usage, mode="window") if self._windowed else usage)

    def wake(self) -> None:
        """End the present or the next `wait`.  Safe in a signal handler and from any thread."""
        self._alarm.ring()

    def append_draft(self, octets: bytes, message_id: str, thread_id: str = "") -> DraftRef:
        """Store a draft, once; outside its thread where Gmail does not know that any more."""
        raw = base64.urlsafe_b64encode(checked_draft(octets)).decode("ascii")
        self._drafts_at = ""
        try:
            try:
                stored = self._client.store_draft(raw, thread_id)
            except Said:
                stored = self._client.store_draft(raw, "")
        except Said as error:
            raise Refused(
                f"Gmail did not store the draft (HTTP {error.status}).",
                hint="Look whether Gmail in a browser can save drafts; make room where the account is full.",
            ) from None
        if not stored.get("id"):
            raise Unavailable(
                "Gmail's answer to a draft makes no sense; it is looked for before another is made."
            )
        return _ref(str(stored["id"]), gmail_mail.table(stored, "message"), message_id)

    def drafts(self) -> tuple[StoredMessage, ...]:
        """Return the drafts, newest first; nothing is fetched while the account's history stands still."""
        present = self._client.history_id()
        if not present or present != self._drafts_at:
            keys = self._client.draft_ids(_MOST_DRAFTS)
            found = [(key, self._draft_mail(key, keep=at >= _FRESH_DRAFTS)) for at, key in enumerate(keys)]
            lying = [(key, mail) for key, mail in found if mail]
            self._drafts = dict(sorted(lying, key=lambda each: each[1].internal_date, reverse=True))
            self._drafts_at = present
        return tuple(self._drafts.values())

    def _draft_mail(self, key: tuple[str, str], *, keep: bool) -> StoredMessage | None:
        """Return a draft; `keep`: as it was read before, if it was."""
        if keep and key in self._drafts:
            return self._drafts[key]
        try:
            message, partial = self._client.draft(key[0], "raw"), False
        except TooLarge:
            message, partial = self._client.draft(key[0], "metadata"), True
        if not message or "TRASH" in gmail_mail.labels(message):
            return None
        content = gmail_mail.rebuilt(message) if partial else gmail_mail.draft_octets(message)
        return replace(gmail_mail.stored(message, content, partial=partial), draft_id=key[0])

    def locate(self, message_id: str) -> frozenset[SpecialUse]:
        """Return in which of Drafts, Sent and Trash the mail lies.

        The search's index lags behind, and knows plain Message-IDs only: the drafts are looked through too.
        """
        wanted = header.bare_id(message_id)
        found = {SpecialUse.DRAFTS} if self.find_draft(message_id) else set[SpecialUse]()
        if _SEARCHABLE.fullmatch(wanted):
            matches = self._client.message_ids(q=f"rfc822msgid:{wanted}", includeSpamTrash=True)
            for one in islice(matches, _MOST_MATCHES):
                message = self._client.message(one, "metadata")
                if message and gmail_mail.message_id(message) == wanted:
                    found |= gmail_mail.whereabouts(message)
        return frozenset(found)

    def find_draft(self, message_id: str) -> DraftRef | None:
        """Return where the draft lies, the newest of several, or None."""
        wanted = header.bare_id(message_id)
        quoted(wanted)  # what could not be asked of any server is refused here too
        for mail in self.drafts():
            if header.message_id(mail.octets) == wanted:
                return _ref(mail.draft_id, {"id": mail.uid, "threadId": mail.thread_id}, message_id)
        return None

    def remove_draft(self, ref: DraftRef, octets: bytes) -> Removal:
        """Remove the draft if it is still the same, byte for byte; by its id, else by its Message-ID.

        Gmail cannot be told to remove a draft only if it is unchanged: it is read at the very last moment.
        """
        quoted(header.bare_id(ref.message_id))
        draft_id = ref.draft_id
        mail = self._draft_mail((draft_id, ""), keep=False) if draft_id else None
        if mail is None and (other := self.find_draft(ref.message_id)):
            draft_id = other.draft_id
            mail = self._draft_mail((draft_id, ""), keep=False)
        if mail is None:
            return Removal.GONE
        if mail.octets != octets:
            return Removal.CHANGED
        self._drafts_at = ""
        return Removal.REMOVED if self._client.delete_draft(draft_id) else Removal.GONE

    def label_stopped(self, thread_ids: Sequence[str]) -> None:
        """Put the label for what is over on threads, if the user wants one; at first it is made."""
        name = self._settings.stopped
        for thread_id in thread_ids if name else ():
            if not self._stopped_id:
                known = {str(each.get("name")).lower(): each for each in self._client.labels()}
                label = known.get(name.lower()) or self._client.new_label(name)
                self._stopped_id = str(label.get("id") or "")
            self._client.label_thread(thread_id, self._stopped_id)

    def close(self) -> None:
        """Let go of the connection without waiting for the server."""
        self._client.gate.close()


def _batches(steps: Iterator[_Step]) -> Iterator[Batch]:
    """Yield the mails in batches, each with the place that is true after it."""
    batch: list[StoredMessage] = []
    place = None
    for mail, place in steps:
        batch += [mail] if mail else []
        if len(batch) >= _BATCH or sum(len(each.octets) for each in batch) > _WEIGHT:
            yield Batch(tuple(batch), place.cursor())
            batch = []
    if place is not None:
        yield Batch(tuple(batch), place.cursor())


def _came(record: Json, watched: frozenset[str]) -> dict[str, bool]:
    """Return the ids of messages that came into a watched label by a history record.

    False is said of those whose labels are not told; true also of a mail that was archived since.
    """
    found: dict[str, bool] = {}
    for each in gmail_mail.tables(record, "messagesAdded") + gmail_mail.tables(record, "labelsAdded"):
        message = gmail_mail.table(each, "message")
        labels = gmail_mail.labels(each) or gmail_mail.labels(message)
        if message.get("id") and (watched & labels or not labels):
            found[str(message["id"])] = bool(labels)
    return found


def _from(millis: int) -> dict[str, str]:
    """Return the search for mail from a moment on, a second early; `after:` means later than."""
    return {"q": f"after:{millis // 1000 - 1}"} if millis > _FIRST else {}


def _ref(draft_id: str, message: Json, message_id: str) -> DraftRef:
    return DraftRef(
        "DRAFT",
        message_id,
        uid=str(message.get("id") or ""),
        draft_id=draft_id,
        thread_id=str(message.get("threadId") or ""),
    )
