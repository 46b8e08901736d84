"""Whether a mail can matter at all: a glance at its header and its bare octets, before anything is decoded.

A false yes costs time, a false no would lose a mail.  So what somebody writes to the user alone is read, but
for long mail without a word of jobs; a colleague's mail never is, and mail to many only where it speaks of
jobs.
"""

from __future__ import annotations

from functools import cache

from daemon.reading.classify_context import home
from daemon.reading.lexicon import load
from daemon.reading.model import Me, Message
from daemon.reading.sender import Sender

_FEW = 3  # recipients
_SHORT = 4_000  # octets: who is brief may leave out what it is about
_PLAIN = 2  # words of a job that a mail to many must have


def may_matter(header: Message, sender: Sender, me: Me, octets: bytes) -> bool:
    """Return False only where nothing could make the mail other than `other`.

    `header` is the mail or its header alone, `octets` what is left to read, encoded or not.
    """
    if sender.bounce or sender.auto_reply or sender.relay or header.sender is None:
        return True
    if sender.domain and sender.domain in home(header, me):
        return False
    few = not sender.list and len(header.to) + len(header.cc) <= _FEW
    if few and len(octets) <= _SHORT:
        return True
    text = header.subject.lower().encode() + octets.lower().replace(b"=\r\n", b"").replace(b"=\n", b"")
    if b"base64" in text or b"text/calendar" in text:
        return True
    return sum(stem in text for stem in _stems()) >= (1 if few else _PLAIN)


@cache
def _stems() -> tuple[bytes, ...]:
    """Return beginnings of words that speak of a job, in all languages."""
    return tuple(stem.encode("ascii") for stems in load("gate")["stems"].values() for stem in stems)
