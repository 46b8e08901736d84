"""The role an application is for, the requisition's number, and the ids an ATS tells applications apart by.

Reads words and patterns of `lexicon/employer.toml`; knows nothing of companies.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from daemon.reading.employer_names import words
from daemon.reading.lexicon import load
from daemon.reading.model import Message

_MAX_SENTENCES = 80
_MAX_LENGTH = 500  # characters of one sentence that are looked at
_MAX_ROLE = 80
_MAX_WORDS = 9
_MAX_TOKENS = 8
_PIECES = re.compile(r"\s+[-–—|•·/]+\s+|[|•·:]\s+|\s+[-–—]|,\s|\s\(|\)|\|\||~|\s(?=\d)")
_WHAT = re.compile(
    r"\W*(?:what|event|subject|betreff|objet|asunto|onderwerp|assunto|oggetto|role)\s?:|WHAT\s", re.IGNORECASE
)
_ENDS_AT = re.compile(r"\s(?:at|with|@|bei|chez|bij|en|na|presso)\s(?=[A-ZÀ-Ý])")
_ABOUT_END = re.compile(
    r"\s(?:interview|application|opening|vacancy|position|role|coding test|assessment|bewerbung|gespräch)$",
    re.IGNORECASE,
)
_PREFIXES = re.compile(r"^(?:(?:re|aw|fwd?|tr|antw|rv|wg|hey|hi)\s?[:!]\s*)+", re.IGNORECASE)
_CUT = re.compile(r"\s*[(\[#].*$")
_WORD = re.compile(r"[^\W\d_][\w'’-]*")
_TAG = re.compile(r"\+([\w.-]{4,80})@")
_ID = re.compile(
    r"(?<![\w-])(?:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|(?=\w*\d)[0-9a-f]{12,40}|\d{6,12})(?![\w-])"
)
_ID_LINK = re.compile(
    r"candidat|applica|applicant|interview|availability|schedul|jobs?/|apply|bewerb|offer", re.IGNORECASE
)


@cache
def _job_word() -> re.Pattern[str]:
    found = "|".join(re.escape(word) for word in sorted(words("jobs"), key=len, reverse=True))
    return re.compile(
        rf"(?<![\w-])(?:{found})(?!\w)|\w{{3,}}(?:ingenieur|entwickler|leiter|manager|berater|medewerker|adviseur|techniker)(?:in)?(?!\w)",
        re.IGNORECASE,
    )


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], bool], ...]:
    """Every place a role stands, and whether the place alone proves it ("the position of …")."""
    table = load("employer")["role"]
    ends = "|".join(re.escape(word) for word in sorted(table["ends"], key=len, reverse=True))
    role = rf"(?P<role>[\"“„«]?[^\W_][^.,;:!?\n|\"”»]{{2,{_MAX_ROLE}}}?)(?=\s(?:{ends})(?!\w)|[.,;:!?\n|\"”»]|\s[-–—]\s|$)"
    return tuple(
        (re.compile(rf"(?<!\w)(?:{text.replace('{}', role)})", re.IGNORECASE), _proves(text))
        for text in table["patterns"]
    )


def _proves(pattern: str) -> bool:
    """Whether a pattern names a position itself, so that what stands there needs no word of jobs."""
    return bool(
        re.search(
            r"position|role|post|vacan|opening|puesto|plaza|poste|stelle|vacature|functie|vaga|posizione|ruolo|requisition|title",
            pattern,
        )
    )


def role(message: Message, sentences: Sequence[str]) -> str | None:
    """Return the role the mail is about, without "(m/w/d)" and requisition number, or None."""
    for proven in (True, False):
        for text in (_PREFIXES.sub("", message.subject), *sentences[:_MAX_SENTENCES]):
            if said := next(_in_sentence(text[:_MAX_LENGTH], proven=proven), None):
                return said
        if proven:
            labelled = (
                line.removeprefix("WHAT").partition(":")[2] or line.removeprefix("WHAT")
                for line in sentences[:_MAX_SENTENCES]
                if _WHAT.match(line)
            )
            for text in (message.subject, *labelled):
                if found := _in_subject(text):
                    return found
    alone = (
        _alone(line)
        for line in (*sentences[:_MAX_SENTENCES], _ABOUT_END.sub("", _PREFIXES.sub("", message.subject)))
    )
    return next(filter(None, alone), None)


def _in_sentence(text: str, *, proven: bool) -> Iterator[str]:
    text = _decorations().sub("", text)
    for pattern, proves in _patterns():
        if proves is not proven:
            continue
        for match in pattern.finditer(text):
            found = tidy(match["role"])
            if is_role(found) and (
                _job_word().search(found) or (proves and found[0].isupper() and len(found) > 2)
            ):
                yield found


def _in_subject(subject: str) -> str | None:
    """The piece of a subject line that is a job's name: "Interview – Risk Analyst – 28 January"."""
    subject = _PREFIXES.sub("", _decorations().sub("", subject[:_MAX_LENGTH]))
    pieces = [tidy(_ABOUT_END.sub("", _ENDS_AT.split(piece)[0])) for piece in _PIECES.split(subject) if piece]
    fitting = [
        piece for piece in pieces if is_role(piece) and _job_word().search(piece) and piece[0].isupper()
    ]
    return next((piece for piece in fitting if not _about(piece)), None)


def _about(piece: str) -> bool:
    """Whether a piece of a subject says what the mail is rather than what the job is."""
    return bool(
        re.search(
            r"\b(?:interview|application|invitation|bewerbung|gespräch|candidature|entretien|entrevista|candidatura|sollicitatie|gesprek|colloquio|your|our|thank)\b",
            piece,
            re.IGNORECASE,
        )
    )


def _alone(line: str) -> str | None:
    """A line that is nothing but a job's name."""
    found = tidy(line)
    alone = 2 <= len(found.split()) <= 5 and not re.search(r"[.,:;!?@|]", line)
    return found if alone and is_role(found) and _job_word().search(found) and not _about(found) else None


@cache
def _decorations() -> re.Pattern[str]:
    return re.compile(load("employer")["role"]["decorations"], re.IGNORECASE)


def tidy(found: str) -> str:
    """Return a role without brackets, quotes, requisition numbers and the articles before it."""
    found = _CUT.sub("", found) if not found.startswith("(") else found
    found = found.strip(" \t\"'“”„«»‚‘’.,;:–—-*_")
    found = re.sub(
        r"^(?:the|our|a|an|this|der|die|das|le|la|un|une|el|de|het|o|il|lo|l['’]|d['’])\s+",
        "",
        found,
        flags=re.IGNORECASE,
    )
    found = re.split(r"\s(?:the|our|an)\s", found)[-1]
    found = re.sub(r"^(?:R|JR|REQ)-?\d+\s+", "", found)
    return re.sub(r"\s+(?:position|role|post|vacancy|job|opening)$", "", found, flags=re.IGNORECASE)


def is_job(text: str) -> bool:
    """Whether `text` begins or ends with a word of jobs ("Risk Analyst", "Bauleiter Tiefbau"): no company."""
    first_end = len(text.split(None, 1)[0]) if text.strip() else 0
    return any(match.end() in (len(text), first_end) for match in _job_word().finditer(text))


def is_role(found: str) -> bool:
    """Whether `found` can be a job's name by its length and words."""
    plain = found.lower()
    return (
        2 < len(found) <= _MAX_ROLE
        and len(found.split()) <= _MAX_WORDS
        and plain.split()[-1] not in _NO_ROLE_END
        and plain not in _NO_ROLE
        and not plain.startswith(("your ", "you ", "we ", "i ", "my ", "us ", "ihr", "votre", "tu ", "su "))
    )


_NO_ROLE_END = frozenset(("hire", "hires", "call", "chat", "interview", "team", "manager's"))
_NO_ROLE = frozenset(
    "manager team hiring manager this that it other another current the role position job vacancy open interview application candidate candidates talent call chat hire hires lead partner partners recruiter coordinator".split()
) | {"hiring manager", "other candidates", "another candidate", "a candidate"}


@cache
def _requisitions() -> tuple[re.Pattern[str], ...]:
    return tuple(
        re.compile(pattern, re.IGNORECASE) for pattern in load("employer")["requisition"]["patterns"]
    )


def requisition(texts: Iterable[str]) -> str:
    """Return the number of the vacancy ("R-20931", "55120"), or ""."""
    for text in texts:
        for pattern in _requisitions():
            for match in pattern.finditer(text[:_MAX_LENGTH]):
                if sum(map(str.isdigit, match[1])) >= 3 and not re.match(r"20\d\d-?\d\d-?\d\d$", match[1]):
                    return match[1]
    return ""


def tokens(message: Message, number: str) -> tuple[str, ...]:
    """Return the ids that tell this application from others: address tags, ids in links, the requisition."""
    found: dict[str, None] = {number: None} if number else {}
    addresses = [one.address for one in (*message.reply_to, *((message.sender,) if message.sender else ()))]
    for address in addresses:
        if tag := _TAG.search(address):
            found[tag[1].lower()] = None
    for link in message.links[:40]:
        href = link.href[:500]
        if _ID_LINK.search(href):
            found.update(dict.fromkeys(one.lower() for one in _ID.findall(href)))
    return tuple(found)[:_MAX_TOKENS]
