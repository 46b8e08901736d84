"""The parts of a note's text: greeting, paragraphs, sentences, closing.

Pure and linear in the length of the text.  It knows no rule; what a letter may begin or end with comes in
as words.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

GAP = re.compile(r"\[\[((?:[^\[\]]|\[(?!\[)|\](?!\]))*)\]\]")
"""A question left open in a draft: [[…]]."""

CAP = 20_000
"""Characters of a text that are looked at."""

_END = re.compile(r"[.!?…]+[\"'”’»)]*(?=\s|$)")
_ABBREVIATION = re.compile(
    r"\b(?:dr|prof|mr|mrs|ms|inc|ltd|co|corp|st|no|nr|vs|etc|e\.g|i\.e|z\.\s?b|d\.\s?h|bzw|ca|evtl|ggf|p\.\s?ex"
    r"|sr|sra|dña|ud|uds|dott|sig|ing|av|art|bv|b\.v|s\.a|s\.p\.a|[a-z])\.",
    re.IGNORECASE,
)
_ORDINAL = re.compile(
    r"(?<!\S)(?:[a-zäöüß]\w*\s\d{1,2}\.(?=\s)"  # "in der 2. Runde", not "on March 3. I"
    r"|\d{1,2}\.(?=\s(?:Januar|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember)))"
)


@dataclass(frozen=True, slots=True)
class Prose:
    """A note in its parts.  `paragraphs` are without greeting, closing, signature and quotation."""

    greeting: str
    paragraphs: tuple[str, ...]
    closing: str

    @property
    def body(self) -> str:
        """Return the paragraphs as one text."""
        return "\n\n".join(self.paragraphs)


def split(text: str, closings: Collection[str]) -> Prose:
    """Return the parts of a note.  `closings` are the words a closing line consists of, lower-case."""
    blocks = [block for block in re.split(r"\n[ \t]*\n", _own(text)) if block.strip()]
    greeting = ""
    if blocks and is_greeting(blocks[0].strip().split("\n")[0]):
        greeting, _, rest = blocks[0].strip().partition("\n")
        blocks = [rest, *blocks[1:]] if rest.strip() else blocks[1:]
    end = _closing_at(blocks, closings)
    paragraphs = tuple(" ".join(block.split()) for block in blocks[:end])
    return Prose(greeting.strip(), paragraphs, "\n\n".join(blocks[end:]).strip())


def _own(text: str) -> str:
    """Return the text without quotation and the line that introduces it."""
    lines = text[:CAP].replace("\r\n", "\n").split("\n")
    for index, line in enumerate(lines):
        if line.startswith(">"):
            lines = lines[:index]
            if lines and lines[-1].rstrip().endswith(":"):
                lines.pop()
            break
    return "\n".join(lines)


def is_greeting(line: str) -> bool:
    """Whether a first line greets: short, and ending as greetings do."""
    words = GAP.sub("name", line).split()
    return 0 < len(words) <= 9 and not line.rstrip().endswith((".", "?"))


def _closing_at(blocks: list[str], closings: Collection[str]) -> int:
    """Return the index of the block that closes the letter: a closing line, or lines without sentences."""
    for index, block in enumerate(blocks):
        first = block.strip().split("\n")[0].strip(" ,.!–-").lower()
        if first in closings and index:
            return index
    end = len(blocks)
    while end > 1 and not any(_END.search(line.strip()) for line in blocks[end - 1].split("\n")):
        end -= 1
    return end


def sentences(paragraph: str) -> tuple[str, ...]:
    """Return the sentences of a paragraph; a gap counts as a word."""
    text = GAP.sub("[[]]", paragraph)
    for dotted in (_ABBREVIATION, _ORDINAL):
        text = dotted.sub(lambda found: found[0].replace(".", "·"), text)
    found = (part.strip() for part in _END.sub("\0", text).split("\0"))
    return tuple(part.replace("·", ".") for part in found if re.search(r"\w|\[\[", part))


def words(text: str) -> tuple[str, ...]:
    """Return the words of a text, with their capitals."""
    return tuple(re.findall(r"[^\W\d_]+(?:['’][^\W\d_]+)?", text))


def apart(one: str, other: str, most: int) -> bool:
    """Whether two words differ by one to `most` letters added, left out, changed or swapped."""
    if one == other or abs(len(one) - len(other)) > most:
        return False
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        last, row, older = row, [i], before
        before = last
        for j, b in enumerate(other, 1):
            best = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a != b))
            if older and i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                best = min(best, older[j - 2] + 1)
            row.append(best)
    return row[-1] <= most
