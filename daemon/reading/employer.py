"""Which employer a mail speaks for, whether an agency stands between, and for which role.

    find(message, sender, sentences, *, people=(), me=None) -> Employer

The sender's own domain names the employer, in the spelling the mail itself uses; a relay's or a
free-mail domain never does, nor an agency's when the end employer is named.  Call it before
`people.find`, which needs the company's name to tell it from a person's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from daemon.reading import employer_names, employer_role, names
from daemon.reading.employer_names import Run, clean, folded, is_word, of_display, readable, spelled, words
from daemon.reading.lexicon import load
from daemon.reading.model import Me, Message
from daemon.reading.sender import Sender
from policies.case import Person

_MAX_SENTENCES = 100
_MAX_LENGTH = 400  # characters of one sentence that are looked at
_BEFORE = 32
_AFTER = 28
_ENOUGH = 2.0
_SENT_BY = re.compile(
    r"(?:powered by|sent (?:via|by|from|through)|using|hosted by|©|copyright)\s*$", re.IGNORECASE
)
_PIECE = re.compile(r"\s[|–—•·-]\s|[,•·|]\s")
_PERSON_LABEL = re.compile(
    r"^\W*(?:who|with|interviewers?(?:\(s\))?|panel|host|organi[sz]er|guests?|from|to|cc|hi|hello|dear|wer|mit|avec|con|met|com)\b\W*[:,]",
    re.IGNORECASE,
)
_PERSON_AFTER = re.compile(
    r"\s(?:at|from|bei|chez|bij|da|has rescheduled|would like to meet|will)\s|,\s(?:our|the|VP|head|director|CEO|CTO)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Employer:
    """`name` is the end employer's, None where unknown or undisclosed; `agency` that an agency writes.

    `role` and `requisition` are the vacancy's; `tokens` are ids an ATS tells applications apart by.
    """

    name: str | None
    agency: bool = False
    role: str | None = None
    requisition: str = ""
    tokens: tuple[str, ...] = ()


def find(
    message: Message,
    sender: Sender,
    sentences: Sequence[str],
    *,
    people: Sequence[Person] = (),
    me: Me | None = None,
) -> Employer:
    """Return the employer, role and ids `message` speaks of; `sentences` are those of its new text."""
    signature = tuple(line.strip() for line in message.signature.split("\n") if line.strip())
    lines = tuple(line[:_MAX_LENGTH] for line in (*sentences[:_MAX_SENTENCES], *signature[:20]))
    label = _label(message, sender)
    agency = _is_agency(message, sender, lines, label)
    known = {folded(one.name) for one in people if one.name} | _own_names(message, me)
    name = _named(message, sender, lines, label, known, agency=agency)
    number = employer_role.requisition((message.subject, *lines[:40]))
    return Employer(
        name=name or None,
        agency=agency,
        role=employer_role.role(message, sentences),
        requisition=number,
        tokens=employer_role.tokens(message, number),
    )


def _own_names(message: Message, me: Me | None) -> set[str]:
    """The names of sender and user, which are no company's."""
    found = (
        {names.tidy(message.sender.name)}
        if message.sender and not names.is_role(message.sender.name)
        else set()
    )
    found |= {one.name for one in message.to} | ({me.name} if me else set())
    found |= {part for name in found for part in name.split()}
    return {folded(name) for name in found if name}


def _label(message: Message, sender: Sender) -> str:
    """The part of the sender's domain that is a name; of a relay's address the employer's slug, else ""."""
    if sender.domain:
        label = sender.domain.partition(".")[0]
        return "" if label in names.mailboxes() or len(label) < 2 else label
    local, _, host = (message.sender.address if message.sender else "").partition("@")
    if sender.relay and not names.is_mailbox(f"{local}@x") and not sender.robot_address and local.isalnum():
        return local
    return "" if sender.relay or sender.free_mail else host.partition(".")[0]


@cache
def _agency_patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    table = load("employer")["agency"]
    return (
        re.compile(rf"(?<!\w)(?:{'|'.join(table['names'])})(?!\w)", re.IGNORECASE),
        re.compile(rf"(?<!\w)(?:{'|'.join(table['phrases'])})(?!\w)", re.IGNORECASE),
    )


_AGENCY_LABEL = re.compile(
    r"recruit|staffing|headhunt|personnel|talent|hirex|resourc|search|-people$|personalberat|personaldienst|interim|uitzend"
)


def _is_agency(message: Message, sender: Sender, lines: Sequence[str], label: str) -> bool:
    """Whether the sender finds people for others: by what it is called or says of a client."""
    called, says = _agency_patterns()
    if any(says.search(line) for line in lines):
        return True
    if sender.relay or not sender.domain:
        return False
    own = spelled(label, (message.sender.name if message.sender else "", *lines[-8:]))
    return bool(_AGENCY_LABEL.search(label)) or bool(own and called.search(own))


def _named(
    message: Message, sender: Sender, lines: Sequence[str], label: str, known: set[str], *, agency: bool
) -> str:
    display = message.sender.name if message.sender else ""
    texts = (message.subject[:_MAX_LENGTH], display, *lines)
    own = spelled(label, texts) if label else ""
    scores = _Scores(
        known | {folded(own) if agency else ""} | ({folded(sender.relay)} if sender.relay else set())
    )
    scores.read_lines(message.subject[:_MAX_LENGTH], lines, sender.relay)
    if agency:
        return scores.best(_ENOUGH, without=label)
    vendor = sender.robot_address and not sender.relay and scores.best(4.0, without=label)
    if vendor:
        return vendor
    if own:
        return own
    if sender.domain and label:
        return _spelled_by_others(scores, label) or readable(label)
    scores.read_display(display, sender)
    return scores.best(1.0)


def _spelled_by_others(scores: _Scores, label: str) -> str:
    """A name the mail says strongly that shares its first word with the domain ("mainwerke" is not "Main")."""
    best = scores.best(_ENOUGH)
    first = folded(best.split()[0]) if best else ""
    return best if len(first) > 3 and folded(label).startswith(first) else ""


@cache
def _around() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    def any_of(found: list[str]) -> str:
        return "|".join(re.escape(word) for word in sorted(found, key=len, reverse=True))

    before, after = load("employer")["before"], load("employer")["after"]["words"]
    article = r"\s*(?:the\s|our client\s)?[(\"“„«']?$"
    return (
        re.compile(rf"(?:^|\W)(?:{any_of(before['strong'])}){article}", re.IGNORECASE),
        re.compile(rf"(?:^|\W)(?:{any_of(before['plain'])}){article}", re.IGNORECASE),
        re.compile(rf"(?:['’]s)?\s*[-–:]?\s?(?:{any_of(after)})(?!\w)", re.IGNORECASE),
    )


class _Scores:
    """How well each company named in a mail is shown to be the employer."""

    def __init__(self, never: set[str]) -> None:
        self._never = never
        self._scores: dict[str, float] = {}
        self._names: dict[str, str] = {}

    def read_lines(self, subject: str, lines: Sequence[str], relay: str) -> None:
        """Weigh every company named in the subject and the lines."""
        for line, weight in ((subject, 1.0), *((line, 1.0) for line in lines)):
            if _PERSON_LABEL.match(line):
                continue
            for run in employer_names.runs(line):
                self.add(run.name, weight * _weight(run, line))
        for whole in (piece.strip(" .") for line in lines[-6:] for piece in _PIECE.split(line)):
            name = clean(whole)
            if whole != name and _is_whole_name(name):  # a legal form or "Recruiting" was cut off
                self.add(name, 2.0)
            elif _is_whole_name(name) and len(name.split()) <= 5:
                self.add(name, 1.0)
        del relay

    def read_display(self, display: str, sender: Sender) -> None:
        """Weigh the company in the display name of a relay's or a free-mail address."""
        company = of_display(display)
        person = names.is_name(display) and "(" not in display
        if company and not (person and not sender.robot_address) and folded(company) != folded(sender.relay):
            self.add(company, 3.0)

    def add(self, name: str, weight: float) -> None:
        """Add evidence for a company; a longer spelling of a known one counts for the shorter too."""
        key = folded(name)
        if not weight or len(key) < 2 or key in self._never or is_word(name) or employer_role.is_job(name):
            return
        self._scores[key] = self._scores.get(key, 0.0) + weight
        self._names.setdefault(key, name)

    def best(self, enough: float, *, without: str = "") -> str:
        """Return the name with the most evidence, if that is `enough`; not the one of label `without`."""
        scores = {
            k: v for k, v in self._scores.items() if not without or not folded(without).startswith(k[:8])
        }
        if not scores:
            return ""
        key = max(scores, key=lambda key: (scores[key], len(key)))
        return self._names[key] if scores[key] >= enough else ""


def _is_whole_name(name: str) -> bool:
    found = list(employer_names.runs(name))
    return len(found) == 1 and found[0].start == 0 and found[0].end == len(name) and not is_word(name)


def _weight(run: Run, line: str) -> float:
    """What the words around a name say of it."""
    strong, plain, follows = _around()
    before = line[max(0, run.start - _BEFORE) : run.start]
    after = line[run.end : run.end + _AFTER]
    if _SENT_BY.search(before):
        return -6.0
    if _PERSON_AFTER.match(after) and " " in run.name and names.is_name(run.name):
        return -2.0
    weight = 0.5
    if strong.search(before):
        weight += 3.0
    elif plain.search(before):
        weight += 1.5
    if follows.match(after):
        weight += 2.0
    return weight
