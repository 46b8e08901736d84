"""From a decision and a case to a finished draft.

Pure: a function of its arguments; the same decision in the same context gives the same octets.  It does
not know whether the draft should be written, nor where it will be stored.
"""

from __future__ import annotations

from dataclasses import dataclass

from daemon.drafting import mail, words
from daemon.drafting.profile import Context
from daemon.reading.model import Address
from policies.case import Case, Note
from policies.decision import Decision
from policies.wording import Fault, faults


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
    language: str
    letter: mail.Letter


def compose(decision: Decision, case: Case, context: Context) -> Composed:
    """Return the draft that `decision` asks for.

    Raises DraftFault for an address that must not be written to or a mail that does not read back as it
    was meant, TemplateFault for an unusable template, ValueError for a decision that is none to draft.
    """
    text = words.write(decision, case, context)
    answered = None if decision.note is Note.DEBRIEF else context.answered
    letter = mail.Letter(
        sender=_sender(context),
        to=_recipient(decision, context),
        subject=text.subject,
        date=context.now,
        message_id=mail.message_id(context.account, decision.key),
        body=text.body,
        decision=mail.decision_hash(decision.key),
        in_reply_to=mail.bare_id(answered.message_id) if answered else "",
        references=mail.threaded(answered.references, answered.message_id) if answered else (),
    )
    return finish(letter, decision.note or Note.STATUS_CHECK, text.language)


def finish(letter: mail.Letter, note: Note, language: str) -> Composed:
    """Return the draft for a letter whose fields are all decided; raises DraftFault."""
    return Composed(
        mail.octets(letter),
        letter.message_id,
        letter.subject,
        letter.body,
        words.gaps(letter.body),
        faults(letter.body, note, language),
        language,
        letter,
    )


def _sender(context: Context) -> Address:
    return Address(context.profile.name or context.identity.name, context.identity.address)


def _recipient(decision: Decision, context: Context) -> Address:
    """Return whom the draft is for; a debrief is for the user."""
    if decision.note is Note.DEBRIEF:
        return _sender(context)
    if decision.to is None or not decision.to.address:
        raise mail.DraftFault("The decision names nobody with an address; there is nobody to write to.")
    return Address(decision.to.name or "", decision.to.address)
