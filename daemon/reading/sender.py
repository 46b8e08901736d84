"""Who speaks in a mail: a person, a system on an employer's behalf, a list, a robot, or the user.

Judges fields and addresses only, never what the text says; the brands and hosts are data
(`lexicon/ats.toml`).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from daemon.reading.model import Me, Message

if TYPE_CHECKING:
    from publicsuffixlist import PublicSuffixList


@dataclass(frozen=True, slots=True)
class Sender:
    """What the envelope and header of a mail say about its sender.

    `automatic`: no human being wrote it.  `relay` is the ATS brand that carried it, else empty.
    `domain` is the sender's registrable domain; empty for relays and free mail.  `foreign_reply_to` is
    the address answers would go to where that is on another registrable domain.
    """

    outgoing: bool
    automatic: bool
    list: bool
    bounce: bool
    robot_address: bool
    relay: str
    free_mail: bool
    domain: str
    foreign_reply_to: str | None


@dataclass(frozen=True, slots=True)
class _Lexicon:
    relays: Mapping[str, str]  # host or registrable domain → brand
    free_mail: frozenset[str]
    robots: re.Pattern[str]
    absence: re.Pattern[str]


@cache
def _lexicon() -> _Lexicon:
    data = tomllib.loads(files("daemon.reading.lexicon").joinpath("ats.toml").read_text("utf-8"))
    relays = {domain: brand for brand, domains in data["relays"].items() for domain in domains}
    absence = "|".join(re.escape(one) for group in data["absence"].values() for one in group)
    return _Lexicon(
        relays=relays,
        free_mail=frozenset(data["free_mail"]["domains"]),
        robots=re.compile("|".join(data["robots"]["patterns"])),
        absence=re.compile(rf"\W*(?:{absence})(?!\w)", re.IGNORECASE),
    )


@cache
def _suffixes() -> PublicSuffixList:
    from publicsuffixlist import PublicSuffixList  # 0.1 s to load; mail of known domains never needs it

    return PublicSuffixList()


def registrable(domain: str) -> str:
    """Return the organisational domain of a host name ("mail.acme.co.uk" → "acme.co.uk").

    An unlisted top level counts as one label ("acme.example").  Empty for what is no domain name.
    """
    domain = domain.rpartition("@")[2].strip().strip(".").lower()
    if "." not in domain or len(domain) > 253:
        return ""
    return _registrable(domain)


@cache
def _registrable(domain: str) -> str:
    return _suffixes().privatesuffix(domain) or ""


def judge(message: Message, me: Me) -> Sender:
    """Return who speaks in `message` to `me`."""
    lexicon = _lexicon()
    fields = message.fields
    address = message.sender.address if message.sender else ""
    host = address.rpartition("@")[2]
    relay = _relay(host, lexicon)
    free = host in lexicon.free_mail
    outgoing = address in me.addresses
    bounce = _is_bounce(message, address)
    listed = "list-id" in fields or "list-post" in fields
    robot = bool(lexicon.robots.match(address))
    automatic = bounce or listed or robot or _says_automatic(message, lexicon)
    return Sender(
        outgoing=outgoing,
        automatic=automatic and not outgoing,
        list=listed,
        bounce=bounce,
        robot_address=robot,
        relay=relay,
        free_mail=free,
        domain="" if free or relay else registrable(host),
        foreign_reply_to=_foreign_reply_to(message, address),
    )


def mail_domain(address: str) -> str:
    """Return the registrable domain an address speaks for; empty for free mail, relays and no address."""
    host = address.rpartition("@")[2].lower()
    lexicon = _lexicon()
    domain = registrable(host)
    return "" if _relay(host, lexicon) or domain in lexicon.free_mail else domain


def _relay(host: str, lexicon: _Lexicon) -> str:
    while "." in host:
        if brand := lexicon.relays.get(host):
            return brand
        host = host.partition(".")[2]
    return ""


def _is_bounce(message: Message, address: str) -> bool:
    local = address.partition("@")[0]
    return (
        message.report_type == "delivery-status"
        or local in ("mailer-daemon", "postmaster")
        or "x-failed-recipients" in message.fields
    )


def _says_automatic(message: Message, lexicon: _Lexicon) -> bool:
    fields = message.fields
    submitted = fields.get("auto-submitted", "no").partition(";")[0].strip().lower()
    return (
        submitted != "no"
        or fields.get("precedence", "").strip().lower() in ("bulk", "auto_reply", "list", "junk")
        or any(name in fields for name in ("x-autoreply", "x-autorespond", "x-auto-response-suppress"))
        or bool(lexicon.absence.match(message.subject))
    )


def _foreign_reply_to(message: Message, address: str) -> str | None:
    home = registrable(address)
    for one in message.reply_to:
        if registrable(one.address) != home:
            return one.address
    return None
