"""Which employer a mail speaks for, whether an agency stands between, and for which role.

    find(message, sender, sentences, *, people=(), me=None) -> Employer

The sender's own domain names the employer, in the spelling the mail itself uses; a relay's or a
free-mail domain never does, nor an agency's when the end employer is named.  Call it before
`people.find`, which needs the company's name to tell it from a person's.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from daemon.reading import employer_ids, employer_names, employer_role, names, people_sign, people_text
from daemon.reading.employer_names import folded, readable, spelled, variants, words
from daemon.reading.employer_scores import Scores
from daemon.reading.lexicon import load
from daemon.reading.model import Me, Message
from daemon.reading.sender import Sender
from policies.case import Part, Person

_MAX_SENTENCES = 100
_MAX_SIGNATURE = 20  # lines
_MAX_LENGTH = 400  # characters of one line that are looked at
_MAX_LINKS = 40
_FOOTER = 3  # last lines, where a vendor names itself

# How much evidence is enough to name an employer: where nothing else does, where the domain may be
# meant, beside an agency that names many, and against the sender's own domain.
_ENOUGH_ALONE, _ENOUGH, _ENOUGH_BESIDE_AGENCY, _ENOUGH_AGAINST_DOMAIN = 1.0, 2.0, 3.0, 3.5
_ENOUGH_FULLER = 1.0

_SMALL_WORD = 3  # letters of an "of" or "the" in a domain
_WHOLE_WORD = 5  # letters of a word that is not in a longer one by chance
_INFLECTED = 2  # letters a case ending adds ("bei den Nordwerken")
_FILE = re.compile(r"\.(?:pdf|docx?|ics)\b", re.IGNORECASE)
_ADDRESS = re.compile(r"\S{0,200}(?:://|@)\S{1,400}|\bwww\.\S{1,400}")
_HOST = re.compile(r"https?://([\w.-]{3,100})(?:/([\w-]{3,60}))?")
_NO_HOSTS = frozenset(("www", "jobs", "careers", "app", "hire", ""))


@dataclass(frozen=True, slots=True)
class Employer:
    """`name` is the end employer's, None where unknown or undisclosed; `agency` that an agency writes.

    `role` and `requisition` are the vacancy's; `tokens` are ids an ATS tells applications apart by.
    """

    name: str | None
    agency: bool = False
    role: str | None = None
    requisition: str = ""
    tokens: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Mail:
    """What is looked at: the sender, the lines of text and signature, and the name in the domain."""

    message: Message
    sender: Sender
    lines: tuple[str, ...]
    label: str

    @property
    def address(self) -> str:
        return self.message.sender.address if self.message.sender else ""

    @property
    def display(self) -> str:
        return self.message.sender.name if self.message.sender else ""

    @property
    def subject(self) -> str:
        return _FILE.sub("", self.message.subject[:_MAX_LENGTH]).replace("_", " | ")


def find(
    message: Message,
    sender: Sender,
    sentences: Sequence[str],
    *,
    people: Sequence[Person] = (),
    me: Me | None = None,
) -> Employer:
    """Return the employer, role and ids `message` speaks of; `sentences` are those of its new text."""
    signature = [line.strip() for line in message.signature.split("\n") if line.strip()]
    lines = (*sentences[:_MAX_SENTENCES], *signature[:_MAX_SIGNATURE])
    capped = tuple(people_text.capped(lines, len(lines), _MAX_LENGTH))
    mail = _Mail(message, sender, capped, _label(message, sender))
    agency = _is_agency(mail)
    nobody = {folded(one.name) for one in people if one.name} | _own_names(message, me)
    number = employer_ids.requisition((message.subject, *mail.lines))
    return Employer(
        name=None if sender.bounce else _named(mail, nobody, agency=agency) or None,
        agency=agency,
        role=employer_role.find(message.subject, sentences, message.quoted),
        requisition=number,
        tokens=employer_ids.tokens(message, number),
    )


def _own_names(message: Message, me: Me | None) -> set[str]:
    """The folded names of sender and user and their parts, which are no company's."""
    found = {one.name for one in message.to} | ({me.name} if me else set())
    if message.sender and not names.is_role(message.sender.name):
        found.add(names.tidy(message.sender.name))
    signed = people_sign.find(message.text, message.signature).name
    if " " in signed and not employer_names.is_company(signed):
        found.add(signed)
    return {folded(part) for name in found if name for part in (name, *name.split())}


def _label(message: Message, sender: Sender) -> str:
    """The part of the sender's domain that is a name; of an ATS's address the employer's slug, else ""."""
    if sender.domain:
        label = sender.domain.partition(".")[0]
        carried = any(label.startswith(vendor) for vendor in words("vendors"))
        return "" if carried or label in names.mailboxes() or len(label) < _SMALL_WORD - 1 else label
    local = message.sender.address.partition("@")[0] if message.sender else ""
    slug = sender.relay_kind == "ats" and local.isalnum() and not sender.robot_address
    return local if slug and not names.is_mailbox(f"{local}@") else ""


@cache
def _agency_patterns() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    """What agencies are called, what their domains hold, and what they say."""
    table = load("employer")["agency"]
    return (
        re.compile(rf"(?<!\w)(?:{'|'.join(table['names'])})(?!\w)", re.IGNORECASE),
        re.compile("|".join(table["domains"])),
        re.compile(rf"(?<!\w)(?:{'|'.join(table['phrases'])})(?!\w)", re.IGNORECASE),
    )


def _is_agency(mail: _Mail) -> bool:
    """Whether the sender finds people for others: by what it is called or says of a client."""
    called, domain, says = _agency_patterns()
    if any(says.search(line) for line in mail.lines):
        return True
    if mail.sender.relay or not mail.sender.domain:
        return False
    return bool(
        domain.search(mail.label) or called.search(spelled(mail.label, (mail.display, *mail.lines[-8:])))
    )


def _named(mail: _Mail, nobody: set[str], *, agency: bool) -> str:
    """The employer's name, or ""."""
    if behalf := employer_names.on_behalf(mail.display):
        return behalf
    earlier = mail.message.quoted.split("\n")[:_MAX_SENTENCES]
    texts = [
        _ADDRESS.sub(" ", one[:_MAX_LENGTH]) for one in (mail.subject, mail.display, *mail.lines, *earlier)
    ]
    own = next(filter(None, (spelled(one, texts) for one in variants(mail.label))), "") if mail.label else ""
    scores = _scores(mail, nobody | ({folded(own)} if agency else set()))
    if agency:
        says = any(_agency_patterns()[2].search(line) for line in mail.lines)
        return scores.best(_ENOUGH_BESIDE_AGENCY if says else _ENOUGH, without=mail.label)
    system = mail.sender.robot_address or names.is_mailbox(mail.address)
    if system and not mail.sender.relay and not _says_itself(mail, own):
        client = scores.best(_ENOUGH_AGAINST_DOMAIN, without=mail.label)
        if " " in client or (client and mail.sender.automatic):
            return client
    if own:
        shown = employer_names.of_display(mail.display)
        if employer_names.is_company(shown) and shown.endswith(f" {own}"):
            return shown
        own = scores.longer(own, _ENOUGH_FULLER)
        return own if system or mail.sender.automatic else employer_names.in_full(own, mail.lines)
    if mail.sender.domain and mail.label:
        return _akin_name(scores, mail.label) or _named_elsewhere(mail, scores, texts)
    scores.read_display(mail.display, brand=mail.sender.relay, robot=mail.sender.robot_address)
    return scores.best(_ENOUGH_ALONE) or (readable(mail.label) if mail.label else "")


def _named_elsewhere(mail: _Mail, scores: Scores, texts: Sequence[str]) -> str:
    """The employer of a mail whose own domain no word of it spells, else what the domain says.

    Such a domain may be a carrier's: the employer has a corner of it ("acme.jobs-system.com"), or the
    mail names it well.
    """
    host = mail.address.rpartition("@")[2].removesuffix(mail.sender.domain).rstrip(".")
    corner = next(filter(None, (spelled(one, texts) for one in host.split(".") if one)), "")
    if corner:
        return scores.longer(corner, _ENOUGH_FULLER)
    if mail.sender.robot_address:
        scores.read_display(mail.display, brand="", robot=True)
        named = scores.best(_ENOUGH)
    else:
        named = scores.best(_ENOUGH_BESIDE_AGENCY)
        named = named if " " in named else ""  # a lone word beside a person is as often a person
    inflected = folded(named).startswith(folded(mail.label))  # "bei den Mainwerken"
    return named if named and not inflected else readable(variants(mail.label)[-1])


def _scores(mail: _Mail, nobody: set[str]) -> Scores:
    if mail.sender.relay:
        nobody = nobody | _people_named(mail.lines) | {folded(mail.sender.relay)}
    scores = Scores(nobody, _linked(mail.message), people_meet=mail.sender.relay_kind == "scheduler")
    scores.read_lines(mail.subject, mail.lines)
    if mail.sender.relay_kind == "ats" or (mail.sender.robot_address and not mail.sender.relay):
        scores.read_topic(mail.subject)
    return scores


def _says_itself(mail: _Mail, own: str) -> bool:
    """Whether a system names its own house in what it writes, not only in its footer."""
    text = mail.lines[: max(1, len(mail.lines) - _FOOTER)]
    return bool(own) and any(own in one for one in (mail.message.subject, *text))


def _people_named(lines: Sequence[str]) -> set[str]:
    """The full names a relay's mail surely says of people: with a part, a title or an address."""
    found = (one for one in people_text.find(lines, people_text.Strangers()) if " " in one.name)
    return {
        folded(one.name)
        for one in found
        if one.address or one.part is not Part.INTERVIEWER or f"{one.name}, " in one.sentence
    }


def _linked(message: Message) -> frozenset[str]:
    """The names in links to an employer's corner of a system: "acme.zoom.us", "jobs.lever.co/acme"."""
    hosts = filter(None, (_HOST.match(link.href) for link in message.links[:_MAX_LINKS]))
    found = {folded(part) for host in hosts for part in (host[1].split(".")[0], host[2] or "")}
    return frozenset(found - _NO_HOSTS)


def _akin_name(scores: Scores, label: str) -> str:
    """A name the mail says and the domain holds, abbreviates or begins: "countyofdell", "vhp"."""
    akin = [(_akin(name, score, folded(label)), name) for name, score in scores.ranked()]
    likeness, name = max(akin, default=(0, ""), key=lambda one: one[0])
    return employer_names.completed(name, label) if likeness else ""


def _akin(name: str, score: float, target: str) -> int:
    """How many letters of a domain's label a name accounts for; 0 where they are not akin."""
    parts = [folded(word) for word in name.split()]
    whole = "".join(parts)
    inside = sum(len(part) for part in parts if part in target)
    if len(parts) == 1 and 0 < len(whole) - len(target) <= _INFLECTED:
        return 0
    if _abbreviated(parts, target):
        return len(target)
    if whole.startswith(target) or (len(target) > 2 and "".join(part[:1] for part in parts) == target):
        return len(target)
    if inside == len(whole) >= len(target) - _SMALL_WORD:
        return inside
    if score < _ENOUGH:
        return 0
    if whole in target and len(whole) > _WHOLE_WORD:
        return len(whole)
    if parts[0] in target and len(parts) > 1 and employer_names.is_company(name):
        return len(parts[0])
    first_alike = len(parts) > 1 and len(parts[0]) > _SMALL_WORD and target.startswith(parts[0])
    return len(parts[0]) if first_alike else 0


def _abbreviated(parts: Sequence[str], target: str) -> bool:
    """Whether first letters and a whole last word make the label: "cmvalverde", Câmara Municipal de …"""
    if len(parts) < _SMALL_WORD or len(parts[-1]) <= _SMALL_WORD or not target.endswith(parts[-1]):
        return False
    heads = target.removesuffix(parts[-1])
    return heads in (
        "".join(part[:1] for part in parts[:-1]),
        "".join(part[:1] for part in parts[:-1] if len(part) > _SMALL_WORD),
    )
