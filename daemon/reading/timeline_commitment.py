"""Who acts on the day named: the words that govern a time expression in its sentence.

The employer commits ("we will let you know by …"); the candidate is asked ("please send … by …"), an
interview is set, a contract has a term, data is kept, an office is open, something lies in the past.
Each is a *sense* of the phrases in the lexicon.  The sense that governs an expression is that of the
nearest phrase before it in its clause, or after it where it opens the clause.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from daemon.reading.timeline_scene import Words
from daemon.reading.timeline_windows import Expression
from daemon.reading.timeline_words import Cue

PROMISES = frozenset({"tell", "process", "revise", "silence", "invite", "hold"})
_SIDELINES = frozenset({"meet", "start", "terms", "process", "past", "back"})
_QUIET = frozenset(
    {"vague", "neg", "once", "footer", "neutral", "return"}
)  # senses that govern nothing by themselves
_HARD = frozenset({";", ":", "(", ")", "-", "|", "/", "·", "•"})
_SOFT = frozenset({",", "and", "but", "so", "!", "?", "."})


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence's words, its cues, and where its clauses part."""

    words: Words
    cues: Sequence[Cue]
    walls: Sequence[int]  # tokens at hard marks
    seams: Sequence[int]  # tokens at hard and soft marks and at joining words

    def has(self, *senses: str) -> bool:
        """Whether any phrase of these senses stands in the sentence."""
        return any(cue.sense in senses for cue in self.cues)


def sentence(words: Words, cues: Sequence[Cue]) -> Sentence:
    """Return a sentence ready to be asked who acts."""
    walls = [word.first for word in words if word.text in _HARD]
    seams = [word.first for word in words if word.text in _HARD | _SOFT or "seam" in word.tags]
    return Sentence(words, cues, walls, seams)


def governing(found: Expression, within: Sentence) -> Cue | None:
    """Return the phrase that says who acts on the day of an expression, or None where nothing does."""
    decisive = [cue for cue in within.cues if cue.sense not in _QUIET and not _inside(cue, found)]
    before = [cue for cue in decisive if cue.first < found.first]
    after = [cue for cue in decisive if cue.first >= found.last]
    same_before = [cue for cue in before if not _parted(within.walls, cue.last - 1, found.first)]
    same_after = [cue for cue in after if not _parted(within.walls, found.last - 1, cue.first)]
    if same_after and (not same_before or _opens(found, within)):
        near = [cue for cue in same_after if not _parted(within.seams, found.last + 1, cue.first)]
        if near or not same_before:
            return (near or same_after)[0]
    if same_before:
        return _weigh(found, same_before, within)
    return before[-1] if before else (after[0] if after else None)


def _weigh(found: Expression, before: Sequence[Cue], within: Sentence) -> Cue:
    """Return the nearest phrase, unless it is only the object of a promise ("… about your interview by …")."""
    nearest = before[-1]
    if nearest.sense in _SIDELINES and found.bounded:
        for cue in reversed(before):
            if cue.sense == "tell" and not _parted(within.seams, cue.last - 1, nearest.first):
                return cue
    return nearest


def _inside(cue: Cue, found: Expression) -> bool:
    return cue.first >= found.first and cue.last <= found.last


def _parted(marks: Sequence[int], low: int, high: int) -> bool:
    return any(low < mark < high for mark in marks)


def _opens(found: Expression, within: Sentence) -> bool:
    """Whether an expression opens its clause."""
    return found.first == 0 or any(seam in (found.first - 1, found.first - 2) for seam in within.seams)


def denied(found: Expression, within: Sentence) -> bool:
    """Whether "not", "unlikely", "won't" stands before an expression in its clause."""
    return any(
        cue.sense == "neg"
        and cue.first < found.first
        and not _parted(within.seams, cue.last - 1, found.first)
        for cue in within.cues
    )


def hangs_on_candidate(found: Expression, within: Sentence) -> bool:
    """Whether a promise counted from an act of the candidate ("once you submit, within a day")."""
    return found.relative and within.has("cond")


def follows_once(found: Expression, governor: Cue, within: Sentence) -> bool:
    """Whether an event's day is the condition of a promise: "we decide once Ana is back on the 14th"."""
    opened = [cue for cue in within.cues if cue.sense == "once" and cue.last <= governor.first + 1]
    if not opened or _parted(within.walls, opened[-1].last - 1, found.first):
        return False
    return any(
        cue.sense == "tell" and (cue.last <= opened[-1].first or cue.first >= found.last)
        for cue in within.cues
    )
