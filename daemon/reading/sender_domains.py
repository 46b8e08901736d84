"""Domain names: whose they are, and whether one only looks like another.

Knows the public suffix list and letters; knows nothing of mail.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from publicsuffixlist import PublicSuffixList

_NAME = re.compile(r"[^\s@/\\<>\"(),:;\[\]]{1,253}")
_SUFFIXES: list[PublicSuffixList] = []
_SCRIPTS = ("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "HEBREW", "ARABIC", "CHEROKEE", "FULLWIDTH")
_TWINS = str.maketrans("01358ıаеорсухіјѕԁɡһӏοαν", "olesblaeopcyxijsdghloav")
RESERVED = frozenset({"example", "test", "invalid"})  # RFC 2606: they stand for the real names
_SECOND_LEVEL = frozenset("ac co com edu gob gouv gov net nhs org police sch".split())
_SHORT = 5  # a letter of difference between shorter names means nothing


def registrable(domain: str) -> str:
    """Return the organisational domain of a host or address ("mail.acme.co.uk" → "acme.co.uk").

    An unlisted top level counts as one label ("acme.example" is registrable).  Empty for what is no
    domain name, or is a public suffix itself.
    """
    name = domain.rpartition("@")[2].strip().strip(".").lower()
    if "." not in name or ".." in name or not _NAME.fullmatch(name) or name.replace(".", "").isdigit():
        return ""
    return _registrable(name)


@lru_cache(maxsize=4096)
def _registrable(name: str) -> str:
    labels = name.split(".")
    if len(labels) > 2 and labels[-1] in RESERVED and labels[-2] in _SECOND_LEVEL:
        return ".".join(labels[-3:])
    return _suffixes().privatesuffix(name) or ""


def _suffixes() -> PublicSuffixList:
    if not _SUFFIXES:
        from publicsuffixlist import PublicSuffixList  # 0.1 s to read: not before it is needed

        _SUFFIXES.append(PublicSuffixList())
    return _SUFFIXES[0]


def suspicious(domain: str, known: Collection[str]) -> str:
    """Return why a domain new in a case may be somebody posing as one of the `known`, or an empty string.

    In words: letters of two scripts in one label, an encoded (xn--) name, or a name that differs from a
    known one by look-alike letters or a single letter (FAULTS 19).
    """
    name = registrable(domain) or domain.lower()
    homes = {registrable(one) or one.lower() for one in known}
    if name in homes:
        return ""
    shown = ".".join(_decoded(label) for label in name.split("."))
    if any(len(_scripts(label)) > 1 for label in shown.split(".")):
        return f"{name} mixes letters of two scripts"
    for home in sorted(homes):
        if _looks_like(shown, home):
            return f"{name} looks like {home}"
    return f"{name} is an encoded international name" if "xn--" in name or not name.isascii() else ""


def _decoded(label: str) -> str:
    """Return a label as people see it; an invalid xn-- label stays as it is (RFC 3492)."""
    if not label.startswith("xn--") or len(label) > 63:
        return label
    try:
        return label[4:].encode("ascii").decode("punycode")
    except UnicodeError:
        return label


def _scripts(label: str) -> set[str]:
    names = {unicodedata.name(letter, "").partition(" ")[0] for letter in label if letter.isalpha()}
    return {name for name in names if name in _SCRIPTS} | (
        {"OTHER"} if names - set(_SCRIPTS) - {""} else set()
    )


def _looks_like(shown: str, home: str) -> bool:
    label, home_label = shown.partition(".")[0], home.partition(".")[0]
    if label == home_label:  # the same name under another top level is usual
        return False
    ours, theirs = _skeleton(label), _skeleton(home_label)
    return ours == theirs or (min(len(ours), len(theirs)) >= _SHORT and _one_edit(ours, theirs))


def _skeleton(label: str) -> str:
    """Return a label with letters that look alike made the same."""
    plain = "".join(one for one in unicodedata.normalize("NFKD", label) if not unicodedata.combining(one))
    plain = plain.lower().translate(_TWINS).replace("-", "").replace("rn", "m").replace("vv", "w")
    return plain.replace("i", "l").replace("cl", "d")


def _one_edit(a: str, b: str) -> bool:
    """Whether one letter more, less, other or swapped with its neighbour makes `a` into `b`."""
    if abs(len(a) - len(b)) > 1 or a == b:
        return a == b
    start = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    if len(a) == len(b):
        return a[start + 1 :] == b[start + 1 :] or (
            a[start : start + 2] == b[start : start + 2][::-1] and a[start + 2 :] == b[start + 2 :]
        )
    longer, shorter = (a, b) if len(a) > len(b) else (b, a)
    return longer[start + 1 :] == shorter[start:]
