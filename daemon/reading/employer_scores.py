"""Evidence for companies named in a mail: how well the words around each show it to be the employer.

Weighs words (`lexicon/employer.toml`); which evidence is enough for which sender is decided elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from daemon.reading import employer_names, employer_role, names
from daemon.reading.employer_names import Run, clean, folded, is_company, is_word
from daemon.reading.lexicon import load

_BEFORE = 32  # characters before a name that say what it is
_AFTER = 28
_LAST_LINES = 6  # where a company stands on a line of its own
_NAME_WORDS = 5
_SHORT = 3  # letters of a word that names a building
_ACRONYM = 5  # letters of the longest word still taken for an acronym

# What the words around a name are worth: a bare mention, and what is added to it.
_MENTION, _COMPANY_WORD, _IN_BRACKETS = 0.5, 0.5, 1.0
_STRONG, _PLAIN, _ACTS, _LINKED = 3.0, 1.5, 2.0, 2.0
_OWN_LINE, _OWN_LINE_CUT, _TOPIC, _DISPLAY, _BESIDE_PERSON = 1.0, 2.0, 2.0, 3.0, 3.0
_A_PERSON, _A_VENDOR = -2.0, -6.0

_SENT_BY = re.compile(
    r"(?:powered by|sent (?:via|by|from|through)|using|hosted by|©|copyright)\s*$", re.IGNORECASE
)
_NUMBERED = re.compile(r"[A-Za-z]{0,4}-?\d")
_WITH = re.compile(r"\b(?:with|mit|avec|con|met|com)\s(?:the\s|der\s)?$", re.IGNORECASE)
_BRACKET = re.compile(r"\s\(([^()]{3,60})\)")
_PIECE = re.compile(r"\s[|–—•·-]\s|[,•·|]\s")
_PERSON_LABEL = re.compile(
    r"^\W*(?:who|with|interviewers?(?:\(s\))?|panel|host|organi[sz]er|guests?|from|to|cc|hi|hello|dear|wer|mit"
    r"|avec|con|met|com)\b\W*[:,]"
    r"|^(?-i:With|Mit|Avec|Con|Met|Com)\s.{3,40}$",
    re.IGNORECASE,
)
_PERSON_ACTS = re.compile(r"\s(?:sent you|shared|has rescheduled|would like to meet|,)", re.IGNORECASE)
_PERSON_AFTER = re.compile(
    r"\s(?:at|from|bei|chez|bij|da|has rescheduled|would like to meet|will)\s"
    r"|,\s(?:our|the|VP|head|director|CEO|CTO)",
    re.IGNORECASE,
)


@cache
def _around() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    """What says before a name, strongly or plainly, and after it that it is the employer's."""

    def any_of(found: Iterable[str]) -> str:
        return "|".join(re.escape(word) for word in sorted(found, key=len, reverse=True))

    before, after = load("employer")["before"], load("employer")["after"]["words"]
    article = r"\s*(?:the\s|our client\s)?[(\"“„«']?$"
    return (
        re.compile(rf"(?:^|\W)(?:{any_of(before['strong'])}){article}", re.IGNORECASE),
        re.compile(rf"(?:^|\W)(?:{any_of(before['plain'])}){article}", re.IGNORECASE),
        re.compile(rf"(?:['’]s)?\s*[-–:]?\s?(?:{any_of(after)})(?!\w)", re.IGNORECASE),
    )


class Scores:
    """The evidence for each company named in one mail.

    `never` are folded names that are no employer's (people, the relay); `hosts` the folded names in
    links; `people_meet` says that "call with …" names a person (a scheduler's mail).
    """

    def __init__(self, never: set[str], hosts: frozenset[str], *, people_meet: bool) -> None:
        self._never = never
        self._hosts = hosts
        self._people_meet = people_meet
        self._scores: dict[str, float] = {}
        self._names: dict[str, str] = {}

    def read_lines(self, subject: str, lines: Sequence[str]) -> None:
        """Weigh every company named in the subject and the lines."""
        for line in (subject, *lines):
            of_people = _PERSON_LABEL.match(line)
            for run in employer_names.runs(line):
                if of_people:
                    self._never.add(folded(run.name))
                else:
                    self._weigh(run, line)
        for whole, name in _own_lines(lines[-_LAST_LINES:]):
            self.add(name, _OWN_LINE if whole == name else _OWN_LINE_CUT)

    def read_topic(self, subject: str) -> None:
        """Weigh the companies of a system's subject line: "Interview with Acme" means no person there."""
        for run in employer_names.runs(subject):
            topic = _WITH.search(subject[: run.start]) and not _PERSON_AFTER.match(subject, run.end)
            self.add(run.name, _TOPIC if topic else _MENTION)

    def read_display(self, display: str, *, brand: str, robot: bool) -> None:
        """Weigh the company in the display name of a relay's (`brand`) or a free-mail address."""
        company = employer_names.of_display(display)
        person = names.is_name(display) and "(" not in display and not robot
        if company and not person and not (brand and folded(company).startswith(folded(brand))):
            self.add(company, _DISPLAY)

    def _weigh(self, run: Run, line: str) -> None:
        company = is_company(run.name)
        if " " in run.name and not company and names.is_name(run.name):
            if _PERSON_ACTS.match(line, run.end):
                self._never |= {folded(run.name), *(folded(word) for word in run.name.split())}
                return
            beside = _BRACKET.match(line, run.end)
            if beside and _is_house(clean(beside[1])) and not employer_role.is_job(run.name):
                self._never.add(folded(run.name))  # "Priya Shah (Acme)"
                self.add(clean(beside[1]), _BESIDE_PERSON)
                return
        if self._people_meet and not company and _WITH.search(line[: run.start]):
            return
        self.add(run.name, _weight(run, line) + (_LINKED if folded(run.name) in self._hosts else 0.0))

    def add(self, name: str, weight: float) -> None:
        """Add evidence for a company, unless the name can be none."""
        key = folded(name)
        job = employer_role.is_job(name) and not is_company(name)
        if len(key) > 1 and key not in self._never and not (job or _NUMBERED.match(name) or is_word(name)):
            self._scores[key] = self._scores.get(key, 0.0) + weight
            self._names.setdefault(key, name)

    def ranked(self) -> list[tuple[str, float]]:
        """Return (name, evidence) of every company, the best shown first."""
        order = sorted(self._scores, key=lambda key: (-self._scores[key], -len(key)))
        return [(_quiet(self._names[key]), self._scores[key]) for key in order if key not in self._never]

    def best(self, enough: float, *, without: str = "") -> str:
        """Return the name with the most evidence, if that is `enough`; not the one of label `without`."""
        own = folded(without)[:8]
        for name, score in self.ranked():
            if not (own and (folded(name).startswith(own) or own.startswith(folded(name)[:8]))):
                return name if score >= enough else ""
        return ""

    def longer(self, name: str, enough: float) -> str:
        """Return the fuller form of `name` the mail says well: "Acme" → "Acme Rail Works"."""
        fuller = (
            one for one, score in self.ranked() if score >= enough and folded(one).startswith(folded(name))
        )
        length = len(name.split())
        return next((one for one in fuller if any(map(_is_word_of_name, one.split()[length:]))), name)


def _own_lines(lines: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield (line, name) of what stands on a line or between bars alone, as written and cleaned."""
    for whole in (piece.strip(" .") for line in lines for piece in _PIECE.split(line)):
        name = clean(whole)
        if len(name.split()) <= _NAME_WORDS and _is_whole_name(name):
            yield whole, name


def _is_house(name: str) -> bool:
    """Whether what stands in brackets behind a person is a company, not a department ("Analytics")."""
    return _is_whole_name(name) and name.lower() not in employer_names.words("parts")


def _is_whole_name(name: str) -> bool:
    found = list(employer_names.runs(name))
    return len(found) == 1 and found[0].start == 0 and found[0].end == len(name) and not is_word(name)


def _is_word_of_name(word: str) -> bool:
    """Whether a further word belongs to a company's name, not to a building or a place in it ("DC4")."""
    return len(word) > _SHORT and not any(map(str.isdigit, word))


def _quiet(name: str) -> str:
    """A name shouted in capitals as it is said; acronyms stay."""
    loud = name.isupper() and any(len(word) > _ACRONYM for word in name.split())
    return " ".join(word.capitalize() for word in name.split()) if loud else name


def _weight(run: Run, line: str) -> float:
    """What the words around a name say of it."""
    strong, plain, acts = _around()
    before = line[max(0, run.start - _BEFORE) : run.start]
    after = line[run.end : run.end + _AFTER]
    if _SENT_BY.search(before):
        return _A_VENDOR
    if " " in run.name and _PERSON_AFTER.match(after) and names.is_name(run.name):
        return _A_PERSON
    weight = _MENTION + (_COMPANY_WORD if is_company(run.name) else 0.0)
    if before.endswith("(") and after.startswith(")"):
        weight += _IN_BRACKETS
    if strong.search(before):
        weight += _STRONG
    elif plain.search(before):
        weight += _PLAIN
    elif " " in run.name and after.startswith(","):
        return weight  # "Priya Shah, Talent Partner"
    return weight + (_ACTS if acts.match(after) else 0.0)
