"""A mail account over IMAP (RFC 9051, and RFC 3501 servers), kept up for a year.

It must not know what a mail means.  Nothing beyond the base protocol is needed: IDLE, UIDPLUS,
SPECIAL-USE are used where they are offered.  Whatever goes wrong on a connection, the connection is thrown
away and the caller told `Unavailable`; the next call opens another.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta

from connectors import header, imap_drafts, imap_fetch, imap_names
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
from connectors.imap_drafts import Place
from connectors.imap_fetch import Facts, Fetcher
from connectors.imap_names import Folder, Folders
from connectors.imap_session import Selected, Session, open_session, words
from connectors.imap_settings import ImapSettings, Login, Security
from connectors.marks import Mark, Marks
from connectors.outgoing import checked_draft

__all__ = ["ImapConnector", "ImapSettings", "Login", "Security"]

_MOST_DRAFTS = 500
_WHOLE_DRAFT = 1 << 16  # ours are far smaller; of a larger one the beginning will do
_FIRST_YEAR = 1971
_EPOCH = datetime.fromtimestamp(0, UTC)
_EVER = datetime.min.replace(tzinfo=UTC)


class ImapConnector:
    """The account of `settings`; `secret` is asked for the password each time a connection is opened."""

    def __init__(self, settings: ImapSettings, secret: Callable[[], str]) -> None:
        self._settings = settings
        self._secret = secret
        self._alarm = Alarm()
        self._session: Session | None = None
        self._folders: Folders | None = None
        self._idle_since = 0.0
        self._mails = Fetcher()
        self._draft_mails = Fetcher(whole=_WHOLE_DRAFT)
        self._known_drafts: dict[tuple[int, int], StoredMessage] = {}
        self._scanned: dict[str, Selected] = {}

    @contextlib.contextmanager
    def _speaking(self, doing: str, *, settled: bool = True, forgo: bool = True) -> Iterator[Session]:
        """Lend the open connection, or a new one; `settled`: not in the middle of an IDLE.

        `forgo`: what was asked ahead is not wanted any more.  Any exception but our own means that nobody
        knows what the server will say next.
        """
        try:
            if self._session is None:
                self._folders = None
                self._session = open_session(self._settings, self._secret)
            if forgo:
                self._session.forgo()
            if settled:
                self._session.settle()
            yield self._session
        except (Refused, Vanished):
            self._folders = None  # the user may mend it, and would wonder why nobody looks
            raise
        except Unavailable:
            self.close()
            raise
        except Exception as error:
            self.close()
            where = self._settings.host
            raise Unavailable(f"The connection to {where} broke while {doing}: {words(error)}.") from error
        except BaseException:
            self.close()
            raise

    def _listed(self, session: Session) -> Folders:
        if self._folders is None:
            self._folders = imap_names.resolve(session.listed(), self._settings)
        return self._folders

    def mailboxes(self) -> tuple[Mailbox, ...]:
        """Return the account's mailboxes with their special uses."""
        with self._speaking("listing the mailboxes") as session:
            return tuple(folder.mailbox for folder in self._listed(session).all)

    def changes(self, cursor: Cursor | None, since: datetime) -> Iterator[Batch]:
        """Yield what is new, as the protocol says.  Other methods may be called between two batches."""
        marks = Marks.read(cursor)
        with self._speaking("listing the mailboxes") as session:
            watched = self._listed(session).watched(self._settings.mailboxes)
        for folder in watched:
            mark = marks.get(folder.name)
            with self._speaking(f"looking into {folder.name}") as session:
                if mark and folder is not watched[0] and _untouched(session, folder, mark):
                    continue
                selected = self._scanned[folder.raw] = session.examine(folder.raw)
                uids, last = _news(session, selected, mark, since)
            floor = _EVER if mark else since
            for group, messages in self._fetched(folder, selected, uids, floor):
                marks = marks.moved(folder.name, Mark(selected.validity, group[-1].uid))
                yield Batch(messages, marks.cursor())
            marks = marks.moved(folder.name, Mark(selected.validity, last))
        yield Batch((), marks.cursor())

    def _fetched(
        self, folder: Folder, selected: Selected, uids: Sequence[int], floor: datetime
    ) -> Iterator[tuple[list[Facts], tuple[StoredMessage, ...]]]:
        """Yield the mails with these UIDs in batches; none that arrived before `floor`."""
        place = f"{folder.raw} {selected.validity}"
        groups = self._groups(folder, selected, uids, floor)
        group = next(groups, None)
        while group:
            with self._reading(folder, selected) as session:
                bodies = self._mails.bodies(session, place, group)
            following = next(groups, None)
            if following:
                with self._reading(folder, selected) as session:
                    self._mails.ahead(session, place, following)
            yield group, _stored(folder, group, bodies)
            group = following

    def _groups(
        self, folder: Folder, selected: Selected, uids: Sequence[int], floor: datetime
    ) -> Iterator[list[Facts]]:
        place = f"{folder.raw} {selected.validity}"
        for portion in imap_fetch.portions(uids):
            with self._reading(folder, selected) as session:
                known = imap_fetch.facts(session, portion)
            yield from self._mails.groups(place, [mail for mail in known if _reaches(mail, floor)])

    @contextlib.contextmanager
    def _reading(self, folder: Folder, selected: Selected) -> Iterator[Session]:
        """Lend a session that has the mailbox open; what was asked ahead in it may still be on its way."""
        with self._speaking(f"reading {folder.name}", forgo=False) as session:
            _same(session, selected)
            yield session

    def listen(self) -> Listening:
        """Leave an IDLE open in the first watched mailbox, for one lap; poll after it in any case."""
        with self._speaking("waiting for mail", settled=False) as session:
            if session.wire.idling or self._begin_idle(session):
                left = self._idle_since + self._settings.lap - time.monotonic()
                return Listening(max(left, 0.0), session.wire.sock)
            session.rested = True
            return Listening(0.0 if session.take_news() else self._settings.lap)

    def heard(self) -> bool:
        """Take in what came during the IDLE; return whether mail did."""
        if self._session is None:
            return True
        with self._speaking("waiting for mail", settled=False) as session:
            return session.wire.idling and session.wire.idle_news()

    def wait(self, seconds: float) -> bool:
        """Wait for news in the first watched mailbox, at most for one lap; poll after it in any case.

        Without IDLE nobody knows, so the answer after the time is True.  A connection that does not answer
        at the end of the lap raises Unavailable.
        """
        with self._speaking("waiting for mail", settled=False) as session:
            if session.wire.idling or self._begin_idle(session):
                return self._idle(session, seconds)
            if session.take_news():
                return True
            if self._alarm.wait(min(seconds, self._settings.lap)).rung:
                return False
            session.noop()
            return True

    def _begin_idle(self, session: Session) -> bool:
        """Start an IDLE; return False where there is none, or something came since the last look."""
        if not session.can_idle:
            return False
        folder = self._listed(session).watched(self._settings.mailboxes)[0]
        now = session.enter(folder.raw)
        if self._scanned.get(folder.raw, now) != now:
            session.news = True
        if session.news:
            return False
        session.can_idle = session.wire.begin_idle()
        self._idle_since = time.monotonic()
        return session.can_idle

    def _idle(self, session: Session, seconds: float) -> bool:
        """Wait in an IDLE until mail comes, the alarm rings (the IDLE stays open), or the lap is over."""
        end = min(time.monotonic() + seconds, self._idle_since + self._settings.lap)
        while not session.wire.idle_news():
            left = end - time.monotonic()
            if left <= 0:
                return session.wire.end_idle()
            if self._alarm.wait(left, session.wire.sock).rung:
                return False
        session.wire.end_idle()
        return True

    def wake(self) -> None:
        """End the present or the next `wait`.  Safe in a signal handler and from any thread."""
        self._alarm.ring()

    def append_draft(self, octets: bytes, message_id: str, thread_id: str = "") -> DraftRef:  # noqa: ARG002
        """Store a draft, once; a server without UIDPLUS is asked for its place afterwards."""
        checked_draft(octets)
        with self._speaking("storing a draft") as session:
            folder = self._listed(session).drafts()
            place = imap_drafts.append(session, folder, octets)
        if place is None:  # stored, whatever becomes of the question where
            with contextlib.suppress(Unavailable):
                return self.find_draft(message_id) or DraftRef(folder.name, message_id)
        return _ref(folder, message_id, place)

    def drafts(self) -> tuple[StoredMessage, ...]:
        """Return the drafts, newest first; only those not seen before are fetched."""
        with self._speaking("reading the drafts") as session:
            folder = self._listed(session).drafts()
            selected = session.examine(folder.raw)
            uids = session.search("UNDELETED")[-_MOST_DRAFTS:] if selected.exists else []
            keys = [(selected.validity, uid) for uid in reversed(uids)]
            self._known_drafts = {key: self._known_drafts[key] for key in keys if key in self._known_drafts}
            new = [uid for validity, uid in keys if (validity, uid) not in self._known_drafts]
            self._learn_drafts(session, folder, selected, new)
        return tuple(self._known_drafts[key] for key in keys if key in self._known_drafts)

    def _learn_drafts(
        self, session: Session, folder: Folder, selected: Selected, uids: Sequence[int]
    ) -> None:
        place = f"{folder.raw} {selected.validity}"
        known = imap_fetch.facts(session, uids)
        for group in self._draft_mails.groups(place, known):
            bodies = self._draft_mails.bodies(session, place, group)
            for mail in _stored(folder, group, bodies):
                self._known_drafts[selected.validity, int(mail.uid)] = mail

    def locate(self, message_id: str) -> frozenset[SpecialUse]:
        """Return in which of Drafts, Sent and Trash the mail lies; marked as deleted counts as Trash."""
        found: set[SpecialUse] = set()
        with self._speaking("looking for a draft") as session:
            folders = self._listed(session)
            folders.drafts()
            for use in (SpecialUse.DRAFTS, SpecialUse.SENT, SpecialUse.TRASH):
                if folder := folders.use(use):
                    recent = use is SpecialUse.DRAFTS
                    places = imap_drafts.find(session, folder, message_id, recent=recent)
                    found |= {SpecialUse.TRASH if place.deleted else use for place in places}
        return frozenset(found)

    def find_draft(self, message_id: str) -> DraftRef | None:
        """Return where the draft lies, the newest of several, or None."""
        with self._speaking("looking for a draft") as session:
            folder = self._listed(session).drafts()
            places = imap_drafts.find(session, folder, message_id, recent=True)
        alive = [place for place in places if not place.deleted]
        return _ref(folder, message_id, alive[-1]) if alive else None

    def remove_draft(self, ref: DraftRef, octets: bytes) -> Removal:
        """Remove the draft if it is still the same, byte for byte; by its UID, else by its Message-ID."""
        with self._speaking("taking a draft back") as session:
            folder = self._listed(session).drafts()
            if ref.uid and ref.validity:
                by_uid = Place(int(ref.validity), int(ref.uid))
                removal = imap_drafts.remove(session, folder, by_uid, octets)
                if removal is not Removal.GONE:
                    return removal
            places = imap_drafts.find(session, folder, ref.message_id, recent=True)
            return imap_drafts.remove(session, folder, places[-1], octets) if places else Removal.GONE

    def close(self) -> None:
        """Let go of the connection without waiting for the server.  Safe in a signal handler."""
        session, self._session = self._session, None
        if session:
            session.close()


def _untouched(session: Session, folder: Folder, mark: Mark) -> bool:
    """Return whether nothing has come since the mark, as far as the server says without opening it."""
    return session.next_uid(folder.raw) == (mark.validity, mark.uid + 1)


def _news(session: Session, selected: Selected, mark: Mark | None, since: datetime) -> tuple[list[int], int]:
    """Return the UIDs to read in an open mailbox, and how far it is read after them.

    Raises Vanished where UIDs of the mark are not UIDs of this mailbox any more (RFC 9051 2.3.1.1).
    """
    if mark is None:
        highest = session.search("UID *")[-1:] if selected.exists else []
        uids = session.search(_window(since)) if highest else []
        return uids, max((*highest, *uids), default=max(selected.uid_next - 1, 0))
    if mark.validity != selected.validity:
        raise Vanished(f"The mailbox {selected.raw} was numbered anew.")
    if selected.uid_next == mark.uid + 1 or not selected.exists:
        return [], mark.uid
    uids = [
        uid for uid in session.search(f"UID {mark.uid + 1}:*") if uid > mark.uid
    ]  # RFC 9051 9: n:* has one
    if not uids and 0 < selected.uid_next <= mark.uid and not session.search(f"UID {mark.uid}"):
        raise Vanished(f"The mailbox {selected.raw} was set back to an earlier state.")
    return uids, max(uids, default=mark.uid)


def _window(since: datetime) -> str:
    """Return the SEARCH for mail from `since` on, a day early: SINCE knows days only, in any zone."""
    if since.year < _FIRST_YEAR:
        return "ALL"
    day = (since.astimezone(UTC) - timedelta(days=1)).date()
    month = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()[day.month - 1]
    return f"SINCE {day.day}-{month}-{day.year}"


def _same(session: Session, selected: Selected) -> None:
    """Open the mailbox again if another is open now; raise Vanished if its UIDs are others."""
    if session.enter(selected.raw).validity != selected.validity:
        raise Vanished(f"The mailbox {selected.raw} was numbered anew.")


def _reaches(mail: Facts, floor: datetime) -> bool:
    return mail.at is None or mail.at >= floor


def _stored(
    folder: Folder, group: Sequence[Facts], bodies: dict[int, imap_fetch.Body]
) -> tuple[StoredMessage, ...]:
    return tuple(
        StoredMessage(
            body.octets,
            folder.name,
            folder.mailbox.use,
            str(mail.uid),
            mail.at or header.moment(body.octets) or _EPOCH,
            partial=body.partial,
        )
        for mail in group
        if (body := bodies.get(mail.uid))
    )


def _ref(folder: Folder, message_id: str, place: Place | None) -> DraftRef:
    if place is None:
        return DraftRef(folder.name, message_id)
    return DraftRef(folder.name, message_id, uid=str(place.uid), validity=str(place.validity))
