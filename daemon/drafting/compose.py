"""From a decision and a case to a finished draft.

Pure: a function of its arguments; the same decision in the same context gives the same octets.  It does
not know whether the draft should be written, nor where it will be stored.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from daemon.drafting import facts, mail, words
from daemon.drafting.names import addressee, clean
from daemon.drafting.profile import Context
from daemon.drafting.templates import TemplateFault
from daemon.reading.model import Address
from policies.case import Case, Note, Person
from policies.decision import Decision
from policies.wording import Fault, Setting, faults


@dataclass(frozen=True, slots=True)
class Composed:
    """A finished draft: what to store, and what the user still has to fill in.

    `message_id` is bare, without angle brackets.  `body` is the whole text, `gaps` the questions it
    still shows.  `faults` are what `policies.wording` says of it, gaps included.
    """

    octets: bytes
    message_id: str
    subject: str
    body: str
    gaps: tuple[str, ...]
    faults: tuple[Fault, ...]
    note: Note
    language: str
    letter: mail.Letter
    setting: Setting


def compose(decision: Decision, case: Case, context: Context) -> Composed:
    """Return the draft that `decision` asks for.

    Raises DraftFault for an address that must not be written to, a template that cannot be filled, or a
    mail that does not read back as it was meant; ValueError for a decision that is none to draft.
    """
    try:
        text = words.write(decision, case, context)
    except TemplateFault as fault:
        raise mail.DraftFault(str(fault)) from fault
    answered = None if decision.note is Note.DEBRIEF else context.answered
    letter = mail.Letter(
        sender=_sender(context),
        to=_recipient(decision, case, context),
        subject=text.subject,
        date=context.now,
        message_id=mail.message_id(context.account, decision.key),
        body=text.body,
        decision=mail.decision_hash(decision.key),
        in_reply_to=mail.bare_id(answered.message_id) if answered else "",
        references=mail.threaded(answered.references, answered.message_id) if answered else (),
    )
    return finish(letter, decision.note or Note.DEBRIEF, text.language, setting(decision.to, case, context))


def finish(letter: mail.Letter, note: Note, language: str, around: Setting) -> Composed:
    """Return the draft for a letter whose fields are all decided; raises DraftFault."""
    return Composed(
        mail.octets(letter),
        letter.message_id,
        letter.subject,
        letter.body,
        words.gaps(letter.body),
        faults(letter.body, note, language, around),
        note,
        language,
        letter,
        around,
    )


def with_body(composed: Composed, body: str) -> Composed:
    """Return the same draft with other words."""
    letter = replace(composed.letter, body=body)
    return finish(letter, composed.note, composed.language, composed.setting)


def improves(composed: Composed, stored: bytes) -> bool:
    """Whether a draft says what the stored one still asks for: a debrief was answered, a fact was noted."""
    before = mail.body(stored)
    return before != composed.letter.body and len(composed.gaps) < len(words.gaps(before))


def setting(to: Person | None, case: Case, context: Context) -> Setting:
    """Return what is known around a note to that person: what `policies.wording` judges a text by."""
    profile = context.profile
    told = context.facts + facts.from_pairs(case.facts)
    return Setting(
        recipient=words.greeted(to, case, context).full,
        names=tuple(dict.fromkeys(name for name in (*_people(case), profile.name) if name)),
        employer=clean(case.employer or "", 60),
        role=clean(case.role or ""),
        phone=profile.phone,
        claims=(*(one.claim for one in profile.strengths), context.wants, profile.signature),
        talked=tuple(fact.text for fact in told),
        others=context.others,
    )


def _people(case: Case) -> tuple[str, ...]:
    everybody = (*case.people, *(person for interview in case.interviews for person in interview.people))
    return tuple(addressee(person.name).full for person in everybody)


def _sender(context: Context) -> Address:
    return Address(context.profile.name or context.identity.name, context.identity.address)


def _recipient(decision: Decision, case: Case, context: Context) -> Address:
    """Return whom the draft is for: somebody seen in the case (FAULTS P6); a debrief is for the user."""
    if decision.note is Note.DEBRIEF:
        return _sender(context)
    if decision.to is None or not decision.to.address:
        raise mail.DraftFault("The decision names nobody with an address; there is nobody to write to.")
    if decision.to.address.lower() not in _seen(case):
        raise mail.DraftFault(
            f"{clean(decision.to.address)} was never seen in this case; nothing is laid for it."
        )
    return Address(decision.to.name or "", decision.to.address)


def _seen(case: Case) -> frozenset[str]:
    """Return every address that mails of the case showed or named."""
    people = [*case.people, *(person for interview in case.interviews for person in interview.people)]
    people += [event.author for event in case.history if event.author]
    named = [direction.address for event in case.history for direction in event.directions]
    written = [address for event in case.history for address in event.to]
    return frozenset(one.lower() for one in (*(p.address for p in people), *named, *written) if one)
