"""Text into lines that mean one thing, and lines into sentences.

A paragraph that was hard-wrapped at 72 columns is one line again; headings, labels and list items keep
a line of their own.  Every function is linear in the text.  Knows nothing of mail or of meaning; its
words are data (lexicon/sentences.toml).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from daemon.reading import lexicon

SENTENCES = 2_000
SENTENCE_CHARS = 2_000

_BULLET = re.compile(r"(?:[-*+•·‣◦▪–—>o]\s+|\(?\d{1,2}[.)]\s|\(?[a-zA-Z][.)]\s|#)")
_LABEL = re.compile(r"[^\W\d_][^:.!?\n]{0,28}:(?:\s|$)")
_TIME_FIRST = re.compile(r"\d{1,2}(?:[:.h]\d{2}|\s?[ap]\.?m|\s?Uhr)", re.IGNORECASE)
_ENDING = frozenset(".!?:;…")
_WRAP_WIDTHS = range(56, 101)
_WRAPPED = 140  # columns: nobody wraps later than this
_STANDALONE = 40  # columns: a shorter line that could have held more was ended on purpose

_MARK = re.compile(  # a mark, then blanks or a capital; [1] is the word that follows
    r"[.!?…](?<![.!?…]{2})[.!?…]*+[\"'”’»)\]]*+(?: ++|(?=[A-ZÀ-ÖØ-Þ]))"
    r"(?=[\"'“‘„«(\[¿¡*]*([^\s\"'“‘„«(\[¿¡*]{1,24}))"
)
_DAY_AND_MONTH = re.compile(r"\d{1,2}\.\d{1,2}")
_WORD_BEFORE = re.compile(r"[^\s(\"'“„«/]+$")
_LETTERS = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class _Words:
    """What stands before and after a dot, in all seven languages."""

    abbreviations: frozenset[str]
    units: frozenset[str]
    starters: frozenset[str]
    after_number: frozenset[str]
    after_hour: frozenset[str]
    unfinished: frozenset[str]


@cache
def _words() -> _Words:
    data = lexicon.load("sentences")

    def of(key: str) -> frozenset[str]:
        return frozenset(word for language in data.values() for word in language.get(key, "").split())

    return _Words(
        of("abbreviations"),
        of("units"),
        of("starters"),
        of("after_number"),
        of("after_hour"),
        of("unfinished"),
    )


def unwrap(text: str) -> str:
    """Return `text` with hard-wrapped paragraphs joined; blank lines and standalone lines stay."""
    lines = [line.rstrip() for line in text.split("\n")]
    width = max((len(line) for line in lines if "://" not in line), default=0)  # no mailer breaks an address
    return "\n".join(_join(lines, width))


def _join(lines: list[str], width: int) -> list[str]:
    """Join lines that go on; `width` is that of the text, 0 where it is known not to be wrapped."""
    out: list[str] = []
    pieces: list[str] = []
    previous = ""
    for line in lines:
        if previous and line and _continues(previous, line, width):
            pieces.append(line.lstrip())
        else:
            out.append(" ".join(pieces))
            pieces = [line]
        previous = line
    out.append(" ".join(pieces))
    return out[1:]


def _continues(previous: str, line: str, width: int) -> bool:
    """Whether `line` goes on with the paragraph of `previous` in a text `width` columns wide."""
    if len(previous) > _WRAPPED:
        return False
    line = line.lstrip()
    if previous[-1].isalpha() and _is_unfinished(previous):
        return not _BULLET.match(line)
    word = line.partition(" ")[0]
    full = width in _WRAP_WIDTHS and len(previous) + 1 + len(word) > width and "://" not in word
    if not full and (previous[-1] in _ENDING or not (line[:1].islower() or line[:1] == "(")):
        return False
    if not full and len(previous) < _STANDALONE and not previous[-1].isalnum():
        return False  # "Dear Priya," was ended on purpose
    return not (_BULLET.match(line) or _LABEL.match(line) or _TIME_FIRST.match(line))


def _is_unfinished(line: str) -> bool:
    """Whether a line ends with a word that no sentence ends with."""
    last = line.rpartition(" ")[2]
    return last in _words().unfinished and last != line.strip()


def split(text: str) -> tuple[str, ...]:
    """Return the sentences of `text` in order, each on one line, without empty ones.

    A line is a boundary unless the next one plainly goes on.  At most SENTENCES sentences of at most
    SENTENCE_CHARS characters.
    """
    found: list[str] = []
    for line in _join([" ".join(line.split()) for line in text.split("\n")], 0):
        if line:
            _split_line(line, found)
        if len(found) >= SENTENCES:
            break
    return tuple(found[:SENTENCES])


def _split_line(line: str, found: list[str]) -> None:
    start = 0
    for match in _MARK.finditer(line):
        if len(found) >= SENTENCES:
            return
        if match.end() - start > SENTENCE_CHARS or _ends_sentence(line, match):
            _add(line[start : match.end()], found)
            start = match.end()
    _add(line[start:], found)


def _add(sentence: str, found: list[str]) -> None:
    while len(sentence) > SENTENCE_CHARS and len(found) < SENTENCES:
        at = sentence.rfind(" ", SENTENCE_CHARS // 2, SENTENCE_CHARS)
        at = at if at > 0 else SENTENCE_CHARS
        found.append(sentence[:at].strip())
        sentence = sentence[at:]
    if sentence := sentence.strip():
        found.append(sentence)


def _ends_sentence(line: str, match: re.Match[str]) -> bool:
    """Whether the mark at `match` ends a sentence rather than an abbreviation, a number or an initial."""
    words = _words()
    after = match[1]
    letters = _LETTERS.match(after)
    following = letters[0].lower() if letters else ""
    starts = following in words.starters
    if match[0][-1] != " " and not (starts and after[0].isupper()):  # "soon.We" but not "acme.Com"
        return False
    if match[0][0] in "!?":
        return not after[0].islower() or starts
    if match[0][0] == "…" or match[0].startswith(".."):
        return not after[0].islower()
    found = _WORD_BEFORE.search(line, max(0, match.start() - 40), match.start())
    before = found[0].lower() if found else ""
    if before.isdigit() and len(before) <= 2:
        capital = after[0].isupper()  # "Zimmer 12. Über die Stelle" but not "am 12. über Mittag"
        return match.start() > len(before) and starts and capital and following not in words.after_number
    if _DAY_AND_MONTH.fullmatch(before) and after[0].islower():  # "am 20.04. um 18 Uhr"
        return False
    if before in ("a.m", "p.m", "am", "pm", "uhr"):
        return following not in words.after_hour and after[0].isupper()
    if before in words.abbreviations or (len(before) == 1 and before.isalpha()):
        return starts and after[0].isupper() and before in words.units
    return not after[0].islower() or (starts and len(before) > 1)
