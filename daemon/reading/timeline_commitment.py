"""Who acts on the day named: the words that govern a time expression in its sentence.

The employer commits ("we will let you know by …"); the candidate is asked ("please send … by …"), an
interview is set, a contract has a term, data is kept, an office is open, something lies in the past.
Each is a *sense* of the phrases in the lexicon.  The sense that governs an expression is that of the
nearest phrase before it in its clause, or after it where it opens the clause.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from daemon.reading.phrases import Said
from daemon.reading.timeline_bounds import Expression
from daemon.reading.timeline_scene import Words

TELLING = frozenset({"tell", "contact", "work"})
PROMISES = frozenset({*TELLING, "will", "process", "round", "silence", "invite", "hold"})
_ACTS = frozenset({*TELLING, "will", "process"})
_SIDELINES = frozenset({"meet", "start", "terms", "process", "round", "past", "back"})
_QUIET = frozenset(
    {"vague", "neg", "once", "cond", "footer", "neutral", "return"}
)  # senses that govern nothing by themselves
_HARD = frozenset({";", ":", "(", ")", "-", "|", "/", "·", "•"})
_SHORT = 24  # words; a longer sentence without anybody in it reports on the world
_SOFT = frozenset({",", "and", "but", "so", "!", "?", "."})


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence's words, its cues, and where its clauses part."""

    words: Words
    cues: Sequence[Said]
    walls: Sequence[int]  # tokens at hard marks
    seams: Sequence[int]  # tokens at hard and soft marks and at joining words
    about_us: bool = True  # with a "we", a "you" or a "candidate" in it

    def has(self, *senses: str) -> bool:
        """Whether any phrase of these senses stands in the sentence."""
        return any(cue.value in senses for cue in self.cues)


def sentence(words: Words, cues: Sequence[Said], *, parties: bool = False) -> Sentence:
    """Return a sentence ready to be asked who acts; `parties`: its language has words for who is meant."""
    silences = [cue for cue in cues if cue.value == "silence"]
    cues = [cue for cue in cues if cue.value == "silence" or not any(_overlap(cue, one) for one in silences)]
    walls = [word.first for at, word in enumerate(words) if word.text in _HARD and not _hyphen(words, at)]
    seams = [word.first for word in words if word.text in _SOFT or "seam" in word.tags]
    seams = sorted({*walls, *seams})
    ours = not parties or any("party" in word.tags for word in words)
    return Sentence(words, cues, walls, seams, ours)


def _hyphen(words: Words, at: int) -> bool:
    """Whether a dash joins two parts of one word."""
    return words[at].text == "-" and at > 0 and words[at - 1].end == words[at].start


def _overlap(cue: Said, other: Said) -> bool:
    return cue.first < other.last and other.first < cue.last


def concerns_us(sense: str, within: Sentence) -> bool:
    """Whether a sentence is about the employer and the candidate, not about the world.

    A "decision" may stand in a short note without either; "to finish" or "to publish" may not.
    """
    if within.about_us or sense in ("contact", "hold"):
        return True
    if sense == "work" and not within.has("tell", "contact", "process", "round"):
        return False
    return is_short(within)


def is_short(within: Sentence) -> bool:
    """Whether a sentence is a note rather than a report."""
    return within.words[-1].last <= _SHORT


def governing(found: Expression, within: Sentence) -> Said | None:
    """Return the phrase that says who acts on the day of an expression, or None where nothing does."""
    decisive = [cue for cue in within.cues if _decides(cue, found)]
    before = [cue for cue in decisive if cue.first < found.first]
    after = [cue for cue in decisive if cue.first >= found.last]
    same_before = [cue for cue in before if not _parted(within.walls, cue.last - 1, found.first)]
    if same_before and same_before[-1].value == "cause":
        return same_before[-1]
    same_after = [cue for cue in after if not _parted(within.walls, found.last - 1, cue.first)]
    if same_after and (not same_before or _opens(found, within)):
        near = [cue for cue in same_after if not _parted(within.seams, found.last + 1, cue.first)]
        if near or _opens(found, within):
            return _first(found, near or same_after)
    if same_before:
        return _weigh(found, same_before, within)
    if before:
        return _weigh(found, before, within)
    return None


def _first(found: Expression, after: Sequence[Said]) -> Said:
    """Return the phrase an opening expression leads to; a deadline ahead cannot lead to the past."""
    ahead = [cue for cue in after if not (found.bounded and cue.value in ("past", "meet"))]
    chosen = next((cue for cue in ahead or after if cue.value != "will"), after[0])
    return Said("meet", chosen.first, chosen.last) if chosen.value == "occurs" else chosen


def _weigh(found: Expression, before: Sequence[Said], within: Sentence) -> Said:
    """Return the nearest phrase, unless it is only the object of another in its clause.

    A promise may have an interview or the candidate's hand-in for its object ("we answer about your
    interview by …"), and a request the employer's answer ("confirm the offer by …").
    """
    nearest = before[-1]
    clause = [cue for cue in before[:-1] if not _parted(within.seams, cue.last - 1, nearest.first)]
    if nearest.value == "occurs":  # "takes place", "is planned": what does?
        what = [cue for cue in clause if cue.value not in ("occurs", "will")]
        return what[-1] if what else Said("meet", nearest.first, nearest.last)
    if nearest.value in TELLING and (asked := [cue for cue in clause if cue.value == "ask"]):
        return asked[-1]
    timed = found.bounded or found.relative
    if nearest.value == "meet" and (rounds := [cue for cue in clause if cue.value == "round"]):
        return rounds[-1]
    if nearest.value == "task" or (nearest.value in _SIDELINES and timed):
        wanted = _ACTS if nearest.value in ("task", "past") else TELLING
        return next((cue for cue in reversed(clause) if cue.value in wanted), nearest)
    return nearest


def _decides(cue: Said, found: Expression) -> bool:
    """Whether a phrase can govern an expression; "because of" does so only right before it."""
    if cue.value == "cause":
        return cue.first < found.first <= cue.last
    return cue.value not in _QUIET and not _inside(cue, found)


def _inside(cue: Said, found: Expression) -> bool:
    return cue.first >= found.first and cue.last <= found.last


def _parted(marks: Sequence[int], low: int, high: int) -> bool:
    return any(low < mark < high for mark in marks)


def _opens(found: Expression, within: Sentence) -> bool:
    """Whether an expression opens its clause."""
    return found.first == 0 or any(seam in (found.first - 1, found.first - 2) for seam in within.seams)


def is_subject(found: Expression, within: Sentence) -> bool:
    """Whether a bare day opens the clause as its subject: "1 August is our national holiday"."""
    following = next((word for word in within.words if word.first >= found.last), None)
    return bool(following and "is" in following.tags and not found.edges and _opens(found, within))


def narrows(found: Expression, before: Expression) -> bool:
    """Whether an expression right after another makes it more precise: "next week, probably Thursday"."""
    if found.latest is None or before.latest is None or before.earliest is None:
        return False
    return found.first - before.last <= 2 and before.earliest <= found.latest < before.latest


def denied(found: Expression, within: Sentence) -> bool:
    """Whether "not", "unlikely", "won't" stands before an expression in its clause."""
    return any(
        cue.value == "neg"
        and cue.first < found.first
        and not _parted(within.seams, cue.last - 1, found.first)
        for cue in within.cues
    )


def hangs_on_candidate(found: Expression, within: Sentence) -> bool:
    """Whether a promise counted from an act of the candidate ("once you submit, within a day")."""
    return found.relative and within.has("cond")


def follows_once(found: Expression, governor: Said, within: Sentence) -> bool:
    """Whether an event's day is the condition of a promise: "we decide once Ana is back on the 14th"."""
    opened = [cue for cue in within.cues if cue.value == "once" and cue.last <= governor.first + 1]
    if not opened or _parted(within.walls, opened[-1].last - 1, found.first):
        return False
    return any(
        cue.value in TELLING and (cue.last <= opened[-1].first or cue.first >= found.last)
        for cue in within.cues
    )
