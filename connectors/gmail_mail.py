"""Gmail's messages, turned into octets and facts.

It must not know what a mail means, nor talk to anybody.  What Gmail says is not trusted to be well formed.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from itertools import islice
from types import MappingProxyType
from typing import Any

from connectors import header
from connectors.connector import Mailbox, SpecialUse, StoredMessage

Json = Mapping[str, Any]

USES = {
    "INBOX": SpecialUse.INBOX,
    "DRAFT": SpecialUse.DRAFTS,
    "SENT": SpecialUse.SENT,
    "TRASH": SpecialUse.TRASH,
    "SPAM": SpecialUse.JUNK,
}
"""What Gmail's system labels are for, by their ids."""

OUT_OF_SIGHT = frozenset({"DRAFT", "TRASH", "SPAM", "CHAT"})
"""Labels of messages that are no mail of the watched labels, whatever else they bear."""

_EPOCH = datetime.fromtimestamp(0, UTC)
_BARE_LINE_END = re.compile(rb"(?<!\r)\n")
_TRACE = re.compile(
    rb"\AReceived: from [^\r\n]{1,200} named unknown\r?\n?[ \t][^:]{0,80}gmailapi\.google\.com with HTTPREST;"
    rb"[^\r\n]{0,200}(?:\r\n[ \t][^\r\n]{0,200})*\r\n"
)
_DEEPEST, _MOST_PARTS, _MOST_TEXT = 32, 100, 1 << 20
_LARGEST_CALENDAR = 1 << 18
_MOST_CALENDARS = 5
_NONE: Mapping[str, str] = MappingProxyType({})


def tables(holder: Json, name: str) -> list[Json]:
    """Return the list of objects under a name; Gmail leaves empty ones out."""
    found = holder.get(name)
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def table(holder: Json, name: str) -> Json:
    """Return the object under a name, an empty one where there is none."""
    found = holder.get(name)
    return found if isinstance(found, dict) else {}


def labels(message: Json) -> frozenset[str]:
    """Return the ids of a message's labels."""
    found = message.get("labelIds")
    return frozenset(map(str, found)) if isinstance(found, list) else frozenset()


def millis(message: Json) -> int:
    """Return when a message arrived, in milliseconds since 1970; 0 where Gmail does not say."""
    try:
        return max(int(message.get("internalDate", 0)), 0)
    except (TypeError, ValueError):
        return 0


def octets(message: Json) -> bytes:
    """Return a message that was fetched raw, with CRLF line ends; nothing where it cannot be decoded."""
    decoded = _decoded(message.get("raw"))
    return decoded if b"\r\n" in decoded else _BARE_LINE_END.sub(b"\r\n", decoded)


def draft_octets(message: Json) -> bytes:
    """Return a draft that was fetched raw, without the trace field the API may put on top (RFC 5321 4.4)."""
    return _TRACE.sub(b"", octets(message), count=1)


def message_id(message: Json) -> str:
    """Return the bare Message-ID of a message that was fetched with its header."""
    return header.message_id(b"\r\n".join(_fields(table(message, "payload"))))


def whereabouts(message: Json) -> frozenset[SpecialUse]:
    """Return in which of Drafts, Sent and Trash a message lies; what was thrown away lies in Trash only."""
    known = labels(message)
    if "TRASH" in known:
        return frozenset({SpecialUse.TRASH})
    return frozenset(USES[each] for each in ("DRAFT", "SENT") if each in known)


def stored(message: Json, content: bytes, *, partial: bool = False) -> StoredMessage:
    """Return a message as the account stores it.  A mail to oneself counts as sent."""
    known = labels(message)
    name = next((each for each in ("DRAFT", "SENT", "INBOX") if each in known), "")
    at = _EPOCH + timedelta(milliseconds=min(millis(message), 1 << 47))
    return StoredMessage(
        content,
        name or "INBOX",
        USES.get(name),
        str(message.get("id", "")),
        at if millis(message) else header.moment(content) or _EPOCH,
        thread_id=str(message.get("threadId") or "") or None,
        partial=partial,
    )


def mailbox(label: Json) -> Mailbox:
    """Return a label as a mailbox."""
    return Mailbox(str(label.get("name", "")), USES.get(str(label.get("id", ""))))


def rebuilt(message: Json, attached: Mapping[str, str] = _NONE) -> bytes:
    """Return a mail made of a message that was fetched in full: its header, its texts and calendars.

    Gmail gives attachments of such a message only when asked, so this is how a large one is read.
    `attached` has those that were asked for, in base64url by their parts' ids.
    """
    payload = table(message, "payload")
    fields = [
        line for line in _fields(payload) if not line.lower().startswith((b"content-", b"mime-version:"))
    ]
    boundary = b"=_afterword_" + str(message.get("id", "")).encode("ascii", "replace")[:40]
    lines = [
        *fields,
        b"MIME-Version: 1.0",
        b'Content-Type: multipart/mixed; boundary="' + boundary + b'"',
        b"",
    ]
    room = _MOST_TEXT
    for part, content in _texts(payload, attached):
        lines += [b"--" + boundary, *_part_fields(part), b"Content-Transfer-Encoding: base64", b""]
        lines += base64.encodebytes(content[:room]).splitlines()
        room = max(room - len(content), 0)
    return b"\r\n".join([*lines, b"--" + boundary + b"--", b""])


def calendars(message: Json) -> dict[str, str]:
    """Return the attachment ids of the calendars in a message fetched in full, by their parts' ids."""
    found = {}
    for part in _parts(table(message, "payload")):
        body = table(part, "body")
        size = body.get("size")
        small = isinstance(size, int) and size <= _LARGEST_CALENDAR
        if _is_calendar(part) and small and body.get("attachmentId") and not body.get("data"):
            found[str(part.get("partId", ""))] = str(body["attachmentId"])
    return dict(islice(found.items(), _MOST_CALENDARS))


def _is_calendar(part: Json) -> bool:
    kind = str(part.get("mimeType", "")).lower()
    return kind in ("text/calendar", "application/ics") or str(part.get("filename", "")).lower().endswith(
        ".ics"
    )


def _texts(payload: Json, attached: Mapping[str, str]) -> Iterator[tuple[Json, bytes]]:
    """Yield the parts people read, and calendars, with what is in them."""
    for part in _parts(payload):
        data = table(part, "body").get("data") or attached.get(str(part.get("partId", "")))
        if data and (str(part.get("mimeType", "")).lower().startswith("text/") or _is_calendar(part)):
            yield part, _decoded(data)


def _parts(payload: Json) -> Iterator[Json]:
    """Yield a part and all below it, in their order, within bounds."""
    waiting = [(payload, 0)]
    for _ in range(_MOST_PARTS):
        if not waiting:
            return
        part, depth = waiting.pop(0)
        yield part
        if depth < _DEEPEST:
            waiting[:0] = [(each, depth + 1) for each in tables(part, "parts")]


def _fields(part: Json) -> list[bytes]:
    """Return a part's header fields, one line each; nothing in them can end a line."""
    pairs = tables(part, "headers")
    return [f"{_flat(each.get('name'))}: {_flat(each.get('value'))}".encode() for each in pairs]


def _part_fields(part: Json) -> list[bytes]:
    kept = [
        line for line in _fields(part) if line.lower().startswith((b"content-type:", b"content-disposition:"))
    ]
    return kept or [b"Content-Type: " + _flat(part.get("mimeType")).encode()]


def _flat(value: object) -> str:
    return (
        "".join(c if c >= " " and c != "\x7f" else " " for c in str(value or ""))
        .encode("utf-8", "replace")
        .decode("utf-8")
    )


def _decoded(data: object) -> bytes:
    """Return what base64url text stands for (RFC 4648 5), with or without padding."""
    if not isinstance(data, str):
        return b""
    try:
        return base64.urlsafe_b64decode(data + "=" * (-len(data) % 4))
    except (binascii.Error, ValueError):
        return b""
