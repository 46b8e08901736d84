"""What a note must and must not say: faults in any text, ours or one the user has edited.

Pure: text in, faults out.  It knows no template, no mail field and no case; what it needs to know of
them comes in `Setting`.  The words it looks for stand in `wording.toml`, the rules' sources in
`articles.py` under the same ids (S1 … S16, T1).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from policies import prose
from policies.case import Note
from policies.prose import GAP, Prose

MOST_SENTENCES = 5
MOST_WORDS_A_PARAGRAPH = 75
LEAST_THANKS = 3


@dataclass(frozen=True, slots=True)
class Fault:
    """Something a note should not be sent with: its code, a sentence, the words, the rule of advice.md."""

    code: str
    says: str
    quote: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Setting:
    """What is known around a note; what is left empty is not checked.

    `recipient` is the name of whom it goes to; `names` are all people of the case and the user;
    `claims` is what the user has said of themselves, None if unknown; `talked` what was talked about;
    `others` are the texts of other notes of the case.
    """

    recipient: str = ""
    names: tuple[str, ...] = ()
    employer: str = ""
    role: str = ""
    phone: str = ""
    claims: tuple[str, ...] | None = None
    talked: tuple[str, ...] = ()
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Text:
    """A text under examination: its parts; `plain` is the body in lower case with names masked, `all` the
    same with what stands below the closing.
    """

    whole: str
    parts: Prose
    plain: str
    all: str
    note: Note
    language: str
    setting: Setting


_BANNED = {
    "stock": ("S5", "This is a phrase everybody uses; say what you mean in your own words."),
    "money": ("S11", "Leave pay and benefits for when they make an offer."),
    "trouble": ("S11", "Keep troubles out of the note."),
    "plea": ("S12", "This sounds desperate; stay relaxed."),
    "guilt": ("S12", "This reproaches them; ask kindly instead."),
    "push": ("S13", "This is a hard sell; let your experience speak."),
}
_MUST = {
    Note.THANK_YOU: {
        "thanks": ("S2", "It does not thank them for their time."),
        "interest": ("S1", "It does not say that you want this job."),
        "fit": ("S1", "It does not say why you fit."),
        "talk": ("S1", "It does not mention anything from your conversation."),
        "reach": ("S9", "It does not say how they can reach you."),
    },
    Note.STATUS_CHECK: {"question": ("S10", "It does not ask where they are in the process.")},
    Note.REJECTION_THANKS: {"thanks": ("Q8", "It does not thank them.")},
    Note.REOPENED_THANKS: {"thanks": ("S2", "It does not thank them.")},
    Note.WITHDRAWAL: {"thanks": ("S2", "It does not thank them for their time.")},
}


def faults(text: str, note: Note, language: str, setting: Setting = Setting()) -> tuple[Fault, ...]:
    """Return the faults of a note's whole text (greeting to signature), in the order of the rules.

    In a language without words of its own only the rules that need none are checked.  A debrief is the
    user's own paper: nothing is a fault in it.
    """
    if note is Note.DEBRIEF:
        return ()
    whole = text[: prose.CAP].replace("\r\n", "\n").replace("’", "'")
    parts = prose.split(whole, _phrases(language, "closing"))
    plain = _masked(parts.body, setting).lower()
    everything = _masked(f"{parts.body}\n{parts.closing}", setting).lower()
    examined = _Text(whole, parts, plain, everything, note, language[:2], setting)
    return tuple(fault for rule in _RULES for fault in rule(examined))


@cache
def _lexicon() -> Mapping[str, Any]:
    return tomllib.loads(resources.files("policies").joinpath("wording.toml").read_text("utf-8"))


@cache
def _phrases(language: str, *path: str) -> tuple[str, ...]:
    found: Any = _lexicon().get(language[:2], {})
    for step in path:
        found = found.get(step, {})
    return tuple(found)


@cache
def _pattern(language: str, *path: str) -> re.Pattern[str] | None:
    """Return one expression for all phrases of a list, whole words, or None for an empty list."""
    phrases = sorted(_phrases(language, *path), key=len, reverse=True)
    if not phrases:
        return None
    escaped = (re.escape(phrase).replace(r"\*", r"\w*").replace(r"\ ", r"\s+") for phrase in phrases)
    return re.compile(rf"(?<!\w)(?:{'|'.join(escaped)})(?!\w)", re.IGNORECASE)


def _masked(text: str, setting: Setting) -> str:
    """Return the text without names, employer and role: "Benefits Manager" is no talk of benefits."""
    for known in sorted((setting.role, setting.employer, *setting.names), key=len, reverse=True):
        if len(known) > 2:
            text = re.sub(re.escape(known), "…", text, flags=re.IGNORECASE)
    return text


def _gaps(text: _Text) -> Iterator[Fault]:
    for gap in GAP.findall(text.whole):
        yield Fault("gap", "Fill this gap before you send it.", f"[[{' '.join(gap.split())}]]", "S5")


def _length(text: _Text) -> Iterator[Fault]:
    count = sum(len(prose.sentences(paragraph)) for paragraph in text.parts.paragraphs)
    if count > MOST_SENTENCES:
        yield Fault("long", f"It has {count} sentences; {MOST_SENTENCES} are the most.", source="S3")
    if text.note is Note.THANK_YOU and 0 < count < LEAST_THANKS:
        yield Fault(
            "short",
            f"A thank-you needs {LEAST_THANKS} to {MOST_SENTENCES} sentences; this has {count}.",
            source="S3",
        )
    if not count:
        yield Fault("empty", "It says nothing yet.", source="S3")


def _blocks(text: _Text) -> Iterator[Fault]:
    for paragraph in text.parts.paragraphs:
        if len(paragraph.split()) > MOST_WORDS_A_PARAGRAPH or len(prose.sentences(paragraph)) > LEAST_THANKS:
            yield Fault("block", "Break this block of text into short paragraphs.", paragraph[:80], "S4")


def _banned(text: _Text) -> Iterator[Fault]:
    for code, (source, says) in _BANNED.items():
        pattern = _pattern(text.language, "banned", code)
        for found in pattern.finditer(text.all) if pattern else ():
            yield Fault(code, says, found[0], source)


def _missing(text: _Text) -> Iterator[Fault]:
    for code, (source, says) in _MUST.get(text.note, {}).items():
        pattern = _pattern(text.language, "has", code)
        if pattern is None or pattern.search(text.plain) or _otherwise(code, text):
            continue
        yield Fault(f"no-{code}", says, source=source)


def _otherwise(code: str, text: _Text) -> bool:
    """Whether an element is there in another shape than words: a question mark, a number, a claim, a gap."""
    if code == "question":
        return "?" in text.parts.body
    if code == "reach":
        digits = re.sub(r"\D", "", text.setting.phone)
        there = re.sub(r"\D", "", text.whole)
        return "@" in text.whole or bool(digits and digits in there)
    if code in ("fit", "talk"):
        told = text.setting.talked if code == "talk" else text.setting.claims or ()
        said = text.parts.body.lower()
        return "[[" in said or any(one.strip(". ").lower() in said for one in told if one.strip(". "))
    return False


def _greeting(text: _Text) -> Iterator[Fault]:
    greeting, recipient = text.parts.greeting, text.setting.recipient
    robot = _pattern(text.language, "robots")
    if robot and (found := robot.search(_without_names(greeting, text.setting))):
        yield Fault("robot", "Greet a person by name, not a function.", found[0], "T1")
        return
    if not recipient or "[[" in greeting:
        return
    known, greeted = _tokens(recipient), _tokens(greeting)
    if known & greeted:
        wrong = _others(text.setting) & greeted
        if wrong:
            yield Fault("wrong-name", f"It goes to {recipient}, but greets somebody else.", greeting, "T1")
    elif not any(prose.apart(one, other, _most(other)) for one in greeted for other in known):
        says = f"It goes to {recipient}; greet them by name."
        yield Fault("wrong-name", says, greeting, "T1")


def _without_names(greeting: str, setting: Setting) -> str:
    known = {token for name in (setting.recipient, *setting.names) for token in _tokens(name)}
    return " ".join(word for word in re.findall(r"[^\s]+", greeting) if word.strip(",:").lower() not in known)


def _tokens(name: str) -> frozenset[str]:
    return frozenset(word.lower() for word in prose.words(name) if len(word) > 1)


def _others(setting: Setting) -> frozenset[str]:
    """Return the name words of everybody but the recipient."""
    own = _tokens(setting.recipient)
    return frozenset(token for name in setting.names for token in _tokens(name) - own)


def _most(name: str) -> int:
    return 0 if len(name) < 4 else 1 if len(name) < 8 else 2


def _misspelt(text: _Text) -> Iterator[Fault]:
    """A capitalised word that is nearly, but not quite, a name of the case."""
    people = (text.setting.recipient, *text.setting.names)
    known = {token for name in (*people, text.setting.employer, text.setting.role) for token in _tokens(name)}
    common = frozenset(_phrases(text.language, "common"))
    every = [one for part in text.parts.paragraphs for one in prose.sentences(part)]
    first = {prose.words(one)[:1] for one in (*every, text.parts.greeting)}
    candidates = dict.fromkeys(prose.words(f"{text.parts.greeting}\n{text.parts.body}"))
    for word in candidates:
        low = word.lower().removesuffix("'s")
        if not word[0].isupper() or low in known or low in common or (word,) in first:
            continue
        for name in sorted({token for one in people for token in _tokens(one)}):
            inflected = low.removesuffix("s") == name or (low[:-1] == name and low[-1] in "sn")
            if not inflected and _most(name) and prose.apart(low, name, _most(name)):
                says = f"Did you mean “{name.title()}”?"
                yield Fault("misspelt", says, word, "S15")
                break


def _claims(text: _Text) -> Iterator[Fault]:
    """A number the user gives about themselves that they never told us: conservative, numbers only."""
    units = _pattern(text.language, "units")
    if text.setting.claims is None or units is None:
        return
    told = " ".join((*text.setting.claims, *text.setting.talked)).lower()
    for found in re.finditer(r"\b\d+(?:[.,]\d+)*\+?\s?(?:%|[^\W\d_]+)", text.plain):
        number = re.match(r"[\d.,]+", found[0])
        if units.search(re.sub(r"^[\d.,+\s]+", "", found[0])) and number and number[0] not in told:
            yield Fault("unsupported", "Nothing you told afterword supports this; is it so?", found[0], "S15")


def _twice(text: _Text) -> Iterator[Fault]:
    """Most of its longer sentences stand word for word in another note of the case."""
    mine = _long_sentences(text.parts)
    closings = _phrases(text.language, "closing")
    for other in text.setting.others:
        theirs = _long_sentences(prose.split(other.replace("’", "'"), closings))
        if 2 * len(mine & theirs) > len(mine):
            says = "You wrote the same to somebody else there; they will compare."
            yield Fault("same-text", says, sorted(mine & theirs, key=len)[-1][:80], "S5")
            return


def _long_sentences(parts: Prose) -> frozenset[str]:
    found = (one for paragraph in parts.paragraphs for one in prose.sentences(paragraph))
    return frozenset(" ".join(prose.words(one)).lower() for one in found if len(prose.words(one)) > 5)


def _tone(text: _Text) -> Iterator[Fault]:
    if text.whole.count("!") > 2:
        yield Fault("shouting", "One exclamation mark is plenty.", "!", "S14")
    known = f"{text.setting.employer} {text.setting.role} {' '.join(text.setting.names)}".upper()
    for word in prose.words(text.parts.body):
        if len(word) > 5 and word.isupper() and word not in known:
            yield Fault("shouting", "Capitals look like shouting.", word, "S14")


def _doubled(text: _Text) -> Iterator[Fault]:
    never = frozenset(_phrases(text.language, "twice"))
    for found in re.finditer(r"\b([^\W\d_]+)\s+\1\b", text.parts.body, re.IGNORECASE):
        if found[1].lower() in never:
            yield Fault("doubled", "A word stands twice.", found[0], "S15")


_RULES = (
    _gaps, _length, _blocks, _banned, _missing, _greeting, _misspelt, _claims, _twice, _tone, _doubled,
)  # fmt: skip
