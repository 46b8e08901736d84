"""HTML into the lines a reader sees, one block or table row a line.

What a client marks as quoted comes out as "> " lines, so that HTML and plain text share one quotation
cutter.  Hidden text never comes out.  Works on the flat run of tags with a small stack of its own;
knows nothing of what the words mean.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

from daemon.reading import html_style
from daemon.reading.charsets import clean
from daemon.reading.html_style import Look, Use
from daemon.reading.html_tokens import TAGS, Raw, Tag, Text, resolve, tokens
from daemon.reading.model import Link

__all__ = ["TAGS", "Page", "read", "resolve"]

DEPTH = 400
LINKS = 200
REPLY_BELOW = "-----Original Message-----"
SIGNATURE_BELOW = "-- "

_VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())
_UNSHOWN = frozenset("head template object audio video canvas map select svg math applet datalist".split())
_PARAGRAPHS = frozenset("p h1 h2 h3 h4 h5 h6 table ul ol dl blockquote pre fieldset".split())
_BLOCKS = _PARAGRAPHS | frozenset(
    "html body div section article header footer main aside nav address center form figure figcaption"
    " details summary li dt dd tr td th thead tbody tfoot caption hr legend".split()
)
_ENDED_BY = {  # an open element that a start tag of these names ends (WHATWG HTML 13.1.2.4)
    "p": _PARAGRAPHS | frozenset("div section article header footer main address form hr center".split()),
    "li": frozenset({"li"}),
    "dt": frozenset({"dt", "dd"}),
    "dd": frozenset({"dt", "dd"}),
    "td": frozenset({"td", "th", "tr", "tbody", "tfoot"}),
    "th": frozenset({"td", "th", "tr", "tbody", "tfoot"}),
    "tr": frozenset({"tr", "tbody", "tfoot"}),
}
_QUOTE_DEPTH = 9
_ROW_CHARS = 240
_LABEL_CHARS = 32


@dataclass(frozen=True, slots=True)
class Page:
    """What an HTML part shows: its text, its links outside of quotations, its JSON-LD scripts."""

    text: str
    links: tuple[Link, ...] = ()
    jsonld: tuple[str, ...] = ()
    defects: tuple[str, ...] = ()


def read(source: str, *, tags: int = TAGS) -> Page:
    """Return what the HTML document `source` shows, as far as its first `tags` tags; never raises."""
    renderer = _Renderer()
    for token in tokens(source, tags):
        if isinstance(token, Text):
            renderer.text(token.text)
        elif isinstance(token, Raw):
            renderer.raw(token)
        elif token.closing:
            renderer.close(token.name)
        elif len(renderer.stack) >= DEPTH:
            return renderer.page(("HTML nested deeper than 400: the rest was not read",))
        else:
            renderer.open(token)
    return renderer.page(())


@dataclass(slots=True)
class _Open:
    """An element that is open."""

    name: str
    look: Look
    hidden: bool
    colour: str
    background: str


@dataclass(slots=True)
class _Row:
    """A table row being written: where in the lines it and its cells begin."""

    start: int
    cells: list[int] = field(default_factory=list)


class _Renderer:
    """Writes lines while tags open and close."""

    def __init__(self) -> None:
        self.stack: list[_Open] = []
        self.lines: list[str] = []
        self.pieces: list[str] = []
        self.rows: list[_Row] = []
        self.counts: dict[str, int] = {}  # open elements by name
        self.links: list[Link] = []
        self.jsonld: list[str] = []
        self.looks: dict[tuple[str, str], Look] = {}
        self.unseen: frozenset[str] = frozenset()
        self.hidden = self.quoted = self.preformatted = 0
        self.href = ""
        self.anchor: list[str] = []

    def page(self, defects: tuple[str, ...]) -> Page:
        while self.stack:
            self._leave(self.stack.pop())
        self._break()
        return Page("\n".join(self.lines), tuple(self.links), tuple(self.jsonld), defects)

    def text(self, text: str) -> None:
        if self.hidden:
            return
        if self.href:
            self.anchor.append(text)
        if not self.preformatted:
            self.pieces.append(text)
            return
        first, *others = text.split("\n")
        self.pieces.append(first)
        for line in others:
            self._break(blank=True)
            self.pieces.append(line)

    def raw(self, element: Raw) -> None:
        if element.name == "style":
            self.unseen |= html_style.unseen_selectors(element.text)
            self.looks.clear()
        elif element.name == "script" and "ld+json" in element.raw.lower():
            self.jsonld.append(element.text)

    def open(self, tag: Tag) -> None:
        name = tag.name
        self._end_implied(name)
        look = self._look(tag)
        if name == "br":
            self._break(blank=True)
        elif name in _BLOCKS:
            self._break()
            if name in _PARAGRAPHS and not look.tight:
                self._blank()
        if name in _VOID:
            return
        above = self.stack[-1] if self.stack else None
        colour = look.colour or (above.colour if above else "")
        background = look.background or (above.background if above else "")
        hidden = look.hidden or name in _UNSHOWN or bool(colour and colour == background)
        self.stack.append(_Open(name, look, hidden, colour, background))
        self.counts[name] = self.counts.get(name, 0) + 1
        self.hidden += hidden
        self.preformatted += look.preformatted
        if not self.hidden:
            self._begin(name, look)

    def _begin(self, name: str, look: Look) -> None:
        """Note what a visible element starts."""
        if look.use is not Use.PLAIN:
            self._mark(look.use)
        if name == "tr":
            self.rows.append(_Row(len(self.lines)))
        elif name in ("td", "th") and self.rows:
            self.rows[-1].cells.append(len(self.lines))
        elif name == "li":
            self.pieces.append("- ")
        elif look.href:
            self._end_link()
            self.href = look.href

    def _mark(self, use: Use) -> None:
        self._break()
        if use is Use.QUOTE:
            self._blank()
            self.quoted += 1
        elif not self.quoted:
            self.lines.append(REPLY_BELOW if use is Use.REPLY_BELOW else SIGNATURE_BELOW)

    def close(self, name: str) -> None:
        """Close the element `name`; an end tag of nothing open is ignored, as browsers do."""
        if name in ("p", "br") and not any(one.name == name for one in self.stack[-8:]):
            self._break()
            return
        if not self.counts.get(name):
            return
        block = name in _BLOCKS
        for index in range(len(self.stack) - 1, -1, -1):
            entry = self.stack[index]
            if entry.name == name:
                if block:
                    while len(self.stack) > index:
                        self._leave(self.stack.pop())
                else:  # misnested formatting does not end the blocks inside it
                    self._leave(self.stack.pop(index))
                return
            if name in ("td", "th", "tr", "p", "li") and entry.name == "table":
                return

    def _leave(self, entry: _Open) -> None:
        visible = not self.hidden
        self.counts[entry.name] -= 1
        if entry.name in _BLOCKS:
            self._break()
            if entry.name in _PARAGRAPHS and not entry.look.tight:
                self._blank()
        if visible and entry.name == "tr" and self.rows:
            self._end_row(self.rows.pop())
        if visible and entry.look.use is Use.QUOTE and self.quoted:
            self._break()
            self.quoted -= 1
            self._blank()
        if entry.look.href:
            self._end_link()
        self.hidden -= entry.hidden
        self.preformatted -= entry.look.preformatted

    def _end_implied(self, name: str) -> None:
        while self.stack and name in _ENDED_BY.get(self.stack[-1].name, ()):
            self._leave(self.stack.pop())

    def _look(self, tag: Tag) -> Look:
        if not tag.raw and tag.name != "pre":
            return html_style.PLAIN
        key = (tag.name, tag.raw)
        found = self.looks.get(key)
        if found is None:
            found = self.looks[key] = html_style.look(tag.name, tag.attributes(), self.unseen)
        return found

    def _end_link(self) -> None:
        if self.href and not self.quoted and len(self.links) < LINKS:
            text = " ".join(clean("".join(self.anchor)).split())
            self.links.append(Link(text[:200], "".join(clean(self.href).split())))
        self.href = ""
        self.anchor = []

    def _break(self, *, blank: bool = False) -> None:
        """End the line.  Nothing written: a blank line if `blank` or if a no-break space stood there."""
        if not self.pieces:
            if blank:
                self._blank()
            return
        raw = "".join(self.pieces)
        self.pieces.clear()
        line = " ".join(clean(raw).split())
        if line and line != "-":
            self.lines.append("> " * min(self.quoted, _QUOTE_DEPTH) + line if self.quoted else line)
        elif blank or "\xa0" in raw:
            self._blank()

    def _blank(self) -> None:
        empty = ("> " * min(self.quoted, _QUOTE_DEPTH)).rstrip()
        if self.lines and self.lines[-1] != empty:
            self.lines.append(empty)

    def _end_row(self, row: _Row) -> None:
        """Write a row of cells of one line each as one line: "Label: value", or "a, b, c"."""
        starts = [*row.cells, len(self.lines)]
        cells = [[line for line in self.lines[a:b] if line] for a, b in pairwise(starts)]
        cells = [cell for cell in cells if cell]
        if len(cells) < 2 or self.quoted or any(len(cell) > 1 for cell in cells):
            return
        line = _row_line([cell[0] for cell in cells])
        if len(line) <= _ROW_CHARS:
            self.lines[row.start :] = [line]


def _row_line(cells: list[str]) -> str:
    label, *values = cells
    if label.endswith(":"):
        return f"{label} {', '.join(values)}"
    plain = label.replace(" ", "").isalpha() and len(label) <= _LABEL_CHARS
    if len(values) == 1 and plain:
        return f"{label}: {values[0]}"
    return ", ".join(cells)
