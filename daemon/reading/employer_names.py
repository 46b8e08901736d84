"""Names of companies in running text, and the spelling of a domain's name ("west-optik" → "West-Optik").

Knows words (`lexicon/employer.toml`) and capitals; which company is the employer is decided elsewhere.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from daemon.reading import names
from daemon.reading.lexicon import load

_TOKEN = re.compile(r"[^\W_][\w'’´-]*(?:\.[\w'’-]+)*|&|\+")
_JOINS = frozenset("& + of de du des del della di da do dos das la le les van der von the".split())
_PAIRS = frozenset("and und et y e en".split())  # they join a name only before "Sons", "Partners", …
_MAX_WORDS = 6
_TRIMMED = re.compile(r"^\W+|[\s.,]+$")
_WHOLE_LINE = 4  # words of a line that is nothing but a company's name
_GLUED_ARTICLE = re.compile(
    r"(de|do|da|du|la|le|del|della|dos|das|des)(?=[aeiou]\w{3}|[^aeiou][aeiourlhy]\w{2})"
)  # only where the rest can begin a word: "de" + "linde", "del" + "sol"
_KEPT_FORMS = frozenset({"llp"})  # partnerships are called by it
_PRONOUN = re.compile(r"(?:I|We|You|He|She|They|It)(?:['’]\w+)?$")
_GAP = 3  # characters between two words of a name
_LONG_HEAD = 10  # letters before the kind of house that may hold another one ("northernhealth" + "partners")
_FIRST_WORD = 4  # letters of the first word a label must hold
_SPELLED_WORDS = 7
_MIN_LABEL = 3
_LONG_LABEL = 6  # letters of a label that beginnings of words do not make by chance
_ON_BEHALF = re.compile(
    r"\s(?:on behalf of|im auftrag (?:von|der)|pour le compte de|en nombre de|namens|em nome d[aeo]"
    r"|per conto di)\s(.{2,60})$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Run:
    """A run of capitalised words that may be a company's name, and where it stands."""

    name: str
    start: int
    end: int


@cache
def words(table: str) -> frozenset[str]:
    """Return the words of a table of `lexicon/employer.toml`."""
    return frozenset(load("employer")[table]["words"])


@cache
def _forms() -> re.Pattern[str]:
    forms = "|".join(re.escape(form) for form in sorted(words("forms"), key=len, reverse=True))
    return re.compile(rf"(?<!\s&)(?<!\sand)[\s,]+(?:{forms})\.?$", re.IGNORECASE)


@cache
def _departments() -> tuple[re.Pattern[str], re.Pattern[str]]:
    tables = load("employer")["departments"]
    trailing, leading = (
        "|".join(map(re.escape, sorted(tables[k], key=len, reverse=True))) for k in ("words", "leading")
    )
    return (
        re.compile(rf"[\s,|–-]+(?:{trailing})$|^(?:{trailing})$", re.IGNORECASE),
        re.compile(rf"^(?:{leading})(?:\s+|$)(?:der\s|the\s)?", re.IGNORECASE),
    )


@lru_cache(4096)
def folded(text: str) -> str:
    """Return the letters and digits of `text` in lower case without accents: what a domain name keeps."""
    text = text.lower().replace("&", "and").replace("+", "and").replace("ß", "ss").replace("ø", "o")
    plain = unicodedata.normalize("NFKD", text)
    return "".join(c for c in plain if c.isascii() and c.isalnum())


def _german(text: str) -> str:
    for letter, pair in (("ä", "ae"), ("ö", "oe"), ("ü", "ue")):
        text = text.replace(letter, pair).replace(letter.upper(), pair)
    return folded(text)


@lru_cache(2048)
def clean(name: str) -> str:
    """Return a company's name without legal form, department and punctuation around it."""
    name = name.strip(" \t,;:.!\"'“”„‘’()[]|–-*_")
    for _ in range(3):
        shorter = _forms().sub("", name).strip(" ,.&")
        trailing, _ = _departments()
        shorter = trailing.sub("", shorter).strip(" ,.|")
        if shorter == name:
            break
        name = shorter
    return name


def of_display(name: str) -> str:
    """Return the company in a display name ("Acme Talent Acquisition", "Careers at Acme"), or ""."""
    if behalf := on_behalf(name):
        return behalf
    name = re.sub(r"\s(?:via|by|through)\s.*$", "", name.strip(), flags=re.IGNORECASE)
    if inside := re.search(r"\(([^()]{3,60})\)\s*$", name):
        return clean(inside[1])
    if after := re.search(r"\s(?:at|@|from|bei|chez|bij|da|presso|[|–-])\s+([A-ZÀ-Ý].{2,60})$", name):
        return clean(after[1])
    return clean(_departments()[1].sub("", name))


def on_behalf(display: str) -> str:
    """Return the company a display name speaks for ("Tests on behalf of Acme"), or ""."""
    behalf = _ON_BEHALF.search(display)
    return clean(behalf[1]) if behalf else ""


def runs(text: str) -> Iterator[Run]:
    """Yield every run of capitalised words in `text` that may be a company's name."""
    tokens = list(_TOKEN.finditer(text))
    index = 0
    while index < len(tokens):
        token = tokens[index][0]
        if not _begins(token) or (token not in ("The",) and token.lower() in names.never()):
            index += 1
            continue
        last = _last(text, tokens, index)
        start, end = tokens[index].start(), tokens[last].end()
        name = clean(text[start:end])
        if name and not is_word(name):
            yield Run(name, start, end)
        index = last + 1


def _begins(token: str) -> bool:
    return token[0].isupper() or (token[0].isdigit() and any(map(str.isupper, token)))


def _last(text: str, tokens: list[re.Match[str]], first: int) -> int:
    """The index of the last word of the run that begins at `first`."""
    last = first
    for index in range(first + 1, min(first + _MAX_WORDS * 2, len(tokens))):
        gap = text[tokens[index - 1].end() : tokens[index].start()]
        if not (gap.isspace() and len(gap) <= 2):
            short = gap == ". " and len(tokens[index - 1][0]) <= 2  # "St. Anne's"
            if not short:
                break
        token = tokens[index][0]
        if _PRONOUN.match(token):
            break
        if _begins(token):
            last = index
        elif token.lower() not in _JOINS and not (token.lower() in _PAIRS and _is_pair(tokens, index)):
            break
    return last


def _is_pair(tokens: list[re.Match[str]], index: int) -> bool:
    """Whether "and" joins a name ("Castellane and Sons") rather than two of them."""
    following = tokens[index + 1][0].lower() if index + 1 < len(tokens) else ""
    return following in words("parts")


@lru_cache(1024)
def is_word(name: str) -> bool:
    """Whether `name` is made of nothing but words that begin sentences, days, tools and departments."""
    plain = [word.strip(".'’").lower() for word in name.split()]
    return all(word in names.never() or word in names.roles() or word.isdigit() for word in plain)


def is_company(name: str) -> bool:
    """Whether a name ends in a legal form or a word only companies are called ("Acme Foods")."""
    last = name.split()[-1].lower().strip(".,") if name.split() else ""
    return " " in name and (last in words("forms") or last in words("parts"))


def spelled(label: str, texts: Iterable[str]) -> str:
    """Return the longest-standing spelling in `texts` of the name a domain's label glues together, or "".

    "valleycu" is found as "Valley Credit Union", "bergland" as "Bergland Versicherung".
    """
    target = folded(label)
    if len(target) < _MIN_LABEL:
        return ""
    best: dict[str, int] = {}
    for text in texts:
        for name in _spellings(target, text):
            best[name] = best.get(name, 0) + 1
    if not best:
        return ""
    return max(
        best,
        key=lambda name: (not _acronymic(name, target), best[name] + 2 * (len(name.split()) > 1), len(name)),
    )


def _acronymic(name: str, target: str) -> bool:
    """Whether the name only abbreviates to the label; an exact spelling is better evidence."""
    return not folded(name).startswith(target)


def _spellings(target: str, text: str) -> Iterator[str]:
    tokens = list(_TOKEN.finditer(text))
    for first, token in enumerate(tokens):
        if not _may_begin(token[0], target):
            continue
        last = _matched(target, text, tokens, first)
        if last is None:
            continue
        last = _extended(text, tokens, last)
        first = _article(text, tokens, first)
        name = clean(text[tokens[first].start() : tokens[last].end()])
        if len(name) >= _MIN_LABEL:
            yield name[0].upper() + name[1:]


def _may_begin(word: str, target: str) -> bool:
    """Whether a word can be the first of the name a label spells."""
    if word[0].isascii() and word[0].lower() != target[0]:
        return False
    head = folded(word)
    return head[:1] == target[0] and (word[0].isupper() or word[0].isdigit() or head in words("parts"))


def _matched(target: str, text: str, tokens: list[re.Match[str]], first: int) -> int | None:
    """The index of the last word that spells `target` from `first` on, or None.

    The words spell it whole, or with the beginning of each ("oakdalepublib": Oakdale Public Library).
    """
    glued, german, short, rests = "", "", "", {target}
    for index in range(first, min(first + _SPELLED_WORDS, len(tokens))):
        if index > first and len(text[tokens[index - 1].end() : tokens[index].start()]) > _GAP:
            return None
        word = tokens[index][0]
        glued += folded(word)
        german += _german(word)
        short += "" if word.lower() in _JOINS | _PAIRS else folded(word)
        if target in (glued, german, short):
            return index
        shortest = min(_FIRST_WORD, len(folded(word))) if index == first else 1
        rests = {rest[n:] for rest in rests for n in range(shortest, _common(rest, folded(word)) + 1)}
        if "" in rests and index > first and word[0].isupper() and len(target) >= _LONG_LABEL:
            return index
        if not (rests or target.startswith((glued, german, short))):
            return None
    return None


def _common(one: str, other: str) -> int:
    """The length of the common beginning of two words."""
    length = 0
    while length < min(len(one), len(other)) and one[length] == other[length]:
        length += 1
    return length


def _extended(text: str, tokens: list[re.Match[str]], last: int) -> int:
    """Take in the rest of the name: "Bergland" + "Versicherung", or all of a line that is but a name."""
    whole = _TRIMMED.sub("", text)
    if (
        len(tokens) <= _WHOLE_LINE
        and len(tokens) > last + 1
        and all(_begins(one[0]) for one in tokens)
        and " ".join(one[0] for one in tokens) == whole
    ):
        return len(tokens) - 1
    while last + 1 < len(tokens):
        following = tokens[last + 1][0]
        gap = text[tokens[last].end() : tokens[last + 1].start()]
        part = following.lower() in words("parts") and following.lower() not in (
            "team",
            "talent",
            "recruiting",
            "recruitment",
        )
        if gap != " " or not following[0].isupper() or not part:
            break
        last += 1
    return last


def _article(text: str, tokens: list[re.Match[str]], first: int) -> int:
    """Take in what stands before the name and belongs to it: "The", "Stadt", "University of"."""
    for steps in (2, 1):
        before = [token[0] for token in tokens[max(0, first - steps) : first]]
        if len(before) < steps or text[tokens[first - 1].end() : tokens[first].start()] != " ":
            continue
        leads = before[0].lower() in words("leading") and before[0][0].isupper()
        if leads and (steps == 1 or before[1].lower() in _JOINS):
            return first - steps
    rest = text[tokens[first].end() :].lstrip().lower()
    the = (
        first
        and tokens[first - 1][0] == "The"
        and text[tokens[first - 1].end() : tokens[first].start()] == " "
    )
    return first - 1 if the and not rest.startswith(("team", "recruit", "talent")) else first


def in_full(name: str, lines: Iterable[str]) -> str:
    """Return `name` as the partnership people sign it as ("Farrow Legal LLP"), if they do.

    Other legal forms are a footer's, not what anybody calls the house.
    """
    for line in lines:
        start = line.find(name)
        rest = _TOKEN.match(line, start + len(name) + 1) if start >= 0 else None
        if rest and rest[0].lower() in _KEPT_FORMS and line[rest.end() :][:2] in ("", ", "):
            return f"{name} {rest[0]}"
    return name


def completed(name: str, label: str) -> str:
    """Return `name` with the kind of house its domain adds: "Acme" on acmelabs → "Acme Labs"."""
    rest = folded(label).removeprefix(folded(name))
    known = rest in words("parts") and rest not in ("team", "talent", "recruiting", "recruitment")
    return f"{name} {rest.capitalize()}" if known else name


_AFFIX = re.compile(
    r"^(?:get|try|join|team|hello|go|use|my|the)-?(?=\w{5})"
    r"|-?(?:hq|jobs|careers?|recruiting|hr|mail|inc|app|online|group|team|talent)$"
)


def variants(label: str) -> tuple[str, ...]:
    """Return a domain's label as it is, and without what is put around a name ("joinlowtide")."""
    shorter = _AFFIX.sub("", label)
    return (label, shorter) if shorter != label and len(shorter) > _MIN_LABEL else (label,)


def readable(label: str) -> str:
    """Return a domain's label as a name: "acme-robotics" → "Acme Robotics", "acmelegal" → "Acme Legal".

    A glued label is split only before a word that says what kind of house it is; the rest is a name.
    """
    pieces = label.split("-") if "-" in label else _split(label)
    return " ".join(_cased(piece, index) for index, piece in enumerate(pieces))


@cache
def _accented() -> dict[str, str]:
    """The words of houses that are written with accents, by what a domain keeps of them."""
    known = words("parts") | words("leading")
    return {folded(word): word for word in known if not word.isascii() and folded(word) not in known}


def _cased(piece: str, index: int) -> str:
    piece = _accented().get(piece, piece)
    if piece in words("capitals"):
        return piece.upper()
    return piece if index and piece in _JOINS | _PAIRS else piece.capitalize()


@lru_cache(256)
def _split(glued: str) -> list[str]:
    """The words of a glued name: the kind of house at an end is split off, "and" in the middle."""
    for word in sorted(words("leading"), key=len, reverse=True):
        first = folded(word)
        rest = glued.removeprefix(first)
        if rest != glued and len(rest) > _MIN_LABEL:
            article = _GLUED_ARTICLE.match(rest)
            return [first, article[1], rest[article.end() :]] if article else [first, rest]
    for length in range(len(glued) - _MIN_LABEL, _MIN_LABEL - 1, -1):
        head, tail = glued[:-length], glued[-length:]
        if tail in words("capitals") or (length > _MIN_LABEL - 1 and tail in words("parts") - words("fused")):
            return [*_head(head), tail]
    return [glued]


def _head(head: str) -> list[str]:
    """The words before the kind of house, with or without "and"."""
    if head.endswith("and") and len(head) > len("and") + _MIN_LABEL:
        return [*_head(head[: -len("and")]), "and"]
    return _split(head) if len(head) >= _LONG_HEAD else [head]
