"""What a moment said in a mail is: an appointment, an offer, or none of them.

    roles(moments, parts) -> one role for each moment

Decided by the words around it (`[cues]` of `lexicon/when_*.toml`): what stands right before it (a
deadline, an old time), what its sentence does (cancels, moves, confirms, asks), and what the mail does
(offers several).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import Enum
from functools import cache

from daemon.reading.when_bind import Line, Moment
from daemon.reading.when_words import Words

_OLD_REACH = 70  # characters between "originally" and the time it denies
_DENIED_REACH = 26
_DEADLINE_REACH = 34
_TO_REACH = 30
_LED_WORDS = 4  # words between "to" and the new time: "to the Monday after, November 30"
_NEW_REACH = 40
_BARE = 25  # characters beside the time in a line that is nothing but an offered time
_HEADING = 34  # characters: a longer line is no heading
_LINE_START = 6  # a line of an agenda begins with its time
_LINE = 90
_VISITS = re.compile(r"\b(?:come|coming|stop|drop|pop|swing)\s+by$", re.IGNORECASE)  # no deadline
_FOR_A = re.compile(r"\sfor\s(?:an?|the|your)\s", re.IGNORECASE)
_ARTICLE = re.compile(r"\D{1,8}(?=\d)")
_NEW_LABEL = re.compile(r"\W*(?:the\s)?(?:new|updated|neu|nouve|nuev|nieuw|nov[ao]|nuov)", re.IGNORECASE)
_NEW = re.compile(r"(?:\w\s?:|\bnow\b|\bnew\b)\W*(?:\w+\W+){0,4}$", re.IGNORECASE)
_CLAUSE = re.compile(r"\b(?:but|sondern|mais|sino|maar|mas|bensì)\b|[;!?()]|,\s|\.\s|\s[–—-]\s")
_OR = re.compile(r"\b(?:or|oder|ou|o|of|oppure|bzw\.?)\b|/", re.IGNORECASE)


class Role(Enum):
    """What a moment is."""

    APPOINTMENT = "appointment"
    OFFER = "offer"
    OLD = "old"  # held once
    ASIDE = "aside"  # lunch, a tour
    OTHER = "other"  # a deadline, office hours, a start date


def roles(moments: Sequence[Moment], parts: Sequence[Line]) -> list[Role]:
    """Return the role of each of `moments`, which stand in `parts`."""
    gone = _under_old_heading(parts)
    found = [Role.OLD if one.line in gone else _alone(one, moments, parts[one.line]) for one in moments]
    open_ones = [n for n, role in enumerate(found) if role is None]
    settled = any(line.words.cues["settled"].search(line.sentence) for line in parts)
    offering = any(_offers(line) for line in parts)
    several = len({moments[n].begins for n in open_ones}) > 1
    for n in open_ones:
        line = parts[moments[n].line]
        found[n] = _open(
            moments[n], line, moments, parts, offering=offering, several=several, settled=settled
        )
    return [role or Role.APPOINTMENT for role in found]


def _under_old_heading(parts: Sequence[Line]) -> set[int]:
    """The lines under a heading like "Removed" or "Previous time", up to the next line without a time."""
    found: set[int] = set()
    gone = False
    for line in parts:
        if not line.clocks and not line.days:
            cues = line.words.cues
            short = len(line.sentence) <= _HEADING
            gone = short and bool(cues["old"].search(line.sentence) or cues["cancel"].search(line.sentence))
        elif gone:
            found.add(line.index)
    return found


def _alone(moment: Moment, moments: Sequence[Moment], line: Line) -> Role | None:
    """The role the sentence alone settles, or None."""
    cues, sentence = line.words.cues, line.sentence
    here = [other for other in moments if other.line == moment.line]
    elsewhere = cues["elsewhere"].search(sentence) and not cues["confirm"].search(sentence)
    if elsewhere or moment.clock.window or _is_deadline(moment, line):
        return Role.OTHER
    cancelled = cues["cancel"].search(sentence) and moment is here[0]
    if cancelled or _is_old(moment, here, line) or _moved_away(moment, line):
        return Role.OLD
    if cues["aside"].search(sentence) and moment.start < _LINE_START and len(sentence) <= _LINE:
        return Role.ASIDE
    return Role.ASIDE if _is_arrival(moment, here, line) else None


def _is_arrival(moment: Moment, here: list[Moment], line: Line) -> bool:
    """Whether this is when to be there ("arrive at 9:45") for a time said next in the sentence."""
    if moment is here[-1]:
        return False
    following = here[here.index(moment) + 1]
    if _FOR_A.fullmatch(line.sentence[moment.clock.end : following.clock.start]):
        return True
    before = line.sentence[max(0, moment.clock.start - _OLD_REACH) : moment.clock.start]
    return bool(line.words.cues["arrival"].search(before))


@cache
def _small_words(words: Words) -> re.Pattern[str]:
    """What may stand between "by" and the time: "by the end of day on"."""
    lists = (words.alternatives[key] for key in ("on", "articles", "at"))
    more = "end of day|eod|cob|latest|dem|der|the|la|las|il|le|ore"
    return re.compile(rf"(?:[\s,:*]|(?<!\w)(?:{'|'.join(lists)}|{more})(?!\w))*$", re.IGNORECASE)


def _is_deadline(moment: Moment, line: Line) -> bool:
    """Whether a word like "by" stands before the time, with nothing between but small words and the day."""
    between = _small_words(line.words)
    for position in {moment.start, moment.clock.start}:
        before = line.sentence[max(0, position - _DEADLINE_REACH) : position]
        cues = line.words.cues["deadline"].finditer(before)
        cues = (cue for cue in cues if not _VISITS.search(before[: cue.end()]))
        if any(between.match(before, cue.end()) for cue in cues if before[cue.end() : cue.end() + 1] != ","):
            return True
    return False


def _is_old(moment: Moment, here: list[Moment], line: Line) -> bool:
    """Whether "originally", "instead of", "not" stand before it, and no other time in between."""
    sentence = line.sentence
    for position in {moment.start, moment.clock.start}:
        floor = max((other.clock.end for other in here if other.clock.end <= position), default=0)
        for cue, reach in (("old", _OLD_REACH), ("denied", _DENIED_REACH)):
            before = sentence[max(floor, position - reach) : position]
            if any(not _CLAUSE.search(before[m.end() :]) for m in line.words.cues[cue].finditer(before)):
                return True
    label = sentence.partition(":")[0] if ":" in sentence[:40] else ""
    return bool(label and line.words.cues["old"].search(label))


def _moved_away(moment: Moment, line: Line) -> bool:
    """Whether the sentence moves this time elsewhere: no "to" stands between the verb and it."""
    move = line.words.cues["move"].search(line.sentence)
    if move is None or _NEW_LABEL.match(line.sentence):
        return False
    position = moment.start if moment.start >= move.end() else moment.clock.start
    if _NEW.search(line.sentence[move.start() : position][-_NEW_REACH:]):
        return False
    if position < move.start():
        return not _right_before(line.words.moved_onto, line.sentence[: moment.start])
    article = _ARTICLE.match(line.sentence, position)  # "au 22 mai" begins with its "au"
    return not _right_before(
        line.words.move_to, line.sentence[move.end() : article.end() if article else position]
    )


def _right_before(phrase: re.Pattern[str], before: str) -> bool:
    """Whether `phrase` ends `before`, but for a few words."""
    near = before[-_TO_REACH:]
    found = list(phrase.finditer(near))
    return bool(found) and len(near[found[-1].end() :].split()) <= _LED_WORDS


def _offers(line: Line) -> bool:
    cues = line.words.cues
    return bool(cues["offer"].search(line.sentence)) and not cues["confirm"].search(line.sentence)


def _open(
    moment: Moment,
    line: Line,
    moments: Sequence[Moment],
    parts: Sequence[Line],
    *,
    offering: bool,
    several: bool,
    settled: bool,
) -> Role:
    """The role of a moment its sentence leaves open: settled, offered alone, or one of several offered."""
    if not several:
        asked = _offers(line) or _offered_above(moment, line, parts)
        return Role.OFFER if asked and not settled else Role.APPOINTMENT
    if line.words.cues["confirm"].search(line.sentence) and not line.words.cues["offer"].search(
        line.sentence
    ):
        return Role.APPOINTMENT
    if _alternative(moment, moments) or offering:
        return Role.OFFER
    return Role.APPOINTMENT


def _offered_above(moment: Moment, line: Line, parts: Sequence[Line]) -> bool:
    """Whether the line is a bare time under a question like "Which of these suits you?"."""
    bare = len(line.sentence) - (moment.end - moment.start) <= _BARE
    settled = line.words.cues["confirm"].search(line.sentence)
    return bare and not settled and line.index > 0 and _offers(parts[line.index - 1])


def _alternative(moment: Moment, moments: Sequence[Moment]) -> bool:
    """Whether "or" stands between this time and another of the same sentence."""
    for other in moments:
        if other.line != moment.line or other is moment:
            continue
        first, second = sorted((moment, other), key=lambda one: one.clock.start)
        gap = moment.sentence[first.clock.end : second.clock.start]
        if len(gap) < 60 and _OR.search(gap) and "and" not in gap.split():
            return True
    return False
