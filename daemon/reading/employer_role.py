"""The role an application is for, as a mail's subject or text names it.

Reads words and patterns of `lexicon/employer.toml`; knows nothing of companies.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from daemon.reading.lexicon import load

_MAX_SENTENCES = 60
_MAX_LENGTH = 400  # characters of one sentence that are looked at
_MAX_EARLIER = 1_500  # characters of the quoted text
_MAX_ROLE = 80
_MAX_WORDS = 9
_DIGITS = 3  # so many make a number, not a grade
_ALONE = range(2, 6)  # words of a line that is nothing but a job's name
_PIECES = re.compile(r"\s+[-–—|•·/]+\s+|[|•·:]\s+|\s+[-–—]|,\s|\s\(|\)|\|\||~|\s(?=\d)")
_PREFIXES = re.compile(r"^(?:(?:re|aw|fwd?|tr|antw|rv|wg|hey|hi)\s?[:!]\s*)+", re.IGNORECASE)
_WHAT = re.compile(
    r"\W*(?:what|event|subject|betreff|objet|asunto|onderwerp|assunto|oggetto|role)\s?:\s*|WHAT\s+",
    re.IGNORECASE,
)
_ENDS_AT = re.compile(r"\s(?:at|with|@|bei|chez|bij|en|na|presso)\s(?=[A-ZÀ-Ý])")
_ABOUT_END = re.compile(
    r"\s(?:interview|application|opening|vacancy|position|role|job|post|coding test|assessment|search|process"
    r"|next steps|update|feedback|bewerbung|gespräch)$",
    re.IGNORECASE,
)
_WHOLE = re.compile(
    r"(?:the\s|our\s)?([^:,;!?]{3,60}?)\s(?:position|role|job|vacancy|opening|post)$", re.IGNORECASE
)
_FIELD = re.compile(
    r"\s\((?:[^\W\d_]{3,}(?:[\s&-]{1,3}[^\W\d_]{2,}){0,2})\)$"
)  # "(Conveyancing)", "(Motion)"
_BRACKETED = re.compile(r"\(([^()]{3,90})\)")
_CUT = re.compile(r"\s+[(\[#].*$|\s*[\[#].*$")
_GRADE_END = re.compile(r"\s(?:band|grade|eg|tvöd|level|pl|jr|sr|ref)\.?(?:\s\w{1,4})?$", re.IGNORECASE)
_ARTICLE = re.compile(
    r"^(?:the|our|a|an|this|der|die|das|le|la|un|une|el|de|het|o|il|lo|l['’]|d['’])\s+", re.IGNORECASE
)
_LATER_ARTICLE = re.compile(r"\s(?:the|our|an)\s")
_NUMBER = re.compile(r"^(?:R|JR|REQ)-?\d+\s+")
_KIND_START = re.compile(
    r"^(?:ruolo|posizione|poste|puesto|plaza|vaga|cargo|functie|role|position|post|stelle)"
    r"\s(?:di|del|de|da|do|van|of|als|as)\s",
    re.IGNORECASE,
)
_KIND_END = re.compile(r"\s+(?:position|role|post|vacancy|job|opening)$", re.IGNORECASE)
_NOT_OF_JOBS = ("your ", "you ", "we ", "i ", "my ", "us ", "ihr", "votre", "tu ", "su ")
_WORD = re.compile(r"[^\W\d_][\w'’-]*")
_QUOTE = re.compile(r"^[>\s]+", re.MULTILINE)
_PUNCTUATED = re.compile(r"[.,:;!?@|]")


@cache
def _table(key: str) -> frozenset[str]:
    return frozenset(load("employer")["role"][key])


@cache
def _jobs() -> tuple[frozenset[str], tuple[str, ...]]:
    table = load("employer")
    return frozenset(table["jobs"]["words"]), tuple(table["role"]["job_endings"])


@cache
def _compiled(strength: str) -> tuple[re.Pattern[str], ...]:
    table = load("employer")["role"]
    ends = "|".join(re.escape(word) for word in sorted(table["ends"], key=len, reverse=True))
    role = (
        rf"(?P<role>[\"“„«]?[^\W_][^.,;:!?\n|\"”»]{{2,{_MAX_ROLE}}}?)"
        rf"(?=\s(?:{ends})(?!\w)|[.,;:!?\n|\"”»]|\s[-–—]\s|$)"
    )
    return tuple(
        re.compile(rf"(?<!\w)(?:{text.replace('{}', role)})", re.IGNORECASE) for text in table[strength]
    )


@cache
def _triggers() -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, load("employer")["role"]["triggers"])), re.IGNORECASE)


@cache
def _decorations() -> re.Pattern[str]:
    return re.compile(load("employer")["role"]["decorations"], re.IGNORECASE)


def find(subject: str, sentences: Sequence[str], earlier: str = "") -> str | None:
    """Return the role the mail is about, without "(m/w/d)" and requisition number, or None.

    `earlier` is the quoted text, which is asked where the new text names none.
    """
    subject = _PREFIXES.sub("", subject[:_MAX_LENGTH])
    texts = [_decorations().sub("", text[:_MAX_LENGTH]) for text in (subject, *sentences[:_MAX_SENTENCES])]
    labelled = [text[match.end() :] for text in texts[1:] if (match := _WHAT.match(text))]
    titles = [text for text in texts[1:] if _is_title(text)]
    for tried in (
        (found for text in texts for found in _proven(text)),
        (found for text in (texts[0], *labelled) for found in _in_title(text)),
        _whole(texts[0]),
        (found for text in texts for found in _loose(text)),
        (found for text in titles for found in _in_title(text)),
        (found for text in (*texts[1:], _ABOUT_END.sub("", texts[0])) for found in _alone(text)),
        (found for text in texts for found in _bracketed(text)),
        (found for find in (_proven, _loose) for found in find(_unquoted(earlier))),
    ):
        if said := next(tried, None):
            return said
    return None


def _unquoted(earlier: str) -> str:
    """The quoted text as one line, for names that are broken over two."""
    return _decorations().sub("", " ".join(_QUOTE.sub("", earlier[:_MAX_EARLIER]).split()))


def _is_title(line: str) -> bool:
    """Whether a line says what a meeting is, rather than anything else: "Phone Screen – UX Researcher"."""
    return (
        len(line) <= _MAX_ROLE
        and not line.endswith((".", "!", "?"))
        and any(map(_about, _PIECES.split(line)))
    )


def _whole(subject: str) -> Iterator[str]:
    """A subject that is nothing but the vacancy: "estimator job"."""
    match = _WHOLE.fullmatch(subject.strip())
    found = tidy(match[1]) if match else ""
    if found and is_role(found) and not _about(found):
        yield found


def _bracketed(text: str) -> Iterator[str]:
    """A job's name in brackets behind a word for it: "your application (4471, Risk Analyst)"."""
    for match in _BRACKETED.finditer(text):
        if not _triggers().search(text, max(0, match.start() - _MAX_ROLE), match.start()):
            continue
        for piece in match[1].split(","):
            found = tidy(piece)
            if found[:1].isupper() and has_job(found) and is_role(found) and not _about(found):
                yield found


def _proven(text: str) -> Iterator[str]:
    """What stands where only a role can stand: "the position of …"."""
    if not _triggers().search(text):
        return
    for pattern in _compiled("proving"):
        for match in pattern.finditer(text):
            found = tidy(match["role"])
            if is_role(found) and (found[0].isupper() or has_job(found)):
                yield found


def _loose(text: str) -> Iterator[str]:
    """What stands where a role may stand and holds a word of jobs: "as a …"."""
    if not has_job(text):
        return
    for pattern in _compiled("loose"):
        for match in pattern.finditer(text):
            found = tidy(match["role"])
            if is_role(found) and has_job(found):
                yield found


def _in_title(subject: str) -> Iterator[str]:
    """The pieces of a subject line that are a job's name: "Interview – Risk Analyst – 28 January"."""
    for piece in filter(has_job, filter(None, _PIECES.split(subject))):
        found = tidy(_ABOUT_END.sub("", _ENDS_AT.split(piece)[0]))
        plain = len(found.split()) == 1 and not _about(subject)
        if (found[:1].isupper() or plain) and is_role(found) and has_job(found) and not _about(found):
            yield found


def _alone(line: str) -> Iterator[str]:
    """A line that is nothing but a job's name."""
    if len(line) > _MAX_ROLE or _PUNCTUATED.search(line) or not has_job(line):
        return
    found = tidy(line)
    if len(found.split()) in _ALONE and is_role(found) and has_job(found) and not _about(found):
        yield found


def _about(piece: str) -> bool:
    """Whether a piece of a subject says what the mail is rather than what the job is."""
    return not _table("about").isdisjoint(word.lower() for word in _WORD.findall(piece))


def tidy(found: str) -> str:
    """Return a role without quotes, requisition numbers, articles and asides; "(Conveyancing)" stays."""
    field = _FIELD.search(found)
    kept = field[0] if field and _is_field(field[0].strip(" ()").lower()) else ""
    found = _CUT.sub("", found) if not found.startswith("(") else found
    found = _ARTICLE.sub("", found.strip(" \t\"'“”„«»‚‘’.,;:–—-*_"))
    found = _NUMBER.sub("", _KIND_START.sub("", _LATER_ARTICLE.split(found)[-1]))
    found = _after_for(_GRADE_END.sub("", _KIND_END.sub("", found)))
    return f"{found}{kept}" if found and kept else found


def _is_field(said: str) -> bool:
    """Whether what stands in brackets behind a job is part of its name, not how or where it is done."""
    return said not in _table("no_field") and said not in load("zones")["places"]


def _after_for(found: str) -> str:
    """What "interview slot for Policy Officer" and "contract Tech Writer" say of the job itself."""
    last = found.rpartition(" for ")[2]
    if last[:1].isupper() and has_job(last):
        found = last
    words = found.split()
    named = next((n for n, word in enumerate(words) if word[0].isupper()), 0)
    plain = named and all(word.isalpha() and word.islower() for word in words[:named])
    return " ".join(words[named:]) if plain and has_job(" ".join(words[named:])) else found


def _is_job_word(word: str) -> bool:
    jobs, endings = _jobs()
    word = word.lower()
    return word in jobs or word.endswith(endings) or ("-" in word and word.rpartition("-")[2] in jobs)


def has_job(text: str) -> bool:
    """Whether a word of jobs stands in `text` ("analyst", "Projektleiter")."""
    return any(_is_job_word(word) for word in _WORD.findall(text))


def is_job(text: str) -> bool:
    """Whether `text` begins or ends with a word of jobs ("Risk Analyst", "Bauleiter Tiefbau"): no company."""
    found = _WORD.findall(text)
    return bool(found) and (_is_job_word(found[-1]) or _is_job_word(found[0]))


def is_role(found: str) -> bool:
    """Whether `found` can be a job's name by its length and words."""
    plain = found.lower()
    return (
        2 < len(found) <= _MAX_ROLE
        and len(found.split()) <= _MAX_WORDS
        and plain not in _table("no_role")
        and plain.split()[-1] not in _table("no_role_ends")
        and not plain.startswith(_NOT_OF_JOBS)
        and not found[0].isdigit()
        and sum(map(str.isdigit, found)) < _DIGITS
    )
