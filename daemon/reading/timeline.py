"""What the employer said about when they will act.

`find` reads the sentences of a mail and keeps the time expressions in which the employer commits, as
dates of the sender's own calendar, with the words they were said in; `resolve` reads a bare expression;
`absence` reads when an absent sender is back.  Values in, values out: knows no mail, no case, no clock.
The conventions are in `docs/timelines.md`.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from daemon.reading import timeline_commitment as who
from daemon.reading.sentences import split
from daemon.reading.timeline_bounds import Expression
from daemon.reading.timeline_durations import every
from daemon.reading.timeline_reader import Reader, timeline_of
from daemon.reading.timeline_scene import Scene
from daemon.reading.timeline_windows import expressions
from daemon.reading.timeline_words import lexicon
from policies.case import Timeline

_SENTENCES = 400  # read of one mail
_YEARS = range(1970, 2200)  # a Date field outside of these is no day to count from
_MONTH_FIRST = frozenset({"US", "PH", "PR", "GU", "FM", "MH"})
_QUOTED = re.compile(r"-{4,}\s*\w[\w ]+\s*-{4,}")  # what follows is another mail


@dataclass(frozen=True, slots=True)
class Anchors:
    """Days known from elsewhere in the mail or case that an employer may count from."""

    interview: date | None = None
    closing: date | None = None


@dataclass(frozen=True, slots=True)
class Timelines:
    """The dated timelines (and holds) of a mail; `vague`: only words like "soon" stand for one."""

    found: tuple[Timeline, ...] = ()
    vague: bool = False


def find(
    sentences: Sequence[str],
    sent: dt.datetime,
    *,
    language: str,
    country: str = "",
    anchors: Anchors | None = None,
) -> Timelines:
    """Return what the employer commits to in `sentences`, said at `sent` (aware, in the sender's offset)."""
    if sent.year not in _YEARS:
        return Timelines()
    reader = Reader(
        lexicon(language),
        _scene(sent, language, country, anchors or Anchors()),
        interview_known=anchors.interview if anchors else None,
    )
    for sentence in sentences[:_SENTENCES]:
        if _QUOTED.match(sentence):
            break
        reader.read(sentence)
    found = reader.found()
    return Timelines(found, reader.vague and not any(known.latest for known in found))


def resolve(expression: str, sent: dt.datetime, *, language: str, country: str = "") -> Timeline | None:
    """Return the days a bare expression means, whoever acts on them; None where it names none."""
    if sent.year not in _YEARS:
        return None
    scene = replace(_scene(sent, language, country, Anchors()), bare=True)
    words, _ = lexicon(language).read(expression)
    read = [found for found in expressions(words, scene) if not found.idle and found.earliest]
    if not read:
        return None
    longest = max(read, key=lambda found: found.last - found.first)
    return timeline_of(expression, _loosely(longest), scene.base)


def _loosely(found: Expression) -> Expression:
    """Add the reading of a bare week as one that ends on Sunday, and of a bare month as its first day."""
    if found.other is not None or found.whole is None or found.latest != found.whole.end:
        return found
    sunday = found.whole.end + dt.timedelta(days=2)
    other = {"week": sunday, "month": found.whole.start}.get(found.whole.grain)
    return replace(found, other=other)


def statement(text: str, sent: dt.datetime, *, language: str, country: str = "") -> tuple[Timeline, ...]:
    """Return the timelines of one statement: of its sentences, or of a bare expression."""
    sentences = split(text)
    found = find(sentences, sent, language=language, country=country).found
    if found or len(sentences) != 1 or sent.year not in _YEARS:
        return found
    words, cues = lexicon(language).read(text)
    scene = replace(_scene(sent, language, country, Anchors()), bare=True)
    covered = {token for one in expressions(words, scene) for token in range(one.first, one.last)}
    other = [word for word in words if word.first not in covered and word.text.isalnum()]
    bare = None if other or cues else resolve(text, sent, language=language, country=country)
    return (bare,) if bare else ()


def absence(sentences: Sequence[str], sent: dt.datetime, *, language: str) -> date | None:
    """Return the day an out-of-office note says its author is back; None where it does not say."""
    if sent.year not in _YEARS:
        return None
    scene = _scene(sent, language, "", Anchors())
    days = []
    for sentence in sentences[:_SENTENCES]:
        words, cues = lexicon(language).read(sentence)
        within = who.sentence(words, cues)
        for found in expressions(words, scene):
            governor = who.governing(found, within)
            if governor and governor.value in ("office", "back") and not found.idle and found.latest:
                days.append(found.latest)
    return max(days, default=None)


def cadence(sentence: str, language: str) -> int | None:
    """Return the days between check-ins a sentence agrees to ("every two weeks", "weekly"), or None."""
    words, _ = lexicon(language).read(sentence)
    for at in range(len(words)):
        if (days := every(words, at)) is not None:
            return days
    return None


def as_json(found: Timeline) -> Mapping[str, object]:
    """Return a timeline as the object of the command line's JSON: ISO dates, the quoted words, the rule."""
    return {
        "quote": found.quote,
        "earliest": found.earliest and found.earliest.isoformat(),
        "latest": found.latest and found.latest.isoformat(),
        "kind": str(found.kind),
        "rule": found.rule,
        "alternative": found.alternative and found.alternative.isoformat(),
    }


def _scene(sent: dt.datetime, language: str, country: str, anchors: Anchors) -> Scene:
    return Scene(
        base=sent.date(),
        country=country,
        month_first=month_first(sent, language, country),
        interview=anchors.interview,
        closing=anchors.closing,
    )


def month_first(sent: dt.datetime, language: str, country: str) -> bool:
    """Whether the sender writes 3/9 for 9 March: by country, else English from the Americas' offsets."""
    if country:
        return country[:2].upper() in _MONTH_FIRST
    offset = sent.utcoffset() or dt.timedelta()
    return language == "en" and dt.timedelta(hours=-10) <= offset <= dt.timedelta(hours=-4)
