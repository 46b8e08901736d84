"""Names of people: tidied, told from role names, found in running text.

Knows words (`lexicon/people_names.toml`) and capitals, never who a person is to the case.
"""

from __future__ import annotations

import re
from functools import cache

from daemon.reading.lexicon import load

_MAX = 200  # characters of a display name that are looked at
_ASIDE = re.compile(r"\s*[(\[{<][^()\[\]{}<>]{0,80}[)\]}>]")
_COMPANY_AFTER = re.compile(
    r"\s+(?:via|by|at|@|from|von|bei|chez|de chez|en|bij|da|presso)\s+(?=[A-Z0-9]).*"
    r"|\s*[|–—•·/]\s*.*|\s+-\s+.*"
)
_LETTERS_AFTER = re.compile(
    r",?\s+(?:Ph\.?\s?D|M\.?D|MBA|CPA|RN|CIPD|SHRM(?:-\w+)?|MSc|BSc|Esq|P\.?E|Jr|Sr|II|III|PMP)\.?(?=,|$)"
)
_WORD = re.compile(r"[^\W\d_](?:[\w'’.´`ªº-]*[\wªº'’])?\.?")
_APOSTROPHE = re.compile(r"['’]")
_CONTRACTION = 7  # letters of the longest "they'll"
_ACRONYM = 3
_GAP = re.compile(r"[ \t\u00a0]{1,2}")


@cache
def _set(table: str) -> frozenset[str]:
    return frozenset(load("people_names")[table]["words"])


def never() -> frozenset[str]:
    """Return the capitalised words that belong to no name: those that begin sentences, days, tools."""
    return _set("never")


def roles() -> frozenset[str]:
    """Return the words of roles, departments and systems."""
    return _set("roles")


def mailboxes() -> frozenset[str]:
    """Return the local parts of addresses that are nobody's own."""
    return _set("mailboxes")


def is_mailbox(address: str) -> bool:
    """Whether `address` is a department's, not a person's own ("careers@…", "hr-team@…")."""
    local = address.partition("@")[0].partition("+")[0].lower()
    words = [word for word in re.split(r"[.\-_]", local) if word]
    return local in _set("mailboxes") or any(word in _set("mailboxes") for word in words)


def is_role(name: str, address: str = "") -> bool:
    """Whether `name` (or, without one, `address`) belongs to a department or a system, not a person."""
    if not name:
        return is_mailbox(address)
    return any(word.strip(".,").lower() in _set("roles") for word in name[:_MAX].split())


def tidy(name: str) -> str:
    """Return a display name as a person's name in the order it is said, without asides and company.

    "SHAH, Priya (she/her)" → "Priya Shah"; "Priya Shah | Acme" → "Priya Shah".
    """
    name = " ".join(name[:_MAX].split()).strip("\"'“”‘’ ,;")
    name = _ASIDE.sub("", name)
    name = _COMPANY_AFTER.sub("", name)
    name = _LETTERS_AFTER.sub("", name).strip(" ,;")
    family, comma, given = name.partition(",")
    if comma and given.strip() and "," not in given and len(given.split()) <= 3:
        name = f"{given.strip()} {family.strip()}"
    return " ".join(_cased(word) for word in name.split())


def _cased(word: str) -> str:
    """A word shouted in capitals in the case it is said in; initials stay."""
    if len(word) > 2 and word.isupper() and "." not in word:
        return "-".join(part.capitalize() for part in word.split("-"))
    return word


def bare(name: str) -> str:
    """Return `name` without a title, unless it stands before a family name alone ("Dr. Osei")."""
    titles, rest = _split_titles(name.split())
    return " ".join(rest if len(rest) > 1 or not titles else (*titles, *rest))


def is_title(word: str) -> bool:
    """Whether `word` is a title before a name ("Dr.", "Frau")."""
    return word.rstrip(".").lower() in _set("titles")


def is_name(text: str) -> bool:
    """Whether the whole of `text` looks like a person's name."""
    found = at(text, 0)
    return found is not None and found[1] == len(text)


def from_address(address: str) -> str:
    """Return the name an address spells ("priya.shah@…" → "Priya Shah"), or "" where it spells none."""
    local = address.partition("@")[0].partition("+")[0]
    parts = [part for part in re.split(r"[._-]", local) if part]
    if len(parts) not in (2, 3) or is_mailbox(address) or not all(part.isalpha() for part in parts):
        return ""
    return " ".join(part.capitalize() if len(part) > 1 else f"{part.upper()}." for part in parts)


def _split_titles(words: list[str]) -> tuple[list[str], list[str]]:
    count = 0
    while count < len(words) and words[count].rstrip(".").lower() in _set("titles"):
        count += 1
    return words[:count], words[count:]


def at(text: str, start: int) -> tuple[str, int] | None:
    """Return (name, end) of the person's name that begins at `start` in `text`, or None.

    Titles come first and are kept; a family name alone needs one.  One given name alone is a name too:
    the caller must have a reason to look there.
    """
    words: list[str] = []
    titled, end, names, position = False, start, 0, start
    while len(words) < 8 and (match := _WORD.match(text, position)):
        word = match[0][:-2] if match[0].endswith(("'s", "’s")) else match[0]
        lower = word.rstrip(".").lower()
        if (
            not names
            and lower in _set("titles")
            and (word[0].isupper() or word.endswith(".") or lower in _set("gendered"))
        ):
            titled = True
            words.append(word)
        elif _is_part(word, names):
            bare = word if _initial(word) else word.rstrip(".")
            words.append(bare)
            names += 1
            end = match.start() + len(bare)
            if bare != match[0]:
                break
        elif names and word.rstrip(".") == word and lower in _set("particles"):
            words.append(word)
        else:
            break
        gap = _GAP.match(text, match.end())
        if gap is None:
            break
        position = gap.end()
    while words and words[-1].lower() in _set("particles"):
        words.pop()
    if not names or names > 5:
        return None
    return _finished(words, titled, end)


def _finished(words: list[str], titled: bool, end: int) -> tuple[str, int] | None:
    """The name as it is kept: a title stays only before a family name alone ("Dr. Osei")."""
    titles, rest = _split_titles(words)
    if not rest or not (titled or len(rest[0].rstrip(".")) > 1):
        return None
    return " ".join(rest if len(rest) > 1 else (*titles, *rest)), end


def _initial(word: str) -> bool:
    return len(word) == 2 and word[1] == "."


def _is_part(word: str, names: int) -> bool:
    """Whether `word` can be part of a name: capitalised, and no word of the language."""
    if not word[0].isupper():  # "d'Argile" is written small in front
        return names > 0 and "'" in word[:3] and word[2:3].isupper()
    if _initial(word):
        return names > 0 or word[0] not in "IAO"
    lower = word.rstrip(".").lower()
    if lower in _set("roles") or lower in _set("never"):
        return False
    if len(lower) < _CONTRACTION and _APOSTROPHE.split(lower)[0] in _set("never"):  # "I've", "We'll"
        return False
    acronym = 1 < len(word) <= _ACRONYM and word.isupper()
    return not acronym and not any(map(str.isdigit, word))
