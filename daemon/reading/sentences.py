"""Text into lines that mean one thing, and lines into sentences.

A paragraph that was hard-wrapped at 72 columns is one line again; headings, labels and list items keep
a line of their own.  Every function is linear in the text.  Knows nothing of mail or of meaning.
"""

from __future__ import annotations

import re

_BULLET = re.compile(r"\s*(?:[-*+•·‣◦▪–—>o]\s+|[-*•·]\t|\(?\d{1,2}[.)]\s|\(?[a-zA-Z][.)]\s|#)")
_LABEL = re.compile(r"\s*[^\W\d_][^:.!?\n]{0,28}:(?:\s|$)")
_TIME_FIRST = re.compile(r"\s*\d{1,2}(?:[:.h]\d{2}|\s?[ap]\.?m|\s?Uhr)", re.IGNORECASE)
_ENDED = re.compile(r"[.!?:;…][\"'”’»)\]*]*\s*$")
_WRAP_WIDTHS = range(56, 101)
_STANDALONE = 40  # columns: a shorter line that could have held more was ended on purpose

_BOUNDARY = re.compile(r"[.!?…]+[\"'”’»)\]]*\s+(?=[\"'“‘„«(\[¿¡]*(\S))")
_WORD_BEFORE = re.compile(r"[^\s(\"'“„«/]+$")
_ABBREVIATIONS = frozenset(
    """
    dr mr mrs ms mx prof st sr jr rev hon messrs mme mmes mlle mm m hr fr hrn sra srta dra dña d dott dotssa ing avv
    dhr mevr mw drs ir arq eng lic exmo exma ilmo
    e.g i.e eg ie etc vs approx ca cca ca resp incl excl inkl exkl ggf bzw evtl usw vgl ev tel fax ext nr no nos num núm n°
    n.º nro p.ej p pp pág págs fig vol art abs str av avda ave blvd rd rm apt dept dpto est min max std stk ust mwst
    inc ltd co corp bros gmbh
    z.b d.h u.a o.ä u.u i.d.r z.hd z.t s.o s.u m.a.w i.a i.v v.a b.v n.v m.v.g o.a d.w.z bijv bv t.a.v i.v.m
    s.a s.l s.p.a s.r.l l.t.d u.s u.k ph.d b.sc m.sc m.a b.a a.d
    jan feb mar apr jun jul aug sep sept oct okt nov dec dez dic ago ene abr janv févr fevr avr juil août déc
    gen mag giu lug set ott mrt
    mon tue tues wed thu thur thurs fri sat sun mo di mi do sa so
    """.split()
)
_OFTEN_LAST = frozenset(
    "co corp inc ltd etc no so sat sun a.m p.m am pm uhr min max usw st d p est u.s u.k mar".split()
)


def unwrap(text: str) -> str:
    """Return `text` with hard-wrapped paragraphs joined; blank lines and standalone lines stay."""
    lines = [line.rstrip() for line in text.split("\n")]
    width = max(map(len, lines), default=0)
    out: list[str] = []
    previous = ""  # the physical line that `out[-1]` ends with
    for line in lines:
        if previous and line.strip() and _continues(previous, line, width):
            out[-1] += " " + line.strip()
        else:
            out.append(line)
        previous = line
    return "\n".join(out)


def _continues(previous: str, line: str, width: int) -> bool:
    """Whether `line` goes on with the paragraph of `previous` in a text `width` columns wide."""
    if len(previous) > _WRAP_WIDTHS[-1] or _BULLET.match(line) or _LABEL.match(line):
        return False
    last, first = previous[-1], line.lstrip()[0]
    if _TIME_FIRST.match(line) and not (last.isalpha() and previous.split()[-1].islower()):
        return False
    word = line.split(None, 1)[0]
    if width in _WRAP_WIDTHS and len(previous) + 1 + len(word) > width:
        return not _ENDED.search(previous) or width > _STANDALONE
    if _ENDED.search(previous):
        return False
    return first.islower() and (len(previous) >= _STANDALONE or last.isalnum())


def split(text: str) -> tuple[str, ...]:
    """Return the sentences of `text` in order, each on one line, without empty ones."""
    found: list[str] = []
    for line in unwrap(text).split("\n"):
        line = " ".join(line.split())
        if line:
            _split_line(line, found)
    return tuple(found)


def _split_line(line: str, found: list[str]) -> None:
    start = 0
    for match in _BOUNDARY.finditer(line):
        if _ends_sentence(line, match):
            found.append(line[start : match.end()].strip())
            start = match.end()
    rest = line[start:].strip()
    if rest:
        found.append(rest)


def _ends_sentence(line: str, match: re.Match[str]) -> bool:
    """Whether the mark at `match` ends a sentence rather than an abbreviation, a number or an initial."""
    following = match[1]
    if line[match.start()] in "!?…" or match[0].startswith(".."):
        return not following.islower()
    before = _WORD_BEFORE.search(line, max(0, match.start() - 40), match.start())
    word = before[0].lower() if before else ""
    if word in _ABBREVIATIONS and word not in _OFTEN_LAST:
        return False
    if word.isdigit() and len(word) <= 2:  # "am 10. März", "der 3. Runde"; but "by the 14. We ..." is rare
        return False
    if len(word) == 1 and word.isalpha():  # an initial: "J. Okafor"
        return False
    return not following.islower() and not (word in _OFTEN_LAST and following.isdigit())
