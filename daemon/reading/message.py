"""One mail as a value: octets in, `Message` out, whatever the octets.

Composes the header fields (`mime_header`, `mime_fields`) and the text (`body`).  It knows no meaning: whether
a mail is an invitation is for others.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from dataclasses import dataclass, replace

from daemon.reading import body, mime_fields, mime_header, quotes_lexicon
from daemon.reading.model import Address, Message

_TOLERANCE = dt.timedelta(days=2)
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_YEARS = range(1990, 2100)


@dataclass(frozen=True, slots=True)
class Head:
    """A mail whose header has been read: `message` without text, and where the body starts in the octets."""

    message: Message
    header: mime_header.Header
    start: int


def parse(octets: bytes, *, internal_date: dt.datetime | None = None) -> Message:
    """Return the mail in `octets` (RFC 5322) as a clean value; never raises.

    `internal_date` (aware) stands in for a Date field that is missing or more than two days off.
    What was wrong with the mail is said in `defects`.
    """
    return read_body(read_header(octets, internal_date=internal_date), octets)


def read_header(octets: bytes, *, internal_date: dt.datetime | None = None) -> Head:
    """Return the header's part of `parse`, for who wants to look before reading on."""
    header, start = mime_header.split_header(octets)
    defects = list(header.defects)
    date, trusted = _date(header, internal_date, defects)
    name = mime_fields.message_id(header.first("message-id"))
    sender = mime_fields.addresses(header.first("from")) or mime_fields.addresses(header.first("sender"))
    if not sender:
        defects.append("no sender")
    report_type = mime_header.parameters(header.first("content-type"))[1].get("report-type", "")
    message = Message(
        key=name or "sha256:" + hashlib.sha256(header.raw).hexdigest(),
        message_id=name,
        date=date,
        date_trusted=trusted,
        sender=sender[0] if sender else None,
        subject=mime_header.decode_words(header.first("subject")),
        text="",
        in_reply_to=mime_fields.message_ids(header.first("in-reply-to")),
        references=mime_fields.message_ids(header.first("references")),
        reply_to=mime_fields.addresses(header.first("reply-to")),
        to=mime_fields.addresses(header.first("to")),
        cc=mime_fields.addresses(header.first("cc")),
        fields={field: mime_header.decode_words(values[0]) for field, values in header.values.items()},
        report_type=report_type.lower()[:60],
        defects=tuple(defects),
    )
    return Head(message, header, start)


def read_body(head: Head, octets: bytes) -> Message:
    """Return the whole message; `octets` are those that `head` was read from."""
    message = head.message
    content = body.read(
        head.header,
        octets,
        head.start,
        forwarded=message.subject.lower().startswith(quotes_lexicon.load().forward_subject),
        author=_author(message.sender),
    )
    return replace(
        message,
        text=content.text,
        signature=content.signature,
        quoted=content.quoted,
        calendars=content.calendars,
        jsonld=content.jsonld,
        links=content.links,
        attachments=content.attachments,
        defects=(*message.defects, *content.defects),
    )


def _author(sender: Address | None) -> tuple[str, ...]:
    """Return the words of the sender's name, lower-case, as they may stand under the text."""
    if not sender:
        return ()
    name = sender.name.partition("@")[0] or sender.address.partition("@")[0]
    words = re.findall(r"[^\W\d_]+", re.split(r"\bvia\b|[(|]", name)[0].lower())
    return tuple(word for word in words if len(word) > 1)


def _date(
    header: mime_header.Header, internal_date: dt.datetime | None, defects: list[str]
) -> tuple[dt.datetime, bool]:
    """Return the mail's date and whether it is the Date field's own."""
    written = mime_fields.date(header.first("date"))
    if written and written.year not in _YEARS:
        written = None
    reference = internal_date or mime_fields.received_date(header.values.get("received", ()))
    if written is None:
        defects.append("no usable Date field")
        return reference or _EPOCH, False
    if internal_date and abs(written - internal_date) > _TOLERANCE:
        defects.append("Date is more than two days from the moment of arrival")
        return internal_date, False
    return written, True
