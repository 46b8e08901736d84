"""Reads a mail's sentences in order and keeps the days on which the employer commits to act.

What one sentence names, the next may point back at ("that week", "the day after"); a firmer statement
replaces a looser one beside it.  Knows no mail and no case.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date

from daemon.reading import timeline_calendar as cal
from daemon.reading import timeline_commitment as who
from daemon.reading.phrases import Said
from daemon.reading.timeline_bounds import Expression
from daemon.reading.timeline_calendar import Span
from daemon.reading.timeline_scene import Scene
from daemon.reading.timeline_windows import after_in_sentence, expressions
from daemon.reading.timeline_words import Lexicon
from policies.case import Timeline, TimelineKind

_EVENTS = frozenset(
    "meet close ask task office back process round past tell contact work will start cause".split()
) | {""}  # senses whose days later words may point back at
_UP_TO = frozenset({"before", "until", "not_before"})
_LASTING = frozenset({"until", "by", "within", "for"})
_LOOSE_RULES = ("not before", "that day", "after that day")
_LOOSE = 8  # words of a fragment that answers the promise before it ("Probably next week.")


def timeline_of(sentence: str, found: Expression, base: date, kind: TimelineKind | None = None) -> Timeline:
    """Return an expression as a timeline: a deadline where it names one day or runs from today."""
    exact = found.latest is not None and found.earliest in (base, found.latest)
    return Timeline(
        quote=sentence[found.start : found.end].strip(" ,;:.("),
        earliest=found.earliest,
        latest=found.latest,
        kind=kind or (TimelineKind.DEADLINE if exact else TimelineKind.WINDOW),
        rule=found.rule,
        alternative=found.other if found.other != found.latest else None,
        after_holidays=found.holidays,
    )


def _spans(found: Expression) -> bool:
    """Whether an expression names a week or a longer time rather than a day."""
    return (
        found.whole is not None
        and found.whole.grain not in ("day", "holiday", "weekend")
        and found.rule != "range"
    )


@dataclass(slots=True)
class Reader:
    """The state of reading one mail.

    `promises` are the timelines; `rounds` the employer's own appointments (interviews, a committee), which
    count only where nothing is promised; `asides` invitations to remind them.  `expecting`: the sentence
    before promised without a day.
    """

    lexicon: Lexicon
    scene: Scene
    interview_known: date | None = None
    promises: list[Timeline] = field(default_factory=list)
    rounds: list[Timeline] = field(default_factory=list)
    told: bool = False  # whether the candidate is told something on one of the `promises`
    asides: list[Timeline] = field(default_factory=list)
    away: Timeline | None = None
    vague: bool = False
    expecting: bool = False
    _kept: Expression | None = None

    def read(self, sentence: str) -> None:
        """Take in the next sentence."""
        words, cues = self.lexicon.read(sentence)
        within = who.sentence(words, cues, parties=self.lexicon.parties)
        if within.has("footer") or sentence.startswith(">"):
            return
        self.scene.beside = self._kept = None
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
        ends = {"until", "by"} & set(found.edges) or within.has("back")
        if sense in ("office", "back") and ends and found.latest and not found.idle:
            self.away = timeline_of(sentence, found, self.scene.base, TimelineKind.HOLD)
        if promised or found.habit or (sense in _EVENTS and not found.idle):
            self._mention(found, sense, promised=promised)
        return promised

    def _sense(self, found: Expression, governor: Said | None, within: who.Sentence) -> str:
        if "revise" in found.edges:
            return "tell"
        if who.is_subject(found, within):
            return ""
        if governor is None:
            return "tell" if self.expecting and self._answers(found, within) else ""
        if governor.value in ("meet", "back", "past", "office") and who.follows_once(found, governor, within):
            return "tell"
        if governor.value in (*who.TELLING, "process") and found.clock and not found.bounded:
            return "meet"
        return str(governor.value)

    def _answers(self, found: Expression, within: who.Sentence) -> bool:
        """Whether a fragment gives the day that the promise before it left out."""
        if len(within.words) > _LOOSE or within.walls or found.clock or "until" in found.edges:
            return False
        return found.first <= 2 or bool(found.edges)

    def _promises(self, found: Expression, sense: str, within: who.Sentence) -> bool:
        """Whether the employer commits to act on the days of an expression."""
        if sense not in who.PROMISES or found.missing or not who.concerns_us(sense, within):
            return False
        if (found.echo and self._said(found)) or who.hangs_on_candidate(found, within):
            return False
        if sense != "silence" and who.denied(found, within) and _UP_TO.isdisjoint(found.edges):
            return False
        return self._fits(found, sense, within)

    def _fits(self, found: Expression, sense: str, within: who.Sentence) -> bool:
        """Whether what is promised fits how the time is put: "we will … on Monday" may be anything."""
        if found.rule.endswith("hours") and found.latest == self.scene.base:
            return sense == "contact"
        if found.rule == "today" and not found.bounded and not (within.about_us and who.is_short(within)):
            return False
        if sense == "will":
            timed = found.bounded or found.relative or found.echo or _spans(found)
            return self._turned(found, within) or (timed and "until" not in found.edges)
        if sense == "invite":
            return not found.bounded or within.has("silence")
        return sense != "hold" or not _LASTING.isdisjoint(found.edges)

    def _turned(self, found: Expression, within: who.Sentence) -> bool:
        """Whether an expression means "not before": no sooner than its days, and no later."""
        if "not_before" in found.edges:
            return True
        return not _UP_TO.isdisjoint(found.edges) and who.denied(found, within)

    def _said(self, found: Expression) -> bool:
        return any(known.latest == found.latest for known in self.promises)

    def _recount(self, found: Expression, within: who.Sentence) -> Expression:
        """Turn "not until" round, and count a duration from the interview where it must be meant."""
        if self._turned(found, within) and found.whole:
            whole = found.whole
            start = max(whole.start, self.scene.base)
            return replace(
                found, earliest=start, latest=whole.end, rule=f"not before {whole.rule}", other=None
            )
        if not found.relative or found.latest is None or found.earliest is None:
            return found
        after = after_in_sentence(within.words, found.first, self.scene)
        if after is None and self.interview_known and found.latest <= self.interview_known:
            after = self.interview_known
        if after is None or after <= self.scene.base:
            return found
        moved = cal.shift(Span(found.earliest, found.latest), (after - self.scene.base).days)
        return replace(found, earliest=moved.start, latest=moved.end, other=None)

    def _keep(self, sentence: str, found: Expression, sense: str, within: who.Sentence) -> None:
        kind = TimelineKind.HOLD if sense == "hold" else None
        timeline = timeline_of(sentence, found, self.scene.base, kind)
        if sense == "hold":
            timeline = replace(timeline, earliest=self.scene.base)
        if within.has("invite") and (sense == "invite" or within.has("silence")):
            timeline = replace(timeline, invited=True)
        if self._kept and self.promises and (self._kept.echo or who.narrows(found, self._kept)):
            self.promises.pop()
        target = {"invite": self.asides, "round": self.rounds}.get(sense, self.promises)
        target.append(timeline)
        self.told |= sense in (*who.TELLING, "silence")
        self._kept = found if target is self.promises else None

    def _mention(self, found: Expression, sense: str, *, promised: bool) -> None:
        if found.earliest is None or found.latest is None:
            return
        start = found.latest if found.bounded else found.earliest
        span = Span(start, found.latest, found.whole.grain if found.whole else "day", found.rule)
        self.scene.mentions.append(span)
        if not found.bounded and (not promised or span.grain == "week"):
            self.scene.beside = span
        if sense == "meet" and found.day and self.scene.interview is None:
            self.scene.interview = found.latest
        if sense == "close" or (sense == "ask" and found.bounded and self.scene.closing is None):
            self.scene.closing = found.latest

    def _without_days(self, sentence: str, within: who.Sentence, *, kept: bool, asked: bool) -> None:
        promising = within.has("contact", "vague") and not asked
        if self.away and not kept and within.has(*who.TELLING) and within.has("return"):
            self.promises.append(replace(self.away, earliest=self.scene.base, rule="absence"))
        self.vague |= promising and not kept
        self.expecting = promising and not kept
        if within.has("hold") and not kept and not asked:
            self.vague = True
            self.promises.append(Timeline(sentence, self.scene.base, None, TimelineKind.HOLD, "hold"))

    def found(self) -> tuple[Timeline, ...]:
        """Return the timelines in order, each once, without those that a firmer one makes idle."""
        firm = [known for known in self.promises if known.kind is not TimelineKind.HOLD and known.latest]
        last = max((known.latest for known in firm if known.latest), default=date.min)
        rounds = [
            known
            for known in self.rounds
            if not self.told or (known.latest and known.latest > last and not known.rule.startswith("after"))
        ]
        kept = [*rounds, *self.promises] or self.asides
        unique: dict[object, Timeline] = {}
        for known in kept:
            loose = known.kind is TimelineKind.HOLD or known.rule.startswith(_LOOSE_RULES)
            if not loose or not firm or (known.latest or date.min) >= last:
                unique.setdefault((known.earliest, known.latest, known.kind), known)
        return tuple(unique.values())
