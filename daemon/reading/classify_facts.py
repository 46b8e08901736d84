"""What is known of a mail when its kind is decided: `Facts`, gathered from all the other readers.

Knows the values of the readers; decides nothing.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from daemon.reading.acts import Does, Said, listen
from daemon.reading.classify_context import PREFIX, Context
from daemon.reading.invite import Invites
from daemon.reading.model import Evidence, Message
from daemon.reading.sender import Sender

_BOOKING = re.compile(
    r"calendly|cal\.com|goodtime|savvycal|youcanbook|doodle\.com|cronofy|hubspot\.com/meetings|bookings"
    r"|calendar\.app\.google|/schedul|/book|appointment|timeslot|slot|availability|rdv|termin",
    re.IGNORECASE,
)
_OR = re.compile(  # "Tuesday or Friday", "10 or 11.30"
    r"\b(?:\d|mon|tue|wed|thu|fri|sat|sun|mo|di|mi|do|fr|sa|lun|mar|mer|jeu|ven|sam|dim|mi[eé]|jue|vie|seg|ter|qua"
    r"|qui|sex|gio|maa|din|woe|don|vri|zat|zon)\w{0,12}\W{1,3}(?:\w{1,12}\W{1,3}){0,3}(?:or|oder|ou|of|o)\b",
    re.IGNORECASE,
)
_MANY = re.compile(  # mailboxes that write to everybody
    r"(?:job)?(?:digest|alert[ae]?s?|weekly|daily|news(?:letter)?|novedades|avisos|nieuwsbrief|suchagent)\b"
)
_TALKS = frozenset({Does.JOB, Does.APPLYING, Does.INVITES, Does.FIXES, Does.WORK})


@dataclass(frozen=True, slots=True)
class Facts:
    """All that is known of a mail when its kind is decided.

    `sentences` counts them.  `counts` says how many sentences do each act, `hints` which are done by weak
    words only, `titled` which the subject of a first mail does, `named` how many jobs or their parts are
    named.  `context` is how much speaks for the user's own application, `job` the part of it that names a
    job, `elsewhere` whether those speak who meet others by appointment (see `classify_context`), `why` the
    reasons.  `times` and `slots` count interviews stated and offered, `choice`: the candidate is to choose
    between times.  `method` and `sequence` are iCalendar's, `talk` whether the entry is an interview by its
    words.  `linked`: a hyperlink leads to a booking page.
    """

    said: tuple[Said, ...] = ()
    sentences: int = 0
    counts: Mapping[Does, int] = field(default_factory=dict)
    hints: frozenset[Does] = frozenset()
    named: int = 0
    titled: frozenset[Does] = frozenset()
    context: float = 0.0
    job: float = 0.0
    elsewhere: bool = False
    why: tuple[Evidence, ...] = ()
    reply: bool = False
    automatic: bool = False
    auto_reply: bool = False
    bounce: bool = False
    newsletter: bool = False
    times: int = 0
    slots: int = 0
    method: str = ""
    sequence: int = 0
    talk: bool = False
    linked: bool = False
    choice: bool = False
    timelines: int = 0

    def has(self, *acts: Does) -> bool:
        """Whether a sentence does one of these."""
        return any(self.counts.get(act) for act in acts)

    def firmly(self, *acts: Does) -> bool:
        """Whether a sentence does one of these in words that leave little doubt."""
        return any(self.counts.get(act) and act not in self.hints for act in acts)

    def times_said(self, act: Does) -> int:
        """How many sentences do this."""
        return self.counts.get(act, 0)

    def strength(self, acts: tuple[Does, ...]) -> float:
        """How far to trust the words: 1, or a half where only weak ones do any of `acts`."""
        return 1.0 if not acts or self.firmly(*acts) else 0.5


def gather(
    message: Message,
    said: tuple[Said, ...],
    context: Context,
    sender: Sender,
    *,
    sentences: int,
    invites: Invites,
    language: str,
) -> Facts:
    """Return the facts of a mail but for its times.

    The subject of an answer tells the topic of the thread, not an act.  Who thanks for an application and for
    the time it took has met nobody.
    """
    answer = bool(PREFIX.match(message.subject))
    thanked = {one.place for one in said if one.does is Does.RECEIVED and not one.weak}
    own = [
        one
        for one in said
        if (one.place >= 0 or not answer) and not (one.does is Does.WELCOMES and one.place in thanked)
    ]
    heard = {(one.does, one.place) for one in own}
    firm = {one.does for one in own if not one.weak}
    first = invites.events[0] if invites.events else None
    talk = first is not None and _is_talk(first.summary, first.description, language)
    return Facts(
        said=said,
        sentences=sentences,
        counts=Counter(does for does, _ in heard),
        titled=frozenset(one.does for one in own if one.place < 0 and not one.weak),
        named=len({one.words for one in own if one.does is Does.WORK}),
        hints=frozenset(does for does, _ in heard if does not in firm),
        context=context.weight,
        job=context.job,
        elsewhere=context.elsewhere,
        why=context.why,
        reply=bool(message.in_reply_to) or (answer and bool(message.quoted)),
        automatic=sender.automatic,
        auto_reply=sender.auto_reply,
        bounce=sender.bounce,
        newsletter=sender.list or "list-unsubscribe" in message.fields or _to_many(message),
        method=("CANCEL" if first.cancelled else first.method) if first else "",
        sequence=max((event.sequence for event in invites.events), default=0),
        talk=talk or (first is not None and context.weight >= 1),
        choice=any(one.does is Does.ASKS_WHEN and _OR.search(one.quote) for one in own),
        linked=any(_BOOKING.search(link.href) or _BOOKING.search(link.text) for link in message.links),
    )


def _to_many(message: Message) -> bool:
    return bool(message.sender and _MANY.match(message.sender.address))


def _is_talk(summary: str, description: str, language: str) -> bool:
    said = listen((summary, *description.split("\n")[:10]), language)
    return any(one.does in _TALKS for one in said)
