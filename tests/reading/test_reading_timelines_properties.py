"""What must never happen when a stated time becomes dates, whatever the day, the zone or the words."""

from __future__ import annotations

import datetime as dt
import time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daemon.reading import directions, timeline
from daemon.reading.timeline_calendar import HORIZON
from daemon.reading.timeline_words import LANGUAGES, lexicon

WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
ZONES = [
    "UTC",
    "America/New_York",
    "Europe/Berlin",
    "Australia/Lord_Howe",
    "Asia/Kolkata",
    "Pacific/Kiritimati",
]
SAID = [
    "by Friday", "on Monday", "next Tuesday", "this Thursday", "by the end of the week", "next week",
    "the week after next", "within two weeks", "in 2-3 weeks", "in a few days", "by the end of the month",
    "in early April", "in mid-February", "by the 31st", "by the 29th", "by February 29", "by 30 November",
    "in five business days", "after the holidays", "before Christmas", "after Easter", "by the end of Q1",
    "the first week of March", "the last Friday in May", "by year end", "tomorrow", "in a month",
    "within a month", "on the last working day of the month", "a week from Friday", "not before June 1",
    "in week 53",
]  # fmt: skip
moments = st.builds(
    lambda at, zone: at.replace(tzinfo=ZoneInfo(zone)),
    st.datetimes(dt.datetime(2024, 1, 1), dt.datetime(2040, 12, 31)),
    st.sampled_from(ZONES),
)
PIECES = [
    *(form.strip("?*… ") for group in lexicon("en").groups for form in group.forms[:2]),
    "20", "3.4", "12/31", "31.12.", "2026-02-30", "99/99", "(", ")", ",", ";", "-", "?", "1/2", "24/7",
]  # fmt: skip


def find(text: str, sent: dt.datetime, language: str = "en") -> tuple[timeline.Timeline, ...]:
    return timeline.find([text], sent, language=language).found


@given(moments, st.sampled_from(SAID))
def test_reading_timelines_never_end_before_the_mail_or_beyond_the_horizon(
    sent: dt.datetime, said: str
) -> None:
    """A timeline never lies before the mail's day nor beyond a year, and never ends before it begins."""
    for one in find(f"We will let you know {said}.", sent):
        assert one.earliest is not None
        assert sent.date() <= one.earliest
        if one.latest:
            assert one.earliest <= one.latest <= sent.date() + dt.timedelta(days=HORIZON)


@given(moments, st.lists(st.sampled_from(PIECES), min_size=1, max_size=14), st.sampled_from(LANGUAGES))
@settings(max_examples=300)
def test_reading_timelines_survive_any_words_in_any_order(
    sent: dt.datetime, pieces: list[str], language: str
) -> None:
    """Whatever words come in whatever order: no error, and no impossible dates."""
    text = " ".join(["We will let you know", *pieces])
    for one in find(text, sent, language):
        assert one.latest is None or (one.earliest or one.latest) <= one.latest
        assert one.earliest is None or one.earliest >= sent.date()
    timeline.statement(text, sent, language=language)
    directions.find([text], sent, language=language)


@given(
    moments,
    st.sampled_from(WEEKDAYS),
    st.sampled_from(["by", "on", "by next", "this", "next"]),
    st.integers(1, 40),
)
def test_reading_timelines_shift_with_the_mail_by_whole_weeks(
    sent: dt.datetime, weekday: str, led: str, weeks: int
) -> None:
    """The same weekday words sent whole weeks later mean days exactly as many weeks later."""
    later = sent + dt.timedelta(weeks=weeks)
    first, second = (find(f"We will decide {led} {weekday}.", at) for at in (sent, later))
    assert [one.latest and one.latest + dt.timedelta(weeks=weeks) for one in first] == [
        one.latest for one in second
    ]


@given(moments)
def test_reading_timelines_count_from_the_senders_own_day(sent: dt.datetime) -> None:
    """ "Tomorrow" is the day after the Date field's local day, whatever day it is in UTC."""
    (found,) = find("We will let you know tomorrow.", sent)
    assert found.latest == sent.date() + dt.timedelta(days=1)


@given(st.dates(dt.date(2024, 1, 1), dt.date(2040, 12, 1)), st.integers(1, 30))
def test_reading_timelines_business_days_are_never_weekends(day: dt.date, count: int) -> None:
    """An answer in so many business days falls on a weekday, at least as many days ahead."""
    sent = dt.datetime.combine(day, dt.time(9), dt.UTC)
    (found,) = find(f"You will hear from us in {count} business days.", sent)
    assert found.latest is not None
    assert found.latest.weekday() < 5
    assert (found.latest - day).days >= count


@given(st.dates(dt.date(2024, 1, 1), dt.date(2040, 12, 1)))
def test_reading_timelines_a_month_from_its_last_day_stays_in_the_next_month(day: dt.date) -> None:
    """ "Within a month" said on the 31st ends on the next month's last day, leap years included."""
    (found,) = find("We will decide within a month.", dt.datetime.combine(day, dt.time(9), dt.UTC))
    assert found.latest is not None
    assert (found.latest.year * 12 + found.latest.month) - (day.year * 12 + day.month) == 1


@pytest.mark.parametrize("year", [1, 1900, 9999])
def test_reading_timelines_an_impossible_date_field_gives_nothing(year: int) -> None:
    """A Date field in year 1 or 9999 is no day to count from: nothing is read and nothing breaks."""
    sent = dt.datetime(year, 12, 31, 23, 59, tzinfo=dt.UTC)
    assert timeline.find(["We will let you know by Friday."], sent, language="en") == timeline.Timelines()
    assert timeline.absence(["I am away until Friday."], sent, language="en") is None
    assert timeline.statement("by Friday", sent, language="en") == ()


@pytest.mark.parametrize(
    "piece",
    [
        "two weeks ",
        "by Friday ",
        "within 2-3 ",
        "please ",
        "not until the end of ",
        "1/2 ",
        "the ",
        ", ",
        "a",
    ],
)
def test_reading_timelines_hostile_text_costs_in_proportion_to_its_length(piece: str) -> None:
    """Ten times as much hostile text takes at most some ten times as long, in one sentence or in many."""

    def spent(size: int) -> float:
        text = piece * (size // len(piece))
        sentences = [text, *(text[at : at + 200] for at in range(0, len(text), 200))]
        began = time.process_time()
        timeline.find(sentences, dt.datetime(2026, 3, 11, tzinfo=dt.UTC), language="en")
        directions.find(sentences, dt.datetime(2026, 3, 11, tzinfo=dt.UTC), language="en")
        return time.process_time() - began

    spent(1_000)
    small, large = min(spent(10_000) for _ in range(2)), spent(100_000)
    assert large < 10 * small * 4 + 0.5
