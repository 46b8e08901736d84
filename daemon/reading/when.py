"""Interview times said in a text, with their zone, length and mode.

    find(sentences, sent, *, language, zone, country, domain, subject, earlier, links) -> When
    settle(when, kind) -> When      once the kind of the mail is known
    together(invites, marked, when) -> When      calendar parts before markup before text

`When.interviews` are times agreed or called for, `slots` times offered; `quotes` the sentence each start
was read from.  Old, cancelled and past times, deadlines, office hours and start dates are neither.
Stays callable before the kind of the mail is known.  Never reads the clock: `sent` is the mail's date in
the sender's own offset.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from daemon.reading import when_bind, when_clock, when_mode, when_roles, zones
from daemon.reading.when_bind import Context, Line, Moment
from daemon.reading.when_roles import Role
from policies.case import Interview, Kind

_HORIZON = dt.timedelta(days=400)
_MAX = 30  # interviews or slots of one mail
_LENGTH_GAP = 60  # characters between a time and the length said beside it
_REPLY = re.compile(r"\s*(?:re|aw|antw|sv|rif|r|res)\s?:", re.IGNORECASE)
_AMERICAS = range(-10, -3)  # hours from UTC where the month is written first, in English


@dataclass(frozen=True, slots=True)
class When:
    """The times of a mail, in order.  `quotes` maps a start to the words it was read from."""

    interviews: tuple[Interview, ...] = ()
    slots: tuple[Interview, ...] = ()
    quotes: Mapping[dt.datetime, str] = field(default_factory=dict)


def find(
    sentences: Sequence[str],
    sent: dt.datetime,
    *,
    language: str = "en",
    zone: str = "",
    country: str = "",
    domain: str = "",
    subject: str = "",
    earlier: Sequence[str] = (),
    links: Iterable[str] = (),
) -> When:
    """Return the interview times and the slots said in `sentences`.

    `zone` is the reader's IANA zone ("" or "UTC" for unknown), `country` and `domain` the sender's,
    `earlier` the quoted lines (they lend a day to "at 3 then", nothing else), `links` the hyperlinks.
    """
    home = zones.home(
        sent, reader=zone, country=country, domain=domain, language=language, text="\n".join(sentences)
    )
    context = Context(
        sent,
        language,
        home,
        zone,
        month_first=_month_first(sent, language, country),
        before=tuple(text for text in (subject, *earlier[:40]) if text),
    )
    when = _read(sentences, context, tuple(links))
    if not when.interviews and not when.slots and subject and not _REPLY.match(subject):
        when = _read((subject,), context, (*links, *sentences))
    return when


def _month_first(sent: dt.datetime, language: str, country: str) -> bool:
    if country:
        return country.partition("-")[0].upper() in ("US", "PH")
    hours = (sent.utcoffset() or dt.timedelta()) // dt.timedelta(hours=1)
    return language == "en" and hours in _AMERICAS


def _read(sentences: Sequence[str], context: Context, links: Sequence[str]) -> When:
    parts = when_bind.lines(sentences, context)
    said = [
        one for one in when_bind.moments(parts, context) if context.sent <= one.at <= context.sent + _HORIZON
    ]
    roles = when_roles.roles(said, parts)
    appointments = _sessions([one for one, role in zip(said, roles, strict=True) if role is Role.APPOINTMENT])
    if not appointments:
        appointments = [one for one, role in zip(said, roles, strict=True) if role is Role.ASIDE][:1]
    offers = [one for one, role in zip(said, roles, strict=True) if role is Role.OFFER]
    build = _Builder(parts, links)
    agreed = {one.at for one in appointments}
    return When(
        interviews=build.interviews(appointments),
        slots=build.interviews([one for one in offers if one.at not in agreed]),
        quotes={one.at: one.sentence for one in (*appointments, *offers)},
    )


def _sessions(said: list[Moment]) -> list[Moment]:
    """Leave out the span of a whole day where its sessions are listed, and what was said twice."""
    unique: dict[dt.datetime, Moment] = {}
    for one in said:
        known = unique.get(one.at)
        if known is None or (known.ends is None and one.ends is not None):
            unique[one.at] = one if known is None else replace(known, ends=one.ends)
    kept = list(unique.values())
    return sorted((one for one in kept if not _contains_sessions(one, kept)), key=lambda one: one.at)


def _contains_sessions(whole: Moment, others: list[Moment]) -> bool:
    if whole.ends is None:
        return False
    inside = [
        one
        for one in others
        if one is not whole
        and one.ends
        and whole.begins <= one.begins
        and one.ends <= whole.ends
        and one.line != whole.line
    ]
    return len(inside) >= 2


class _Builder:
    """Turns moments into interviews: what the mail says of length, place and mode is said once for all."""

    def __init__(self, parts: Sequence[Line], links: Sequence[str]) -> None:
        self._parts = parts
        self._length = self._general_length()
        self._place = self._labelled("place")
        self._rest = (
            *self._places,
            " ".join(links)[:4_000],
            "\n".join(line.sentence for line in parts)[:4_000],
        )

    def interviews(self, said: Sequence[Moment]) -> tuple[Interview, ...]:
        """Return an interview for each moment, in order, one for each start."""
        found = {one.at: self._interview(one) for one in said}
        return tuple(found[start] for start in sorted(found))[:_MAX]

    def _interview(self, one: Moment) -> Interview:
        ends = one.ends
        if ends is None and (minutes := self._length_beside(one) or self._length):
            ends = one.begins + dt.timedelta(minutes=minutes)
        return Interview(
            start=one.at,
            end=ends.replace(tzinfo=one.zone.rules) if ends else None,
            mode=when_mode.of((*self._places, one.sentence, *self._rest)),
            place=self._place,
            zone_known=one.zone.known,
        )

    @property
    def _places(self) -> tuple[str, ...]:
        return (self._place,) if self._place else ()

    def _labelled(self, key: str) -> str:
        """The value of the first label line of that kind ("Where: …"), also when it is on the next line."""
        for position, line in enumerate(self._parts):
            label, colon, value = line.sentence.partition(":")
            if not colon and len(label) > 24:
                continue
            if label.strip(" \t*•-").lower() in line.words.labels[key]:
                if value.strip():
                    return value.strip()[:300]
                if position + 1 < len(self._parts):
                    return self._parts[position + 1].sentence[:300]
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
                around = line.sentence[max(0, start - 60) : start] + " " + line.sentence[end : end + 30]
                if line.words.lasting.search(around):
                    return minutes
        return 0


def _lengths(line: Line) -> Iterator[tuple[int, int, int]]:
    """The lengths in a sentence that are no times of day and not of something else ("15 minutes early")."""
    for start, end, minutes in when_clock.lengths(line.sentence, line.words):
        apart = all(end <= clock.start or clock.end <= start for clock in line.clocks)
        if apart and not line.words.not_lasting.search(line.sentence[end : end + 30]):
            yield start, end, minutes


def settle(when: When, kind: Kind) -> When:
    """Return `when` as a mail of that kind means it.

    A request to choose has no interviews, an invitation or a move to the one time offered has no slots;
    cancellations, rejections and the like have neither.
    """
    if kind is Kind.SCHEDULING_REQUEST:
        slots = {one.start: one for one in (*when.slots, *when.interviews)}
        return replace(when, interviews=(), slots=tuple(slots[start] for start in sorted(slots)))
    if kind in (Kind.INTERVIEW_INVITATION, Kind.INTERVIEW_RESCHEDULE):
        if not when.interviews and len(when.slots) == 1:
            return replace(when, interviews=when.slots, slots=())
        return when
    return replace(when, interviews=(), slots=())
