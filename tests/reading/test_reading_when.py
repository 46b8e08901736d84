"""Interview times said in a text: exact starts, in seven languages, and nothing else taken for one."""

from __future__ import annotations

import datetime as dt
import tomllib
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from least_time import least_time

from daemon.reading import sentences, when, zones
from daemon.reading.invite import CalendarEvent, Invites
from daemon.reading.lexicon import load
from daemon.reading.when_words import CUES, LANGUAGES, of
from policies.case import Interview, Kind, Mode

SAMPLES: list[dict[str, Any]] = tomllib.loads(
    (Path(__file__).parent / "samples" / "when.toml").read_text("utf-8")
)["sample"]
MONDAY = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.timezone(dt.timedelta(hours=1)))
EXAMPLES = [
    (language, cue, phrase, example)
    for language in LANGUAGES
    for cue in CUES
    for phrase, example in load(f"when_{language}")["cues"][cue]
]


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


def spans(found: tuple[Interview, ...]) -> list[tuple[dt.datetime, dt.datetime | None]]:
    return [(one.start, one.end) for one in found]


def wanted(sample: dict[str, Any], key: str) -> list[tuple[dt.datetime, dt.datetime | None]]:
    pairs = (entry.partition("/") for entry in sample.get(key, []))
    return [(at(start), at(end) if end else None) for start, _, end in pairs]


def read(text: str, sent: dt.datetime = MONDAY, **about: Any) -> when.When:
    return when.find(sentences.split(text), sent, **about)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: f"{sample['language']}-{sample['says']}")
def test_samples(sample: dict[str, Any]) -> None:
    """Each text gives exactly the interviews and the slots it states."""
    about = {key: sample[key] for key in ("language", "zone", "country", "subject") if key in sample}
    found = read(sample["text"], at(sample["sent"]), **about)
    assert spans(found.interviews) == wanted(sample, "interviews")
    assert spans(found.slots) == wanted(sample, "slots")


@pytest.mark.parametrize(("language", "cue", "phrase", "example"), EXAMPLES)
def test_lexicon_examples(language: str, cue: str, phrase: str, example: str) -> None:
    """Each phrase of the lexicon does in its example what its list says."""
    assert of(language).cues[cue].search(example), phrase
    found = read(example, language=language)
    if cue in ("confirm", "settled"):
        assert found.interviews
    elif cue == "offer":
        assert found.slots
        assert not found.interviews
    elif cue == "arrival":
        assert [one.start.hour for one in found.interviews] == [10]
    elif cue != "aside":
        assert not found.interviews
        assert not found.slots


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_day_and_month_is_read(language: str) -> None:
    """A date with every month and weekday of the language is understood, abbreviated or not."""
    words = load(f"when_{language}")
    hour = {"de": "10:30 Uhr", "fr": "10h30"}.get(language, "10:30")
    for month, forms in enumerate(words["months"], 1):
        day = dt.date(2027 if month < 4 else 2026, month, 14)
        for form in forms.split("|"):
            for weekday in words["weekdays"][day.weekday()].split("|"):
                (found,) = read(f"{weekday} 14 {form} {day.year} {hour}", language=language).interviews
                assert found.start.date() == day, (weekday, form)


def test_a_day_without_its_own_comes_from_the_quoted_mail() -> None:
    """ "2pm rather than 1.30" takes its day from what was agreed before; the old hour is dropped."""
    found = read(
        "So 2pm rather than 1.30.", subject="Re: Interview", earlier=("Monday 9 March at 1.30 suits us.",)
    )
    assert spans(found.interviews) == [(at("2026-03-09T14:00+01:00"), None)]


def test_the_subject_stands_in_for_a_silent_text() -> None:
    """A calendar's subject line is read when the text says no time; a reply's is not."""
    subject = "Interview @ Mon 9 Mar 2026 10:00 - 11:00 (CET)"
    assert len(read("See you.", subject=subject).interviews) == 1
    assert read("See you.", subject=f"Re: {subject}").interviews == ()


def test_headings_say_what_is_gone() -> None:
    """Times under "Removed" are old, those under "New" count."""
    text = "Removed\nMonday, 9 March, 1:00pm - 2:00pm\nNew\nWednesday, 11 March, 4:00pm - 5:00pm"
    assert spans(read(text).interviews) == [(at("2026-03-11T16:00+01:00"), at("2026-03-11T17:00+01:00"))]


def test_hours_of_the_evening() -> None:
    """ "at 20:30" is half past eight in the evening, with and without an end."""
    text = "Your interview is on Monday, 9 March from 20:30 to 21:15."
    assert spans(read(text).interviews) == [(at("2026-03-09T20:30+01:00"), at("2026-03-09T21:15+01:00"))]
    assert spans(read("We meet on Monday, 9 March at 22:05.").interviews)[0][0] == at(
        "2026-03-09T22:05+01:00"
    )


def test_until_gives_the_end() -> None:
    """ "Plan to be with us until 4:30" ends the interview said before."""
    text = "Your interview is on Monday, 9 March at 2:30pm. Plan to be with us until about 4:30."
    assert spans(read(text).interviews) == [(at("2026-03-09T14:30+01:00"), at("2026-03-09T16:30+01:00"))]


@pytest.mark.parametrize(
    ("text", "mode"),
    [
        ("Monday 9 March at 10:00 via Zoom.", Mode.VIDEO),
        ("Monday 9 March at 10:00. I'll call you on your mobile, a short phone call.", Mode.PHONE),
        ("Monday 9 March at 10:00.\nWhere: 12 Mill Lane, Bath", Mode.ONSITE),
        ("Montag, 9. März, 10 Uhr, in unserem Büro.", Mode.ONSITE),
        ("Monday 9 March at 10:00.", None),
    ],
)
def test_modes(text: str, mode: Mode | None) -> None:
    """Links, places and words tell video, phone and on site; nothing tells nothing."""
    (found,) = read(text, language="de" if "Montag" in text else "en").interviews
    assert found.mode is mode


def test_an_assumed_zone_is_marked() -> None:
    """A server's UTC date and no zone in the text leave the zone unknown; a sender's offset does not."""
    text = "Your interview is on Tuesday 14 July 2026 at 10:00."
    server = read(text, at("2026-07-06T09:00+00:00"), zone="America/Chicago")
    person = read(text, at("2026-07-06T09:00-05:00"))
    assert [one.zone_known for one in (*server.interviews, *person.interviews)] == [False, True]
    assert {one.start for one in (*server.interviews, *person.interviews)} == {at("2026-07-14T10:00-05:00")}


@pytest.mark.parametrize(
    ("sent", "about", "zone"),
    [
        ("2026-01-12T09:00-05:00", {}, "America/New_York"),
        ("2026-01-12T09:00-05:00", {"country": "CO"}, "America/Bogota"),
        ("2026-01-12T09:00+00:00", {"domain": "acme.co.uk"}, "Europe/London"),
        ("2026-01-12T09:00+00:00", {"language": "pt"}, "Europe/Lisbon"),
        ("2026-07-12T09:00+01:00", {"text": "Tel. +44 20 7946 0000"}, "Europe/London"),
        ("2026-01-12T09:00+01:00", {"language": "it"}, "Europe/Rome"),
        ("2026-07-12T09:00-07:00", {}, "America/Los_Angeles"),
        ("2026-01-12T09:00+05:30", {}, "Asia/Kolkata"),
    ],
)
def test_where_a_sender_sits(sent: str, about: dict[str, str], zone: str) -> None:
    """The offset of a mail and what it shows of its country give the zone with its changes of clock."""
    assert getattr(zones.home(at(sent), **about).rules, "key", None) == zone


@pytest.mark.parametrize(
    ("words", "zone"),
    [
        ("GMT-05:00) Eastern Time", "America/New_York"),
        ("heure de Paris", "Europe/Paris"),
        ("London time", "Europe/London"),
        ("Pacific Time - Los Angeles", "America/Los_Angeles"),
        ("horário de Brasília", "America/Sao_Paulo"),
        ("your time in LA", "America/Los_Angeles"),
    ],
)
def test_words_for_zones(words: str, zone: str) -> None:
    """Zones are found however they are written; a name beside a winter's offset wins over it."""
    ((_, _, found),) = zones.mentions(f"at 10:00 ({words})")
    understood = zones.understand(found, zones.home(MONDAY))
    assert understood is not None
    assert getattr(understood.rules, "key", None) == zone


def event(start: str, end: str | None = None, method: str = "REQUEST") -> CalendarEvent:
    return CalendarEvent(
        "u", 0, method, at(start), at(end) if end else None, True, "", "", "", None, (), "CONFIRMED"
    )


def invites(start: str, end: str | None = None) -> Invites:
    found = event(start, end)
    return Invites((found,), (Interview(at(start), found.end, uid="u"),), method="REQUEST")


def test_the_calendar_is_believed_before_the_text() -> None:
    """A time in the calendar part stands, with the mode the text tells; an old time in the text does not."""
    text = read("This was on Monday 9 March at 10:00. Now Tuesday 10 March at 11:00 on Zoom.")
    (found,) = when.together(text, invites("2026-03-10T11:00+01:00")).interviews
    assert (found.start, found.uid, found.mode) == (at("2026-03-10T11:00+01:00"), "u", Mode.VIDEO)


def test_the_text_adds_the_further_sessions_of_a_day() -> None:
    """A schedule whose first session is in the calendar keeps the others; one long block stays one."""
    text = read(
        "Schedule for Monday 9 March:\n10:00 - 10:45 Design with Ada Lind\n11:00 - 11:45 Coding with Bo Ek"
    )
    first = when.together(text, invites("2026-03-09T10:00+01:00", "2026-03-09T10:45+01:00"))
    block = when.together(text, invites("2026-03-09T10:00+01:00", "2026-03-09T12:00+01:00"))
    assert (len(first.interviews), len(block.interviews)) == (2, 1)


def test_a_time_the_calendar_calls_off_is_dropped() -> None:
    """A CANCEL part takes its time out of the text's interviews."""
    text = read("Monday 9 March at 10:00")
    gone = Invites(
        (event("2026-03-09T10:00+01:00", method="CANCEL"),), cancelled_uids=("u",), method="CANCEL"
    )
    assert when.together(text, gone).interviews == ()


def test_the_kind_settles_what_a_lone_time_is() -> None:
    """A request to choose makes slots of times, a move an interview of its one slot; a rejection has none."""
    agreed, offered = read("Monday 9 March at 10:00."), read("Would Monday 9 March at 10:00 work?")
    assert len(when.settle(agreed, Kind.SCHEDULING_REQUEST).slots) == 1
    assert len(when.settle(offered, Kind.INTERVIEW_RESCHEDULE).interviews) == 1
    assert when.settle(agreed, Kind.REJECTION).interviews == ()


QUOTED = ("> I could do:", "> - Wednesday March 4, 10am", "> - Thursday March 5, 2pm")


@pytest.mark.parametrize(
    ("text", "quoted", "day"),
    [
        ("Thursday it is! I'll send an invite.", QUOTED, 5),
        ("The 4th works best, see you then.", QUOTED, 4),
        ("Confirmed, see you then.", QUOTED[:2], 4),
        ("Confirmed, see you then.", QUOTED, 0),
        ("Thank you for your patience.", QUOTED[:2], 0),
        ("Sadly I have to cancel Thursday.", QUOTED, 0),
        ("Friday it is!", QUOTED, 0),
        ("Confirmed, see you then.", ("> How about Thursday at 2pm?",), 0),
    ],
)
def test_a_mail_may_take_a_time_from_the_thread(text: str, quoted: tuple[str, ...], day: int) -> None:
    """Who names no time but agrees takes the one quoted, on the day they name; two leave it open."""
    found = when.find(sentences.split(text), MONDAY, language="en", earlier=quoted)
    assert [one.start.day for one in found.interviews] == ([day] if day else [])


HOSTILE = {
    "digits": "1 " * 50_000,
    "dates": "Monday 9 March at 10:00 " * 4_500,
    "lines of dates": "Monday 9 March at 10:00\n" * 4_000,
    "times": "10:00 - " * 12_500,
    "slashes": "1/1/" * 25_000,
    "brackets": "(" * 100_000,
    "zones": "GMT+1 " * 16_000,
    "halves": "half past " * 10_000,
    "streets": "12 aa aa aa " * 9_000,
    "one word": "a" * 100_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_no_text_takes_long(name: str) -> None:
    """100 kB of hostile text are read within the budget of one mail, in any language."""
    text = sentences.split(HOSTILE[name])
    for language in LANGUAGES:
        read("Monday 9 March at 10:00 ET", language=language)  # compiles the language's patterns
        work = partial(
            when.find, text, MONDAY, language=language, subject=HOSTILE[name][:1_000], earlier=text[:40]
        )
        assert least_time(work) < 0.25


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            (
                "Monday Dienstag 9 10:00 31.2. 29/02 3/10 at um bis to - or pm the next week March 2026 "
                "99 24:00 ET GMT+14 noon 2026-13-45"
            ).split()
        )
        | st.text(max_size=8),
        max_size=20,
    ),
    st.sampled_from(LANGUAGES),
    st.datetimes(
        dt.datetime(1990, 1, 1), dt.datetime(2090, 1, 1), timezones=st.sampled_from([dt.UTC, MONDAY.tzinfo])
    ),
)
def test_times_are_always_sound(words: list[str], language: str, sent: dt.datetime) -> None:
    """Whatever is written, starts are aware, not before the mail, in order and before their ends."""
    found = read(" ".join(words), sent, language=language)
    for group in (found.interviews, found.slots):
        starts = [one.start for one in group]
        assert starts == sorted(set(starts))
        assert all(start.tzinfo and start >= sent for start in starts)
        assert all(one.end is None or one.end > one.start for one in group)
