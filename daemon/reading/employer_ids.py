"""The numbers of a vacancy, and the ids an ATS tells one application from another by.

They stand in the subject, in the text, in tags of addresses and in links; knows nothing of companies.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from daemon.reading.lexicon import load
from daemon.reading.model import Message

_MAX_LENGTH = 500  # characters of one sentence or link that are looked at
_MAX_LINKS = 40
_MAX_TOKENS = 8
_DIGITS = 3  # a vacancy's number has at least so many
_DATE = re.compile(r"20\d\d-?\d\d-?\d\d$")
_TAG = re.compile(r"\+([\w.-]{4,80})@")
_ID = re.compile(
    r"(?<![\w-])(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?=\w*\d)[0-9a-f]{12,40}|\d{6,12})(?![\w-])"
)
_ID_LINK = re.compile(
    r"candidat|applica|interview|availability|schedul|jobs?/|apply|bewerb|offer", re.IGNORECASE
)


@cache
def _requisitions() -> tuple[re.Pattern[str], ...]:
    return tuple(
        re.compile(pattern, re.IGNORECASE) for pattern in load("employer")["requisition"]["patterns"]
    )


def requisition(texts: Iterable[str]) -> str:
    """Return the number of the vacancy ("R-20931", "55120"), or ""."""
    for text in texts:
        text = text[:_MAX_LENGTH]
        if not any(map(str.isdigit, text)):
            continue
        for pattern in _requisitions():
            for match in pattern.finditer(text):
                if sum(map(str.isdigit, match[1])) >= _DIGITS and not _DATE.match(match[1]):
                    return match[1]
    return ""


def tokens(message: Message, number: str) -> tuple[str, ...]:
    """Return the ids that tell this application from others: the requisition, address tags, ids in links."""
    found: dict[str, None] = {number: None} if number else {}
    addresses = [one.address for one in (*message.reply_to, *((message.sender,) if message.sender else ()))]
    for address in addresses:
        if tag := _TAG.search(address):
            found[tag[1].lower()] = None
    for link in message.links[:_MAX_LINKS]:
        href = link.href[:_MAX_LENGTH]
        if _ID_LINK.search(href):
            found.update(dict.fromkeys(one.lower() for one in _ID.findall(href)))
    return tuple(found)[:_MAX_TOKENS]
