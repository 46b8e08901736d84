"""When two names mean the same employer, role or person.  Pure; knows nothing of mail."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_LEGAL = frozenset(
    "inc incorporated ltd limited llc llp plc corp corporation co company gmbh ag kg se ug ohg ev sa sas sarl"
    " bv nv srl spa sl slu lda ltda pty pbc group the".split()
)
_FILLER = frozenset("the a an of for and m w f d x h mwd mfd fmd wmd fhd all genders".split())
_GRADES = {
    "sr": "senior",
    "jr": "junior",
    "snr": "senior",
    "dev": "developer",
    "eng": "engineer",
    "mgr": "manager",
}


@lru_cache(maxsize=4096)
def words(name: str) -> tuple[str, ...]:
    """Return the name's words, lower-case, without accents and punctuation."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    return tuple(re.findall(r"[^\W_]+", plain))


def organisation(name: str) -> str:
    """Return a key that is the same for "Acme Ltd." and "ACME"; empty for no name."""
    found = words(name)
    kept = [w for w in found if w not in _LEGAL]
    return "".join(kept or found)


def same_organisation(one: str, other: str) -> bool:
    """Return whether both name the same employer: equal, or one begins with the other ("Acme Robotics")."""
    a, b = organisation(one), organisation(other)
    if not a or not b:
        return False
    short, long = sorted((a, b), key=len)
    return a == b or (len(short) >= 4 and long.startswith(short))


def role_words(role: str) -> frozenset[str]:
    """Return the words of a role that tell it from another."""
    return frozenset(_GRADES.get(w, w) for w in words(role) if w not in _FILLER)


def same_role(one: str, other: str) -> bool:
    """Return whether both name the same role: the words of one are all among the other's."""
    a, b = role_words(one), role_words(other)
    return bool(a and b) and (a <= b or b <= a)


def slug(name: str) -> str:
    """Return a short name for use in a case's id: lower-case ASCII words joined by "-"."""
    return "-".join(w for w in words(name) if w.isascii())[:24].strip("-")
