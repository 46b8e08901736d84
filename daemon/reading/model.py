"""The values of reading: a `Message` (what is written) and a `Reading` (what it says)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from policies.case import Act, Direction, Interview, Kind, Person, Timeline


@dataclass(frozen=True, slots=True)
class Me:
    """Who reads: the user's addresses (lower-case), names, IANA zone, country (`US`, `GB-ENG`), language."""

    addresses: frozenset[str]
    name: str = ""
    zone: str = "UTC"
    country: str = ""
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Address:
    """A display name (cleaned, may be empty) and an addr-spec (lower-case)."""

    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Link:
    """A hyperlink in the new text: what it shows and where it leads."""

    text: str
    href: str


@dataclass(frozen=True, slots=True)
class Message:
    """One parsed mail, capped and cleaned; nothing in it is trusted.

    `key` is the Message-ID without brackets, or "sha256:" and a hash of the header where there is none.
    `date` is aware, in the sender's own offset; `date_trusted` is false where the Date field was missing
    or implausible and the INTERNALDATE stands in.  `text` is the new text: visible, unquoted, without
    signature and disclaimer, one paragraph or line a line.  `signature` and `quoted` hold what was cut
    off.  `fields` maps lower-case names of header fields to their first value, decoded and cleaned.
    `calendars` are the payloads of text/calendar parts, decoded.  `jsonld` are the texts of
    application/ld+json scripts.  `defects` says what was wrong with the mail, in words.
    """

    key: str
    message_id: str
    date: dt.datetime
    date_trusted: bool
    sender: Address | None
    subject: str
    text: str
    in_reply_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    reply_to: tuple[Address, ...] = ()
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    fields: Mapping[str, str] = field(default_factory=dict)
    signature: str = ""
    quoted: str = ""
    calendars: tuple[str, ...] = ()
    jsonld: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    attachments: tuple[str, ...] = ()
    report_type: str = ""  # multipart/report's report-type (RFC 6522), e.g. delivery-status
    defects: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Evidence:
    """The words a fact stands on, and why they count."""

    quote: str
    why: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What one mail says.

    `kind` is for mails received; `act` for the user's own (`outgoing`).  `slots` are times offered, not
    agreed.  `asks`: the sender waits for the candidate.  `automatic`: no human being wrote it (RFC 3834,
    bounces, lists, systems); `personal` is its opposite for the employer's side.  `returns` is the day
    an absent sender is back.  `foreign_reply_to`: answers would go to another registrable domain.
    `unreadable` says why nothing could be read, else it is empty.  `domain` is the sender's registrable
    domain, empty for free mail, ATS relays and unknown.  `tokens` are ids an ATS puts into addresses,
    subjects and links to tell one application from another.  `direct`: it went to the user, alone or among
    few, and over no list.  `internal`: it comes from a domain on which the user has an address.  `doubt`
    says why the sender may not be who they say; then nothing the mail says is believed.  `glanced`: its
    header showed that it cannot matter, and nothing more was read.  `within` is what an
    `other` mail by a person says if it belongs to a case after all, as its thread or author may tell.
    `noted`: there is no such mail, the user wrote down what was said; `told` are facts of the case in it.
    """

    key: str
    message_id: str
    date: dt.datetime
    outgoing: bool
    kind: Kind
    confidence: float
    sender: Address | None
    subject: str
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    in_reply_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    act: Act | None = None
    evidence: tuple[Evidence, ...] = ()
    employer: str | None = None
    agency: bool = False
    role: str | None = None
    requisition: str = ""
    domain: str = ""
    interviews: tuple[Interview, ...] = ()
    slots: tuple[Interview, ...] = ()
    cancelled_uids: tuple[str, ...] = ()
    people: tuple[Person, ...] = ()
    timelines: tuple[Timeline, ...] = ()
    vague: bool = False
    directions: tuple[Direction, ...] = ()
    asks: bool = False
    automatic: bool = False
    personal: bool = False
    returns: dt.date | None = None
    language: str = "en"
    tokens: tuple[str, ...] = ()
    foreign_reply_to: str | None = None
    unreadable: str = ""
    direct: bool = True
    internal: bool = False
    doubt: str = ""
    glanced: bool = False
    within: Reading | None = None
    noted: bool = False
    told: tuple[tuple[str, str], ...] = ()
