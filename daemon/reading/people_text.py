"""People named in running text, with the part the words around them give.

    find(sentences, ...) -> the mentions, in order

A run of capitalised words is a person only where something says so: "meet …", "… will join", a label
("Panel: …"), a line of a schedule, an address beside it, or a place in a list after one of these.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain

from daemon.reading import names
from daemon.reading.employer_names import folded, words
from daemon.reading.employer_role import is_job
from daemon.reading.lexicon import load
from policies.case import Part

_MAX_SENTENCES = 120
_MAX_LENGTH = 600  # characters of one sentence that are looked at
_LIST_LINE = 90  # characters of a line that is one entry of a list
_MAX_NAMES = 60  # capitalised words looked at in one sentence
_MAX_TEXT = 12_000  # of the whole text
_BEFORE = 44
_AFTER = 60
_CAPITAL = re.compile(r"(?<![\w@.'’-])[^\W\d_][\w'’-]*\.?")
_ADDRESS = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}")
_ADDRESS_AFTER = re.compile(
    r"(?:,\s[^\W\d_][^,;:.!?()<>\[\]@\d]{2,48}(?=\s?[(<\[]))?"  # "Luis Camacho, HR Manager (l.c@…"
    r"(?:,?\s(?:at|on|unter|via|à|en|op|em|a|via)\s|,?\s(?:e-?mail|mail)?:?\s?|\s?[(<\[]\s?(?:mailto:|e-?mail:?\s?)?|[,:]\s|\s[–-]\s)(?P<address>[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,6})"
)
_LIST_GAP = re.compile(
    r"(?:\s?[(<][^()<>]{0,80}[)>])?"
    r"(?:,\s(?!and\b|und\b)[^,;.()!?]{2,60}(?:\s?[,;/&+]\s?|\s(?=(?:and|und|et|y|e|ed|en|plus|sowie)\s))"
    r"|\s?[,;/&+]\s?|\s)(?:(?:and|und|et|y|e|ed|en|plus|sowie|as well as|&)\s)?"
    r"(?:(?:the|with|mit|avec|con|met|com|also|our|la|le|el|o|a|il|de)\s)?(?:l['’])?(?:\w{1,6}\.\s?){0,2}$",
    re.IGNORECASE,
)
_SELF = r"(?:myself|me|mir|moi|mí|mij|mim)\s?(?:,|and|und|et|y|en|e)\s"
_DETERMINER = (
    r"(?:our|my|the|unser\w*|mein\w*|notre|mon|ma|nuestr[ao]|mi|onze|mijn|noss[ao]|[oa]|il|la|l['’]|el|le|de|der|die|den|dem"
    r"|to|from)\s(?:[\w&'’/-]+\s){0,5}?(?:[\w&'’/-]+,\s)?"
)
_ARTICLE = r"(?:(?:[oa]|the|la|le|il|el|der|die|de|l['’])\s)?"
_LED = re.compile(rf"[\s,:(–-]{{0,3}}(?:{_SELF})?(?:{_DETERMINER})?{_ARTICLE}\s?[(,:–-]?\s?$", re.IGNORECASE)
_TIME_FIRST = re.compile(r"\W{0,3}\d{1,2}(?:[:.h]\d\d|\s?[ap]m|\s?uhr)", re.IGNORECASE)
_BULLET = re.compile(r"\s*(?:[-*•–·]|\(?\d[.)])\s+")
_TITLE_BEFORE = re.compile(
    r"\b(?:head|director|vp|president|chief|manager|lead|chair|dean|leit\w+|responsable|directeur|directrice|chef|jef[ea]|gerente|"
    r"diretora?|responsabile|hoofd)\s(?:of|de|du|der|des|di|da|del|für|van|,)\s$|\b(?:VP|SVP|EVP|Head|Chief)\s$",
    re.IGNORECASE,
)
_PLACE_BEFORE = re.compile(
    r"\b(?:at|in|near|inside|im|in der|am|beim|à|au|dans|en el|en la|na|no|nel|nella|presso|te|bij)"
    r"(?: the)?\s$",
    re.IGNORECASE,
)
_NUMBER_BEFORE = re.compile(r"(?<![\d:.h])\d{1,5}[a-z]?\s$")
_COMPANY_AFTER = re.compile(r"\s(?:Inc|Ltd|LLC|GmbH|AG|SA|BV|plc|Team|team|Careers|Recruiting)\b")


@dataclass(frozen=True, slots=True)
class Mention:
    """Somebody named: as written, the address beside the name, the part, and the sentence."""

    name: str
    address: str | None
    part: Part | None
    sentence: str


def _joined(phrases: Collection[str]) -> str:
    found = sorted(set(phrases), key=len, reverse=True)
    return "|".join(re.escape(phrase).replace(r"\*", r"\w*").replace("'", "['’]") for phrase in found)


def phrases(found: Collection[str]) -> re.Pattern[str]:
    """Return a pattern of these phrases as whole words, case ignored."""
    return re.compile(rf"(?<!\w)(?:{_joined(found)})(?!\w)", re.IGNORECASE)


@cache
def _before() -> tuple[tuple[Part, re.Pattern[str]], ...]:
    table = load("people")
    interviewer = set(chain.from_iterable(table["before_interviewer"].values()))
    phrases = (
        (Part.HIRING_MANAGER, table["before_hiring_manager"]["words"]),
        (Part.RECRUITER, table["before_recruiter"]["words"]),
        (Part.COORDINATOR, table["before_coordinator"]["words"]),
        (Part.INTERVIEWER, interviewer),
    )
    return tuple(
        (part, re.compile(rf"(?:^|[\s(,:])(?:{_joined(found)})(?=\W|$)", re.IGNORECASE))
        for part, found in phrases
    )


@cache
def _after() -> tuple[tuple[Part, re.Pattern[str]], ...]:
    table = load("people")
    return tuple(
        (
            part,
            re.compile(
                rf"[^.;:!?]{{0,36}}?(?<!\w)({_joined(table[f'after_{part}']['words'])})(?!\w)", re.IGNORECASE
            ),
        )
        for part in (Part.HIRING_MANAGER, Part.INTERVIEWER, Part.COORDINATOR)
    )


@cache
def _meets() -> re.Pattern[str]:
    """What somebody does who will speak with the candidate."""
    return re.compile(rf"(?:{_joined(load('people')['meets']['words'])})(?!\w)", re.IGNORECASE)


@cache
def _labels() -> tuple[tuple[Part, frozenset[str]], ...]:
    table = load("people")["labels"]
    return tuple((Part(part), frozenset(found)) for part, found in table.items())


@dataclass(frozen=True, slots=True)
class Strangers:
    """What is no person of interest: the employer's name and the folded words of the user's names.

    `nouns` says that the language writes every noun with a capital: a single word is no name there.
    """

    company: str = ""
    mine: frozenset[str] = frozenset()
    nouns: bool = False


def find(
    sentences: Sequence[str], strangers: Strangers, sessions: Collection[str] | None = None
) -> Iterator[Mention]:
    """Yield the people named in `sentences`.

    `sessions` are the sentences whose times are interviews, where known: people on other lines of a
    schedule are not met.
    """
    heading: Part | None = None
    agenda = False
    for sentence in capped(sentences, _MAX_SENTENCES, _MAX_LENGTH):
        if _greeting().match(sentence):
            continue
        label, start = _label(sentence)
        bullet = _BULLET.match(sentence)
        listed = heading if bullet or _opens_with_name(sentence) else None
        session = sentence in sessions if sessions else bool(_TIME_FIRST.match(sentence))
        agenda = session or (agenda and _names_only(sentence))  # the line below names who is met
        yield from _in_sentence(sentence, start, label or listed, strangers, agenda=agenda)
        if label or not listed:
            heading = label or _heading(sentence)


def capped(sentences: Sequence[str], count: int, length: int) -> Iterator[str]:
    """Yield the first `count` sentences, cut at `length`, up to 12,000 characters in all."""
    left = _MAX_TEXT
    for sentence in sentences[:count]:
        sentence = sentence[: min(length, left)]
        left -= len(sentence)
        yield sentence


def _opens_with_name(sentence: str) -> bool:
    """Whether a line is one entry of a list of people: a name, and perhaps a title."""
    found = names.at(sentence, 0) if len(sentence) <= _LIST_LINE else None
    return found is not None and (sentence[found[1] :].lstrip() or ",")[0] in ",(|–-"


def _names_only(sentence: str) -> bool:
    """Whether a line names people and, unlike one with a room, has no numbers."""
    return _opens_with_name(sentence) and not any(map(str.isdigit, sentence))


def _label(sentence: str) -> tuple[Part | None, int]:
    """The part a label at the start gives ("Panel: …", "WHO  …"), and where the value begins."""
    head, colon, _ = sentence[:60].partition(":")
    if colon:
        label = re.sub(r"\(s\)|[*•\s-]+$|^[*•\s-]+", "", head).strip().lower()
        for part, found in _labels():
            if label in found or any(label.endswith(f" {word}") for word in found if len(word) > 6):
                return part, len(head) + 1
    first = sentence.split(" ", 1)[0]
    return (Part.INTERVIEWER, len(first)) if first in ("WHO", "WITH") else (None, 0)


def _heading(sentence: str) -> Part | None:
    """The part a line that opens a list gives: "You'll meet:", "Interviewers"."""
    if not sentence.endswith(":"):
        alone = sentence.strip(" *•-").lower()
        return next((part for part, found in _labels() if alone in found), None)
    said = next((part for part, pattern in _before() if pattern.search(sentence)), None)
    return said or (Part.INTERVIEWER if _meeting().search(sentence) else None)


@cache
def _greeting() -> re.Pattern[str]:
    """A line that greets the reader and says nothing else."""
    words_of_it = _joined(load("people")["greetings"]["words"])
    return re.compile(rf"\W*(?:{words_of_it})(?!\w)[^.?]{{0,60}}$", re.IGNORECASE)


@cache
def _meeting() -> re.Pattern[str]:
    """Words of a meeting: who is named with a title beside them is met."""
    return re.compile(rf"(?<!\w)(?:{_joined(load('people')['meeting']['words'])})", re.IGNORECASE)


def _in_sentence(
    sentence: str, start: int, given: Part | None, strangers: Strangers, *, agenda: bool
) -> Iterator[Mention]:
    position, last_end, last_part, tried = start, -1, None, 0
    for word in _CAPITAL.finditer(sentence, start):
        tried += word[0][0].isupper()
        if tried > _MAX_NAMES:
            return
        found = names.at(sentence, word.start()) if word.start() >= position else None
        if found is None:
            continue
        name, end = found
        address = _address_after(sentence, end)
        listed = last_end >= 0 and bool(_LIST_GAP.fullmatch(sentence[last_end : word.start()]))
        part = _part(sentence, word.start(), end)
        if part is None and address is None and _PLACE_BEFORE.search(sentence[: word.start()]):
            continue
        part = part or given or (last_part if listed else None)
        if part is None and agenda and " " in name:
            part = Part.INTERVIEWER
        titled = names.is_title(sentence[word.start() : end].split()[0])
        if part is None and titled and _meeting().search(sentence):
            part = Part.INTERVIEWER
        if part is None and address is None and not titled:
            continue
        if address is None and not _is_person(name, sentence, word.start(), end, strangers):
            position = end
            continue
        yield Mention(name[0].upper() + name[1:], address, part, sentence)
        beside = _ADDRESS_AFTER.match(sentence, end)
        position, last_end, last_part = beside.end() if beside else end, end, part


def _address_after(sentence: str, end: int) -> str | None:
    match = _ADDRESS_AFTER.match(sentence, end)
    return match["address"].rstrip(".").lower() if match else None


def _part(sentence: str, start: int, end: int) -> Part | None:
    """The part the words right before or after a name give."""
    beside = _ADDRESS_AFTER.match(sentence, end)
    after = sentence[beside.end() if beside else end :].lstrip(")>], ")[:_AFTER]
    if _meets().match(after):  # "our recruiter Joel Park will call you": whoever calls interviews
        return Part.INTERVIEWER
    before = sentence[max(0, start - _BEFORE) : start]
    for part, pattern in _before():
        for match in pattern.finditer(before):
            if _LED.fullmatch(before[match.end() :]):
                return part
    after = sentence[beside.end() if beside else end :].lstrip(")>]")[:_AFTER]
    far = " " in sentence[start:end]  # a single word needs the phrase right behind it
    for part, pattern in _after():
        said = pattern.match(after)
        if said and (far or said.start(1) <= 1):
            return part
    return None


def _is_person(name: str, sentence: str, start: int, end: int, strangers: Strangers) -> bool:
    """Whether a name is not the company's, the user's, a place's or a job's."""
    plain = [folded(word) for word in name.split() if not names.is_title(word)]
    if all(word in strangers.mine for word in plain) or (strangers.nouns and " " not in name):
        return False
    company = "" if names.is_title(name.split()[0]) else folded(strangers.company)
    whole = "".join(plain)
    if company and (whole in company or (len(plain) > 1 and company in whole)):
        return False
    following = _CAPITAL.match(sentence, end + 1)
    if following and following[0][0].isupper() and is_job(following[0].rstrip(".")):
        return False
    if _COMPANY_AFTER.match(sentence, end) or _TITLE_BEFORE.search(sentence[max(0, start - _BEFORE) : start]):
        return False
    lower = [word.lower().rstrip(".") for word in name.split()]
    if _NUMBER_BEFORE.search(sentence[:start]) and lower[-1] in load("people")["streets"]["words"]:
        return False
    if is_job(name) or any(word in words("parts") or word in words("forms") for word in lower[1:]):
        return False
    if len(lower) > 1:
        return lower[0] not in words("parts")
    return (
        lower[0] not in words("parts")
        and sentence[end : end + 1] not in ("-", "/", "@", "&")
        and _lone(sentence, end)
    )


def _lone(sentence: str, end: int) -> bool:
    """Whether a single capitalised word can be a given name: no capitalised word or number follows it."""
    after = re.match(r"\s(\S)", sentence[end:])
    return after is None or not (after[1].isdigit() or after[1].isupper()) or sentence[end : end + 3] == " I "


def addresses(sentences: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield (address, sentence) of every address written in `sentences`."""
    for sentence in capped(sentences, _MAX_SENTENCES, _MAX_LENGTH):
        for match in _ADDRESS.finditer(sentence):
            yield match[0].rstrip(".").lower(), sentence
