"""What a draft says: to whom, in which words, and what it leaves open."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest
from drafting_scene import ANA, CASE, CONTEXT, INTERVIEW, MARTA, NOW, PANEL, PRIYA, PROFILE, TOM, decision

from daemon.drafting import facts
from daemon.drafting.compose import compose, improves
from daemon.drafting.profile import About, Answered, Fact, Strength
from daemon.drafting.templates import LANGUAGES
from policies.case import Case, Event, Note, Part, Party, Person, Timeline, TimelineKind

INFORMAL = {
    "de": ("Hallo Sam, wir freuen uns auf dich.", "Hallo Priya,", "Guten Tag Priya Shah,"),
    "fr": ("Bonjour Sam, à toi de jouer.", "Bonjour Priya,", "Bonjour Priya Shah,"),
    "es": ("Hola, Sam: ¿te va bien?", "Hola, Priya:", "Buenos días, Priya Shah:"),
    "nl": ("Hoi Sam, we zien je dinsdag.", "Hoi Priya,", "Beste Priya Shah,"),
    "it": ("Ciao Sam, ti aspettiamo.", "Ciao Priya,", "Gentile Priya Shah,"),
    "pt": ("Oi Sam, até terça.", "Olá, Priya,", "Bom dia, Priya Shah,"),
    "en": ("Hi Sam, see you then!", "Hi Priya,", "Dear Priya Shah,"),
}


def body(note: Note = Note.THANK_YOU, to: Person = PRIYA, case: Case = CASE, context=CONTEXT, **more) -> str:
    return compose(decision(note, to, **more), case, context).body


def answering(text: str, language: str = "en", **more):
    return replace(CONTEXT, answered=Answered("a@b", "Interview", text=text, language=language), **more)


def test_panel_gets_three_letters() -> None:
    """Three members of a panel never get the same sentence twice but for greeting and signature."""
    for late in (False, True):
        letters = [body(to=person, late=late).split("\n\n")[1:-1] for person in PANEL]
        sentences = [paragraph for letter in letters for paragraph in letter]
        assert len(set(sentences)) == len(sentences)


EIGHT = tuple(
    Person(f"{name} Vell", f"{name.lower()}@northwind.example", Part.INTERVIEWER)
    for name in ("Abe", "Bea", "Cid", "Dov", "Eva", "Fay", "Gus", "Hal")
)


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("informal", [False, True])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_panel_of_eight_compares_its_letters(language: str, informal: bool, late: bool) -> None:
    """No two of eight get the same letter, none begins as more than two others, and no fault is found."""
    met = replace(INTERVIEW, people=EIGHT)
    case = replace(CASE, people=EIGHT, interviews=(met,), language=language)
    said = INFORMAL[language][0] if informal else ""
    letters: list[str] = []
    for person in EIGHT:
        around = answering(said, language, others=tuple(letters))
        draft = compose(decision(Note.THANK_YOU, person, interview=met, late=late), case, around)
        assert {fault.code for fault in draft.faults} <= {"gap"}, draft.body
        letters.append(draft.body)
    assert len({letter.split("\n\n")[2] for letter in letters}) >= 7
    openings = Counter(letter.split("\n\n")[1].split("[[")[0] for letter in letters)
    assert max(openings.values()) <= 3


def test_a_second_interview_is_thanked_for_in_other_words() -> None:
    """What was talked about on another day is not said again, nor the letter written again."""
    facts = (Fact(About.TALKED, "the old site", "Priya Shah", "en", "2026-02-20"),)
    first = body(context=replace(CONTEXT, facts=(replace(facts[0], day="2026-03-03"),)))
    second = body(context=replace(CONTEXT, facts=facts, others=(first,)))
    assert "the old site" in first
    assert "the old site" not in second
    assert not {*first.split("\n\n")[1:4]} & {*second.split("\n\n")[1:4]}


@pytest.mark.parametrize(
    ("employer", "written"),
    [
        ("Halbmond Verlag", "beim Halbmond Verlag"),
        ("Verlag Halbmond", "beim Verlag Halbmond"),
        ("Acme", "bei Acme"),
        ("Deutsches Museum", "bei Deutsches Museum"),
    ],
)
def test_german_of_publishers_and_museums(employer: str, written: str) -> None:
    """“beim” where the name calls for it, and no grammar is risked where it would have to be bent."""
    text = body(case=replace(CASE, employer=employer), context=answering("Guten Tag", "de"))
    assert f" {written}" in text


def test_panel_in_any_order() -> None:
    """Which letter a person gets does not depend on the order the panel is known in."""
    turned = replace(INTERVIEW, people=(ANA, PRIYA, TOM))
    assert body(to=TOM) == body(to=TOM, interview=turned)


def test_not_twice() -> None:
    """A letter already drafted in the case is not used again while there is another."""
    first = body()
    second = body(context=replace(CONTEXT, others=(first,)))
    assert first.split("\n\n")[1] != second.split("\n\n")[1]


@pytest.mark.parametrize("language", LANGUAGES)
def test_register(language: str) -> None:
    """We are formal unless the employer's mail is informal, in every language."""
    said, informal, formal = INFORMAL[language]
    assert body(context=answering(said, language)).startswith(informal)
    assert body(context=answering("", language)).startswith(formal)


@pytest.mark.parametrize(
    ("said", "language", "name", "greeting"),
    [
        ("Frau Shah erwartet Sie.", "de", "Priya Shah", "Guten Tag Frau Shah,"),
        ("Frau Dr. Shah erwartet Sie.", "de", "Dr. Priya Shah", "Guten Tag Frau Dr. Shah,"),
        ("Vous verrez Madame Shah.", "fr", "Priya Shah", "Bonjour Madame Shah,"),
        ("Le espera la Sra. Shah.", "es", "Priya Shah", "Estimada Sra. Shah:"),
        ("Mevrouw De Wit ontvangt u.", "nl", "Femke de Wit", "Geachte mevrouw De Wit,"),
        ("Frau Shah oder Herr Shah", "de", "Priya Shah", "Guten Tag Priya Shah,"),
        ("Dear Sam", "en", "Dr. Priya Shah", "Dear Dr. Shah,"),
        ("Dear Sam, Ms Shah will call.", "en", "Shah, Priya", "Dear Ms Shah,"),
        ("Dear Sam", "en", "SHAH Priya", "Dear Priya Shah,"),
        ("Dear Sam", "en", "Priya Shah (Northwind Talent)", "Dear Priya Shah,"),
        ("Dear Sam", "en", "Priya Shah via Greenhouse", "Dear Priya Shah,"),
        ("Dear Sam", "en", "Priya", "Dear Priya,"),
    ],
)
def test_greeting(said: str, language: str, name: str, greeting: str) -> None:
    """People are greeted by name; a gender is never guessed, only taken from the employer's own words."""
    to = replace(PRIYA, name=name)
    case = replace(CASE, people=(to,), interviews=())
    assert body(to=to, case=case, context=answering(said, language)).startswith(greeting)


def test_full_name_from_the_case() -> None:
    """Where a mail only says “Priya”, the case's fuller name for that address is used."""
    assert body(to=replace(PRIYA, name="Priya")).startswith("Dear Priya Shah,")


@pytest.mark.parametrize(
    "name", [None, "Northwind Recruiting Team", "noreply@x.example", "HR", "Human Resources", "Workday"]
)
def test_no_name(name: str | None) -> None:
    """A thank-you asks for the name it lacks; a question to a team greets without one."""
    to = Person(name, "talent@northwind.example")
    case = replace(CASE, people=(to,))
    assert body(to=to, case=case).startswith("Dear [[the name of the person you spoke with]],")
    assert body(Note.STATUS_CHECK, to, case).startswith("Hello,")


def test_talk_is_a_gap_until_told() -> None:
    """What the daemon does not know it asks; what the user told about a person goes to that person."""
    told = replace(
        CONTEXT, facts=(Fact(About.TALKED, "the move to weekly releases.", "tom@northwind.example", "en"),)
    )
    assert "[[something you talked about with Priya, e.g." in body(context=told)
    assert "the move to weekly releases" not in body(context=told)
    assert "the move to weekly releases" in body(to=TOM, context=told)
    assert "[[" not in body(to=TOM, context=told)


@pytest.mark.parametrize(
    "fact",
    [
        Fact(About.TALKED, "We talked. She liked Lyon. " * 5, "Priya", "en"),
        Fact(About.TALKED, "den Umzug nach Lyon", "Priya", "de"),
    ],
)
def test_what_does_not_fit_stays_a_gap(fact: Fact) -> None:
    """A long story or words in another language are shown in the gap, not pressed into a sentence."""
    text = body(context=replace(CONTEXT, facts=(fact,)))
    assert "[[something you talked about with Priya" in text
    assert "Lyon" in text.split("[[")[1].split("]]")[0]


def test_facts_kept_with_the_case() -> None:
    """Facts come back from the pairs a case keeps; a pair of another making is a note."""
    fact = Fact(About.TALKED, "Lyon", "Priya", "en")
    assert facts.from_pairs([facts.to_pair(fact), ("note", "call her"), ("?", "x")]) == (
        fact,
        Fact(About.NOTE, "call her"),
        Fact(About.NOTE, "x"),
    )
    assert "Lyon" in body(case=replace(CASE, facts=(facts.to_pair(fact),)))


def test_strength_must_answer_the_job() -> None:
    """A claim is used where the job asks for it, the best fitting first; otherwise a gap asks for one."""
    sql = Strength(("sql", "warehouse"), "I know SQL by heart.")
    cook = Strength(("kitchen",), "I cook for forty.")
    profile = replace(PROFILE, strengths=(cook, *PROFILE.strengths, sql))
    wants = replace(CONTEXT, profile=profile, wants="You will care for our SQL warehouse.")
    assert "I know SQL by heart" in body(context=wants)
    assert "I have run forty nightly pipelines" in body(context=replace(wants, wants=""))
    assert "[[I have …" in body(context=replace(CONTEXT, profile=replace(profile, strengths=(cook,))))


def test_strength_in_another_language_is_no_claim() -> None:
    """A claim is never put into a letter of another language."""
    text = body(context=answering("", "de"))
    assert "pipelines" not in text
    assert "[[I have …" in text


def test_gaps_are_asked_in_the_users_language() -> None:
    """The letter is in the thread's language, its gaps in the user's."""
    german = answering("", "en", profile=replace(PROFILE, language="de", strengths=()))
    assert "[[Ich habe …" in body(context=german)
    assert body(context=german).startswith("Dear")


def test_late_words() -> None:
    """A late thank-you is worded as one and names the day."""
    text = body(late=True)
    assert "on 3 March" in text
    assert any(
        word in text for word in ("sooner", "A few days have passed", "a little late", "more time pass")
    )


def test_stated_date_is_mentioned_once_it_has_passed() -> None:
    """A status check names the day the employer stated last, but not one ahead or long gone."""

    def check(latest: date, now=NOW) -> str:
        said = Timeline("", None, latest, TimelineKind.DEADLINE)
        case = replace(CASE, history=(Event(NOW, "m", Party.EMPLOYER, timelines=(said,)),))
        return body(Note.STATUS_CHECK, MARTA, case, replace(CONTEXT, now=now))

    assert "1 March" in check(date(2026, 3, 1))
    assert "9 March" not in check(date(2026, 3, 9))
    assert "1 March" not in check(date(2026, 3, 1), NOW + timedelta(days=90))


def test_thanks_by_the_coordinator() -> None:
    """Where only the coordinator has an address, they are asked to pass the thanks on, by name."""
    absent = replace(INTERVIEW, people=(Person("Tom Okafor"), Person("Ana Ruiz")))
    case = replace(CASE, people=(MARTA,), interviews=(absent,))
    text = body(to=MARTA, case=case, interview=absent)
    assert "I do not have an address for Tom Okafor and Ana Ruiz" in text
    assert "[[something you talked about with Tom Okafor and Ana Ruiz" in text


@pytest.mark.parametrize(
    ("role", "shown"),
    [
        ("Analyst (m/w/d)", "the Analyst role"),
        ("Analyst H/F", "the Analyst role"),
        ("Analyst (all genders)", "the Analyst role"),
        ("Analyst - Req #4711", "the Analyst role"),
        ("Paralegal (Conveyancing)", "the Paralegal (Conveyancing) role"),
        ("Analyst\nwanted", "the Analyst wanted role"),
        ("https://jobs.example/1", "the role"),
        (None, "the role"),
    ],
)
def test_role(role: str | None, shown: str) -> None:
    """Roles are named as people say them, without gender marks and numbers."""
    assert shown in body(Note.WITHDRAWAL, case=replace(CASE, role=role))


@pytest.mark.parametrize(
    ("language", "employer", "written"),
    [
        ("fr", "Clinique des Tilleuls", "à la Clinique"),
        ("fr", "Université de Brume", "à l’Université"),
        ("fr", "Atelier Verne", "chez Atelier"),
        ("de", "Stadt Neuheim", "bei der Stadt"),
        ("de", "Verlag am Tor", "beim Verlag"),
        ("de", "Halbmond", "bei Halbmond"),
        ("pt", "Grupo Ribeira", "no Grupo"),
        ("pt", "Ribeira", "na Ribeira"),
    ],
)
def test_at(language: str, employer: str, written: str) -> None:
    """An employer whose name begins with a common noun gets that noun's article."""
    text = body(Note.WITHDRAWAL, case=replace(CASE, employer=employer), context=answering("", language))
    assert f" {written}" in text
    assert f"  {written}" not in text


def test_full_stops() -> None:
    """“Acme Inc.” at the end of a sentence gets no second full stop."""
    text = body(Note.REJECTION_THANKS, case=replace(CASE, employer="Acme Inc."))
    assert ".." not in text


@pytest.mark.parametrize(
    ("signature", "below"),
    [
        ("", "Sam Lee\n+44 20 7946 0000"),
        ("Analyst\nlee.example", "Sam Lee\nAnalyst\nlee.example"),
        ("Dr. Sam Lee\nlee.example", "Dr. Sam Lee\nlee.example"),
    ],
)
def test_signature(signature: str, below: str) -> None:
    """A signature of the user's own stands below the name, which is never written twice nor left out."""
    own = replace(CONTEXT, profile=replace(PROFILE, signature=signature))
    assert body(context=own).endswith("Kind regards,\n" + below)


def test_american_dates() -> None:
    """A user in the United States writes March 3."""
    assert "on March 3" in body(late=True, context=replace(CONTEXT, country="US"))


def test_debrief_is_to_oneself() -> None:
    """A debrief goes to the user, in their language, answers no mail, and asks about each by name."""
    german = replace(CONTEXT, profile=replace(PROFILE, language="de"))
    draft = compose(decision(Note.DEBRIEF, None), CASE, german)
    assert draft.letter.to == draft.letter.sender
    assert draft.letter.in_reply_to == ""
    assert all(f"mit {person.name} gesprochen" in draft.body for person in PANEL)
    assert draft.faults == ()


def test_unknown_language() -> None:
    """In a language without letters we write the user's own."""
    case = replace(CASE, language="fi")
    assert body(case=case, context=replace(CONTEXT, answered=None)).startswith("Dear")


def test_improves() -> None:
    """A draft improves a stored one when it fills a gap; other words alone are no reason to touch it."""
    stored = compose(decision(Note.THANK_YOU, TOM), CASE, CONTEXT).octets
    told = replace(
        CONTEXT, facts=(Fact(About.TALKED, "the new site", "Tom", "en"),), now=NOW + timedelta(hours=2)
    )
    better = compose(decision(Note.THANK_YOU, TOM), CASE, told)
    assert improves(better, stored)
    assert not improves(better, better.octets)
    assert not improves(compose(decision(Note.THANK_YOU, TOM), replace(CASE, role="x"), CONTEXT), stored)
