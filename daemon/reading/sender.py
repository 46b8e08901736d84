"""Who speaks in a mail: a person, a system on an employer's behalf, a list, a robot, or the user.

Judges header fields and addresses only, never what the text says.  Brands, hosts and phrases are data
(lexicon/ats.toml).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from daemon.reading.lexicon import load
from daemon.reading.model import Address, Me, Message
from daemon.reading.sender_domains import RESERVED, registrable, suspicious

__all__ = ["Sender", "judge", "registrable", "suspicious"]

_SEPARATORS = str.maketrans("", "", "-_.+")
_REPLY_PREFIX = re.compile(r"(?:\s{0,3}(?:re|aw|antw|sv|r|res|rif)\s{0,3}:){1,5}\s{0,3}", re.IGNORECASE)
_BULK = frozenset({"bulk", "junk", "list", "auto_reply", "auto-reply", "first-class-auto"})
_RESULT = re.compile(r"\b(spf|dkim|dmarc|arc)\s*=\s*([a-z]{2,12})\b", re.IGNORECASE)
_COMMENT = re.compile(r"\([^()]*\)")
_FAILED = frozenset({"fail", "softfail"})
_SHOWN = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_FEW = 5  # recipients a mail to a person has


@dataclass(frozen=True, slots=True)
class Sender:
    """What the header of a mail says about who speaks.

    `outgoing`: the user.  `automatic`: no human being wrote it; `auto_reply` is the kind of it that
    answers by itself (RFC 3834).  `list`: it came over a mailing list or to many subscribers.
    `robot_address`: answers are not read.  `relay` is the brand of the system that carried it, else
    empty, and `relay_kind` says what it is: `ats`, `scheduler` or `board`.  `domain` is the sender's
    registrable domain, empty for relays and free mail.  `foreign_reply_to` is the address answers would
    go to where that is on another registrable domain than the sender's.  `direct`: it went to the user
    among few, over no list.  `internal`: it comes from a domain of the user's own, or, where the user is
    not known, of those it went to.  `doubt` says why the sender may not be who they say (FAULTS 19).
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
    auto_reply: bool = False
    relay_kind: str = ""
    direct: bool = True
    internal: bool = False
    doubt: str = ""


@dataclass(frozen=True, slots=True)
class _Hosts:
    """Host names made ready to look up; `brands` maps a domain to a brand and its kind."""

    brands: Mapping[str, tuple[str, str]]
    free_mail: frozenset[str]
    robot_parts: tuple[str, ...]
    robot_names: frozenset[str]
    absence: tuple[str, ...]
    bounce: tuple[str, ...]


@cache
def _hosts() -> _Hosts:
    data = load("ats")
    reserved = frozenset(data["reserved"]["names"].split())
    brands: dict[str, tuple[str, str]] = {}
    for table, kind in (("boards", "board"), ("schedulers", "scheduler"), ("ats", "ats")):
        for brand, domains in data[table].items():
            for domain in domains:
                brands[domain] = (brand, kind)
                if (stand_in := _stand_in(domain)).removesuffix(".example") in reserved:
                    brands[stand_in] = (brand, kind)
    free = frozenset(data["free_mail"]["domains"].split())
    return _Hosts(
        brands=brands,
        free_mail=free | {_stand_in(one) for one in free if one.partition(".")[0] in reserved},
        robot_parts=tuple(data["robots"]["holds"]),
        robot_names=frozenset(data["robots"]["is"]),
        absence=tuple(phrase for phrases in data["absence"].values() for phrase in phrases),
        bounce=tuple(data["bounce"]["subjects"]),
    )


def _stand_in(domain: str) -> str:
    """Return the name that stands for a domain in examples: its own label under ".example"."""
    return max(domain.split(".")[:-1], key=len) + ".example"


def judge(message: Message, me: Me) -> Sender:
    """Return who speaks in `message`, as far as its header tells."""
    address = message.sender.address if message.sender else ""
    outgoing = is_mine(address, me)
    domain = mail_domain(address)
    relay, kind = _relay(address)
    free = _host(address) in _hosts().free_mail
    bounce = _is_bounce(message, address)
    auto_reply = not bounce and _is_auto_reply(message)
    listed = not kind and _is_list(message)
    robot = is_robot(address)
    return Sender(
        outgoing=outgoing,
        automatic=not outgoing and (bounce or auto_reply or listed or robot or _is_generated(message)),
        list=listed,
        bounce=bounce,
        robot_address=robot,
        relay=relay,
        free_mail=free,
        domain=domain,
        foreign_reply_to=None if outgoing else _foreign_reply_to(message),
        auto_reply=auto_reply and not outgoing,
        relay_kind=kind,
        direct=not listed and _is_direct(message, me),
        internal=bool(domain) and not outgoing and domain in _home(message, me),
        doubt="" if outgoing or listed else _disowned(message) or _poses(message),
    )


def _is_direct(message: Message, me: Me) -> bool:
    """Whether the mail went to the user, among few."""
    recipients = (*message.to, *message.cc)
    mine = any(is_mine(one.address, me) for one in recipients)
    return len(recipients) <= _FEW and (mine or not recipients)


def _home(message: Message, me: Me) -> set[str]:
    mine = me.addresses or {one.address for one in message.to}
    return {registrable(one) for one in mine}


def mail_domain(address: str) -> str:
    """Return the registrable domain an address speaks for; empty for free mail, relays and no address."""
    free = _host(address) in _hosts().free_mail
    return "" if free or _relay(address)[0] else registrable(address)


def is_mine(address: str, me: Me) -> bool:
    """Whether an address is one of the user's, also with a tag ("ann+jobs@")."""
    return address in me.addresses or _untagged(address) in me.addresses


def _untagged(address: str) -> str:
    local, _, host = address.rpartition("@")
    return f"{local.partition('+')[0]}@{host}"


def _host(address: str) -> str:
    """Return the host of an address; reserved top levels are all written ".example"."""
    host = address.rpartition("@")[2]
    name, _, top = host.rpartition(".")
    return f"{name.removesuffix('-mail')}.example" if top in RESERVED else host


def _relay(address: str) -> tuple[str, str]:
    """Return brand and kind of the system whose domain an address is on, or two empty strings."""
    host = _host(address)
    while "." in host:
        if found := _hosts().brands.get(host):
            return found
        host = host.partition(".")[2]
    return "", ""


def is_robot(address: str) -> bool:
    """Whether nobody reads what is sent to an address."""
    local = address.rpartition("@")[0].partition("+")[0]
    joined = local.translate(_SEPARATORS)
    hosts = _hosts()
    return joined in hosts.robot_names or any(part in joined for part in hosts.robot_parts)


def _is_bounce(message: Message, address: str) -> bool:
    """Whether the mail reports that another one was not delivered (RFC 3464)."""
    local = address.partition("@")[0].translate(_SEPARATORS)
    if message.report_type == "delivery-status" or "x-failed-recipients" in message.fields:
        return True
    daemon = local in ("mailerdaemon", "postmaster")
    no_return = message.fields.get("return-path", "").strip() == "<>" or "auto-submitted" in message.fields
    titled = message.subject.lower().lstrip("* [").startswith(_hosts().bounce)
    return (titled and (daemon or no_return)) or (daemon and no_return)


def _is_auto_reply(message: Message) -> bool:
    """Whether a program answered for an absent or busy person (RFC 3834 and what came before it)."""
    fields = message.fields
    subject = _REPLY_PREFIX.sub("", message.subject.lower(), count=1)
    return (
        _submitted(message).startswith("auto-replied")
        or fields.get("precedence", "").strip().lower() in ("auto_reply", "auto-reply")
        or any(name in fields for name in ("x-autoreply", "x-autorespond", "x-autoresponder", "x-auto-reply"))
        or subject.startswith(_hosts().absence)
    )


def _submitted(message: Message) -> str:
    return message.fields.get("auto-submitted", "no").strip().lower()


def _is_generated(message: Message) -> bool:
    """Whether a system sent the mail by itself."""
    fields = message.fields
    return (
        not _submitted(message).startswith("no")
        or fields.get("precedence", "").strip().lower() in _BULK
        or fields.get("x-auto-response-suppress", "none").strip().lower() not in ("none", "")
        or fields.get("return-path", "").strip() == "<>"
    )


def _is_list(message: Message) -> bool:
    """Whether the mail went to subscribers (RFC 2919); List-Unsubscribe alone is every system's habit."""
    fields = message.fields
    return (
        any(
            name in fields
            for name in ("list-id", "list-post", "mailing-list", "x-mailing-list", "x-beenthere")
        )
        or fields.get("precedence", "").strip().lower() == "list"
    )


def _foreign_reply_to(message: Message) -> str | None:
    """Return the first Reply-To address on another registrable domain than the From address (P6).

    Systems that carry an employer's mail have no domain of their own in this: an answer may go to them,
    and they may name the employer's; only a free-mail address stays foreign to them.
    """
    if not message.sender:
        return message.reply_to[0].address if message.reply_to else None
    for one in message.reply_to:
        if not _belongs(one, message.sender):
            return one.address
    return None


def _belongs(answer: Address, sender: Address) -> bool:
    if answer.address == sender.address or _relay(answer.address)[1]:
        return True
    if _host(answer.address) in _hosts().free_mail:
        return False
    return bool(_relay(sender.address)[1]) or registrable(answer.address) == registrable(sender.address)


def _disowned(message: Message) -> str:
    """Return how the user's own server found that the mail is not the sender's, or "" (RFC 8601, 7489).

    Only the topmost field is looked at, which that server wrote, and only a failure counts: anybody can
    write such a field themselves, but a forged failure harms its forger alone.
    """
    results = _COMMENT.sub(" ", message.fields.get("authentication-results", "")).partition(";")[2]
    found: dict[str, str] = {}
    for method, result in _RESULT.findall(results):
        found.setdefault(method.lower(), result.lower())
    failed = found.get("dmarc") == "fail"
    unsigned = "dmarc" not in found and found.get("dkim") == "fail" and found.get("spf") in _FAILED
    said = ", ".join(f"{method}={result}" for method, result in found.items())
    return f"your mail server found that it is not the sender's ({said})" if failed or unsigned else ""


def _poses(message: Message) -> str:
    """Return whose address the sender shows as a name instead of their own, or ""."""
    if not message.sender or _relay(message.sender.address)[1]:
        return ""
    shown = _SHOWN.search(message.sender.name)
    if shown is None or registrable(shown[0]) in ("", registrable(message.sender.address)):
        return ""
    return f"it shows the address {shown[0].lower()} and comes from {message.sender.address}"
