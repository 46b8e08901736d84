"""Which employer a mail speaks for, whether an agency stands between, and for which role.

    find(message, sender, sentences, *, people=(), me=None) -> Employer

The sender's own domain names the employer, in the spelling the mail itself uses; a relay's or a
free-mail domain never does, nor an agency's when the end employer is named.  Call it before
`people.find`, which needs the company's name to tell it from a person's.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from daemon.reading import employer_ids, employer_names, employer_role, names, people_sign, people_text
from daemon.reading.employer_names import Run, clean, folded, is_word, of_display, readable, spelled, words
from daemon.reading.lexicon import load
from daemon.reading.model import Me, Message
from daemon.reading.sender import Sender
from policies.case import Part, Person

_MAX_SENTENCES = 100
_MAX_LENGTH = 400  # characters of one sentence that are looked at
_BEFORE = 32
_AFTER = 28
_ENOUGH = 2.0
_ENOUGH_ALONE = 1.0  # no domain of the employer's own says anything
_ENOUGH_BESIDE_AGENCY = 3.0  # an agency's mail names many companies
_ENOUGH_AGAINST_DOMAIN = 3.5
_FOOTER = 3  # last lines, where a vendor names itself
_FULLER = 1.5
_SMALL_WORD = 3  # letters of an "of" or "the" in a domain
_SENT_BY = re.compile(
    r"(?:powered by|sent (?:via|by|from|through)|using|hosted by|©|copyright)\s*$", re.IGNORECASE
)
_FILE = re.compile(r"\.(?:pdf|docx?|ics)\b", re.IGNORECASE)
_NUMBERED = re.compile(r"[A-Za-z]{0,4}-?\d")
_INFLECTED = 2  # letters a case ending adds ("bei den Mainwerken")
_WITH = re.compile(r"\b(?:with|mit|avec|con|met|com)\s(?:the\s|der\s)?$", re.IGNORECASE)
_NAME_WORDS = 5
_ACRONYM = 5  # letters of the longest word still taken for an acronym
_BRACKET = re.compile(r"\s\(([^()]{3,60})\)")
_PIECE = re.compile(r"\s[|–—•·-]\s|[,•·|]\s")
_PERSON_LABEL = re.compile(
    r"^\W*(?:who|with|interviewers?(?:\(s\))?|panel|host|organi[sz]er|guests?|from|to|cc|hi|hello|dear|wer|mit|avec|con|met|com)\b\W*[:,]"
    r"|^(?-i:With|Mit|Avec|Con|Met|Com)\s.{3,40}$",
    re.IGNORECASE,
)
_PERSON_ACTS = re.compile(r"\s(?:sent you|shared|has rescheduled|would like to meet|,)", re.IGNORECASE)
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
    name = "" if sender.bounce else _named(message, sender, lines, label, known, agency=agency)
    number = employer_ids.requisition((message.subject, *lines[:40]))
    return Employer(
        name=name or None,
        agency=agency,
        role=employer_role.find(message.subject, sentences),
        requisition=number,
        tokens=employer_ids.tokens(message, number),
    )


def _own_names(message: Message, me: Me | None) -> set[str]:
    """The names of sender and user, which are no company's."""
    found = (
        {names.tidy(message.sender.name)}
        if message.sender and not names.is_role(message.sender.name)
        else set()
    )
    signed = people_sign.find(message.text, message.signature).name
    if " " in signed and not employer_names.is_company(signed):
        found.add(signed)
    found |= {one.name for one in message.to} | ({me.name} if me else set())
    found |= {part for name in found for part in name.split()}
    return {folded(name) for name in found if name}


def _label(message: Message, sender: Sender) -> str:
    """The part of the sender's domain that is a name; of a relay's address the employer's slug, else ""."""
    if sender.domain:
        label = sender.domain.partition(".")[0]
        if any(label.startswith(vendor) for vendor in words("vendors")):
            return ""
        return "" if label in names.mailboxes() or len(label) < 2 else label
    local, _, host = (message.sender.address if message.sender else "").partition("@")
    if (
        sender.relay_kind == "ats"
        and not names.is_mailbox(f"{local}@x")
        and not sender.robot_address
        and local.isalnum()
    ):
        return local
    return "" if sender.relay or sender.free_mail else host.partition(".")[0]


@cache
def _hosts_pattern() -> re.Pattern[str]:
    return re.compile(r"https?://([\w.-]{3,100})(?:/([\w-]{3,60}))?")


def _linked(message: Message) -> frozenset[str]:
    """The names in links to an employer's corner of a system: "acme.zoom.us", "jobs.lever.co/acme"."""
    found: set[str] = set()
    for link in message.links[:40]:
        if match := _hosts_pattern().match(link.href):
            found |= {folded(part) for part in (match[1].split(".")[0], match[2] or "")}
    return frozenset(found - {"www", "jobs", "careers", "app", "hire", ""})


@cache
def _agency_patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    table = load("employer")["agency"]
    return (
        re.compile(rf"(?<!\w)(?:{'|'.join(table['names'])})(?!\w)", re.IGNORECASE),
        re.compile(rf"(?<!\w)(?:{'|'.join(table['phrases'])})(?!\w)", re.IGNORECASE),
    )


_AGENCY_LABEL = re.compile(
    r"recruit|staffing|headhunt|personnel|talent|hirex|resourc|^personal[a-z]|(?<!re)search|-people$|personalberat|personaldienst|interim|uitzend"
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
    own = (
        next(filter(None, (spelled(one, texts) for one in employer_names.variants(label))), "")
        if label
        else ""
    )
    if sender.relay:
        known = known | _people_named(lines)
    known = known | {folded(sender.relay)} | ({folded(own)} if agency else set())
    scores = _Scores(known, _linked(message), people_meet=sender.relay_kind == "scheduler")
    subject = _FILE.sub("", message.subject[:_MAX_LENGTH]).replace("_", " | ")
    scores.read_lines(subject, lines)
    if sender.relay_kind == "ats" or (sender.robot_address and not sender.relay):
        scores.read_topic(subject)
    if agency:
        by_words = any(_agency_patterns()[1].search(line) for line in lines)
        return scores.best(_ENOUGH_BESIDE_AGENCY if by_words else _ENOUGH, without=label)
    address = message.sender.address if message.sender else ""
    shown = "" if sender.automatic else display
    said_own = own and own in " ".join((shown, message.subject, *lines[: max(1, len(lines) - _FOOTER)]))
    if not sender.relay and not said_own and (sender.robot_address or names.is_mailbox(address)):
        vendors_client = scores.best(_ENOUGH_AGAINST_DOMAIN, without=label)
        if vendors_client:
            return vendors_client
    if own:
        own = scores.longer(own)
        return own if sender.automatic or names.is_mailbox(address) else employer_names.in_full(own, lines)
    if sender.domain and label:
        return _spelled_by_others(scores, label) or readable(employer_names.variants(label)[-1])
    scores.read_display(display, sender)
    return scores.best(_ENOUGH_ALONE) or (readable(label) if label else "")


def _spelled_by_others(scores: _Scores, label: str) -> str:
    """A name the mail says that the domain holds, abbreviates or begins: "countyofpinon", "vhp", "joinlowtide"."""
    akin = [(_akin(name, score, folded(label)), name) for name, score in scores.ranked()]
    likeness, name = max(akin, default=(0, ""), key=lambda one: one[0])
    return employer_names.completed(name, label) if likeness else ""


def _akin(name: str, score: float, target: str) -> int:
    """How many letters of a domain's label a name accounts for; 0 where they are not akin."""
    parts = [folded(word) for word in name.split()]
    whole = "".join(parts)
    inside = sum(len(part) for part in parts if part in target)
    if len(parts) == 1 and 0 < len(whole) - len(target) <= _INFLECTED:
        return 0
    if whole.startswith(target) or (len(target) > 2 and "".join(part[:1] for part in parts) == target):
        return len(target)
    if all(part in target for part in parts) and inside >= len(target) - _SMALL_WORD:
        return inside
    if score >= _ENOUGH and whole in target and len(whole) > _ACRONYM:
        return len(whole)
    first_alike = len(parts) > 1 and len(parts[0]) > _SMALL_WORD and target.startswith(parts[0])
    return len(parts[0]) if score >= _ENOUGH and first_alike else 0


def _people_named(lines: Sequence[str]) -> set[str]:
    """The full names a relay's mail surely says of people: recruiters, coordinators, those with title or address."""
    return {
        folded(one.name)
        for one in people_text.find(lines, people_text.Strangers())
        if " " in one.name
        and (one.address or one.part is not Part.INTERVIEWER or f"{one.name}, " in one.sentence)
    }


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

    def __init__(self, never: set[str], hosts: frozenset[str], *, people_meet: bool) -> None:
        self._people_meet = people_meet  # a scheduler's "call with …" names a person
        self._never = never
        self._hosts = hosts
        self._scores: dict[str, float] = {}
        self._names: dict[str, str] = {}

    def read_lines(self, subject: str, lines: Sequence[str]) -> None:
        """Weigh every company named in the subject and the lines."""
        for line in (subject, *lines):
            for run in employer_names.runs(line):
                if _PERSON_LABEL.match(line):
                    self._never.add(folded(run.name))
                else:
                    self._weigh(run, line)
        for whole in (piece.strip(" .") for line in lines[-6:] for piece in _PIECE.split(line)):
            name = clean(whole)
            if _is_whole_name(name) and len(name.split()) <= _NAME_WORDS:
                self.add(name, 2.0 if whole != name else 1.0)  # a legal form or "Recruiting" was cut off

    def read_topic(self, subject: str) -> None:
        """Weigh the companies of a system's subject line: "Interview with Acme" means no person there."""
        for run in employer_names.runs(subject):
            with_it = _WITH.search(subject[: run.start])
            self.add(run.name, 2.0 if with_it and not _PERSON_AFTER.match(subject, run.end) else 0.5)

    def _weigh(self, run: Run, line: str) -> None:
        bracket = _BRACKET.match(line, run.end)
        person = names.is_name(run.name) and " " in run.name and not employer_names.is_company(run.name)
        if person and _PERSON_ACTS.match(line, run.end):
            self._never |= {folded(run.name), *(folded(word) for word in run.name.split())}
            return
        job = employer_role.is_job(run.name)
        if bracket and _is_whole_name(clean(bracket[1])) and person and not job:
            self._never.add(folded(run.name))  # "Priya Shah (Acme)"
            self.add(clean(bracket[1]), 3.0)
            return
        if self._people_meet and _WITH.search(line[: run.start]) and not employer_names.is_company(run.name):
            return
        linked = folded(run.name) in self._hosts
        self.add(run.name, _weight(run, line) + (2.0 if linked else 0.0))

    def read_display(self, display: str, sender: Sender) -> None:
        """Weigh the company in the display name of a relay's or a free-mail address."""
        company = of_display(display)
        person = names.is_name(display) and "(" not in display
        brand = folded(sender.relay)
        if (
            company
            and not (person and not sender.robot_address)
            and not (brand and folded(company).startswith(brand))
        ):
            self.add(company, 3.0)

    def add(self, name: str, weight: float) -> None:
        """Add evidence for a company; a longer spelling of a known one counts for the shorter too."""
        key = folded(name)
        if (
            not weight
            or len(key) < 2
            or _NUMBERED.match(name)
            or key in self._never
            or is_word(name)
            or (employer_role.is_job(name) and not employer_names.is_company(name))
        ):
            return
        self._scores[key] = self._scores.get(key, 0.0) + weight
        self._names.setdefault(key, name)

    def ranked(self) -> list[tuple[str, float]]:
        """Return (name, evidence) of every company, the best shown first."""
        order = sorted(self._scores, key=lambda key: (-self._scores[key], -len(key)))
        return [(_quiet(self._names[key]), self._scores[key]) for key in order if key not in self._never]

    def longer(self, name: str) -> str:
        """Return the fuller form of `name` the mail says well: "Ironbridge" → "Ironbridge Consulting"."""
        key = folded(name)
        fuller = [one for one, score in self.ranked() if score >= _FULLER and folded(one).startswith(key)]
        return next((one for one in fuller if len(one.split()) > len(name.split())), name)

    def best(self, enough: float, *, without: str = "") -> str:
        """Return the name with the most evidence, if that is `enough`; not the one of label `without`."""
        scores = {
            k: v for k, v in self._scores.items() if not without or not folded(without).startswith(k[:8])
        }
        if not scores:
            return ""
        key = max(scores, key=lambda key: (scores[key], len(key)))
        return _quiet(self._names[key]) if scores[key] >= enough else ""


def _quiet(name: str) -> str:
    """A name shouted in capitals as it is said; acronyms stay."""
    loud = name.isupper() and any(len(word) > _ACRONYM for word in name.split())
    return " ".join(word.capitalize() for word in name.split()) if loud else name


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
    weight = 1.0 if employer_names.is_company(run.name) else 0.5
    if before.endswith("(") and after.startswith(")"):
        weight += 1.0
    if strong.search(before):
        weight += 3.0
    elif plain.search(before):
        weight += 1.5
    elif " " in run.name and after.startswith(","):
        return weight  # "Priya Shah, Talent Partner"
    if follows.match(after):
        weight += 2.0
    return weight
