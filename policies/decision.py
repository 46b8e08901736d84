"""What a policy may answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from policies.case import Interview, Note, Person


class Action(StrEnum):
    """What the shell is to do."""

    NOTHING = "nothing"  # nothing now, and nothing will come by itself
    WAIT = "wait"  # nothing now; ask again at `due`
    DRAFT = "draft"  # lay a note in the drafts mailbox
    WITHDRAW = "withdraw"  # take an untouched draft of ours back
    ADVISE = "advise"  # tell the user something; write nothing
    STOP = "stop"  # the case is over for want of a reply


@dataclass(frozen=True, slots=True)
class Finding:
    """One reason: the rule's name, its sentence, its sources, and the words of the case it stands on."""

    rule: str
    says: str
    sources: tuple[str, ...]
    quote: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """One answer.

    `key` identifies what is decided, made of facts only, so that the same decision always has the same
    key, also after the state was lost (it becomes the draft's Message-ID).  `to` is the recipient of a
    note; `answers` the key of the mail to reply to; `late` asks for late words; `number` counts status
    checks from 1.  `due` is the moment it became due, or (wait) the moment to ask again.  `text` is the
    advice or the reason of a stop in plain words.  `interview` is the one a thank-you is for.
    """

    action: Action
    because: tuple[Finding, ...] = ()
    key: str = ""
    note: Note | None = None
    to: Person | None = None
    due: datetime | None = None
    answers: str = ""
    late: bool = False
    number: int = 1
    text: str = ""
    interview: Interview | None = None
    policy: str = ""
