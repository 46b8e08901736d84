"""What kind of mail it is: the labelled mails, the hard cases, and what must never open a case."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime
from email.message import EmailMessage
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daemon.reading import classify
from daemon.reading.acts import ABOUT_A_JOB, Does, lexicon, listen
from daemon.reading.classify_facts import Facts
from daemon.reading.model import Me, Reading
from daemon.reading.read import read
from policies.case import Kind

OWN = Path(__file__).parents[1] / "data" / "mail" / "own"
ME = Me(frozenset({"nora.feld@mail.example", "nora@ownfirm.example"}), "Nora Feld", "Europe/London")
FAMILY = {
    Kind.INTERVIEW_INVITATION,
    Kind.SCHEDULING_REQUEST,
    Kind.INTERVIEW_RESCHEDULE,
    Kind.INTERVIEW_CANCELLATION,
}


@cache
def own() -> tuple[tuple[dict[str, object], Reading], ...]:
    labels = [json.loads(line) for line in (OWN / "labels.jsonl").read_text("utf-8").splitlines()]
    return tuple((label, read((OWN / label["file"]).read_bytes(), me=ME)) for label in labels)


def mail(
    text: str, subject: str = "Hello", sender: str = "Maya Lind <maya@northpier.example>", **fields: str
) -> Reading:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, "nora.feld@mail.example", subject
    message["Date"], message["Message-ID"] = "Tue, 10 Mar 2026 09:15:00 +0000", "<1@northpier.example>"
    for name, value in fields.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return read(message.as_bytes(), me=ME, internal_date=datetime(2026, 3, 10, 9, 15, tzinfo=UTC))


def test_the_mails_written_for_this_are_read_right() -> None:
    """Of the mails in tests/data/mail/own nine in ten are read as their label says."""
    right = sum(reading.kind == label["kind"] for label, reading in own())
    assert right >= 0.9 * len(own())


def test_mail_about_interviews_is_told_from_other_mail() -> None:
    """Hardly any mail about an interview is missed, and hardly any other mail is taken for one."""
    told = Counter((label["kind"] in FAMILY, reading.kind in FAMILY) for label, reading in own())
    assert told[True, True] >= 0.95 * (told[True, True] + told[True, False])
    assert told[True, True] >= 0.95 * (told[True, True] + told[False, True])


def test_what_is_no_job_mail_opens_no_case() -> None:
    """Journalists, landlords, doctors, banks and schools invite and decline, and open no case."""
    others = [(label, reading) for label, reading in own() if label["kind"] == Kind.OTHER]
    opened = [
        label["file"] for label, r in others if r.kind is not Kind.OTHER and r.confidence >= classify.SURE
    ]
    assert len(opened) <= 0.03 * len(others)


def test_every_kind_comes_with_its_reasons() -> None:
    """A reading that is not `other` says why, and what it quotes stands in the mail."""
    for label, reading in own():
        if reading.kind is not Kind.OTHER:
            assert reading.evidence, label["file"]
            assert all(one.why for one in reading.evidence)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (
            "Unfortunately the analyst role is filled, but we would like to invite you to interview for our"
            " reporting position on Monday 16 March at 10:00. Does that time suit you?",
            {Kind.INTERVIEW_INVITATION, Kind.SCHEDULING_REQUEST},
        ),
        (
            "Thank you for your application for the analyst role. If you are not selected we will let you"
            " know; should your application be successful we will invite you to an interview.",
            {Kind.APPLICATION_ACKNOWLEDGEMENT},
        ),
        (
            "Thank you for the interview for the analyst role. We are still interviewing other candidates and"
            " will decide by Friday.",
            {Kind.EMPLOYER_UPDATE},
        ),
        (
            "Your interview for the analyst role on Monday has been cancelled because the position has been"
            " filled.",
            {Kind.INTERVIEW_CANCELLATION},
        ),
        (
            "We would like to offer you an interview for the analyst role. When could you come in next week?",
            {Kind.SCHEDULING_REQUEST},
        ),
    ],
)
def test_turns_and_conditions_decide(text: str, kind: set[Kind]) -> None:
    """What holds under a condition, or for another role, does not make the kind."""
    assert mail(f"Dear Nora,\n\n{text}\n\nMaya").kind in kind


def test_a_colleague_opens_no_case() -> None:
    """Who writes from the user's own firm hires with them, not them."""
    reading = mail(
        "We would like to invite you to interview for the analyst position.", sender="tom@ownfirm.example"
    )
    assert reading.kind is Kind.OTHER


def test_a_list_is_told_from_a_person() -> None:
    """The words of an invitation in a newsletter invite nobody."""
    text = "How to answer: we would like to invite you to an interview for the position of analyst.\n"
    reading = mail(text * 3, List_Id="<jobs.northpier.example>", sender="news@northpier.example")
    assert reading.kind not in FAMILY


IDLE = [text for name, text in lexicon("en").examples.known if name == Does.NOTHING]
IDLE = [text for text in IDLE if not {one.does for one in listen((text,), "en")} & ABOUT_A_JOB]


@given(st.lists(st.sampled_from(IDLE), max_size=8))
@settings(max_examples=60, deadline=None)
def test_ordinary_sentences_open_no_case(sentences: list[str]) -> None:
    """No mail made of sentences that do nothing can open a case."""
    reading = mail("\n\n".join(sentences) or "Hello")
    assert reading.kind is Kind.OTHER or reading.confidence < classify.SURE


@given(
    st.dictionaries(st.sampled_from(sorted(Does)), st.integers(1, 4), max_size=6),
    st.floats(-20, 20),
    st.integers(0, 4),
    st.integers(0, 4),
)
def test_unsure_opens_no_case(counts: dict[Does, int], context: float, times: int, slots: int) -> None:
    """Whatever is said, a mail that names no job stays below what opens a case; confidence is a chance."""
    verdict = classify.decide(Facts(counts=counts, context=context, job=0.0, times=times, slots=slots))
    assert 0.0 <= verdict.confidence <= 1.0
    if verdict.kind not in (Kind.OTHER, Kind.AUTO_REPLY):
        assert verdict.confidence < classify.SURE


def test_a_bounce_is_a_robot_whatever_it_quotes() -> None:
    """A delivery report is an auto_reply, also when it returns an application."""
    counts = {Does.RECEIVED: 2, Does.INVITES: 1}
    verdict = classify.decide(Facts(counts=counts, context=5.0, job=5.0, bounce=True))
    assert verdict.kind is Kind.AUTO_REPLY


def test_a_calendar_says_what_the_text_need_not() -> None:
    """METHOD:CANCEL cancels, a raised SEQUENCE moves, a first REQUEST invites."""
    entry = Facts(context=2.0, job=2.0, talk=True, times=1, method="REQUEST")
    assert classify.decide(entry).kind is Kind.INTERVIEW_INVITATION
    moved = Facts(context=2.0, job=2.0, talk=True, times=1, method="REQUEST", sequence=2)
    assert classify.decide(moved).kind is Kind.INTERVIEW_RESCHEDULE
    off = Facts(context=2.0, job=2.0, talk=True, method="CANCEL", sequence=3)
    assert classify.decide(off).kind is Kind.INTERVIEW_CANCELLATION


@pytest.mark.parametrize("promise", ["let you know our decision", "come back to you", "be in touch"])
def test_a_promise_within_days_asks_nothing_of_the_candidate(promise: str) -> None:
    """Who says what they will do within three days does not wait for the candidate."""
    reading = mail(f"Thank you for coming to the interview. We will {promise} within three days.")
    assert reading.kind is Kind.EMPLOYER_UPDATE
    assert not reading.asks
