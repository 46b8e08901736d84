"""How well the project's own statements are read, by language, and what several sentences mean together."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
from least_time import least_time

from daemon.reading import sentences, timeline
from daemon.reading.timeline_words import LANGUAGES
from policies.case import Timeline, TimelineKind

DATA = Path(__file__).parent.parent / "data" / "timelines"
WEDNESDAY = dt.datetime.fromisoformat("2026-03-11T10:00:00-04:00")


def rows(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (DATA / f"{name}.jsonl").read_text("utf-8").splitlines()]


def find(text: str, sent: dt.datetime = WEDNESDAY, language: str = "en", **given: Any) -> timeline.Timelines:
    return timeline.find(sentences.split(text), sent, language=language, **given)


def last(text: str, sent: dt.datetime = WEDNESDAY, language: str = "en", **given: Any) -> dt.date | None:
    return max((one.latest for one in find(text, sent, language, **given).found if one.latest), default=None)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def verdict(row: dict[str, Any]) -> str:
    """Return how a statement is read: right, early, late or missing; without a date silent or noisy."""
    found = find(row["text"], dt.datetime.fromisoformat(row["ref"]), row.get("language", "en")).found
    ends = [one for one in found if one.latest]
    if row["expected_end"] is None:
        return "noisy" if ends else "silent"
    if not ends:
        return "missing"
    final = max(ends, key=lambda one: one.latest or dt.date.min)
    wanted = {row["expected_end"], row["alt_end"]} - {None}
    if wanted & {str(final.latest), str(final.alternative)}:
        return "right"
    return "early" if str(final.latest) < row["expected_end"] else "late"


@pytest.mark.parametrize("name", [*LANGUAGES, "written"])
def test_reading_timelines_of_the_own_statements_are_right(name: str) -> None:
    """Of the dated statements at least 95 % end on the right day and at most 2 % too early; 98 % of the rest
    find nothing."""
    verdicts = [verdict(row) for row in rows(name)]
    dated = [one for one in verdicts if one in ("right", "early", "late", "missing")]
    dateless = [one for one in verdicts if one in ("silent", "noisy")]
    assert dated.count("right") >= 0.95 * len(dated)
    assert dated.count("early") <= 0.02 * len(dated) + 1
    assert dateless.count("silent") >= 0.97 * len(dateless)


def test_reading_timelines_cost_little() -> None:
    """A statement takes well under a millisecond of processor time on average."""
    given = [(sentences.split(row["text"]), dt.datetime.fromisoformat(row["ref"])) for row in rows("en")]
    timeline.find(*given[0], language="en")
    spent = least_time(lambda: [timeline.find(words, sent, language="en") for words, sent in given])
    assert spent / len(given) < 0.002


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We told you two weeks, but it is going to be closer to four.", "2026-04-08"),
        ("I know I said Friday, but it will be Tuesday before I can tell you.", "2026-03-17"),
        ("We'll be in touch. Probably next week.", "2026-03-20"),
        ("We meet the last candidates next week and will decide on Friday.", "2026-03-20"),
        ("The panel meets on Thursday and I will write to you the day after.", "2026-03-13"),
        ("The panel meets on Thursday. I'll call you straight after.", "2026-03-12"),
        ("Your interview is on Tuesday, March 17 at 2 pm. We decide by the end of that week.", "2026-03-20"),
        ("Please send your references by Friday; we will then need about a week to decide.", "2026-03-20"),
        ("Ana is away until March 23. She will write to you the day after.", "2026-03-24"),
        ("Applications close on April 1. We answer within two weeks of the closing date.", "2026-04-15"),
        ("The board sits every Thursday, and you'll hear 3 working days after that meeting.", "2026-03-17"),
        ("You'll hear by mid-April, Wednesday 15 April at the very latest.", "2026-04-15"),
    ],
)  # fmt: skip
def test_reading_timelines_of_several_sentences_are_read_together(text: str, expected: str) -> None:
    """What one sentence names, the next may point back at, correct or make more precise."""
    assert last(text) == day(expected)


@pytest.mark.parametrize(
    "text",
    [
        "Please send me your references by Friday.",
        "Could you let me know by tomorrow whether you are still interested?",
        "Your interview is confirmed for Tuesday, March 17 at 2pm.",
        "The link expires in 7 days.",
        "We will keep your CV on file for six months.",
        "The start date would be May 4.",
        "This is a 12-month contract with a three month probation period.",
        "Our offices are open Monday to Friday, 9am to 5pm.",
        "Applications close on April 15.",
        "Once you submit the form you'll receive an answer within 24 hours.",
        "I met four candidates last week.",
        "We cannot give you an answer by Friday.",
        "-----Original Message-----\nFrom: Ana\nWe expect to decide by the end of the week.",
        "> We expect to decide by the end of the week.",
    ],
)
def test_reading_timelines_of_others_are_none(text: str) -> None:
    """What binds the candidate, sets an appointment, states a term, lies in the past or is quoted is none."""
    assert last(text) is None


@pytest.mark.parametrize(
    "text", ["We'll be in touch soon.", "I'll write as soon as I know more.", "Bear with us."]
)
def test_reading_timelines_without_a_day_are_vague(text: str) -> None:
    """A promise without a day is said to be vague, and dated by nobody."""
    found = find(text)
    assert found.vague
    assert found.found == ()


def test_reading_timelines_keep_their_words() -> None:
    """A timeline quotes the words it was read from."""
    (found,) = find(
        "Thanks for coming in! We hope to decide by the end of next week, and I'll call you."
    ).found
    assert found.quote == "by the end of next week"
    assert found.kind is TimelineKind.DEADLINE
    assert found.rule == "by end next week"


def test_reading_timelines_count_from_the_interview_where_it_must_be_meant() -> None:
    """In an invitation "within two weeks" counts from the interview where it would end before it."""
    anchors = timeline.Anchors(interview=day("2026-03-24"))
    assert last("We decide within two weeks of the interview.", anchors=anchors) == day("2026-04-07")
    assert last("You will hear from us within a week.", anchors=anchors) == day("2026-03-31")
    assert last("You will hear from us within three weeks.", anchors=anchors) == day("2026-04-01")


def test_reading_timelines_say_who_may_remind_whom() -> None:
    """ "If you haven't heard in two weeks, ping me" is a timeline and a leave to remind them."""
    (found,) = find("If you haven't heard from me in two weeks, feel free to ping me.").found
    assert (found.latest, found.invited) == (day("2026-03-25"), True)
    (found,) = find("If you have not heard from us within 30 days, please assume the role is filled.").found
    assert (found.latest, found.invited) == (day("2026-04-10"), False)


def test_reading_timelines_know_a_hold_with_and_without_an_end() -> None:
    """A pause is a hold; it has an end only where they said one."""
    (found,) = find("The position has been put on hold until further notice.").found
    assert (found.kind, found.earliest, found.latest) == (TimelineKind.HOLD, WEDNESDAY.date(), None)
    (found,) = find("The role is paused until June 1 while we restructure.").found
    assert (found.kind, found.latest) == (TimelineKind.HOLD, day("2026-06-01"))


def test_reading_timelines_mark_what_waits_for_the_holidays() -> None:
    """ "After the holidays" is 2 to 10 January, and marked, for it stops the clock."""
    (found,) = find("You'll hear from us after the holidays.", WEDNESDAY.replace(month=12, day=18)).found
    assert (found.earliest, found.latest) == (day("2027-01-02"), day("2027-01-10"))
    assert found.after_holidays


def test_reading_timelines_keep_the_reading_that_skips_public_holidays() -> None:
    """With a country known, business days keep the reading without public holidays beside the plain one."""
    text, sent = "We aim to respond within 10 working days.", dt.datetime(2026, 12, 22, 10, tzinfo=dt.UTC)
    (plain,) = find(text, sent).found
    (british,) = find(text, sent, country="GB-ENG").found
    assert (plain.latest, plain.alternative) == (day("2027-01-05"), None)
    assert (british.latest, british.alternative) == (day("2027-01-05"), day("2027-01-08"))


@pytest.mark.parametrize(
    ("text", "latest", "alternative"),
    [
        ("We'll get back to you by Wednesday.", "2026-03-18", "2026-03-11"),
        ("We'll get back to you by next Friday.", "2026-03-20", "2026-03-13"),
        ("We'll decide in the first week of April.", "2026-04-07", "2026-04-03"),
    ],
)
def test_reading_timelines_keep_both_readings_where_two_stand(
    text: str, latest: str, alternative: str
) -> None:
    """Where people mean two different days by the same words, both are kept."""
    (found,) = find(text).found
    assert (found.latest, found.alternative) == (day(latest), day(alternative))


@pytest.mark.parametrize(
    ("sent", "country", "expected"),
    [
        ("2026-02-03T10:00:00-05:00", "", "2026-03-04"),
        ("2026-02-03T10:00:00+00:00", "", "2026-04-03"),
        ("2026-02-03T10:00:00+00:00", "US", "2026-03-04"),
        ("2026-03-20T10:00:00-05:00", "", "2026-04-03"),
    ],
)
def test_reading_timelines_order_numeric_dates_by_the_sender(sent: str, country: str, expected: str) -> None:
    """3/4 is 4 March from America and 3 April from elsewhere, unless only one of them lies ahead."""
    assert last("We decide by 3/4.", dt.datetime.fromisoformat(sent), country=country) == day(expected)


def test_reading_timelines_read_a_month_in_another_language() -> None:
    """A foreign month name beside a day number is still a date."""
    assert last("We will let you know by 20 avril.") == day("2026-04-20")


def test_reading_timelines_of_a_bare_expression_are_read() -> None:
    """A line that is nothing but a time is read, whoever acts on it; a line with other words is not."""

    def ends(text: str) -> list[dt.date | None]:
        return [one.latest for one in timeline.statement(text, WEDNESDAY, language="en")]

    assert ends("end of next week") == [day("2026-03-20")]
    assert ends("two weeks from Friday") == [day("2026-03-27")]
    assert ends("See you Friday!") == []


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "I am out of the office until Monday, March 16.", "2026-03-16"),
        ("de", "Ich bin bis zum 20. März im Urlaub.", "2026-03-20"),
        ("fr", "Je suis absente jusqu'au 20 mars.", "2026-03-20"),
        ("es", "Estoy de vacaciones hasta el 20 de marzo.", "2026-03-20"),
        ("nl", "Ik ben met vakantie tot 20 maart.", "2026-03-20"),
        ("pt", "Estou de férias até 20 de março.", "2026-03-20"),
        ("it", "Sono in ferie fino al 20 marzo.", "2026-03-20"),
        ("en", "Thank you for your mail.", None),
    ],
)
def test_reading_timelines_know_when_an_absent_sender_is_back(
    language: str, text: str, expected: str | None
) -> None:
    """An out-of-office note says the day its author is back."""
    assert timeline.absence([text], WEDNESDAY, language=language) == (day(expected) if expected else None)


def test_reading_timelines_are_shown_as_plain_json() -> None:
    """The command line's object holds ISO dates and the words."""
    found = Timeline("by Friday", day("2026-03-11"), day("2026-03-13"), TimelineKind.DEADLINE, "by weekday")
    shown = timeline.as_json(found)
    assert json.loads(json.dumps(shown)) == {
        "quote": "by Friday",
        "earliest": "2026-03-11",
        "latest": "2026-03-13",
        "kind": "deadline",
        "rule": "by weekday",
        "alternative": None,
    }
