"""Whether a mail is about the user's own search for a job, or only uses its words.

Journalists, researchers, landlords, doctors and banks also interview, invite, decline and offer; and the
user may be the one who hires.  Each sign speaks for or against; the sum is the context.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from daemon.reading import employer_role, speech
from daemon.reading.acts import ABOUT_SOMETHING_ELSE, OTHER_BUSINESS, Does, Said, listen
from daemon.reading.model import Evidence, Me, Message
from daemon.reading.sender import Sender, registrable
from policies.case import Act

PREFIX = re.compile(
    r"\A(?:\s{0,3}(?:re|aw|antw|sv|r|res|rif|fwd?|wg|tr|rv|enc|i)\s{0,3}:){1,6}\s{0,3}", re.IGNORECASE
)
"""What clients put before the subject of an answer or a forwarded mail."""

_RECRUITING = re.compile(
    r"(?:career|job|recruit|talent|hiring|hr[.@_-]|people|personal|bewerb|karriere|candidat|recrut|drh|rrhh"
    r"|seleccion|selecao|selezione|vacature|werken|sollicit|lavora|empleo|vagas|resourcing|workforce)"
)
_FORWARDED = re.compile(r"\s*(?:fwd?|wg|tr|rv|enc|doorst)\s?:", re.IGNORECASE)
_OUTSIDE = -2  # the place of what stands neither in the subject nor in the text
_ROLE = 30  # sentences in which a role is looked for
_FEW = 3  # recipients
_LONG = 3_000  # characters
_JOB = 5.0  # the most that words of one kind count
_HIRING = 2.0  # ... where the user is the one who hires
_RELAYS = {"ats": 3.0, "scheduler": 0.5, "board": 1.5}
_BY_APPOINTMENT = frozenset({Does.HEALTH, Does.STUDY, Does.HOUSING, Does.RESEARCH})
Reason = tuple[float, Evidence]

# What a sign of something else weighs, and how many signs there may be by chance.
_WEIGHTS = {
    Does.PANEL: (3.0, 0.0),
    Does.PRACTICE: (3.0, 0.0),
    Does.STUDY: (2.0, 0.5),
    Does.PRESS: (2.0, 0.5),
    Does.RESEARCH: (2.0, 0.5),
    Does.HOUSING: (2.0, 0.5),
    Does.OFFICIAL: (2.0, 0.7),
    Does.MONEY: (1.5, 0.6),
    Does.SUBMISSION: (1.5, 0.6),
    Does.COLLEAGUES: (1.3, 1.0),
}
_WEIGHT = (1.3, 1.0)
_MOST = {
    Does.PANEL: 9.0,
    Does.PRESS: 6.0,
    Does.RESEARCH: 6.0,
    Does.LEARNING: 5.0,
    Does.PRACTICE: 7.0,
    Does.SELLING: 3.0,
}
_QUOTED = 30  # lines of a quotation that are read
_OF_CANDIDATES = frozenset({Act.APPLICATION, Act.ACCEPTANCE, Act.WITHDRAWAL, Act.QUESTION, Act.THANKS})
_YOURS = frozenset("your ihre ihrer deine votre vos ta tu su uw je jouw sua tua vostra".split())
_ASKED = 5.0  # how much a mail is somebody else's that answers an employer
_ANSWERS = 1.0  # ... and the user's that answers a candidate
_ELSEWHERE = 6.0  # the most that all other signs of something else weigh
_GIVEN = 2.0  # what it weighs that a mail belongs to a case
_TRADE = 1.5  # ... beside plain talk of a job: employers are schools, clinics and banks, too


@dataclass(frozen=True, slots=True)
class Context:
    """How much speaks for the user's own application, how much of that names a job, and what does.

    `elsewhere`: it has words of those who also meet people by appointment, doctors, schools, landlords.
    """

    weight: float
    job: float
    elsewhere: bool
    why: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What speaks for or against beside the sentences of a mail; `called` is what its sender's name says."""

    job: tuple[Reason, ...]
    rest: tuple[Reason, ...]
    called: tuple[Said, ...]


def surroundings(
    message: Message, lines: Sequence[str], *, sender: Sender, me: Me, language: str
) -> Surroundings:
    """Return what the sender, the thread and the names of a mail, whose sentences are `lines`, speak for."""
    return Surroundings(
        job=(*_role(message, lines), *_sender(message, sender), *_thread(message, language)),
        rest=(*_envelope(message, sender, me), *_asked(message, me, language)),
        called=_called(message, language),
    )


def weigh(said: Iterable[Said], around: Surroundings, *, answer: bool) -> Context:
    """Return how far a mail whose sentences do what is `said` is about a job the user seeks.

    The subject of an `answer` may be the user's own words.
    """
    said = tuple(one for one in said if not (answer and one.place < 0 and one.does is Does.PANEL))
    job = (*_job(said), *around.job)
    every = (*job, *_work(said), *_elsewhere((*said, *around.called)), *around.rest)
    return Context(
        weight=sum(weight for weight, _ in every),
        job=sum(weight for weight, _ in job),
        elsewhere=any(one.does in _BY_APPOINTMENT for one in (*said, *around.called)),
        why=tuple(why for _, why in sorted(every, key=lambda one: -abs(one[0]))),
    )


def given(context: Context) -> Context:
    """Return the context of a mail of which something else says that it belongs to an application."""
    return replace(context, weight=max(context.weight, _GIVEN), job=max(context.job, _GIVEN))


def _distinct(said: Iterable[Said], does: Does) -> list[Said]:
    found: dict[str, Said] = {}
    for one in said:
        if one.does is does:
            found.setdefault(one.words, one)
    return list(found.values())


def _job(said: tuple[Said, ...]) -> Iterable[Reason]:
    others = {one.does for one in said if one.does in ABOUT_SOMETHING_ELSE}
    if jobs := _distinct(said, Does.JOB):
        most = _HIRING if Does.PANEL in others else _JOB
        yield min(1.2 * len(jobs), most), Evidence(jobs[0].quote, "speaks of a job")
    if applying := _distinct(said, Does.APPLYING):
        each = 0.3 if others & OTHER_BUSINESS else 1.2
        yield min(each * len(applying), _JOB), Evidence(applying[0].quote, "speaks of an application")


def _work(said: tuple[Said, ...]) -> Iterable[Reason]:
    if work := _distinct(said, Does.WORK):
        yield min(0.5 * len(work), 1.5), Evidence(work[0].quote, "speaks of work")


def _role(message: Message, lines: Sequence[str]) -> Iterable[Reason]:
    if role := employer_role.find(message.subject, lines[:_ROLE]):
        yield 0.8, Evidence(role, "names a role")


def _elsewhere(said: tuple[Said, ...]) -> Iterable[Reason]:
    """Yield what speaks of something else; beside plain talk of a job, an employer's trade counts little."""
    allowed = _TRADE if len(_distinct(said, Does.JOB)) > 1 else _ELSEWHERE
    for does in sorted({one.does for one in said if one.does in ABOUT_SOMETHING_ELSE}):
        found = {(one.words, one.place): one for one in said if one.does is does}
        each, chance = _WEIGHTS.get(does, _WEIGHT)
        signs = sum(0.5 if one.weak else 1.0 for one in found.values())
        weight = max(min(each * (signs - chance), _MOST.get(does, allowed)), 0.0)
        if does not in _MOST:
            allowed -= weight
        yield -weight, Evidence(next(iter(found.values())).quote, f"speaks of something else: {does.value}")


def _sender(message: Message, sender: Sender) -> Iterable[Reason]:
    address = message.sender.address if message.sender else ""
    if sender.relay_kind in _RELAYS:
        yield _RELAYS[sender.relay_kind], Evidence(address, f"carried by {sender.relay}")
    if _RECRUITING.match(address) or (message.sender and _RECRUITING.match(message.sender.name.lower())):
        yield 1.5, Evidence(address, "written from a recruiting mailbox")


def _called(message: Message, language: str) -> tuple[Said, ...]:
    """Return what the sender's name and mailbox say of their business: "Harbour Lets <lettings@…>"."""
    if message.sender is None or _RECRUITING.match(message.sender.address):
        return ()
    name = f"{message.sender.name} {message.sender.address.partition('@')[0]}".replace(".", " ")
    heard = listen((name,), language) + listen((name,), "en")
    return tuple(replace(one, place=_OUTSIDE) for one in heard if one.does in ABOUT_SOMETHING_ELSE)


def _envelope(message: Message, sender: Sender, me: Me) -> Iterable[Reason]:
    address = message.sender.address if message.sender else ""
    if sender.domain and sender.domain in home(message, me):
        yield -4.0, Evidence(address, "written by a colleague")
    elif _in_person(message, sender):
        yield 0.8, Evidence(address, "somebody at an organisation wrote to the user alone")
    if sender.list:
        yield -2.5, Evidence(message.fields.get("list-id", ""), "came over a mailing list")
    if "list-unsubscribe" in message.fields and not sender.relay:
        yield -0.7, Evidence("", "a newsletter")
    if _FORWARDED.match(message.subject):
        yield -0.7, Evidence(message.subject, "forwarded")
    if len(message.to) > _FEW:
        yield -1.5, Evidence("", "written to many")
    if len(message.text) > _LONG:
        yield -min(1.5, len(message.text) / _LONG / 2), Evidence("", "long texts say much by chance")


def _in_person(message: Message, sender: Sender) -> bool:
    bulk = sender.automatic or "list-unsubscribe" in message.fields
    return bool(sender.domain) and len(message.to) == 1 and not bulk


def home(message: Message, me: Me) -> set[str]:
    """Return the domains of the user, or of those written to where the user is not known."""
    mine = me.addresses or {one.address for one in message.to}
    return {registrable(one) for one in mine}


def _asked(message: Message, me: Me, language: str) -> Iterable[Reason]:
    """Yield what the user's words that the mail answers show: who seeks a job, or who has one to give."""
    mine = _answered(message, me)
    if not mine:
        return
    heard = listen(mine, language)
    if employs := [one for one in heard if _of_an_employer(one)]:
        yield -_ASKED, Evidence(employs[0].quote, "answers the user, who writes as an employer")
    elif speech.acts(mine, language) & _OF_CANDIDATES:
        yield _ANSWERS, Evidence(mine[0], "answers the user, who writes as a candidate")


def _of_an_employer(said: Said) -> bool:
    """Return whether words are those of who hires: "your application", "we would like to invite you"."""
    yours = said.does in (Does.APPLYING, Does.JOB) and said.words.split()[0] in _YOURS
    return yours or (said.does is Does.RECEIVED and not said.weak)


def _answered(message: Message, me: Me) -> tuple[str, ...]:
    """Return what the user wrote of the text the mail quotes first, if that is the user's."""
    lines = message.quoted.split("\n")[:_QUOTED]
    mine = me.addresses or {one.address for one in message.to}
    names = [*mine, *([me.name.lower()] if me.name else [])]
    told = next(
        (place for place, line in enumerate(lines) if any(one in line.lower() for one in names)), None
    )
    if told is None and not lines[0].startswith(">"):
        return ()
    if any("@" in line for line in lines[:told]):  # somebody else's text comes first
        return ()
    own = [line.lstrip("> ") for line in lines[(told or 0) :] if not line.startswith((">>", "> >"))]
    return tuple(line for line in own[told is not None :] if line)


def _thread(message: Message, language: str) -> Iterable[Reason]:
    around = (*message.quoted.split("\n")[:40], *message.signature.split("\n")[:12])
    heard = listen(around, language)
    found = _distinct(heard, Does.JOB) + _distinct(heard, Does.APPLYING)
    if found:
        yield min(1.0 * len(found), 2.5), Evidence(found[0].quote, "the thread or signature is about a job")
