"""What the employer said about when they will act.

`find` reads the sentences of a mail and keeps the time expressions in which the employer commits, as
dates of the sender's own calendar, with the words they were said in; `resolve` reads a bare expression;
`absence` reads when an absent sender is back.  Values in, values out: knows no mail, no case, no clock.
The conventions are in `docs/timelines.md`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from daemon.reading import timeline_calendar as cal
from daemon.reading import timeline_commitment as who
from daemon.reading.timeline_calendar import Span
from daemon.reading.timeline_scene import Scene
from daemon.reading.timeline_windows import Expression, after_in_sentence, expressions
from daemon.reading.timeline_words import Cue, Lexicon, lexicon
from policies.case import Timeline, TimelineKind

_SENTENCES = 400  # read of one mail
_YEARS = range(1970, 2200)  # a Date field outside of these is no day to count from
_MONTH_FIRST = frozenset({"US", "PH", "PR", "GU", "FM", "MH"})
_EVENTS = frozenset({"meet", "close", "ask", "cond", "office", "back", "process", "past", "tell", "start"})


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
    reader = _Reader(
        lexicon(language), _scene(sent, language, country, anchors or Anchors()), anchors is not None
    )
    for sentence in sentences[:_SENTENCES]:
        if reader.ends_at(sentence):
            break
        reader.read(sentence)
    return reader.result()


def resolve(expression: str, sent: dt.datetime, *, language: str, country: str = "") -> Timeline | None:
    """Return the days a bare expression means, whoever acts on them; None where it names none."""
    scene = replace(_scene(sent, language, country, Anchors()), always_ahead=True)
    words, _ = lexicon(language).read(expression)
    read = [found for found in expressions(words, scene) if not found.idle and found.earliest]
    if not read:
        return None
    longest = max(read, key=lambda found: found.last - found.first)
    return _timeline(expression, longest, scene.base)


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
            if governor and governor.sense in ("office", "back") and not found.idle and found.latest:
                days.append(found.latest)
    return max(days, default=None)


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


def _timeline(sentence: str, found: Expression, base: date, kind: TimelineKind | None = None) -> Timeline:
    exact = found.earliest in (base, found.latest)
    return Timeline(
        quote=sentence[found.start : found.end].strip(" ,;:.("),
        earliest=found.earliest,
        latest=found.latest,
        kind=kind or (TimelineKind.DEADLINE if exact and found.latest else TimelineKind.WINDOW),
        rule=found.rule,
        alternative=found.other if found.other != found.latest else None,
        after_holidays=found.holidays,
    )


class _Reader:
    """Reads one mail's sentences in order; what one names, the next may point back at."""

    def __init__(self, words: Lexicon, scene: Scene, anchored: bool) -> None:
        self.lexicon = words
        self.scene = scene
        self.known_interview = scene.interview if anchored else None
        self.timelines: list[Timeline] = []
        self.asides: list[Timeline] = []  # invitations to remind them: no promise of their own
        self.held = False
        self.vague = False
        self.pending = False  # the sentence before promised without a day
        self.away: Timeline | None = None

    def ends_at(self, sentence: str) -> bool:
        """Whether the sender's own words end here (what follows is another mail, quoted)."""
        return sentence.startswith(("-----", "_____")) and len(sentence) > 10 and "-" in sentence[5:]

    def read(self, sentence: str) -> None:
        if sentence.startswith(">"):
            return
        words, cues = self.lexicon.read(sentence)
        within = who.sentence(words, cues)
        if within.has("footer"):
            return
        asked = sentence.rstrip(" \"'”’)").endswith("?")
        kept = False
        for found in expressions(words, self.scene):
            kept |= self._weigh(sentence, found, within, asked=asked)
        self._without_days(sentence, within, kept=kept, asked=asked)

    def _weigh(self, sentence: str, found: Expression, within: who.Sentence, *, asked: bool) -> bool:
        """Keep an expression as a timeline, or as a day that later words may point back at."""
        governor = who.governing(found, within)
        sense = self._sense(found, governor, within)
        promised = not asked and not found.idle and self._promises(found, sense, within)
        if promised:
            found = self._recount(found, within)
            self._keep(sentence, found, sense, within)
        if sense in ("office", "back") and found.latest and not found.idle:
            self._away(sentence, found, within)
        if found.earliest and found.latest and not found.idle and (promised or sense in _EVENTS | {""}):
            self._mention(found, sense)
        return promised

    def _sense(self, found: Expression, governor: Cue | None, within: who.Sentence) -> str:
        if "revise" in found.edges:
            return "tell"
        if governor is None:
            short = len(within.words) <= 12
            return "tell" if self.pending and short and not found.clock else ""
        if governor.sense in ("meet", "back", "past", "office") and who.follows_once(found, governor, within):
            return "tell"
        if (
            governor.sense in ("tell", "process")
            and found.clock
            and not found.bounded
            and "at" in found.edges
        ):
            return "meet"
        return governor.sense

    def _promises(self, found: Expression, sense: str, within: who.Sentence) -> bool:
        if sense not in who.PROMISES or found.missing:
            return False
        if found.echo and self._said(found):
            return False
        if sense == "invite" and found.bounded and not within.has("silence"):
            return False
        if sense == "hold" and not ({"until", "by", "for"} & set(found.edges)):
            return False
        if who.hangs_on_candidate(found, within):
            return False
        return not who.denied(found, within) or {"before", "until", "not_before"} & set(found.edges) != set()

    def _said(self, found: Expression) -> bool:
        return any(known.latest == found.latest for known in self.timelines)

    def _recount(self, found: Expression, within: who.Sentence) -> Expression:
        """Turn "not until" round, and count a duration from the interview where it must be meant."""
        if who.denied(found, within) or "not_before" in found.edges:
            return self._not_before(found)
        interview = self.known_interview
        if not found.relative or found.latest is None:
            return found
        after = after_in_sentence(within.words, found.first, self.scene)
        if after is None and interview and found.latest <= interview:
            after = interview
        if after is None or after <= self.scene.base:
            return found
        moved = (after - self.scene.base).days
        span = cal.shift(Span(found.earliest or after, found.latest), moved)
        return replace(found, earliest=span.start, latest=span.end, other=None)

    def _not_before(self, found: Expression) -> Expression:
        whole = found.whole
        if whole is None:
            return found
        return replace(
            found,
            earliest=max(whole.start, self.scene.base),
            latest=whole.end,
            rule=f"not before {whole.rule}",
        )

    def _keep(self, sentence: str, found: Expression, sense: str, within: who.Sentence) -> None:
        kind = TimelineKind.HOLD if sense == "hold" else None
        timeline = _timeline(sentence, found, self.scene.base, kind)
        if sense == "hold":
            timeline = replace(timeline, earliest=self.scene.base)
        invited = within.has("invite") and (sense == "invite" or within.has("silence"))
        timeline = replace(timeline, invited=invited)
        if sense == "invite":
            self.asides.append(timeline)
        else:
            self.timelines.append(timeline)

    def _mention(self, found: Expression, sense: str) -> None:
        assert found.earliest
        assert found.latest
        start = found.earliest if not found.bounded else found.latest
        self.scene.mentions.append(Span(start, found.latest, rule=found.rule))
        if sense == "meet" and found.day and self.scene.interview is None:
            self.scene.interview = found.latest
        if sense == "close" or (sense == "ask" and found.bounded and self.scene.closing is None):
            self.scene.closing = found.latest

    def _away(self, sentence: str, found: Expression, within: who.Sentence) -> None:
        """Keep the day an absence ends, for "I will reply when I am back"."""
        if {"until", "by"} & set(found.edges) or within.has("back"):
            self.away = _timeline(sentence, found, self.scene.base, TimelineKind.HOLD)

    def _without_days(self, sentence: str, within: who.Sentence, *, kept: bool, asked: bool) -> None:
        promising = within.has("tell", "vague") and not asked
        if self.away and not kept and within.has("tell") and within.has("return"):
            self.timelines.append(replace(self.away, earliest=self.scene.base, rule="absence"))
        self.pending = promising and not kept
        self.vague |= self.pending
        if within.has("hold") and not kept and not asked:
            self.held = True
            self.vague = True
            base = self.scene.base
            self.timelines.append(Timeline(sentence, base, None, TimelineKind.HOLD, "hold"))

    def result(self) -> Timelines:
        """Return the timelines found, each once; what a firmer one makes idle is left out."""
        dated = [known for known in self.timelines if known.latest and known.kind is not TimelineKind.HOLD]
        kept = self.timelines or self.asides
        last = max((known.latest for known in dated if known.latest), default=None)
        found = [
            known
            for known in kept
            if known.kind is not TimelineKind.HOLD or last is None or (known.latest and known.latest > last)
        ]
        unique = {(known.earliest, known.latest, known.kind): known for known in reversed(found)}
        ordered = sorted(unique.values(), key=found.index)
        return Timelines(tuple(ordered), self.vague and not any(known.latest for known in ordered))
