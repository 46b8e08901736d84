"""From a decision and a case to the words of a draft: subject, body, and the gaps left for the user.

What is not known becomes a visible gap with a question, never an invention.  Nothing here knows
RFC 5322; no language's words stand here, they are in `templates/`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from itertools import islice, pairwise, product
from operator import eq

from daemon.drafting import facts, mail
from daemon.drafting.filling import render
from daemon.drafting.names import Addressee, addressee, clean
from daemon.drafting.profile import About, Context, Quotation, Strength
from policies.case import Case, Note, Part, Party, Person, Timeline, TimelineKind
from policies.decision import Decision
from policies.prose import GAP

_PANEL = 8  # as many get letters of their own
_MIXABLE = 3  # of fewer letters nothing new can be made
_SENTENCE = re.compile(r"(?<=[.!?]) +(?=[^\Wa-z]|[{¿¡])")
_STALE = timedelta(days=45)  # a date stated longer ago is not mentioned any more
_ROLE_MARKS = re.compile(
    r"\s*(?:\((?:[mwfdxhg]\s?[/|*]\s?){1,3}[mwfdxhg]\)|\((?:all genders?|gn)\)|\b[HF]/[FH]\b"
    r"|\b[mwfd]/[mwfd](?:/[dx])?\b|[#(]?\b(?:req|ref|id|jr)[-\s.:#]*\d[\w-]*\)?)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a draft.  `gaps` are the questions left in the body; `language` is the letter's."""

    subject: str
    body: str
    gaps: tuple[str, ...]
    language: str
    letter: str  # the body without greeting, closing, signature and quotation


def gaps(text: str) -> tuple[str, ...]:
    """Return the questions of the gaps in `text`, in order."""
    return tuple(" ".join(found.split()) for found in GAP.findall(text))


def write(decision: Decision, case: Case, context: Context) -> Words:
    """Return the words for a decision to draft.

    Raises TemplateFault if a template lacks something, ValueError for a decision that has no note.
    """
    if decision.note is None:
        raise ValueError(f"A decision to {decision.action} has no note to write.")
    to_oneself = decision.note is Note.DEBRIEF
    language = own(context) if to_oneself else spoken(case, context)
    person = greeted(decision.to, case, context)
    register = "formal" if to_oneself else heard(context, language)
    values = _values(decision, case, context, language, person)
    letter = _letter(decision, case, context, language, register, values)
    parts = (
        _greeting(decision, context, language, register, person, values),
        letter,
        _closing(context, language, register),
        _quotation(context, language),
    )
    body = letter if to_oneself else "\n\n".join(part for part in parts if part)
    return Words(_subject(decision, context, language, values), body, gaps(body), language, letter)


def spoken(case: Case, context: Context) -> str:
    """Return the language to write in: of the mail answered, else of the case, else the user's own."""
    heard_in = context.answered.language if context.answered else ""
    for language in (heard_in, case.language, context.profile.language):
        if context.templates.speaks(language[:2]):
            return language[:2]
    return "en"


def own(context: Context) -> str:
    """Return the user's own language, for questions to them; English where there are no words for it."""
    language = context.profile.language[:2]
    return language if context.templates.speaks(language) else "en"


def heard(context: Context, language: str) -> str:
    """Return the register of the employer's mail: `formal` unless it plainly speaks informally."""
    text = context.answered.text[:20_000] if context.answered else ""
    words = frozenset(re.findall(r"[^\W\d_]+", text))
    formal = context.templates.piece(language, "frame", "words", "formal").split()
    informal = context.templates.piece(language, "frame", "words", "informal").split()
    if words & frozenset(formal):
        return "formal"
    return "informal" if {word.lower() for word in words} & {word.lower() for word in informal} else "formal"


def greeted(to: Person | None, case: Case, context: Context) -> Addressee:
    """Return how to greet a person, by the fullest name the case knows for the address."""
    if to is None:
        return Addressee()
    names = [to.name] + [person.name for person in case.people if to.address and person.address == to.address]
    texts = (context.answered.text if context.answered else "") + "\n" + context.wants
    found = [addressee(name, texts) for name in names if name]
    return max(found, key=lambda one: (len(one.full.split()) > 1, bool(one.full)), default=Addressee())


def _values(
    decision: Decision, case: Case, context: Context, language: str, person: Addressee
) -> dict[str, object]:
    """Return everything a letter may name, each cleaned; what is unknown is empty or a gap."""
    plain: dict[str, object] = {
        "name": person.full,
        "first": person.first or person.full,
        "last": person.last,
        "title": person.title,
        "degree": person.degree,
        "employer": clean(case.employer or "", 60),
        "role": _role(case.role or ""),
        "phone": clean(context.profile.phone, 40),
        "me": clean(context.profile.name or context.identity.name, 80),
        "when": "",
        "decided": "",
        "country": context.country[:2].upper(),
        "panel": panel(decision, case) or ("",),
    }
    if decision.interview is not None:
        lived = decision.interview.start.astimezone(context.now.tzinfo)
        plain["when"] = written_date(lived.date(), language, context)
    if stated := stated_date(case, context):
        plain["decided"] = written_date(stated, language, context)
    thanked = _thanked(decision, case)
    listed = {**plain, "names": thanked}
    plain["others"] = render(context.templates.piece(language, "frame", "list"), listed) if thanked else ""
    for piece in ("job", "at", "reach"):
        plain[piece] = render(context.templates.piece(language, "frame", piece), plain)
    plain["talk"] = _talk(decision, case, context, language, plain)
    plain["strength"] = _strength(case, context, language, plain)
    return plain


def _role(role: str) -> str:
    text = _ROLE_MARKS.sub("", clean(role, 120)).strip(" -–—,|")
    return text if len(text) <= 70 and "://" not in text else ""


def _thanked(decision: Decision, case: Case) -> tuple[str, ...]:
    """Return the names of those a coordinator is asked to thank: nobody knows where to write to them."""
    if not _relayed(decision) or decision.interview is None:
        return ()
    reachable = {person.name for person in case.people if person.address}
    people = (one for one in decision.interview.people if not one.address and one.name not in reachable)
    return tuple(name for person in people if (name := addressee(person.name).full))


def panel(decision: Decision, case: Case) -> tuple[str, ...]:
    """Return the names of those the interview was with, as far as they are known."""
    met = decision.interview.people if decision.interview else ()
    people = met or tuple(person for person in case.people if person.part is Part.INTERVIEWER)
    return tuple(dict.fromkeys(name for person in people if (name := addressee(person.name).full)))


def _relayed(decision: Decision) -> bool:
    """Whether this thank-you goes to somebody who was not in the interview, to be passed on."""
    to, interview = decision.to, decision.interview
    if decision.note is not Note.THANK_YOU or to is None or interview is None or not interview.people:
        return False
    present = any(_same(to, person) for person in interview.people)
    return not present and to.part in (Part.COORDINATOR, Part.RECRUITER)


def _same(one: Person, other: Person) -> bool:
    if one.address and other.address:
        return one.address == other.address
    return bool(one.name and other.name and one.name.casefold() == other.name.casefold())


def stated_date(case: Case, context: Context) -> date | None:
    """Return the day the employer last said they would act by, if it has passed and not long ago."""
    stated: list[Timeline] = [
        timeline
        for event in case.history
        if event.by is Party.EMPLOYER
        for timeline in event.timelines
        if timeline.latest is not None and timeline.kind in (TimelineKind.DEADLINE, TimelineKind.WINDOW)
    ]
    today = context.now.date()
    latest = stated[-1].latest if stated else None
    return latest if latest is not None and today - _STALE <= latest < today else None


def written_date(day: date, language: str, context: Context) -> str:
    """Return a day as people write it in that language ("13 March"; "March 13" for a US user)."""
    months = context.templates.piece(language, "frame", "months").split()
    values = {"day": day.day, "month": months[day.month - 1], "country": context.country[:2].upper()}
    return render(context.templates.piece(language, "frame", "date"), values)


def _talk(
    decision: Decision, case: Case, context: Context, language: str, values: Mapping[str, object]
) -> str:
    """Return what was talked about with those who are thanked, as the user said it, else a gap."""
    known = context.facts + facts.from_pairs(case.facts)
    absent = _thanked(decision, case)
    thanked = [Person(name) for name in absent] if absent else [decision.to or Person(None)]
    met = decision.interview.start.astimezone(context.now.tzinfo).date() if decision.interview else ""
    told = [fact for person in thanked for fact in facts.told(known, About.TALKED, person, str(met))]
    for fact in told:
        phrase = facts.phrase(fact)
        if phrase and (fact.language or context.profile.language)[:2] == language:
            return phrase
    asked = _asked(
        context, "talk", {**values, "first": values["others"] if _relayed(decision) else values["first"]}
    )
    return f"[[{asked}]]" if not told else f"[[{asked} ({clean(told[0].text, 160)})]]"


def _asked(context: Context, gap: str, values: Mapping[str, object]) -> str:
    """Return the question of a gap, in the user's own language."""
    return render(context.templates.piece(own(context), "frame", "gap", gap), values)


def _strength(case: Case, context: Context, language: str, values: Mapping[str, object]) -> str:
    """Return the user's claim that answers most of what this job asks for, else a gap."""
    wanted = f"{case.role or ''}\n{context.wants}".casefold()
    fitting = [
        (sum(word in wanted for word in _folded(strength)), strength)
        for strength in context.profile.strengths
        if (strength.language or context.profile.language)[:2] == language
    ]
    best = max((count for count, strength in fitting if count or not strength.words), default=-1)
    chosen = [strength for count, strength in fitting if count == best]
    if best < 0 or not chosen:
        return f"[[{_asked(context, 'strength', values)}]]"
    return clean(chosen[0].claim, 240).rstrip(".!")


def _folded(strength: Strength) -> tuple[str, ...]:
    return tuple(word.casefold() for word in strength.words)


def _letter(
    decision: Decision,
    case: Case,
    context: Context,
    language: str,
    register: str,
    values: Mapping[str, object],
) -> str:
    """Return the letter for this recipient: another one for each member of a panel."""
    note = str(decision.note)
    letters = context.templates.letters(language, note, register, *_occasion(decision))
    first = _seed(case) % len(letters)
    choice = variants((*letters[first:], *letters[:first]))
    turn = _rank(decision) % len(choice)
    rendered = (_mended(render(letter, values)) for letter in (*choice[turn:], *choice[:turn]))
    return min(rendered, key=lambda text: _alike(text, context.others))


@lru_cache(maxsize=64)
def variants(letters: tuple[str, ...]) -> tuple[str, ...]:
    """Return the letters and, where they are built alike, others made of their sentences for a large panel.

    Two of them share as few sentences as can be, and each names the job as often as one of the letters does.
    """
    built = [tuple(tuple(_SENTENCE.split(part)) for part in letter.split("\n\n")) for letter in letters]
    shapes = {tuple(map(len, letter)) for letter in built}
    if len(letters) < _MIXABLE or len(shapes) > 1:
        return letters
    found = [tuple(sentence for part in letter for sentence in part) for letter in built]
    named = {letter.count("{{ job }}") for letter in letters}
    alike = product(*reversed(tuple(zip(*found, strict=True))))  # those with the same ending side by side
    mixtures = [m[::-1] for m in alike if " ".join(m).count("{{ job }}") in named]
    for most, mixed in product((1, 2), mixtures):
        if len(found) < _PANEL and all(_apart(mixed, other, most) for other in found):
            found.append(mixed)
    (shape,) = shapes
    return tuple(_laid_out(iter(sentences), shape) for sentences in found)


def _apart(one: Sequence[str], other: Sequence[str], most: int) -> bool:
    """Return whether two letters share at most so many sentences, and no two that follow each other."""
    shared = [*map(eq, one, other)]
    return sum(shared) <= most and not any(a and b for a, b in pairwise(shared))


def _laid_out(sentences: Iterator[str], shape: tuple[int, ...]) -> str:
    return "\n\n".join(" ".join(islice(sentences, length)) for length in shape)


def _alike(text: str, others: Sequence[str]) -> int:
    """Return how many of its sentences stand in the one of the other notes that has most of them."""
    sentences = re.split(r"(?<=[.!?])\s+", text)
    return max((sum(sentence in other for sentence in sentences) for other in others), default=0)


def _occasion(decision: Decision) -> tuple[str, ...]:
    if decision.note is Note.THANK_YOU:
        if _relayed(decision):
            return ("relay",)
        return ("late",) if decision.late else ("fresh",)
    if decision.note is Note.STATUS_CHECK:
        return ("second",) if decision.number > 1 else ("first",)
    return ()


def _seed(case: Case) -> int:
    """Return a number of the case's own, so that not every application begins with the same letter."""
    return int.from_bytes(hashlib.sha256(f"{case.employer}|{case.role}".encode()).digest()[:2], "big")


def _rank(decision: Decision) -> int:
    """Return the recipient's place among those the interview was with."""
    to = decision.to
    if to is None or decision.interview is None:
        return 0
    ranked = sorted({str(person.address or person.name) for person in decision.interview.people})
    name = str(to.address or to.name)
    return ranked.index(name) if name in ranked else len(ranked)


def _mended(text: str) -> str:
    """Return the text without the doubled full stop after "Acme Inc." and the like."""
    return re.sub(r"(?<!\.)\.\.(?!\.)", ".", text)


def _greeting(
    decision: Decision,
    context: Context,
    language: str,
    register: str,
    person: Addressee,
    values: Mapping[str, object],
) -> str:
    if person.full:
        return render(context.templates.piece(language, "frame", "greeting", register), values)
    if decision.note is Note.THANK_YOU:
        name = f"[[{_asked(context, 'name', values)}]]"
        named = {**values, "name": name, "first": name, "last": name, "title": "", "degree": ""}
        return render(context.templates.piece(language, "frame", "greeting", register), named)
    return render(context.templates.piece(language, "frame", "greeting", "nobody"), values)


def _closing(context: Context, language: str, register: str) -> str:
    profile = context.profile
    closing = context.templates.piece(language, "frame", "closing", register)
    name = clean(profile.name or context.identity.name, 80)
    below = [clean(line) for line in (profile.signature or profile.phone).splitlines()]
    signed = name if name not in profile.signature else ""
    lines = (closing, signed, *below, *(clean(line) for line in profile.extra))
    return "\n".join(line for line in lines if line)


def _quotation(context: Context, language: str) -> str:
    answered = context.answered
    if context.quotation is not Quotation.CALM or answered is None or not answered.text.strip():
        return ""
    values = {
        "author": clean(answered.author.name or answered.author.address) if answered.author else "",
        "date": written_date(answered.date.date(), language, context) if answered.date else "",
    }
    lines = [f"> {clean(line, 400)}".rstrip() for line in answered.text.splitlines()[:40]]
    return render(context.templates.piece(language, "frame", "wrote"), values) + "\n" + "\n".join(lines)


def _subject(decision: Decision, context: Context, language: str, values: Mapping[str, object]) -> str:
    if context.answered is not None and decision.note is not Note.DEBRIEF:
        subject = clean(context.answered.subject, 250)
        if subject:
            return mail.reply_subject(subject)
    return clean(render(context.templates.piece(language, str(decision.note), "subject"), values), 200)
