"""Moments made into interviews: how long they take, how and where they are held.

What the mail says of length, place and mode once for all holds for every time in it; what stands with a
time holds for that time first.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence

from daemon.reading import when_clock, when_mode
from daemon.reading.when_bind import Line, Moment, labelled
from policies.case import Interview, Mode

_LATER = re.compile(r"\b(?:by|in|within|um|dans|dentro de|tra|fra|over)\s(?:about\s|etwa\s)?$", re.IGNORECASE)
_MAX = 30  # interviews or slots of one mail
_LENGTH_GAP = 60  # characters between a time and the length said beside it
_AROUND = 60
_LABEL = 24  # characters: a longer line is no label
_VALUE = 300
_NEIGHBOURS = (-1, 1, -2, 2)
_REST = 4_000  # characters of the whole mail that are looked at for the mode


class Builder:
    """Builds the interviews of one text from its `parts` and `links`."""

    def __init__(self, parts: Sequence[Line], links: Sequence[str]) -> None:
        self._parts = parts
        self.place = self._labelled_place()
        self._rest = (" ".join(links)[:_REST], "\n".join(line.sentence for line in parts)[:_REST])

    @property
    def mode(self) -> Mode | None:
        """The mode the text tells apart from any time."""
        return when_mode.of(place=self.place, rest=self._rest)

    def interviews(self, said: Sequence[Moment]) -> tuple[Interview, ...]:
        """Return an interview for each moment, in order, one for each start."""
        length = self._general_length() if said else 0
        found = {one.at: self._interview(one, length) for one in said}
        return tuple(found[start] for start in sorted(found))[:_MAX]

    def _interview(self, one: Moment, length: int) -> Interview:
        ends = one.ends
        if ends is None and (minutes := self._length_beside(one) or length):
            ends = one.begins + dt.timedelta(minutes=minutes)
        return Interview(
            start=one.at,
            end=ends.replace(tzinfo=one.zone.rules) if ends else None,
            mode=when_mode.of(place=self.place, near=self._near(one), rest=self._rest),
            place=self.place,
            zone_known=one.zone.known,
        )

    def _near(self, one: Moment) -> Iterator[str]:
        yield one.sentence
        for step in _NEIGHBOURS:
            if 0 <= one.line + step < len(self._parts):
                yield self._parts[one.line + step].sentence

    def _labelled_place(self) -> str:
        """The value of the first label line like "Where: …", also when it is on the next line."""
        for position, line in enumerate(self._parts):
            if labelled(line.sentence, line.words, "place"):
                value = line.sentence.partition(":")[2].strip()
            elif (
                len(line.sentence) <= _LABEL
                and line.sentence.strip(" :*").lower() in line.words.labels["place"]
            ):
                value = ""
            else:
                continue
            if not value and position + 1 < len(self._parts):
                value = self._parts[position + 1].sentence
            return value[:_VALUE]
        return ""

    def _length_beside(self, one: Moment) -> int:
        """The length said next after the time in its sentence, else right before it."""
        line = self._parts[one.line]
        found = list(_lengths(line))
        nexts = [clock.start for clock in line.clocks if clock.start > one.clock.end]
        stop = min((one.end + _LENGTH_GAP, *nexts))
        for start, _, minutes in found:
            if one.end <= start < stop:
                return minutes
        before = [minutes for _, end, minutes in found if 0 <= one.start - end <= _LENGTH_GAP]
        return before[-1] if before and len(line.clocks) == 1 else 0

    def _general_length(self) -> int:
        """How long the conversation takes by a sentence or label of its own."""
        for line in self._parts:
            for start, end, minutes in _lengths(line):
                before = line.sentence[max(0, start - _AROUND) : start]
                if line.words.lasting.search(f"{before} {line.sentence[end : end + _AROUND // 2]}"):
                    return minutes
        return 0


def _lengths(line: Line) -> Iterator[tuple[int, int, int]]:
    """The lengths in a sentence that are no times of day and not of something else ("15 minutes early")."""
    for start, end, minutes in when_clock.lengths(line.sentence, line.words):
        apart = all(end <= clock.start or clock.end <= start for clock in line.clocks)
        other = line.words.not_lasting.search(line.sentence[end : end + 30]) or _LATER.search(
            line.sentence[:start]
        )
        if apart and not other:
            yield start, end, minutes
