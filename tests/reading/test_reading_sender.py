"""Who speaks: persons, systems, lists, robots, impostors."""

from __future__ import annotations

import pytest

from daemon.reading import message, sender
from daemon.reading.model import Me, Message
from daemon.reading.sender import Sender

ME = Me(frozenset({"ann@home.example"}))


def mail(*fields: str) -> Message:
    return message.parse(("\r\n".join(fields) + "\r\n\r\nHello.").encode())


def judge(*fields: str) -> Sender:
    return sender.judge(mail(*fields), ME)


def test_a_person_at_an_organisation_is_just_that() -> None:
    """A recruiter's mail is neither automatic nor carried by anybody, and has a domain."""
    found = judge("From: Priya Shah <priya@mail.acme.co.uk>", "Subject: Interview", "X-Mailer: Outlook")
    assert found == Sender(
        outgoing=False, automatic=False, list=False, bounce=False, robot_address=False,
        relay="", free_mail=False, domain="acme.co.uk", foreign_reply_to=None,
    )  # fmt: skip


@pytest.mark.parametrize("address", ["ann@home.example", "ann+jobs@home.example", "ANN@Home.example"])
def test_the_users_own_mail_is_outgoing(address: str) -> None:
    """Mail from any of the user's addresses, tags included, is the user's, whatever else it carries."""
    found = judge(f"From: {address}", "Auto-Submitted: auto-generated", "Reply-To: other@x.example")
    assert found.outgoing
    assert not found.automatic
    assert found.foreign_reply_to is None


@pytest.mark.parametrize(
    "field",
    [
        "Auto-Submitted: auto-replied (vacation)",
        "Auto-Submitted: AUTO-REPLIED; owner-email=x",
        "Precedence: auto_reply",
        "X-Autoreply: yes",
        "X-Autorespond: x",
        "Subject: Automatic reply: Thank you",
        "Subject: Re: Out of office",
        "Subject: Annual leave: Re: Interview",
        "Subject: Automatische Antwort: Gespräch",
        "Subject: AW: Abwesenheitsnotiz",
        "Subject: Réponse automatique : Entretien",
        "Subject: Respuesta automática: Entrevista",
        "Subject: Automatisch antwoord: gesprek",
        "Subject: Resposta automática: Entrevista",
        "Subject: Risposta automatica: Colloquio",
    ],
)
def test_absence_notes_are_auto_replies(field: str) -> None:
    """RFC 3834, its forerunners and the subjects of absence notes in seven languages are recognised."""
    found = judge("From: priya@acme.example", field)
    assert found.automatic
    assert found.auto_reply
    assert not found.bounce


@pytest.mark.parametrize(
    "subject",
    [
        "Absence of conflict of interest form",
        "Interview on Tuesday",
        "Urlaubsplanung",
        "Your vacation rental",
        "Away day invitation",
    ],
)
def test_ordinary_subjects_are_not_absence_notes(subject: str) -> None:
    """A subject that only resembles an absence note is none."""
    assert not judge("From: priya@acme.example", f"Subject: {subject}").auto_reply


@pytest.mark.parametrize(
    "fields",
    [
        [
            "From: mailer-daemon@mx.example",
            "Content-Type: multipart/report; report-type=delivery-status; boundary=b",
        ],
        ["From: MAILER-DAEMON@mx.example", "Return-Path: <>", "Subject: Returned mail: see transcript"],
        [
            "From: postmaster@acme.example",
            "Auto-Submitted: auto-replied",
            "Subject: Undeliverable: Thank you",
        ],
        ["From: noreply@mx.example", "X-Failed-Recipients: priya@acme.example"],
        ["From: daemon@mx.example", "Return-Path: <>", "Subject: Unzustellbar: Danke"],
    ],
)
def test_bounces_are_bounces(fields: list[str]) -> None:
    """A report of a mail not delivered is a bounce and automatic, never an employer's answer."""
    found = judge(*fields)
    assert found.bounce
    assert found.automatic
    assert not found.auto_reply


def test_a_list_is_a_list_but_a_way_to_unsubscribe_is_none() -> None:
    """List-Id makes a list; List-Unsubscribe alone is what every system sets, and an ATS is no list."""
    assert judge("From: a@list.example", "List-Id: <x.list.example>").list
    assert not judge("From: a@acme.example", "List-Unsubscribe: <https://acme.example/u>").list
    assert not judge("From: a@us.greenhouse-mail.io", "List-Id: <x>", "Precedence: bulk").list


@pytest.mark.parametrize(
    "address",
    ["no-reply@acme.example", "noreply-jobs@acme.example", "do_not_reply@acme.example",
    "notifications@acme.example",
     "ne-pas-repondre@acme.example", "nicht-antworten@acme.example", "jobs-noreply@acme.example",
     "Job.Alerts@acme.example"],
)  # fmt: skip
def test_robot_addresses_are_known(address: str) -> None:
    """Addresses whose answers nobody reads are recognised in several languages."""
    assert judge(f"From: {address}").robot_address


@pytest.mark.parametrize(
    "address",
    ["careers@acme.example", "jobs@acme.example", "nora.replyn@acme.example", "talent@acme.example"],
)
def test_team_addresses_are_no_robots(address: str) -> None:
    """A recruiting team's mailbox is read by people."""
    found = judge(f"From: {address}")
    assert not found.robot_address
    assert not found.automatic


@pytest.mark.parametrize(
    ("address", "brand", "kind"),
    [
        ("no-reply@us.greenhouse-mail.io", "Greenhouse", "ats"),
        ("acme@myworkday.com", "Workday", "ats"),
        ("no-reply@hire.lever.co", "Lever", "ats"),
        ("x@candidates.workablemail.com", "Workable", "ats"),
        ("scheduling@goodtime.io", "GoodTime", "scheduler"),
        ("jobs-noreply@linkedin.com", "LinkedIn", "board"),
        ("x@jobs.lever.example", "Lever", "ats"),
    ],
)
def test_a_system_that_carries_mail_is_never_the_employer(address: str, brand: str, kind: str) -> None:
    """Brands are recognised by domain; they have no domain of their own for linking cases."""
    found = judge(f"From: {address}")
    assert (found.relay, found.relay_kind, found.domain) == (brand, kind, "")


def test_free_mail_has_no_organisation() -> None:
    """Two people at a free-mail host have nothing in common."""
    found = judge("From: priya.hr@gmail.com")
    assert found.free_mail
    assert found.domain == ""


@pytest.mark.parametrize(
    ("from_", "reply_to", "foreign"),
    [
        ("priya@acme.example", "jobs@mail.acme.example", None),
        ("priya@acme.example", "eve@evil.example", "eve@evil.example"),
        ("priya@acme.co.uk", "eve@other.co.uk", "eve@other.co.uk"),
        ("priya@acme.example", "priya.hr@gmail.com", "priya.hr@gmail.com"),
        ("no-reply@us.greenhouse-mail.io", "x+1@acme.greenhouse.io", None),
        ("no-reply@ashbyhq.com", "priya@acme.example", None),
        ("no-reply@ashbyhq.com", "priya.hr@gmail.com", "priya.hr@gmail.com"),
        ("priya@acme.example", "reply+6c1f@hire.lever.co", None),
        ("priya@gmail.com", "priya@gmail.com", None),
        ("priya@gmail.com", "other@gmail.com", "other@gmail.com"),
    ],
)
def test_answers_that_would_leave_home_are_said(from_: str, reply_to: str, foreign: str | None) -> None:
    """A Reply-To on another registrable domain is foreign; the systems that carry mail are not (P6)."""
    assert judge(f"From: {from_}", f"Reply-To: {reply_to}").foreign_reply_to == foreign


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("mail.acme.co.uk", "acme.co.uk"),
        ("acme.example", "acme.example"),
        ("a.b.acme.example", "acme.example"),
        ("priya@Mail.Acme.COM", "acme.com"),
        ("co.uk", ""),
        ("localhost", ""),
        ("192.0.2.1", ""),
        ("", ""),
        ("a..b", ""),
        ("x" * 300 + ".com", ""),
    ],
)
def test_the_registrable_domain(host: str, domain: str) -> None:
    """Hosts and addresses come down to the name somebody registered, by the public suffix list."""
    assert sender.registrable(host) == domain


@pytest.mark.parametrize(
    "domain",
    [
        "acrne.example",
        "аcme.example",
        "acme-.example",
        "northpaek.example",
        "n0rthpeak.example",
        "xn--acm-dma.example",
    ],
)
def test_a_look_alike_domain_is_suspicious(domain: str) -> None:
    """Swapped, doubled, foreign and look-alike letters are said in words (FAULTS 19)."""
    assert sender.suspicious(domain, ["acme.example", "northpeak.example"])


@pytest.mark.parametrize(
    "domain", ["acme.example", "jobs.acme.example", "acme.de", "globex.example", "peak.example"]
)
def test_an_honest_domain_is_not_suspicious(domain: str) -> None:
    """The known domain, its hosts, its other top levels and quite other names pass."""
    assert sender.suspicious(domain, ["acme.example", "northpeak.example"]) == ""


@pytest.mark.parametrize(
    ("results", "doubted"),
    [
        ("dkim=pass (2048) header.d=acme.example; spf=fail; dmarc=pass", False),
        ("dkim=pass; spf=pass; dmarc=fail (p=reject) header.from=acme.example", True),
        ("dkim=fail; spf=softfail", True),
        ("dkim=none; spf=softfail", False),
        ("spf=fail", False),
        ("", False),
    ],
)
def test_a_mail_the_users_server_disowns_is_in_doubt(results: str, doubted: bool) -> None:
    """A failed DMARC, or failed signature and host together, is held against the sender (RFC 8601)."""
    first = f"Authentication-Results: mx.home.example; {results}"
    found = judge("From: Maya <maya@acme.example>", first, "Authentication-Results: x; dmarc=fail")
    assert bool(found.doubt) is doubted
    assert not doubted or "dmarc=fail" in found.doubt or "dkim=fail" in found.doubt


def test_a_list_breaks_signatures_without_being_doubted() -> None:
    """What a mailing list passes on fails the sender's checks by its nature."""
    failed = "Authentication-Results: mx.home.example; dmarc=fail"
    assert judge("From: maya@acme.example", failed, "List-Id: <talk.lists.example>").doubt == ""


@pytest.mark.parametrize(
    ("from_", "doubted"),
    [
        ('"maya@acme.example" <maya@evil.example>', True),
        ('"Maya (maya@acme.example)" <m4721@evil.example>', True),
        ('"maya@acme.example" <maya@mail.acme.example>', False),
        ('"maya@acme.example" <no-reply@us.greenhouse-mail.io>', False),
        ("Maya <maya@acme.example>", False),
    ],
)
def test_who_shows_somebody_elses_address_as_a_name_is_in_doubt(from_: str, doubted: bool) -> None:
    """A display name with an address on another domain than the sender's own poses (FAULTS 19)."""
    assert bool(judge(f"From: {from_}").doubt) is doubted


@pytest.mark.parametrize(
    ("fields", "direct", "internal"),
    [
        (("From: maya@acme.example", "To: ann@home.example"), True, False),
        (("From: maya@acme.example",), True, False),
        (("From: maya@acme.example", "To: all@acme.example"), False, False),
        (
            ("From: maya@acme.example", "To: " + ", ".join(f"p{n}@acme.example" for n in range(9))),
            False,
            False,
        ),
        (("From: maya@acme.example", "To: ann@home.example", "List-Id: <x.acme.example>"), False, False),
        (("From: boss@home.example", "To: ann@home.example"), True, True),
    ],
)
def test_who_was_written_to(fields: tuple[str, ...], direct: bool, internal: bool) -> None:
    """A mail to the user among few is direct; one from a domain of the user's own is internal."""
    found = judge(*fields)
    assert (found.direct, found.internal) == (direct, internal)
