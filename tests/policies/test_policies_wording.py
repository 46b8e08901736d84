"""Faults in a note: each kind is found in every language, and a good letter has none."""

from __future__ import annotations

import time
import tomllib
from dataclasses import replace
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies import prose
from policies.case import Note
from policies.wording import Setting, faults

GOOD = """Dear Priya Shah,

Thank you for your time on Tuesday. I enjoyed talking about the move to weekly releases.

The analyst role interests me even more now. I have run forty nightly pipelines, and I would bring that along.

You can reach me here or on +44 20 7946 0000.

Kind regards,
Sam Lee
"""
SETTING = Setting(
    recipient="Priya Shah",
    names=("Priya Shah", "Tom Okafor", "Stella Brandt", "Sam Lee"),
    employer="Northwind",
    role="Analyst",
    phone="+44 20 7946 0000",
    claims=("I have run 40 nightly pipelines.",),
)
LEXICON = tomllib.loads(resources.files("policies").joinpath("wording.toml").read_text("utf-8"))
BANNED = [
    (language, code, phrase)
    for language, words in LEXICON.items()
    for code, phrases in words["banned"].items()
    for phrase in phrases
]


def codes(
    text: str, note: Note = Note.THANK_YOU, setting: Setting = SETTING, language: str = "en"
) -> list[str]:
    return [fault.code for fault in faults(text, note, language, setting)]


def test_good() -> None:
    """A good letter has no fault."""
    assert faults(GOOD, Note.THANK_YOU, "en", SETTING) == ()


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("the move to weekly releases", "[[something]]", "gap"),
        ("You can", "It is late. It is dark. You can", "long"),
        ("The analyst role", "Good. Fine. The analyst role", "block"),
        ("Thank you for your time", "I was there", "no-thanks"),
        ("Dear Priya Shah", "Dear Tom", "wrong-name"),
        ("Dear Priya Shah", "Dear Priya and Tom", "wrong-name"),
        ("Dear Priya Shah", "Dear colleague", "wrong-name"),
        ("Dear Priya Shah,", "", "wrong-name"),
        ("Dear Priya Shah", "Dear Pryia Shah", "misspelt"),
        ("your time on Tuesday", "your time and for Mr Okafer's", "misspelt"),
        ("Dear Priya Shah", "Dear Hiring Manager", "robot"),
        ("Dear Priya Shah", "To whom it may concern", "robot"),
        ("forty nightly", "for 12 years nightly", "unsupported"),
        ("The analyst role", "THE ANALYST POSITION", "shouting"),
        ("Tuesday.", "Tuesday!!!", "shouting"),
        ("the move", "the the move", "doubled"),
        ("Kind regards", "PS: what about the salary?\n\nKind regards", "money"),
        ("Sam Lee\n", "Sam Lee\n\nPS What about the salary?\n", "money"),
    ],
)
def test_faults(old: str, new: str, code: str) -> None:
    """One thing made wrong is found, by its code."""
    assert old in GOOD
    assert code in codes(GOOD.replace(old, new, 1))


def test_every_fault_has_words_and_a_source() -> None:
    """A fault says in a sentence what to do, and cites a rule of the articles."""
    text = "Dear Sir,\n\nI REALLY need need this job!!! The the salary? [[x]]\n"
    for fault in faults(text, Note.THANK_YOU, "en", SETTING):
        assert fault.says.endswith((".", "?")), fault
        assert fault.source[0] in "STQ", fault


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Priya Shah", "Priya"),
        ("Dear Priya Shah", "Dear Ms Shah"),
        ("Dear Priya Shah,", "Hi Priya -"),
        ("talking about", "talking with Tom about"),
        ("your time on Tuesday", "Priya’s and Tom Okafor’s time"),
        ("Kind regards,\nSam Lee", "Best\nS"),
        ("Kind regards,\nSam Lee\n", "Sam\n\n> On Monday you wrote:\n> the salary is 3.\n"),
        ("\n", "\r\n"),
        ("forty nightly", "40 nightly"),
        ("I have run forty nightly pipelines, and", "Northwind's Dr. Brandt said e.g. that, and"),
    ],
)
def test_no_fault(old: str, new: str) -> None:
    """What people rightly write is no fault."""
    assert codes(GOOD.replace(old, new)) in ([], ["no-fit"])


@pytest.mark.parametrize(
    ("paragraph", "code"),
    [
        ("Thank you for your time on Tuesday. ", "no-thanks"),
        ("The analyst role interests me even more now. ", "no-interest"),
        ("I have run forty nightly pipelines, and I would bring that along.", "no-fit"),
        ("I enjoyed talking about the move to weekly releases.", "no-talk"),
        ("You can reach me here or on +44 20 7946 0000.", "no-reach"),
    ],
)
def test_missing(paragraph: str, code: str) -> None:
    """Each of the things a thank-you must hold is missed when it is not there (S1, S2, S9)."""
    assert code in codes(GOOD.replace(paragraph, ""))


def test_phone_below_is_reach() -> None:
    """A phone number in the signature is contact enough."""
    text = GOOD.replace("You can reach me here or on +44 20 7946 0000.\n\n", "")
    assert "no-reach" not in codes(text.replace("Sam Lee", "Sam Lee\n+44 (20) 7946 0000"))


def test_status_check_asks() -> None:
    """A status check without a question is one sentence short (S10)."""
    asking = "Dear Priya,\n\nI am still interested. Where are you in the process?\n\nSam\n"
    assert codes(asking, Note.STATUS_CHECK) == []
    assert "no-question" in codes(asking.replace("?", "."), Note.STATUS_CHECK)


@pytest.mark.parametrize(("language", "code", "phrase"), BANNED)
def test_banned(language: str, code: str, phrase: str) -> None:
    """Every banned phrase is found in the middle of a sentence, whatever its capitals."""
    text = f"X,\n\nXxx {phrase.replace('*', '').upper()}, xxx.\n"
    found = faults(text, Note.STATUS_CHECK, language)
    assert any(fault.code == code and fault.source for fault in found)


def test_languages_are_complete() -> None:
    """Every language has the same lists, none of them empty."""
    shape = {key: sorted(value) if isinstance(value, dict) else None for key, value in LEXICON["en"].items()}
    for words in LEXICON.values():
        assert {k: sorted(v) if isinstance(v, dict) else None for k, v in words.items()} == shape
        assert all(words["has"].values())


def test_role_and_names_are_no_offence() -> None:
    """A Benefits Manager at Bonus AG may be written to."""
    setting = replace(SETTING, role="Benefits Manager", employer="Bonus AG")
    text = GOOD.replace("analyst role", "Benefits Manager role at Bonus AG")
    assert codes(text, setting=setting) == []


def test_same_text_twice() -> None:
    """What stands word for word in a note to somebody else there is found, whatever the greeting."""
    other = GOOD.replace("Priya Shah", "Tom Okafor")
    assert "same-text" in codes(GOOD, setting=replace(SETTING, others=(other,)))
    assert "same-text" not in codes(GOOD, setting=replace(SETTING, others=("Dear Tom,\n\nThank you!\n",)))


def test_german_nouns_are_no_names() -> None:
    """A capitalised word of the language near a name of the case is no misspelling."""
    text = "Hallo Priya,\n\ndanke, die Stelle reizt mich sehr. Wie ist der Stand?\n\nSam\n"
    assert codes(text, Note.STATUS_CHECK, language="de") == []


def test_debrief_is_ones_own() -> None:
    """Nothing is a fault in a paper to oneself."""
    assert faults("[[x]] salary!!!", Note.DEBRIEF, "en") == ()


def test_unknown_language() -> None:
    """In a language without a lexicon the rules that need none still hold."""
    assert codes("Hei Priya,\n\n[[x]] yksi. Kaksi. Kolme. Neljä. Viisi. Kuusi.\n", language="fi")[:2] == [
        "gap",
        "long",
    ]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("One. Two! Three? Four…", 4),
        ("I met Dr. Shah of Acme Inc. and liked it, e.g. the view.", 1),
        ("Am 3. März war ich bei Ihnen, z. B. im Lager.", 1),
        ("Version 2.5 is fine.", 1),
        ("Talk about [[this? or that. e.g. “x”]] now.", 1),
        ("“Really?” Yes.", 2),
        ("...", 0),
    ],
)
def test_sentences(text: str, count: int) -> None:
    """Sentences are counted as people count them."""
    assert len(prose.sentences(text)) == count


@given(st.text(max_size=3000), st.sampled_from(Note), st.sampled_from(("en", "de", "fr", "xx", "")))
def test_any_text(text: str, note: Note, language: str) -> None:
    """Any text is judged without an exception."""
    faults(text, note, language, replace(SETTING, others=(text,)))


@pytest.mark.parametrize(
    "piece", ["[[", "a. ", "\n \n", "!?", "Aa", "you ", "> \n", "]]", "1", "Dr. ", "-- \n"]
)
def test_hostile_length(piece: str) -> None:
    """A hundred kilobytes of anything are judged within a second."""
    text = piece * (120_000 // len(piece))
    before = time.process_time()
    faults(text, Note.THANK_YOU, "en", replace(SETTING, others=(text,)))
    assert time.process_time() - before < 1
