"""What became of a draft: from what was stored and what the account shows now to the draft's new state.

Pure: it looks at values and returns a value; the shell fetches before and commits after.

    state \\ seen    identical     reworded         in Sent   in Trash   nowhere
    INTENDED        PLACED        EDITED           SENT      DISCARDED  INTENDED: store it
    BLOCKED         PLACED        EDITED           SENT      DISCARDED  BLOCKED: store it
    PLACED          PLACED        EDITED           SENT      DISCARDED  as it was for a grace, then DISCARDED
    EDITED          EDITED        EDITED           SENT      DISCARDED  as it was for a grace, then DISCARDED
    DISCARDED       EDITED (1)    EDITED (1)       SENT (2)  DISCARDED  DISCARDED
    SENT            SENT          SENT             SENT      SENT       SENT
    SUPERSEDED, WITHDRAWN: as they are; what the user does with a copy of their own is no draft of ours.

(1) taken out of the trash: the user wants it, so it is theirs.  (2) sent from another client, or the
sent mailbox was read late.  In Sent beats everything: some clients leave the draft behind.

How it is found again, the surest sign first: the UID the server gave (its octets cannot change under
that UID, RFC 9051 2.3.1.1), Gmail's draft id, the Message-ID (NeoMutt and Apple Mail keep it), and last
In-Reply-To or References together with the recipient (Thunderbird saves under a new UID and a new
Message-ID and drops X- fields).  A sign of the last sort counts only for messages no other draft of ours
claims by a surer one.

"Identical" is byte for byte.  A server that rewrites what it stores (Exchange) shows other octets under
the very UID it gave us: with the same Message-ID and the same visible words that is still ours, and
`octets` says what to compare with from then on.  Every other difference makes it the user's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.header import decode_header, make_header
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32
from email.utils import getaddresses

from connectors.connector import DraftRef, SpecialUse, StoredMessage
from daemon.drafting.mail import bare_id, reply_subject
from policies.case import DraftState

GRACE = timedelta(minutes=15)
"""How long a draft may be nowhere before it counts as deleted: clients save by removing and storing
again, and a sent mail can take its time to reach the sent mailbox."""

_UNPLACED = (DraftState.INTENDED, DraftState.BLOCKED)
_FINAL = (DraftState.SENT, DraftState.SUPERSEDED, DraftState.WITHDRAWN)
_HEADER = 65_536
_FIELD = 4_096


@dataclass(frozen=True, slots=True)
class Row:
    """What the ledger knows of a draft.

    `octets` is what was stored, None where it is the user's by now.  `message_id` and `answers` (the
    mail replied to, empty for a new thread) are bare.  `laid` is when it was meant to be stored;
    `gone_by` what `Followed.gone_by` said last.
    """

    state: DraftState
    message_id: str
    to: str
    laid: datetime
    octets: bytes | None = None
    ref: DraftRef | None = None
    answers: str = ""
    subject: str = ""
    gone_by: datetime | None = None


@dataclass(frozen=True, slots=True)
class Followed:
    """What is true of a draft now, and why, in words for the user.

    `ref` is where it lies.  `octets` is what is ours byte for byte, None once it is the user's.
    `gone_by` is the moment from which a vanished draft counts as deleted: keep it, look again then.
    `locate` asks the caller to look the Message-ID up (`Connector.locate`) and to ask again.
    """

    state: DraftState
    ref: DraftRef | None
    why: str
    octets: bytes | None = None
    gone_by: datetime | None = None
    locate: bool = False


@dataclass(frozen=True, slots=True)
class Seen:
    """A message in Drafts or Sent, reduced to what tells whose it is.  Ids are bare."""

    stored: StoredMessage
    message_id: str
    to: frozenset[str]
    answers: frozenset[str]
    subject: str


def seen(stored: StoredMessage) -> Seen:
    """Return the signs a stored message bears; never raises."""
    header = BytesParser(policy=compat32).parsebytes(stored.octets[:_HEADER], headersonly=True)
    pairs = getaddresses([_field(header, name) for name in ("To", "Cc")])
    return Seen(
        stored,
        bare_id(_field(header, "Message-ID")),
        frozenset(address.lower() for _, address in pairs if address),
        frozenset(
            found
            for name in ("In-Reply-To", "References")
            for word in _field(header, name).split()
            if (found := bare_id(word))
        ),
        _subject(_field(header, "Subject")),
    )


def claimed(rows: Iterable[Row], drafts: Sequence[Seen]) -> frozenset[str]:
    """Return the uids of the drafts that some row of ours owns by a sure sign."""
    found = (_surely(row, drafts) for row in rows)
    return frozenset(one.stored.uid for one in found if one is not None)


def comes_from(row: Row, sent: Seen) -> bool:
    """Whether a mail the user sent is that draft, as it was or in other words, or an answer to it."""
    return _sent_by_id(row, sent) or row.message_id in sent.answers or _sent_instead(row, sent)


def follow(
    row: Row,
    drafts: Sequence[Seen],
    sent: Sequence[Seen],
    located: frozenset[SpecialUse] | None,
    now: datetime,
    taken: frozenset[str] = frozenset(),
) -> Followed:
    """Return the state of one draft.

    `drafts` is what lies in the drafts mailbox, `sent` the user's mails sent since the oldest draft was
    laid, `located` where the account finds the draft's Message-ID (None: not looked up yet), `taken`
    what `claimed` says of all live rows.
    """
    if row.state in _FINAL:
        return Followed(row.state, row.ref, "", row.octets)
    if any(_sent_by_id(row, one) for one in sent) or SpecialUse.SENT in (located or ()):
        return Followed(DraftState.SENT, None, "You sent it.")
    if found := _surely(row, drafts) or _likely(row, drafts, taken):
        return _lying(row, found)
    if located is None:
        return Followed(row.state, row.ref, "", row.octets, row.gone_by, locate=True)
    return _vanished(row, sent, located, now)


def _lying(row: Row, found: Seen) -> Followed:
    """Return the state of a draft that lies in the drafts mailbox."""
    ref = DraftRef(
        found.stored.mailbox,
        found.message_id,
        found.stored.uid,
        row.ref.validity if row.ref and row.ref.uid == found.stored.uid else "",
        row.ref.draft_id if row.ref else "",
        found.stored.thread_id or "",
    )
    if row.state is DraftState.DISCARDED:
        return Followed(DraftState.EDITED, ref, "You put it back among your drafts; it is yours.")
    if row.state is DraftState.EDITED or row.octets is None:
        return Followed(DraftState.EDITED, ref, "You changed it; it is yours.")
    if found.stored.octets == row.octets:
        return Followed(DraftState.PLACED, ref, "It lies in your drafts, untouched.", row.octets)
    if _under_our_uid(row, found) and _same_words(row.octets, found.stored.octets):
        said = "It lies in your drafts, untouched; the server stores it in a form of its own."
        return Followed(DraftState.PLACED, ref, said, found.stored.octets)
    return Followed(DraftState.EDITED, ref, "You changed it; it is yours.")


def _vanished(row: Row, sent: Sequence[Seen], located: frozenset[SpecialUse], now: datetime) -> Followed:
    """Return the state of a draft that is not in the drafts mailbox as far as it was listed."""
    if SpecialUse.DRAFTS in located:  # beyond the part of the mailbox that was listed
        return Followed(_if_stored(row.state), row.ref, "It lies in your drafts.", row.octets)
    if row.state not in _UNPLACED and any(_sent_instead(row, one) for one in sent):
        return Followed(DraftState.SENT, None, "You sent it in other words.")
    if SpecialUse.TRASH in located:
        return Followed(DraftState.DISCARDED, None, "You deleted it.")
    if row.state in _UNPLACED or row.state is DraftState.DISCARDED:
        return Followed(row.state, row.ref, "", row.octets)
    gone_by = row.gone_by or now + GRACE
    if now < gone_by:
        return Followed(row.state, row.ref, "It is not in your drafts at the moment.", row.octets, gone_by)
    return Followed(DraftState.DISCARDED, None, "You deleted or moved it.")


def _if_stored(state: DraftState) -> DraftState:
    return DraftState.PLACED if state in _UNPLACED else state


def _surely(row: Row, drafts: Sequence[Seen]) -> Seen | None:
    """Return the draft that bears our id: under our UID or Gmail's draft id, else with our Message-ID."""
    ours = [one for one in drafts if one.message_id == row.message_id or _by_draft_id(row, one)]
    under_uid = [one for one in ours if _under_our_uid(row, one)]
    changed = [one for one in ours if one.stored.octets != row.octets]
    return next(iter(under_uid or changed or ours), None)


def _by_draft_id(row: Row, one: Seen) -> bool:
    return bool(row.ref and row.ref.draft_id and row.ref.draft_id in (one.stored.draft_id, one.stored.uid))


def _under_our_uid(row: Row, one: Seen) -> bool:
    """Whether it lies under the UID we were given: a number alone may have come to mean another mail."""
    ref = row.ref
    same_place = bool(ref and ref.uid and one.stored.uid == ref.uid and one.stored.mailbox == ref.mailbox)
    return same_place and one.message_id == row.message_id


def _likely(row: Row, drafts: Sequence[Seen], taken: frozenset[str]) -> Seen | None:
    """Return the draft to the same person in the same thread that no other row owns."""
    if row.state in (*_UNPLACED, DraftState.DISCARDED):
        return None
    free = (one for one in drafts if one.stored.uid not in taken)
    return next((one for one in free if _same_errand(row, one)), None)


def _same_errand(row: Row, one: Seen) -> bool:
    if row.to.lower() not in one.to:
        return False
    if row.answers:
        return row.answers in one.answers
    return bool(row.subject) and _subject(row.subject) == one.subject


def _sent_by_id(row: Row, one: Seen) -> bool:
    return one.message_id == row.message_id


def _sent_instead(row: Row, one: Seen) -> bool:
    """Whether a mail sent after the draft was laid does its errand in other words or from another client."""
    in_thread = bool(row.answers) and row.answers in one.answers
    about = bool(row.subject) and _subject(row.subject) == one.subject
    return row.to.lower() in one.to and one.stored.internal_date >= row.laid and (in_thread or about)


def _same_words(ours: bytes, theirs: bytes) -> bool:
    """Whether a person sees the same in both: recipients, subject and text, whatever the line ends."""
    parser = BytesParser(policy=compat32)
    mine, other = parser.parsebytes(ours), parser.parsebytes(theirs)
    fields = ("To", "Cc", "Bcc", "Subject", "Message-ID")
    same = all(_decoded(_field(mine, name)) == _decoded(_field(other, name)) for name in fields)
    return same and _text(mine) == _text(other) != ""


def _text(message: Message) -> str:
    """Return the words of a mail that is one plain text, else "": then it is no mail of ours."""
    payload = message.get_payload(decode=True)
    if message.get_content_type() != "text/plain" or not isinstance(payload, bytes):
        return ""
    try:
        return " ".join(payload.decode(message.get_content_charset("utf-8")).split())
    except (LookupError, UnicodeDecodeError):
        return ""


def _field(message: Message, name: str) -> str:
    return re.sub(r"\r?\n(?=[ \t])", "", str(message.get(name, ""))[:_FIELD])


def _decoded(value: str) -> str:
    try:
        return " ".join(str(make_header(decode_header(value))).split())
    except (LookupError, ValueError):
        return value


def _subject(value: str) -> str:
    return reply_subject(_decoded(value)).casefold()
