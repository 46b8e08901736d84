"""Which parts of a mail are its words, and which of the words are new.

Chooses between alternatives, decodes within caps, and hands every text to the quotation cutter.  Knows
nothing of what the words mean.
"""

from __future__ import annotations

import binascii
import re
from dataclasses import dataclass, field

from daemon.reading import html, mime, quotes
from daemon.reading.charsets import clean, decode
from daemon.reading.html import Page
from daemon.reading.model import Link
from daemon.reading.sentences import unwrap

TEXT_CHARS = 1_000_000
CALENDAR_CHARS = 256_000
CALENDARS = 20
ATTACHMENTS = 50
JSONLD_CHARS = 64_000
LINKS = 200

_COMPARED_CHARS = 100_000
_WORD = re.compile(r"[^\W\d_]{3,}")
_MARKUP = re.compile(r"<[^<>]*>")
_URL = re.compile(r"https?://[^\s<>\"'()\[\]{}|\\^`]{4,2000}", re.IGNORECASE)
_ANY_URL = re.compile(r"<?https?://\S+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Content:
    """What the parts of a mail hold; the fields are those of `model.Message`."""

    text: str
    signature: str
    quoted: str
    calendars: tuple[str, ...]
    jsonld: tuple[str, ...]
    links: tuple[Link, ...]
    attachments: tuple[str, ...]
    defects: tuple[str, ...]


@dataclass(slots=True)
class _Choice:
    """The texts of one multipart/alternative, or a single text part."""

    plain: list[str] = field(default_factory=list)
    rich: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Found:
    """What a walk over the parts has found so far."""

    choices: dict[int, _Choice] = field(default_factory=dict)
    calendars: dict[str, None] = field(default_factory=dict)
    attachments: list[str] = field(default_factory=list)
    defects: dict[str, None] = field(default_factory=dict)
    chars: int = 0


def read(
    header: mime.Header, octets: bytes, start: int, *, forwarded: bool = False, author: tuple[str, ...] = ()
) -> Content:
    """Return the content of the message whose body starts at `start`; never raises."""
    found = _Found()
    for number, part in enumerate(mime.leaves(header, octets, start)):
        _sort(part, number, found)
    cuts: list[quotes.Cut] = []
    links: list[Link] = []
    jsonld: list[str] = []
    for choice in found.choices.values():
        new, page = _texts(choice, forwarded=forwarded, author=author)
        cuts.append(new)
        links += page.links
        jsonld += page.jsonld
        found.defects.update(dict.fromkeys(page.defects))
    return Content(
        text="\n\n".join(one.text for one in cuts if one.text),
        signature="\n\n".join(one.signature for one in cuts if one.signature),
        quoted="\n\n".join(one.quoted for one in cuts if one.quoted),
        calendars=tuple(found.calendars)[:CALENDARS],
        jsonld=tuple(one[:JSONLD_CHARS] for one in jsonld[:20]),
        links=tuple(links[:LINKS]),
        attachments=tuple(found.attachments[:ATTACHMENTS]),
        defects=tuple(found.defects),
    )


def _sort(part: mime.Part, number: int, found: _Found) -> None:
    """Lay a leaf to the texts, the calendars or the attachments."""
    within = [kind for _, kind in part.path]
    if part.is_calendar:
        found.calendars[_decoded(part, CALENDAR_CHARS, found)] = None
    elif not _is_shown(part, within, bool(found.choices)):
        if part.filename:
            found.attachments.append(part.filename)
        if part.kind.startswith("application/pgp-encrypted") or "pkcs7-mime" in part.kind:
            found.defects["the text is encrypted"] = None
    elif found.chars < TEXT_CHARS:
        alternatives = [place for place, kind in part.path if kind == "alternative"]
        key = -alternatives[-1] if alternatives else number
        choice = found.choices.setdefault(key, _Choice())
        text = _decoded(part, TEXT_CHARS - found.chars, found)
        found.chars += len(text)
        if part.kind == "text/html":
            choice.rich.append(text)
        else:
            choice.plain.append(_unflow(part, text))


def _is_shown(part: mime.Part, within: list[str], has_text: bool) -> bool:
    """Whether a mail client shows the part as text of the mail."""
    if part.kind not in ("text/plain", "text/html", "text/enriched") or part.disposition == "attachment":
        return False
    if "report" in within and ("rfc822" in within or has_text):
        return False  # a bounce returns what the user wrote
    return not (part.filename and has_text)


def _decoded(part: mime.Part, limit: int, found: _Found) -> str:
    text = text_of(part)
    if len(text) > limit or len(part.octets) >= mime.PART_OCTETS:
        found.defects[f"{part.kind} longer than the cap: the rest was not read"] = None
    return text[:limit]


def text_of(part: mime.Part) -> str:
    """Return the text of a part, transfer encoding and charset undone, with LF line ends, clean."""
    octets = part.octets
    if part.encoding == "base64":
        octets = mime.decode_base64(octets)
    elif part.encoding == "quoted-printable":
        octets = binascii.a2b_qp(octets)
    text = decode(octets, part.parameters.get("charset", ""))
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return clean(text)


def _unflow(part: mime.Part, text: str) -> str:
    """Join the soft line breaks of format=flowed (RFC 3676)."""
    if part.parameters.get("format", "").lower() != "flowed":
        return text
    delete_space = part.parameters.get("delsp", "").lower() == "yes"
    out: list[str] = []
    open_depth = -1  # the quote depth of a line that goes on, else -1
    for line in text.split("\n"):
        body = line.lstrip(">")
        depth = len(line) - len(body)
        body = body.removeprefix(" ")  # space-stuffing
        soft = body.endswith(" ") and body != "-- "
        if soft and delete_space:
            body = body[:-1]
        if open_depth == depth and body != "-- ":
            out[-1] += body
        else:
            out.append(">" * depth + " " + body if depth else body)
        open_depth = depth if soft else -1
    return "\n".join(out)


def _texts(choice: _Choice, *, forwarded: bool, author: tuple[str, ...]) -> tuple[quotes.Cut, Page]:
    """Return the cut text of a choice, and the links and scripts of what was chosen."""
    plain, rich = "\n".join(choice.plain), "\n".join(choice.rich)
    if rich and not _says_the_same(plain, rich):
        page = html.read(rich)
        if page.text:
            return quotes.cut(page.text, forwarded=forwarded, author=author), page
    new = quotes.cut(plain, forwarded=forwarded, author=author)
    new = quotes.Cut(unwrap(new.text), new.signature, new.quoted)
    jsonld = html.read(rich).jsonld if "ld+json" in rich else ()
    return new, Page(new.text, _links(new.text), jsonld)


def _says_the_same(plain: str, rich: str) -> bool:
    """Whether a plain text is what its HTML shows, by the words they share.

    Neither a stub ("your program cannot show this mail") nor another text passes.
    """
    if not plain.strip():
        return False
    ours = set(_WORD.findall(_ANY_URL.sub(" ", plain[:_COMPARED_CHARS]).lower()))
    theirs = set(_WORD.findall(_ANY_URL.sub(" ", _crude(rich)).lower()))
    shared = len(ours & theirs)
    return shared * 2 >= len(ours) and shared * 2 >= len(theirs)


def _crude(rich: str) -> str:
    """Return roughly the words of an HTML text, fast; hidden ones included."""
    start = max(0, rich.find("<body"))
    text = rich[start : start + _COMPARED_CHARS]
    for opening, closing in (("<!--", "-->"), ("<style", "</style")):
        pieces = text.split(opening)
        text = pieces[0] + " ".join(piece.partition(closing)[2] for piece in pieces[1:])
    text = _MARKUP.sub(" ", text)
    return html.resolve(text)


def _links(text: str) -> tuple[Link, ...]:
    """Return the addresses written out in a plain text, each with the words before it on its line."""
    found: list[Link] = []
    for line in text.split("\n"):
        if "://" not in line:
            continue
        end = 0
        for match in _URL.finditer(line):
            label = line[max(end, match.start() - 200) : match.start()].strip(" <(:-\t")
            found.append(Link(label, match[0].rstrip(".,;:!?*_")))
            end = match.end()
        if len(found) >= LINKS:
            break
    return tuple(found[:LINKS])
