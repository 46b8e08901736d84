"""Decide everything again that the audit log says was decided, and tell where the answer is another.

The log says which mails were in a case, what had become of its drafts and what had been said when a decision
was taken; the state has what the mails say.  From both the case is folded as it was then.  Only reads.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import msgspec

from daemon.audit_facts import decided
from daemon.audit_records import Decided
from daemon.cases import Ledger, fold
from daemon.looking import Looking
from daemon.reading.model import Reading
from policies.case import Case, DraftState
from policies.decision import Action

_COMPARED = ("action", "note", "to", "due", "number", "late", "rules", "answers", "key")


@dataclass(frozen=True, slots=True)
class Again:
    """A decision of the log, taken again: what is other now, or why it could not be taken.

    `seq` is the line's number.  Both texts are empty where the answer is the same.
    """

    seq: int
    case: str
    differs: str = ""
    skipped: str = ""


@dataclass(slots=True)
class _Known:
    """What the lines read so far say of a case."""

    mails: set[str] = field(default_factory=set)
    drafts: dict[str, tuple[DraftState, datetime]] = field(default_factory=dict)
    raised: set[str] = field(default_factory=set)


class _Sealed(msgspec.Struct, frozen=True):
    """What every line has."""

    seq: int
    at: datetime
    event: str
    case: str = ""


def replay(looking: Looking, lines: Iterable[bytes]) -> Iterator[Again]:
    """Yield every decision of this account in the log, taken again; `lines` are the whole log in order."""
    past = _Past(looking)
    for line in lines:
        sealed = msgspec.json.decode(line, type=_Sealed)
        if sealed.case in past.known:
            said: dict[str, Any] = msgspec.json.decode(line)
            if sealed.event == "decided":
                yield past.again(sealed, said)
            past.learn(sealed, said)


class _Past:
    """The cases of an account as they were, line by line."""

    def __init__(self, looking: Looking) -> None:
        self._looking = looking
        self._names = looking.shell.audit
        self._mails = {
            self._names.hash(link.reading.key): link.reading for link in looking.shell.book.links()
        }
        self.known = {case_id: _Known() for case_id in looking.ids()}

    def learn(self, sealed: _Sealed, said: dict[str, Any]) -> None:
        """Take in what a line says of its case."""
        known = self.known[sealed.case]
        match sealed.event:
            case "mail_linked":
                for other in self.known.values():
                    other.mails.discard(said["mail"])
                known.mails.add(said["mail"])
            case "draft_changed":
                known.drafts[said["key"]] = DraftState(said["state"]), sealed.at
            case "decided" if said["action"] in (Action.ADVISE, Action.STOP):
                known.raised.add(said["key"])

    def again(self, sealed: _Sealed, said: dict[str, Any]) -> Again:
        """Take the decision of a line again."""
        policy = self._looking.mind.user.policy.version
        if said["policy"] != policy:
            return Again(sealed.seq, sealed.case, skipped=f"decided by {said['policy']}; now it is {policy}")
        case = self._case(sealed)
        if len(case.history) != said.get("facts", {}).get("mails", 0):
            return Again(sealed.seq, sealed.case, skipped="not all mails of then are known here now")
        now = decided(self._names, case, self._looking.mind.decide(case, sealed.at))
        return Again(sealed.seq, sealed.case, differs=_differences(said, now))

    def _case(self, sealed: _Sealed) -> Case:
        """Return the case as it was when the line was written."""
        known, shell, names = self.known[sealed.case], self._looking.shell, self._names
        entries = [e for e in shell.drafts.of_case(sealed.case) if names.hash(e.key) in known.drafts]
        drafts = []
        for entry in entries:
            state, changed = known.drafts[names.hash(entry.key)]
            drafts.append(replace(entry.draft(), state=state, changed_at=changed))
        raised = (each for each in shell.book.raised(sealed.case) if names.hash(each.key) in known.raised)
        ours = Ledger(
            drafts=tuple(drafts),
            notes=tuple((entry.message_id, entry.draft().note) for entry in entries if entry.message_id),
            raised=tuple(raised),
            observed_from=shell.book.observed_from(),
            facts=shell.book.facts(sealed.case, until=sealed.at),
        )
        return fold(sealed.case, self._read(known.mails), ours)

    def _read(self, mails: Iterable[str]) -> Iterator[Reading]:
        return (self._mails[mail] for mail in mails if mail in self._mails)


def _differences(said: dict[str, Any], now: Decided) -> str:
    """Return what the log says and what is decided now, for each field that differs."""
    again: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(now))
    pairs = ((name, said.get(name), again.get(name)) for name in _COMPARED)
    return "; ".join(f"{name} was {_told(old)}, is {_told(new)}" for name, old, new in pairs if old != new)


def _told(value: object) -> str:
    return " ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value or "none")
