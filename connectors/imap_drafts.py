"""The drafts mailbox: storing, finding and taking back one mail without ever touching another.

Each function works on an open session.  It must not know why a draft is written or taken back.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from connectors import header
from connectors.connector import Removal
from connectors.errors import Refused
from connectors.imap_answer import Value, number
from connectors.imap_names import Folder
from connectors.imap_session import Selected, Session, said_no, words
from connectors.outgoing import quoted

_APPENDUID = re.compile(rb"\[APPENDUID (\d+) (\d+)\]", re.IGNORECASE)  # RFC 4315 3
_ID_FIELD = "BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)]"
_RECENT = 50
_SIZE_DOUBT = 1 << 16  # some servers only estimate sizes
_MOST_MATCHES = 20


@dataclass(frozen=True, slots=True)
class Place:
    """Where a mail lies: UIDVALIDITY and UID, and whether it is marked as deleted already."""

    validity: int
    uid: int
    deleted: bool = False


def append(session: Session, folder: Folder, octets: bytes) -> Place | None:
    """Store a draft; return where, if the server says (UIDPLUS).

    Raises Refused where the server says no: whatever its reason, the draft is certainly not there.  Raises
    what the client raises where the answer was lost.
    """
    try:
        answer = session.client.append(folder.raw, octets, (r"\Draft", r"\Seen"))
    except Exception as error:
        if not said_no(error):
            raise
        raise _refusal(folder, words(error)) from error
    found = _APPENDUID.search(answer if isinstance(answer, bytes) else b"")
    return Place(int(found[1]), int(found[2])) if found else None


def _refusal(folder: Folder, text: str) -> Refused:
    """Return what a NO to APPEND means to the user (RFC 5530 3)."""
    hint = "Look whether your mail program can save drafts there."
    if "quota" in text.lower():
        hint = "The mail account is full; make room in it."
    elif "TRYCREATE" in text.upper():
        hint = "The drafts mailbox is gone; make one in your mail program, or name another in the config."
    return Refused(f"The server did not store the draft in {folder.name}: {text}.", hint=hint)


def find(session: Session, folder: Folder, message_id: str, *, recent: bool) -> list[Place]:
    """Return where mails with exactly this Message-ID lie in a mailbox, the newest last.

    SEARCH HEADER matches parts of fields, and some servers' index lags behind: with `recent`, the newest
    mails' own fields are compared too.
    """
    wanted = header.bare_id(message_id)
    criteria = f"HEADER Message-ID {quoted(wanted)}"
    selected = session.examine(folder.raw)
    if not selected.exists:
        return []
    found = _matching(session, selected, session.search(criteria)[-_MOST_MATCHES:], wanted)
    if not found and recent:
        found = _matching(session, selected, session.search("ALL")[-_RECENT:], wanted)
    return found


def _matching(session: Session, selected: Selected, uids: Sequence[int], wanted: str) -> list[Place]:
    known = _message_ids(session, selected, uids)
    same = [uid for uid in uids if known.get(uid) == wanted]
    answers = session.fetch(same, "FLAGS")
    return [Place(selected.validity, uid, _deleted(answer)) for uid, answer in answers.items()]


def _message_ids(session: Session, selected: Selected, uids: Sequence[int]) -> dict[int, str]:
    """Return the Message-IDs of mails; each is asked for once (it never changes, RFC 9051 2.3.1.1)."""
    known = session.message_ids.setdefault((selected.raw, selected.validity), {})
    answers = session.fetch([uid for uid in uids if uid not in known], _ID_FIELD)
    for uid, answer in answers.items():
        values = (value for name, value in answer.items() if name.startswith(b"BODY[HEADER"))
        known[uid] = next((header.message_id(value) for value in values if isinstance(value, bytes)), "")
    return known


def _deleted(answer: Mapping[bytes, Value]) -> bool:
    flags = answer.get(b"FLAGS")
    return isinstance(flags, tuple) and any(
        isinstance(flag, bytes) and flag.lower() == b"\\deleted" for flag in flags
    )


def remove(session: Session, folder: Folder, place: Place, octets: bytes) -> Removal:
    """Remove one mail if it is byte for byte `octets`.

    A mail never changes under its UID (RFC 9051 2.3.1.1), so what was compared is what is removed.
    """
    selected = session.examine(folder.raw)
    known = session.fetch([place.uid], "RFC822.SIZE").get(place.uid)
    if selected.validity != place.validity or not known:
        return Removal.GONE
    if number(known.get(b"RFC822.SIZE")) > 2 * len(octets) + _SIZE_DOUBT:
        return Removal.CHANGED  # the user has attached something; it is not fetched
    answer = session.fetch([place.uid], "BODY.PEEK[]").get(place.uid, {})
    if answer.get(b"BODY[]") != octets:
        return Removal.CHANGED
    return _expunge(session, selected, place.uid)


def _expunge(session: Session, examined: Selected, uid: int) -> Removal:
    """Remove one mail, or nothing at all.

    Only UID EXPUNGE (RFC 4315 2.1) removes just one; a plain EXPUNGE would take along whatever the user's
    own programs have marked.
    """
    if "UIDPLUS" not in session.capabilities:
        return Removal.IMPOSSIBLE
    selected = session.select(examined.raw)
    if selected is None or selected.validity != examined.validity:
        return Removal.IMPOSSIBLE
    client = session.client
    try:
        client.add_flags([uid], [rb"\Deleted"], silent=True)
        client.uid_expunge([uid])
    except Exception as error:
        if not said_no(error):
            raise
        client.remove_flags([uid], [rb"\Deleted"], silent=True)
        return Removal.IMPOSSIBLE
    return Removal.REMOVED
