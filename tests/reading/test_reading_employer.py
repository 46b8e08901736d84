"""The employer and the role a mail speaks for: never the ATS, nor the agency where the employer is named."""

from __future__ import annotations

import datetime as dt
import tomllib
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from least_time import least_time

from daemon.reading import employer, employer_ids, employer_names, employer_role, message, sender, sentences
from daemon.reading.model import Address, Link, Me, Message

MAILS: list[dict[str, Any]] = tomllib.loads(
    (Path(__file__).parent / "samples" / "mails.toml").read_text("utf-8")
)["mail"]
ME = Me(frozenset(("noor.castellan@post.example",)), "Noor Castellan")
SENT = dt.datetime(2026, 3, 2, 9, 15, tzinfo=dt.UTC)


def read(sample: dict[str, Any]) -> employer.Employer:
    mail = EmailMessage()
    mail["From"], mail["Subject"] = sample["from"], sample.get("subject", "")
    mail["To"] = sample.get("to", "Noor Castellan <noor.castellan@post.example>")
    mail["Date"] = "Mon, 02 Mar 2026 09:15:00 +0100"
    mail.set_content(sample["text"].lstrip())
    parsed = message.parse(mail.as_bytes())
    return employer.find(parsed, sender.judge(parsed, ME), sentences.split(parsed.text), me=ME)


@pytest.mark.parametrize("sample", MAILS, ids=lambda sample: sample["says"])
def test_samples(sample: dict[str, Any]) -> None:
    """Each mail gives its employer, whether an agency writes, its role and its number."""
    found = read(sample)
    assert (found.name, found.agency) == (sample.get("employer"), sample.get("agency", False))
    assert found.role == sample.get("role")
    assert found.requisition == sample.get("requisition", "")


@pytest.mark.parametrize(
    ("label", "text", "name"),
    [
        ("valleycu", "Ruth Ames, Valley Credit Union", "Valley Credit Union"),
        ("oakdalepublib", "at Oakdale Public Library, Room 4", "Oakdale Public Library"),
        ("mueller-optik", "Müller Optik GmbH & Co. KG", "Müller Optik"),
        ("mintandmoss", "Mint & Moss is hiring", "Mint & Moss"),
        ("kestreldove", "Your application to Kestrel & Dove", "Kestrel & Dove"),
        ("kallenfels", "bei der Stadt Kallenfels", "Stadt Kallenfels"),
        ("acme", "nothing about them", ""),
    ],
)
def test_the_mail_spells_what_the_domain_glues(label: str, text: str, name: str) -> None:
    """A name is spelled as the mail spells it, glued, abbreviated or with "&" in the domain."""
    assert employer_names.spelled(label, [text]) == name


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("halden-robotics", "Halden Robotics"),
        ("ashdalehealth", "Ashdale Health"),
        ("merrowandsons", "Merrow and Sons"),
        ("gruposerra", "Grupo Serra"),
        ("northernhealthpartners", "Northern Health Partners"),
        ("lowtide", "Lowtide"),
    ],
)
def test_a_domain_is_made_readable(label: str, name: str) -> None:
    """Where the mail never spells the name the domain is split only before the kind of house."""
    assert employer_names.readable(label) == name


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("your application for the position of Lab Manager at Acme", "Lab Manager"),
        ("Ihre Bewerbung als Zimmerin (m/w/d) bei uns", "Zimmerin"),
        ("pour le poste de Chef de produit chez nous", "Chef de produit"),
        ("para el puesto de Analista de Rutas en Madrid", "Analista de Rutas"),
        ("op de vacature Planoloog bij ons", "Planoloog"),
        ("para a vaga de Desenvolvedora na empresa", "Desenvolvedora"),
        ("per la posizione di Responsabile Qualità presso noi", "Responsabile Qualità"),
        ("we have chosen another candidate for the position", None),
        ("as a thank you for your time", None),
    ],
)
def test_roles(text: str, role: str | None) -> None:
    """The role ends where the sentence goes on, without the form of gender; other words are no role."""
    assert employer_role.find("", (text,)) == role


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("Lab Manager (Req #55120)", "55120"),
        ("JR-5531 Specialist", "JR-5531"),
        ("Kennziffer 2026-114", "2026-114"),
        ("vacancy ref. POL-1187", "POL-1187"),
        ("Call 555-017-3000 by 2026-03-09", ""),
    ],
)
def test_requisition_numbers(text: str, number: str) -> None:
    """The vacancy's number is found; telephone numbers and dates are none."""
    assert employer_ids.requisition((text,)) == number


def test_tokens_come_from_address_tags_and_links() -> None:
    """An ATS's tag in the address and the id in its link tell one application from another."""
    mail = Message(
        "k",
        "k",
        SENT,
        True,
        Address("Ana Lim", "reply+8a7f2c@candidates.ats.example"),
        "",
        "",
        links=(
            Link("View", "https://ats.example/applications/4f1b2c3d4e5f6a7b"),
            Link("Home", "https://ats.example/about/123456789"),
        ),
    )
    assert employer_ids.tokens(mail, "R-1") == ("R-1", "8a7f2c", "4f1b2c3d4e5f6a7b")


@pytest.mark.parametrize("brand", ["Greenhouse", "Lever", "Workday", "SmartRecruiters"])
def test_an_ats_is_never_the_employer(brand: str) -> None:
    """A relay's own name is no employer's, whatever its mail says of itself."""
    host = {"Greenhouse": "us.greenhouse-mail.io", "Lever": "hire.lever.co", "Workday": "myworkday.com"}
    address = f"no-reply@{host.get(brand, 'smartrecruiters.com')}"
    found = read(
        {
            "from": f"{brand} <{address}>",
            "text": f"Your application was received.\n\nPowered by {brand}. {brand} Inc.",
        }
    )
    assert found.name is None


HOSTILE = (
    "Ab " * 33_000,
    "the " * 25_000 + "position",
    "Aa and " * 14_000,
    "for the Engineer and we\n" * 4_000,
    "@" * 100_000,
)


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: text[:8].strip())
def test_no_text_takes_long(text: str) -> None:
    """100 kB of capitals and roles are read within the budget of one mail."""
    mail = Message("k", "k", SENT, True, Address("Ana Lim", "ana@ab-cd.example"), text[:1_000], text)
    judged, lines = sender.judge(mail, ME), sentences.split(text)
    employer.find(mail, judged, ())
    assert least_time(lambda: employer.find(mail, judged, lines)) < 0.25


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            (
                "at with Acme Labs & and Co. (Acme) Greenhouse GmbH our client the position of Engineer "
                "| - R-1 Noor Castellan"
            ).split()
        )
        | st.text(max_size=6),
        max_size=25,
    )
)
def test_nobody_is_their_own_employer(words: list[str]) -> None:
    """Whatever is written, reading ends, and neither the user nor the relay is the employer."""
    text = " ".join(words)
    mail = Message(
        "k",
        "k",
        SENT,
        True,
        Address("Greenhouse", "no-reply@us.greenhouse-mail.io"),
        text[:80],
        text,
        to=(Address("Noor Castellan", "noor.castellan@post.example"),),
    )
    found = employer.find(mail, sender.judge(mail, ME), sentences.split(text), me=ME)
    assert found.name not in ("Noor Castellan", "Noor", "Castellan", "Greenhouse", "")
