"""Print every kind of draft in every language and register, to be read as those who get them would.

    python bench/drafts.py [LANGUAGE …]
    python bench/drafts.py --write DIRECTORY

`--write` renews the golden files of tests/drafting/golden, one a language; read the difference.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

from daemon.drafting.compose import Composed, compose
from daemon.drafting.profile import About, Answered, Context, Fact, Profile, Strength
from daemon.drafting.templates import LANGUAGES
from daemon.reading.model import Address
from policies.case import Case, Event, Interview, Note, Part, Party, Person, Timeline, TimelineKind
from policies.decision import Action, Decision

NOW = datetime(2026, 3, 18, 9, 0, tzinfo=UTC)
MET = datetime(2026, 3, 3, 14, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Scene:
    """One application in one language: who writes to whom about what, and what they said."""

    me: str
    employer: str
    role: str
    people: tuple[str, str, str]
    claim: str
    talk: str
    subject: str
    formal: str
    informal: str


SCENES = {
    "en": Scene(
        "Sam Lee", "Northwind", "Data Analyst", ("Priya Shah", "Tom Okafor", "Marta Lind"),
        "I have run the nightly pipelines of forty shops for three years.", "the move to weekly releases",
        "Your interview on Tuesday", "Dear Sam, please find the details below.", "Hi Sam, see you Tuesday!",
    ),
    "de": Scene(
        "Jonas Weidner", "Halbmond Verlag", "Lektor (m/w/d)", ("Priya Shah", "Dr. Anke Behrends", "Uwe Tal"),
        "Ich habe sechs Jahre lang Sachbücher vom Exposé bis zum Druck betreut.",
        "die neue Reihe für junge Leser", "AW: Ihr Gespräch am Dienstag",
        "Guten Tag Herr Weidner, Frau Dr. Behrends und ich freuen uns auf Sie.",
        "Hallo Jonas, wir freuen uns auf dich!",
    ),
    "fr": Scene(
        "Camille Roussel", "Atelier Verne", "Architecte", ("Inès Besnard", "Paul Oudin", "Lise Marchal"),
        "J’ai mené trois rénovations de bâtiments classés ces cinq dernières années.",
        "la halle de Nantes", "RE : Votre entretien de mardi",
        "Bonjour, nous vous attendons mardi ; demandez Madame Besnard.", "Salut Camille, on t’attend mardi !",
    ),
    "es": Scene(
        "Alba Ferrer", "Molino Claro", "Jefa de Compras", ("Nuria Prats", "Jorge Osuna", "Inés Vidal"),
        "Llevo ocho años negociando con proveedores de seis países.", "el cambio a proveedores locales",
        "RV: Entrevista del martes", "Estimada Alba: la esperamos el martes.",
        "Hola, Alba: te esperamos el martes.",
    ),
    "nl": Scene(
        "Daan Hoekstra", "Waterlijn", "Projectleider", ("Femke de Wit", "Sjoerd Bakker", "Lotte van Dijk"),
        "Ik heb vier dijkverzwaringen van ontwerp tot oplevering geleid.", "het derde dijkvak",
        "Antw: Uw gesprek op dinsdag", "Geachte heer Hoekstra, wij verwachten u dinsdag.",
        "Hoi Daan, we zien je dinsdag!",
    ),
    "pt": Scene(
        "Rita Falcão", "Casa Ribeira", "Gestora de Produto", ("Marta Quintela", "Rui Semedo", "Ana Lobato"),
        "Trabalho há cinco anos com catálogos de mais de dez mil artigos.", "a nova loja em linha",
        "RES: Entrevista de terça-feira", "Prezada Rita, aguardamos a senhora na terça-feira.",
        "Oi Rita, esperamos você na terça!",
    ),
    "it": Scene(
        "Giulia Ferri", "Officine Lario", "Progettista", ("Elena Cattaneo", "Paolo Bassi", "Marco Riva"),
        "Ho progettato per sette anni banchi di prova per motori elettrici.",
        "il nuovo banco di prova", "R: Il Suo colloquio di martedì",
        "Gentile Giulia, La aspettiamo martedì per il Suo colloquio.", "Ciao Giulia, ti aspettiamo martedì!",
    ),
}  # fmt: skip


def drafts(language: str) -> Iterator[tuple[str, Composed]]:
    """Yield a title and a draft for every note, occasion and register in that language."""
    for register in ("formal", "informal"):
        case, context = _around(language, register)
        for title, decision, here in _decisions(case):
            yield f"{title}, {register}", compose(decision, here, context)
        yield from _panel(case, replace(context, facts=()), register)
    case, context = _around(language, "formal")
    decision = Decision(Action.DRAFT, key="debrief", note=Note.DEBRIEF, interview=case.interviews[0])
    yield "debrief", compose(decision, case, replace(context, answered=None))


def _panel(case: Case, context: Context, register: str) -> Iterator[tuple[str, Composed]]:
    """Yield the letters to the fifth to the eighth member of a panel, in time and late."""
    people = tuple(
        Person(f"{name} Vell", f"{name.lower()}@vell.example", Part.INTERVIEWER)
        for name in ("Abe", "Bea", "Cid", "Dov", "Eva", "Fay", "Gus", "Hal")
    )
    met = replace(case.interviews[0], people=people)
    case = replace(case, people=people, interviews=(met,))
    for late in (False, True):
        for number, to in enumerate(people[4:], 5):
            key = f"{to.address}{late}"
            decision = Decision(Action.DRAFT, (), key, Note.THANK_YOU, to, interview=met, late=late)
            title = f"thank-you to the {number}th of a panel{', late' if late else ''}, {register}"
            yield title, compose(decision, case, context)


def _around(language: str, register: str) -> tuple[Case, Context]:
    scene = SCENES[language]
    domain = f"{scene.employer.split()[0].lower()}.example"
    people = tuple(
        Person(name, f"{name.split()[-1].lower()}@{domain}", part)
        for name, part in zip(
            scene.people, (Part.INTERVIEWER, Part.INTERVIEWER, Part.COORDINATOR), strict=True
        )
    )
    said = Timeline("", None, date(2026, 3, 13), TimelineKind.DEADLINE)
    case = Case(
        f"{language}-{register}", scene.employer, scene.role, language=language, people=people,
        interviews=(Interview(MET, people=people[:2]),),
        history=(Event(MET, "said", Party.EMPLOYER, timelines=(said,)),),
    )  # fmt: skip
    mine = scene.me.split()[0].lower() + "@mailbox.example"
    context = Context(
        profile=Profile(scene.me, "+1 555 0100", (Strength((), scene.claim),), language=language),
        account=mine,
        identity=Address(scene.me, mine),
        now=NOW,
        answered=Answered(
            "invitation@" + domain, scene.subject, text=getattr(scene, register), language=language
        ),
        facts=(Fact(About.TALKED, scene.talk, people[0].name or "", language),),
        country="US" if language == "en" and register == "informal" else "GB",
    )
    return case, context


def _decisions(case: Case) -> Iterator[tuple[str, Decision, Case]]:
    first, second, coordinator = case.people
    silent = replace(case, history=())
    unknown = Person(second.name, None, second.part)
    nobody = replace(case.interviews[0], people=(first, unknown))

    def note(kind: Note, to: Person, **more: object) -> Decision:
        interview = case.interviews[0] if kind is Note.THANK_YOU else None
        decision = Decision(Action.DRAFT, key=f"{kind}{to.address}", note=kind, to=to, interview=interview)
        return replace(decision, **more)  # type: ignore[arg-type]  # only fields of Decision are given

    yield "thank-you", note(Note.THANK_YOU, first), case
    yield "thank-you, nothing known of the talk", note(Note.THANK_YOU, second), case
    yield "thank-you, late", note(Note.THANK_YOU, first, late=True), case
    yield "thank-you, late, nothing known", note(Note.THANK_YOU, second, late=True), case
    yield (
        "thank-you by the coordinator",
        note(Note.THANK_YOU, coordinator, interview=nobody),
        replace(case, people=(first, unknown, coordinator)),
    )
    yield "status-check, a date was stated", note(Note.STATUS_CHECK, coordinator), case
    yield "status-check, no date", note(Note.STATUS_CHECK, first), replace(silent, employer="A & B Ltd.")
    yield "status-check, second", note(Note.STATUS_CHECK, coordinator, number=2), case
    yield (
        "status-check, role and employer unknown",
        note(Note.STATUS_CHECK, first),
        replace(case, employer=None, role=None, history=()),
    )
    yield "rejection-thanks", note(Note.REJECTION_THANKS, coordinator), case
    yield (
        "rejection-thanks, another employer",
        note(Note.REJECTION_THANKS, first),
        replace(case, employer="Tarn"),
    )
    yield "withdrawal", note(Note.WITHDRAWAL, coordinator), case
    yield "reopened-thanks", note(Note.REOPENED_THANKS, coordinator), case


def printed(language: str) -> str:
    """Return all drafts of a language as one text, with what `policies.wording` says of each."""
    pages = []
    for title, draft in drafts(language):
        head = f"{'=' * 20} {title}\nTo: {draft.letter.to.name}\nSubject: {draft.subject}\n"
        faults = "".join(f"\n    ! {fault.says} {fault.quote}" for fault in draft.faults)
        pages.append(f"{head}\n{draft.body}\n{faults}".rstrip() + "\n")
    return "\n".join(pages)


def main(arguments: list[str]) -> None:
    """Print the drafts, or write them to a directory."""
    if arguments[:1] == ["--write"]:
        for language in LANGUAGES:
            (Path(arguments[1]) / f"{language}.txt").write_text(printed(language), encoding="utf-8")
        return
    for language in arguments or LANGUAGES:
        print(printed(language))


if __name__ == "__main__":
    main(sys.argv[1:])
