"""The words of quoting and signing (lexicon/quotes.toml), made ready to look up."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The phrases of all seven languages together: a quotation may be in another than the mail."""

    begins: tuple[str, ...]
    wrote: frozenset[str]
    original: tuple[str, ...]
    forwarded: tuple[str, ...]
    forward_subject: tuple[str, ...]
    labels: dict[str, frozenset[str]]  # a header label → the fields it may stand for
    closings: frozenset[str]
    mobile: tuple[str, ...]
    postscript: frozenset[str]
    schedule: frozenset[str]
    footers: tuple[str, ...]
    banners: tuple[str, ...]


@cache
def load() -> Lexicon:
    """Return the phrases, read once."""
    text = files("daemon.reading.lexicon").joinpath("quotes.toml").read_text("utf-8")
    languages = tomllib.loads(text).values()

    def of(key: str) -> dict[str, None]:
        return dict.fromkeys(phrase for one in languages for phrase in one[key])

    labels: dict[str, set[str]] = {}
    for field in ("from", "sent", "to", "subject", "cc"):
        for label in of(field):
            labels.setdefault(label, set()).add(field)
    return Lexicon(
        begins=tuple(f"{word} " for word in of("begins")),
        wrote=frozenset(of("wrote")),
        original=tuple(of("original")),
        forwarded=tuple(of("forwarded")),
        forward_subject=tuple(f"{word}:" for word in of("forward_subject")),
        labels={label: frozenset(fields) for label, fields in labels.items()},
        closings=frozenset(of("closings")),
        mobile=tuple(of("mobile")),
        postscript=frozenset(of("postscript")),
        schedule=frozenset(of("schedule")),
        footers=tuple(of("footers")),
        banners=tuple(of("banners")),
    )
