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
from daemon.reading.mime_header import Header, decode_base64
from daemon.reading.model import Link
from daemon.reading.sentences import unwrap

TEXT_CHARS = 1_000_000
LINES = 4_000
HTML_CHARS = 400_000
NEW_CHARS = 60_000
CALENDAR_CHARS = 256_000
CALENDARS = 20
ATTACHMENTS = 50
JSONLD_CHARS = 64_000
LINKS = 200

_MISLABELLED = ("<!doctype html", "<html")
_COMPARED_CHARS = 100_000
_WORD = re.compile(r"[^\W\d_]{3,}")
_MARKUP = re.compile(r"<[^<>]*>")
_URL = re.compile(r"https?://[^\s<>\"'()\[\]{}|\\^`]{4,2000}", re.IGNORECASE)
_BLANK_LINES = re.compile(r"(?<=\n)(?:[ \t]*+\n){2,}+")
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
    lines: int = 0


def read(
    header: Header, octets: bytes, start: int, *, forwarded: bool = False, author: tuple[str, ...] = ()
) -> Content:
    """Return the content of the message whose body starts at `start`; never raises."""
    found = _Found()
    for number, part in enumerate(mime.leaves(header, octets, start)):
        _sort(part, number, found)
    cuts: list[quotes.Cut] = []
    links: list[Link] = []
    jsonld: list[str] = []
    tags = html.TAGS // max(1, sum(bool(choice.rich) for choice in found.choices.values()))
    for choice in found.choices.values():
        new, page = _texts(choice, tags, forwarded=forwarded, author=author)
        cuts.append(new)
        links += page.links
        jsonld += page.jsonld
        found.defects.update(dict.fromkeys(page.defects))
    return Content(
        text=_capped("\n\n".join(one.text for one in cuts if one.text), found),
        signature="\n\n".join(one.signature for one in cuts if one.signature),
        quoted="\n\n".join(one.quoted for one in cuts if one.quoted),
        calendars=tuple(found.calendars),
        jsonld=tuple(one[:JSONLD_CHARS] for one in jsonld[:20]),
        links=tuple(links[:LINKS]),
        attachments=tuple(found.attachments[:ATTACHMENTS]),
        defects=tuple(found.defects),
    )


def _capped(text: str, found: _Found) -> str:
    if len(text) > NEW_CHARS:
        found.defects["the new text is longer than 60 kB: the rest was not read"] = None
    return text[:NEW_CHARS]


def _sort(part: mime.Part, number: int, found: _Found) -> None:
    """Lay a leaf to the texts, the calendars or the attachments."""
    within = [kind for _, kind in part.path]
    if part.is_calendar and len(found.calendars) < CALENDARS:
        text = _decoded(part, found)
        found.calendars[text] = None
        found.chars += len(text)
    elif not _is_shown(part, within, bool(found.choices)):
        if part.filename:
            found.attachments.append(part.filename)
        if part.kind.startswith("application/pgp-encrypted") or "pkcs7-mime" in part.kind:
            found.defects["the text is encrypted"] = None
    elif found.chars < TEXT_CHARS and found.lines < LINES:
        alternatives = [place for place, kind in part.path if kind == "alternative"]
        key = -alternatives[-1] if alternatives else number
        choice = found.choices.setdefault(key, _Choice())
        text = _decoded(part, found)
        found.chars += len(text)
        found.lines += 0 if part.kind == "text/html" else text.count("\n")
        if part.kind == "text/html" or text[:200].lstrip().lower().startswith(_MISLABELLED):
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


def _decoded(part: mime.Part, found: _Found) -> str:
    """Return the text of a part as far as what is left of the caps."""
    kind_chars = HTML_CHARS if part.kind == "text/html" else TEXT_CHARS
    chars, lines = min(TEXT_CHARS - found.chars, kind_chars), LINES - found.lines
    if part.is_calendar:
        chars, lines = CALENDAR_CHARS, LINES * 2
    text = text_of(part)
    if len(text) > chars or len(part.octets) >= mime.PART_OCTETS or text.count("\n") > lines:
        found.defects[f"{part.kind} longer than the caps: the rest was not read"] = None
        text = "\n".join(text[:chars].split("\n", lines)[:lines])
    return text


def text_of(part: mime.Part) -> str:
    """Return the text of a part, transfer encoding and charset undone, with LF line ends, clean."""
    octets = part.octets
    if part.encoding == "base64":
        octets = decode_base64(octets)
    elif part.encoding == "quoted-printable":
        octets = binascii.a2b_qp(octets)
    text = decode(octets, part.parameters.get("charset", ""))
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = clean(text)
    return text if text.count("\n") < LINES else _BLANK_LINES.sub("\n", text)


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


def _texts(
    choice: _Choice, tags: int, *, forwarded: bool, author: tuple[str, ...]
) -> tuple[quotes.Cut, Page]:
    """Return the cut text of a choice, and the links and scripts of what was chosen."""
    plain, rich = "\n".join(choice.plain), "\n".join(choice.rich)
    if rich and not _says_the_same(plain, rich):
        page = html.read(rich, tags=tags)
        if page.text:
            return quotes.cut(page.text, forwarded=forwarded, author=author), page
    new = quotes.cut(plain, forwarded=forwarded, author=author)
    new = quotes.Cut(unwrap(new.text), new.signature, new.quoted)
    jsonld = html.read(rich, tags=tags).jsonld if "ld+json" in rich else ()
    return new, Page(new.text, _links(new.text[:NEW_CHARS]), jsonld)


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
