"""A run of new lines into text and signature: closing formula, names, disclaimers, mailing footers.

Nothing that may matter is lost: a postscript, a sentence or a time below a signature is text again.
Knows lines and the lexicon only.
"""

from __future__ import annotations

import re

from daemon.reading import quotes_lexicon
from daemon.reading.sentences import split as split_sentences

_DELIMITER = re.compile(r"(?:--|—|–|__)[ \t]{0,3}$")
_DELIMITED_LINES = 40
_SIGNED_LINES = 150
_BANNER_CHARS = 1_500
_FOOTER_CHARS = 6_000
_CLOSING_CHARS = 70
_NAME_CHARS = 60
_TAIL_LINES = 7
_WISH_WORDS = 5
_PROSE_WORDS = 8
_NAME = re.compile(r"[^\W\d_][^\d:;!?@/<>]*$")
_BULLET = re.compile(r"\s*(?:[-*•·‣–]|\d{1,2}[.)])\s")
_ENDED = re.compile(r"[.!?:;,…][\"'”’»)\]]*$")
_LABEL = re.compile(r"\s*\*?([^\W\d_][^:*]{0,24}?)\s?\*?:")
_CLOCK = re.compile(r"\d{1,2}[:.h]\d{2}(?!\d)|\d\s?[ap]\.?m\b|\d{1,2}\s?Uhr")
_BEFORE_NAME = frozenset(
    "i.a. i.v. p.p. ppa. ppa gez. i. per il la le l' das die het o a el your ihr the team".split()
)
_BEFORE_NAME = frozenset("il la le das het o a el your ihr the team".split())
_BY_ORDER = re.compile(r"\s{0,3}(?:i\.\s?[AV]\.|ppa\.?|p\.\s?p\.|gez\.)\s", re.IGNORECASE)
_LINKING = frozenset("from aus uit da de van von du des der the in und and y e et & team".split())


def split(lines: list[str], author: tuple[str, ...], *, first: bool) -> tuple[list[str], list[str]]:
    """Return the text lines and the signature lines of a segment, each in order.

    `first`: nothing new stands above, so a banner may.  Blank lines stay with the text.
    """
    lines, footers = _without_footers(lines, first=first)
    marked = _signed(lines, author, first=first)
    _mark_tail(lines, marked, author)
    text = ["" if is_signature else line for line, is_signature in zip(lines, marked, strict=True)]
    signature = [
        line for line, mark in zip(lines, marked, strict=True) if mark and not _DELIMITER.match(line)
    ]
    return text, [*signature, *footers]


# Disclaimers and mailing footers


def _without_footers(lines: list[str], *, first: bool) -> tuple[list[str], list[str]]:
    """Return the lines without disclaimers and footers, and those."""
    lexicon = quotes_lexicon.load()
    whole = " ".join(lines).lower()
    if len(whole) > _BANNER_CHARS + _FOOTER_CHARS:
        whole = whole[:_BANNER_CHARS] + " " + whole[-_FOOTER_CHARS:]
    words = quotes_lexicon.words_of(whole)
    footers = lexicon.footers.in_text(whole, words)
    banners = lexicon.banners.in_text(whole, words) if first else ()
    if not footers and not banners:
        return lines, []
    kept: list[str] = []
    cut: list[str] = []
    for number, paragraph in enumerate(_paragraphs(lines)):
        phrases = banners if number < 3 and banners and len(" ".join(paragraph)) < 500 else ()
        if _holds(" ".join(paragraph), phrases):
            at = 0
        elif any(kept):
            at = _footer_start(paragraph, footers)
        else:
            at = _footer_start(paragraph, footers) or len(paragraph)  # the first line is never a footer
        kept += [*paragraph[:at], ""]
        cut += paragraph[at:]
    return kept, cut


def _paragraphs(lines: list[str]) -> list[list[str]]:
    found: list[list[str]] = [[]]
    for line in lines:
        if line.strip():
            found[-1].append(line)
        elif found[-1]:
            found.append([])
    return [one for one in found if one]


def _footer_start(paragraph: list[str], phrases: tuple[str, ...]) -> int:
    """Return the index of the first footer line of a paragraph, its length where there is none."""
    if not phrases or not _holds(" ".join(paragraph), phrases):
        return len(paragraph)
    for index, line in enumerate(paragraph):
        if _holds(line, phrases):
            if index == 0 and (before := _sentences_before(line, phrases)):
                paragraph[0:1] = [before, line[len(before) :].lstrip()]
                return 1
            return index
    return 0  # the phrase runs over a line end


def _sentences_before(line: str, phrases: tuple[str, ...]) -> str:
    """Return the beginning of a long line that stands before its first footer sentence."""
    position = 0
    for sentence in split_sentences(line):
        if _holds(sentence, phrases):
            break
        position = line.find(sentence, position) + len(sentence)
    return line[:position]


def _holds(text: str, phrases: tuple[str, ...]) -> bool:
    lower = text.lower()
    return any(lower.lstrip().startswith(one[1:]) if one[0] == "^" else one in lower for one in phrases)


# Closing formula and what stands below


def _signed(lines: list[str], author: tuple[str, ...], *, first: bool) -> list[bool]:
    """Return for each line whether it belongs to a signature that a delimiter or formula opens."""
    above = not first  # whether there is text that could be signed: "Ciao Giulia," may also greet
    marked = [False] * len(lines)
    inside = delimited = False
    since = 0  # lines since the signature began
    left = sum(1 for line in lines if line.strip())
    for index, line in enumerate(lines):
        if left > _SIGNED_LINES:  # too far up to be signed
            left -= bool(line.strip())
            above = True
            continue
        if not line.strip():
            continue
        since += 1
        left -= 1
        if inside and _is_text_again(line, since, delimited=delimited):
            inside = delimited = False
        if not inside or not delimited:
            if left <= _DELIMITED_LINES and _DELIMITER.match(line):
                inside, delimited, since = True, True, 0
            elif not inside and above and _may_open(line):
                if _is_mobile(line):
                    marked[index] = True
                elif _is_closing(line, _next_line(lines, index), author):
                    inside, since = True, 0
        if inside:
            marked[index] = True
        above = True
    return marked


def _is_text_again(line: str, since: int, *, delimited: bool) -> bool:
    lexicon = quotes_lexicon.load()
    words = line.split()
    if words[0].lower().rstrip(":") in lexicon.postscript or line.strip(" *<").lower().startswith(
        lexicon.meeting
    ):
        return True
    label = _LABEL.match(line)
    if label and label[1].lower().strip() in lexicon.schedule and any(one.isdigit() for one in line):
        return True
    if delimited or since < 2:
        return False
    return len(words) >= _PROSE_WORDS and bool(_ENDED.search(line)) and "|" not in line


def _next_line(lines: list[str], index: int) -> str:
    return next((line.strip() for line in lines[index + 1 : index + 5] if line.strip()), "")


def _may_open(line: str) -> bool:
    """Whether a closing or a phone's note may begin with the first word of a line."""
    if len(line) > 100:
        return False
    first = line.split(None, 1)[0].strip("*_>[<,.!-–—:;)")
    return first.lower() in quotes_lexicon.load().openers


def _is_mobile(line: str) -> bool:
    return line.strip(" *_<[").lower().startswith(quotes_lexicon.load().mobile)


def _is_closing(line: str, following: str, author: tuple[str, ...]) -> bool:
    """Whether a line is a closing formula ("Best regards,"), alone or with the name behind it."""
    if len(line) > _CLOSING_CHARS:
        return False
    words = line.strip(" *_>").split()
    rest = _after_formula(words)
    if rest is None:
        return False
    if rest:
        aside = len(rest) < 4 and rest[0].lower() in _LINKING and rest[-1][0].isupper()  # "aus Hamburg"
        return aside or _is_name(" ".join(rest), author)
    return not following or _is_name(following, author) or bool(_DELIMITER.match(following))


def _after_formula(words: list[str]) -> list[str] | None:
    """Return the words after a closing formula at the start of `words`, or None without one."""
    closings = quotes_lexicon.load().closings
    for length in range(min(len(words), 7), 0, -1):
        formula = " ".join(words[:length]).lower()
        if formula.rstrip(",.!-–—:;) ").rstrip() in closings:
            return words[length:]
    return None


def _is_name(text: str, author: tuple[str, ...]) -> bool:
    """Whether a line may be the name under a mail."""
    text = _BY_ORDER.sub("", text).strip(" *_,.-–—")
    words = text.split()
    if not words or len(text) > _NAME_CHARS or _after_formula(words) == []:
        return False
    if _is_author(text, author):
        return True
    if not _NAME.match(text) or len(words) > 6 or (_ENDED.search(text) and len(words) > 3):
        return False
    return words[0][0].isupper() or words[0].lower() in _BEFORE_NAME


def _is_author(text: str, author: tuple[str, ...]) -> bool:
    """Whether the first words of a line are the sender's name, a short form of it or an initial."""
    words = re.findall(r"[^\W\d_]+", text.lower())[:4]
    if not words or not author:
        return False
    if any(word in author for word in words[:2]):  # the second after a title
        return True
    first = words[0]
    short = len(first) >= 3 and any(one.startswith(first) for one in author)
    return short or (len(words) == 1 and len(text.strip(". ")) == 1 and first == author[0][0])


def _mark_tail(lines: list[str], marked: list[bool], author: tuple[str, ...]) -> None:
    """Mark a name block at the very end that no formula opens: "Wendy / Dunebuild"."""
    end = len(lines)
    while end and (marked[end - 1] or not lines[end - 1].strip()):
        end -= 1
    signed = next((line for line, mark in zip(lines[end:], marked[end:], strict=True) if mark), "")
    if signed and not _is_mobile(signed) and not _DELIMITER.match(signed):
        return
    start = end
    while start and end - start < _TAIL_LINES and _may_sign(lines[start - 1]):
        start -= 1
    above = next((line.strip() for line in reversed(lines[max(0, start - 4) : start]) if line.strip()), "")
    if start == end or not above or above.endswith(":") or _BULLET.match(above):
        return
    apart = not lines[start - 1].strip() and _is_name(lines[start], author)
    named = next((index for index in range(start, end) if _is_name_of(lines[index], author)), None)
    if apart and (named is not None or end - start <= 3):
        named = start
    elif named is None:
        return
    for index in range(_with_wish(lines, named), end):
        marked[index] = True


def _is_name_of(line: str, author: tuple[str, ...]) -> bool:
    return _is_author(line, author) and _is_name(line, author)


def _with_wish(lines: list[str], start: int) -> int:
    """Return where a free closing formula over a name begins: "Have a lovely break," / "Kim"."""
    above = start - 1
    while above > 0 and start - above < 3 and not lines[above].strip():
        above -= 1
    text = lines[above].strip() if above > 0 else ""
    return above if text.endswith(",") and len(text.split()) <= _WISH_WORDS else start


def _may_sign(line: str) -> bool:
    text = line.strip()
    if len(text) == 2 and text[0].isupper() and text[1] == ".":  # an initial
        return True
    return (
        bool(text)
        and len(text) <= _NAME_CHARS
        and not _ENDED.search(text)
        and not _BULLET.match(line)
        and not _CLOCK.search(line)
        and "://" not in text
        and "@" not in text
    )
