"""What the user tells about a case, as a reading beside those of its mails.

What they say the employer said (when there will be news, how to keep in touch, whose address is what) is
read like the employer's own words and says so: "you wrote down".  Pure; knows no store and no account.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from daemon.drafting import debrief, facts
from daemon.drafting.profile import About, Fact
from daemon.reading import directions, html, mime, timeline
from daemon.reading.body import text_of
from daemon.reading.mime_header import split_header
from daemon.reading.model import Me, Reading
from daemon.reading.sentences import split
from policies.case import Case, Direction, Kind, Person, Timeline
from policies.decision import Decision

_ADDRESS = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,5}[A-Za-z]{2,24}(?![\w-])")
_NAMED = 10  # addresses taken from one text


def answered(octets: bytes, decision: Decision, case: Case, me: Me) -> Reading | None:
    """Return what a debrief says as it came back, in Drafts or as a mail to oneself; None without answers.

    `decision` is the one that laid it.  Times count from the interview's end.
    """
    if decision.interview is None or decision.due is None:
        return None
    names = [person.name or "" for person in decision.interview.people] or _interviewers(case)
    found = debrief.read(whole_text(octets), names)
    if not found.answered:
        return None
    day = decision.interview.start.astimezone(ZoneInfo(me.zone)).date().isoformat()
    told = tuple(_dated(fact, day) for fact in found.facts(me.language))
    reading = noted(decision.key, told, decision.due, me)
    return replace(reading, told=tuple(facts.to_pair(fact) for fact in told))


def noted(key: str, told: Iterable[Fact], at: datetime, me: Me) -> Reading:
    """Return the times, the wishes and the addresses in what the user wrote down of an employer's words.

    `at` is when they were said.  `key` names the note for ever: told again, it takes the first one's place.
    """
    told, at = tuple(told), at.astimezone(ZoneInfo(me.zone))
    texts = [fact.text for fact in told if fact.about in (About.WHEN, About.ASKED)]
    when = [fact.text for fact in told if fact.about is About.WHEN]
    return Reading(
        key=key,
        message_id="",
        date=at,
        outgoing=False,
        kind=Kind.EMPLOYER_UPDATE,
        confidence=1.0,
        sender=None,
        subject="",
        people=tuple(dict.fromkeys(person for fact in told for person in _named(fact, me))),
        timelines=tuple(_timelines(when, at, me)),
        directions=tuple(_directions(texts, at, me)),
        language=me.language,
        noted=True,
    )


def _quote(words: str) -> str:
    return f"you wrote down: {words}"


def _interviewers(case: Case) -> list[str]:
    return [person.name for person in case.people if person.name]


def _dated(fact: Fact, day: str) -> Fact:
    """Return a fact about a conversation as one about that day's."""
    return replace(fact, day=day) if fact.about is About.TALKED else fact


def _timelines(texts: Iterable[str], at: datetime, me: Me) -> Iterable[Timeline]:
    """Yield the times named, in sentences or by bare words ("end of next week")."""
    for text in texts:
        found = timeline.find(split(text), at, language=me.language, country=me.country).found
        bare = None if found else timeline.resolve(text, at, language=me.language, country=me.country)
        for one in found or ((bare,) if bare else ()):
            yield replace(one, quote=_quote(text))


def _directions(texts: Iterable[str], at: datetime, me: Me) -> Iterable[Direction]:
    for text in texts:
        for one in directions.find(split(text), at, language=me.language, country=me.country):
            yield replace(one, quote=_quote(text))


def _named(fact: Fact, me: Me) -> Iterable[Person]:
    """Yield whom an address in the text belongs to: the person it is about, as far as one is known."""
    found = dict.fromkeys(word.lower() for word in _ADDRESS.findall(fact.text)[:_NAMED])
    others = [address for address in found if address not in me.addresses]
    name = fact.person if len(others) == 1 and "@" not in fact.person else ""
    yield from (Person(name or None, address) for address in others)


def whole_text(octets: bytes) -> str:
    """Return all that a mail shows, quotations and signature included: answers may stand among them."""
    header, start = split_header(octets)
    parts = [part for part in mime.leaves(header, octets, start) if not part.filename]
    plain = [text_of(part) for part in parts if part.kind == "text/plain"]
    return "\n".join(plain or [html.read(text_of(part)).text for part in parts if part.kind == "text/html"])
