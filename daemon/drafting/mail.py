"""The craft of one mail: fields and body to octets (RFC 5322), read back and compared before they leave.

Our fields and no others: every value is cleaned of controls first, so that nothing a received mail
says can become a field of ours.  Nothing here knows what a note is.
"""

from __future__ import annotations

import base64
import hashlib
import quopri
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from email.header import Header, decode_header, make_header
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32
from email.utils import format_datetime, getaddresses, parsedate_to_datetime, quote
from unicodedata import category

from daemon.drafting.names import clean
from daemon.reading.model import Address

_LINE = 998  # RFC 5322 2.1.1
_REFERENCES = 20  # they grow with every reply, so a middle is left out
_ID = re.compile(r"[!-;=?-~]{1,200}@[!-;=?-~]{1,200}")  # RFC 5322 3.6.4, loosely: printable, no brackets
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LOCAL = re.compile(rf"{_ATOM}(?:\.{_ATOM})*")  # dot-atom, RFC 5322 3.2.3
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_DOMAIN = re.compile(rf"{_LABEL}(?:\.{_LABEL})+")
_PREFIX = re.compile(
    r"(?:re|aw|antw|antwort|sv|vs|tr|rv|res|ref|odp|wg|fwd?|vl|doorst|réf?|rép|rif|enc|r|i)"
    r"\s?(?:\[\d{1,3}\]|\(\d{1,3}\)|\^\d{1,3})?\s?[:：]\s*",
    re.IGNORECASE,
)
_TAG = re.compile(r"(\[[^\[\]]{1,40}\]\s*)")


class DraftFault(ValueError):
    """A draft that must not be stored; the message says which field is wrong and why."""


@dataclass(frozen=True, slots=True)
class Letter:
    """What a finished draft must say, field by field.  Ids are bare, without angle brackets."""

    sender: Address
    to: Address
    subject: str
    date: datetime
    message_id: str
    body: str
    decision: str
    in_reply_to: str = ""
    references: tuple[str, ...] = ()


def message_id(account: str, key: str) -> str:
    """Return the Message-ID (bare) of the draft for that decision: the same for ever, also without state.

    The right-hand side is the account's own domain, as RFC 5322 3.6.4 recommends.
    """
    digest = hashlib.sha256(f"{account.lower()}\n{key}".encode()).digest()
    word = base64.b32encode(digest)[:32].decode().lower()
    return f"aw.{word}@{checked_address(account).partition('@')[2]}"


def decision_hash(key: str) -> str:
    """Return what `X-Afterword` says of a decision: enough to find it again, nothing about it."""
    return hashlib.sha256(key.encode()).hexdigest()[:32]


def bare_id(value: object) -> str:
    """Return a Message-ID without brackets, or "" for one that is no single safe token."""
    text = str(value).strip().removeprefix("<").removesuffix(">")
    return text if _ID.fullmatch(text) and text.count("@") == 1 else ""


def threaded(references: Iterable[object], answered: object) -> tuple[str, ...]:
    """Return References for a reply (RFC 5322 3.6.4): the parent's, then the parent, a long middle cut."""
    ids = dict.fromkeys(found for value in references if (found := bare_id(value)))
    parent = bare_id(answered)
    if parent:
        ids.pop(parent, None)
        ids[parent] = None
    kept = tuple(ids)
    return kept if len(kept) <= _REFERENCES else (kept[0], *kept[1 - _REFERENCES :])


def reply_subject(subject: object) -> str:
    """Return the subject of a reply: "Re:" once, however many clients have put theirs before it."""
    rest, tag = clean(subject, 250), ""
    while True:
        if prefix := _PREFIX.match(rest):
            rest = rest[prefix.end() :]
        elif (found := _TAG.match(rest)) and _PREFIX.match(rest, found.end()):
            tag, rest = tag + found[1], rest[found.end() :]
        else:
            return f"Re: {tag}{rest}".strip()


def checked_address(address: str) -> str:
    """Return the addr-spec in ASCII; raises DraftFault for one no ordinary server would take."""
    local, _, domain = address.strip().rpartition("@")
    if not _LOCAL.fullmatch(local) or len(local) > 64:
        raise DraftFault(f"The address {clean(address)!r} has a local part that cannot be written to.")
    try:
        ascii_domain = domain.encode("idna").decode().lower()
    except UnicodeError:
        ascii_domain = ""
    if not _DOMAIN.fullmatch(ascii_domain) or len(ascii_domain) > 253:
        raise DraftFault(f"The address {clean(address)!r} has no valid domain.")
    return f"{local}@{ascii_domain}"


def octets(letter: Letter) -> bytes:
    """Return the mail as octets: 7-bit, CRLF, quoted-printable UTF-8 text.

    Paragraphs are single lines, wrapped by whoever shows them: hard line ends look broken on a phone
    and in Outlook.  Raises DraftFault if what was written does not read back as what was meant.
    """
    lines = [f"{name}: {value}" for name, value in _fields(letter)]
    raw = "\r\n".join(lines).encode("ascii") + b"\r\n\r\n" + _encoded_body(letter.body)
    _compare(letter, raw)
    return raw


def body(raw: bytes) -> str:
    """Return the text of a draft of ours, LF line ends, none at its end."""
    payload = BytesParser(policy=compat32).parsebytes(raw).get_payload(decode=True)
    text = payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""
    return text.replace("\r\n", "\n").rstrip("\n")


def _fields(letter: Letter) -> Iterable[tuple[str, str]]:
    if letter.date.tzinfo is None:
        raise DraftFault("The Date field needs a time zone; the moment given has none.")
    yield "From", _mailbox(letter.sender, "From")
    yield "To", _mailbox(letter.to, "To")
    yield "Subject", _text(letter.subject, "Subject")
    yield "Date", format_datetime(letter.date)
    yield "Message-ID", f"<{_checked_id(letter.message_id)}>"
    if letter.in_reply_to:
        yield "In-Reply-To", f"<{_checked_id(letter.in_reply_to)}>"
    if letter.references:
        yield "References", "\r\n ".join(f"<{_checked_id(one)}>" for one in letter.references)
    yield "X-Afterword", letter.decision
    yield "MIME-Version", "1.0"
    yield "Content-Type", "text/plain; charset=utf-8"
    yield "Content-Transfer-Encoding", "quoted-printable"


def _checked_id(value: str) -> str:
    if not bare_id(value):
        raise DraftFault(f"{clean(value)!r} is no Message-ID.")
    return value


def _text(value: str, field: str) -> str:
    """Return unstructured text folded and, where it is not ASCII, encoded (RFC 2047)."""
    plain = clean(value, 255)
    charset = "us-ascii" if plain.isascii() and "=?" not in plain else "utf-8"
    return Header(plain, charset, header_name=field).encode(linesep="\r\n")


def _mailbox(address: Address, field: str) -> str:
    """Return name and addr-spec; the address stands on a line of its own when the name is long."""
    spec, name = checked_address(address.address), clean(address.name, 100)
    if not name:
        return spec
    plain = name.isascii() and "=?" not in name
    shown = f'"{quote(name)}"' if plain else Header(name, "utf-8", header_name=field).encode(linesep="\r\n")
    room = len(field) + 2 + len(shown.rsplit("\n", 1)[-1]) + len(spec) + 3 <= 76
    return f"{shown}{' ' if room else chr(13) + chr(10) + ' '}<{spec}>"


def _plain(body: str) -> str:
    """Return the body as it is stored: LF line ends, one at its end, no controls."""
    text = body.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n") + "\n"
    return "".join(one for one in text if one in "\n\t" or category(one) not in ("Cc", "Cs"))


def _encoded_body(body: str) -> bytes:
    encoded = quopri.encodestring(_plain(body).encode("utf-8"))
    return encoded.replace(b"\n", b"\r\n")


def _compare(letter: Letter, raw: bytes) -> None:
    """Read the finished octets as a stranger would and compare every field with what was meant."""
    _check_octets(raw)
    message = BytesParser(policy=compat32).parsebytes(raw)
    names = [name for name, _ in _fields(letter)]
    meant = {
        "fields": names,
        "From": (clean(letter.sender.name, 100), checked_address(letter.sender.address)),
        "To": (clean(letter.to.name, 100), checked_address(letter.to.address)),
        "Subject": clean(letter.subject, 255),
        "Date": letter.date.replace(microsecond=0),
        "Message-ID": (letter.message_id,),
        "In-Reply-To": (letter.in_reply_to,) if letter.in_reply_to else (),
        "References": letter.references,
        "X-Afterword": letter.decision,
        "body": _plain(letter.body),
    }
    for what, read in _read_back(message).items():
        if read != meant[what]:
            raise DraftFault(
                f"The finished draft reads back with another {what} than was meant; it is not stored."
            )


def _check_octets(raw: bytes) -> None:
    lines = raw.split(b"\r\n")
    if b"\0" in raw or max(raw) > 126 or any(b"\r" in line or b"\n" in line for line in lines):
        raise DraftFault("The finished draft is not plain 7-bit text with CRLF line ends; it is not stored.")
    if any(len(line) > _LINE for line in lines):
        raise DraftFault("The finished draft has a line longer than 998 characters; it is not stored.")


def _read_back(message: Message) -> dict[str, object]:
    payload = message.get_payload(decode=True)
    body = payload.decode("utf-8") if isinstance(payload, bytes) else ""
    return {
        "fields": message.keys(),
        "From": _one_mailbox(message, "From"),
        "To": _one_mailbox(message, "To"),
        "Subject": str(make_header(decode_header(_unfolded(message, "Subject")))),
        "Date": parsedate_to_datetime(_unfolded(message, "Date")),
        "Message-ID": _ids(message, "Message-ID"),
        "In-Reply-To": _ids(message, "In-Reply-To"),
        "References": _ids(message, "References"),
        "X-Afterword": _unfolded(message, "X-Afterword"),
        "body": body.replace("\r\n", "\n"),
    }


def _unfolded(message: Message, name: str) -> str:
    return re.sub(r"\r?\n(?=[ \t])", "", str(message.get(name, "")))


def _ids(message: Message, name: str) -> tuple[str, ...]:
    return tuple(part.strip("<>") for part in _unfolded(message, name).split())


def _one_mailbox(message: Message, name: str) -> tuple[str, str]:
    found = getaddresses([_unfolded(message, name)])
    if len(found) != 1:
        raise DraftFault(f"The finished draft has {len(found)} addresses in {name}; it is not stored.")
    shown, spec = found[0]
    return str(make_header(decode_header(shown))), spec
