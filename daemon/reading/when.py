"""Interview times said in a text, with their zone, length and mode.

    find(sentences, sent, *, language, zone, country, domain, subject, earlier, links) -> When
    together(when, invites, marked) -> When      joined with the calendar parts and the markup
    settle(when, kind) -> When      as a mail of that kind means it, once the kind is known

`When.interviews` are times agreed or called for, `slots` times offered; `quotes` the sentence each start
was read from.  Old, cancelled and past times, deadlines, office hours and start dates are neither.
Stays callable before the kind of the mail is known.  Never reads the clock: `sent` is the mail's date in
the sender's own offset.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from daemon.reading import when_bind, when_roles, zones
from daemon.reading.invite import Invites
from daemon.reading.when_bind import Context, Line, Moment
from daemon.reading.when_build import Builder
from daemon.reading.when_roles import Role
from policies.case import Interview, Kind, Mode

_HORIZON = dt.timedelta(days=400)
_VISIT = dt.timedelta(hours=9)  # no longer than that from a start to an "until"
_EARLIER = 40  # quoted lines that may lend a day
_OFF = ("cancel", "move", "old")  # what takes a time away
_REPLY = re.compile(r"\s*(?:re|aw|antw|sv|rif|r|res)\s?:", re.IGNORECASE)
_AMERICAS = range(-10, -3)  # hours from UTC where the month is written first, in English


@dataclass(frozen=True, slots=True)
class When:
    """The times of a mail, in order.  `quotes` maps a start to the words it was read from.

    `mode` and `place` are what the text says apart from any time.
    """

    interviews: tuple[Interview, ...] = ()
    slots: tuple[Interview, ...] = ()
    quotes: Mapping[dt.datetime, str] = field(default_factory=dict)
    mode: Mode | None = None
    place: str = ""


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
    text = "\n".join(sentences)
    home = zones.home(sent, reader=zone, country=country, domain=domain, language=language, text=text)
    context = Context(
        sent,
        language,
        home,
        zone,
        month_first=_month_first(sent, language, country),
        before=tuple(line for line in (subject, *earlier[:_EARLIER]) if line),
    )
    links = tuple(links)
    parts = when_bind.lines(sentences, context)
    when = _read(parts, context, links)
    if not when.quotes and earlier:
        when = _picked(parts, context, earlier[:_EARLIER], links) or when
    dated = any(map(str.isdigit, subject)) and not _REPLY.match(subject)
    if dated and not when.interviews and not when.slots:
        from_subject = _read(when_bind.lines((subject,), context), context, (*links, *sentences))
        when = replace(when, interviews=from_subject.interviews, quotes=from_subject.quotes)
    return when


def _picked(
    parts: Sequence[Line], context: Context, earlier: Sequence[str], links: Sequence[str]
) -> When | None:
    """Return the one time named before that a mail without a time of its own takes: "Thursday it is!".

    It is the only one on the day the mail names, or where it names none and agrees, the only one at all.
    """
    agrees = any(line.words.cues["confirm"].search(line.sentence) for line in parts)
    off = any(line.words.cues[cue].search(line.sentence) for line in parts for cue in _OFF)
    days = {day for line in parts for day in when_bind.dates(line, context)}
    if off or not (agrees or days):
        return None
    before = when_bind.lines([line.lstrip("> \t") for line in earlier], context)
    named = {m.at: m for m in when_bind.moments(before, context) if m.at >= context.sent}
    fitting = [m for m in named.values() if m.begins.date() in days or (not days and _says_the_date(m))]
    if len(fitting) != 1 or (not days and len(named) != 1):
        return None
    build = Builder(parts, links)
    found = build.interviews([replace(fitting[0], line=0)])
    return When(found, quotes={fitting[0].at: parts[0].sentence}, mode=build.mode, place=build.place)


def _says_the_date(one: Moment) -> bool:
    """Whether the day of the month stands beside the time: quoted, "Tuesday" is long gone."""
    beside = one.sentence[one.start : one.clock.start] + one.sentence[one.clock.end : one.end]
    return one.said_day and any(map(str.isdigit, beside))


def _month_first(sent: dt.datetime, language: str, country: str) -> bool:
    if country:
        return country.partition("-")[0].upper() in ("US", "PH")
    hours = (sent.utcoffset() or dt.timedelta()) // dt.timedelta(hours=1)
    return language == "en" and hours in _AMERICAS


def _read(parts: Sequence[Line], context: Context, links: Sequence[str]) -> When:
    build = Builder(parts, links)
    said = [m for m in when_bind.moments(parts, context) if context.sent <= m.at <= context.sent + _HORIZON]
    if not said:
        return When(mode=build.mode if links or build.place else None, place=build.place)
    by_role: dict[Role, list[Moment]] = {role: [] for role in Role}
    for moment, role in zip(said, when_roles.roles(said, parts), strict=True):
        by_role[role].append(moment)
    agreed = by_role[Role.APPOINTMENT] or by_role[Role.ASIDE][:1]
    agreed = _sessions(_until(agreed, by_role[Role.OTHER], parts))
    starts = {one.at for one in agreed}
    offers = [one for one in by_role[Role.OFFER] if one.at not in starts]
    return When(
        interviews=build.interviews(agreed),
        slots=build.interviews(offers),
        quotes={one.at: one.sentence for one in (*offers, *agreed)},
        mode=build.mode,
        place=build.place,
    )


def _until(agreed: list[Moment], others: list[Moment], parts: Sequence[Line]) -> list[Moment]:
    """Make a time said after "until" the end of the open appointment before it: "with us until 4:30"."""
    for other in (*agreed, *others):
        line = parts[other.line]
        if not line.words.until.search(line.sentence[: other.clock.start]):
            continue
        for index, one in reversed(list(enumerate(agreed))):
            if one.ends is None and one.begins < other.begins < one.begins + _VISIT:
                agreed = [*agreed[:index], replace(one, ends=other.begins), *agreed[index + 1 :]]
                agreed = [kept for kept in agreed if kept is not other]
                break
    return agreed


def _sessions(said: list[Moment]) -> list[Moment]:
    """Leave out the span of a day where its sessions are listed, its mere agenda, and what was said twice."""
    unique: dict[dt.datetime, Moment] = {}
    for one in said:
        known = unique.get(one.at)
        if known is None or (known.ends is None and one.ends is not None):
            unique[one.at] = one if known is None else replace(known, ends=one.ends)
    kept = list(unique.values())
    kept = [one for one in kept if not _contains_sessions(one, kept)]
    return sorted((one for one in kept if not _is_agenda(one, kept)), key=lambda one: one.at)


def _is_agenda(one: Moment, others: list[Moment]) -> bool:
    """Whether a time without an end lies within a visit whose span is stated above it."""
    return one.ends is None and any(
        whole.ends is not None and whole.line < one.line and whole.begins <= one.begins < whole.ends
        for whole in others
    )


def _contains_sessions(whole: Moment, others: list[Moment]) -> bool:
    inside = (
        one
        for one in others
        if one.ends and whole.ends and one.line != whole.line
        if whole.begins <= one.begins and one.ends <= whole.ends
    )
    return len(list(inside)) >= 2


def together(when: When, invites: Invites, marked: Sequence[Interview] = ()) -> When:
    """Return the times of calendar parts, markup and text as one: the calendar is believed first.

    The text adds how an interview is held, an end, and the further sessions of a schedule whose first
    one is in the calendar; a time the calendar calls off is dropped.
    """
    gone = {event.start for event in invites.events if event.cancelled and event.start}
    text = tuple(one for one in when.interviews if one.start not in gone)
    sure = invites.interviews or tuple(one for one in marked if not one.cancelled)
    if not sure:
        return replace(when, interviews=text, slots=invites.slots or when.slots)
    interviews = {one.start: _enriched(one, text, when) for one in sure}
    if any(one.start in interviews for one in text):
        for one in text:
            if one.end is not None and not any(_overlap(one, other) for other in interviews.values()):
                interviews |= {one.start: one} if _same_day(one, sure) else {}
    return replace(when, interviews=tuple(interviews[start] for start in sorted(interviews)), slots=())


def _enriched(one: Interview, text: Sequence[Interview], when: When) -> Interview:
    twin = next((other for other in text if other.start == one.start), None)
    told = [other for other in text if other.start.replace(tzinfo=None) == one.start.replace(tzinfo=None)]
    if twin is None and not one.zone_known and told and told[0].zone_known:
        return replace(told[0], uid=one.uid, sequence=one.sequence, people=one.people)
    return replace(
        one,
        end=one.end or (twin.end if twin else None),
        mode=one.mode or (twin.mode if twin else None) or when.mode,
        place=one.place or (twin.place if twin else "") or when.place,
    )


def _overlap(one: Interview, other: Interview) -> bool:
    if one.end is None or other.end is None:
        return one.start == other.start
    return one.start < other.end and other.start < one.end


def _same_day(one: Interview, others: Sequence[Interview]) -> bool:
    return any(abs(one.start - other.start) <= _VISIT for other in others)


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
