"""Which mailbox is for what: what the user says, what the server says, what the name says; in that order.

It must not know any message.  It never makes a mailbox: a second Drafts nobody looks into is worse than a
question.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from imapclient import imap_utf7

from connectors.connector import Mailbox, SpecialUse
from connectors.errors import Refused
from connectors.imap_settings import ImapSettings
from connectors.names import RANKS, folded

Listed = tuple[Iterable[bytes], bytes | None, bytes | str | None]
"""One answer of LIST: attributes, hierarchy delimiter, name as on the wire (RFC 9051 7.3.1)."""

_ATTRIBUTES = {  # RFC 6154 2; the last three are Gmail's before it
    b"\\drafts": SpecialUse.DRAFTS,
    b"\\sent": SpecialUse.SENT,
    b"\\trash": SpecialUse.TRASH,
    b"\\archive": SpecialUse.ARCHIVE,
    b"\\all": SpecialUse.ALL,
    b"\\junk": SpecialUse.JUNK,
    b"\\inbox": SpecialUse.INBOX,
    b"\\allmail": SpecialUse.ALL,
    b"\\spam": SpecialUse.JUNK,
}
_UNUSABLE = {b"\\noselect", b"\\nonexistent"}

_ROOTS = {"", "inbox", "[gmail]", "[google mail]"}
_FALLBACKS = (SpecialUse.DRAFTS, SpecialUse.SENT, SpecialUse.TRASH)


@dataclass(frozen=True, slots=True)
class Folder:
    """A mailbox that can be opened: `raw` is its name on the wire, `leaf` the last word of it."""

    raw: str
    mailbox: Mailbox
    parent: str = ""
    leaf: str = ""

    @property
    def name(self) -> str:
        """Return the name as people read it."""
        return self.mailbox.name


@dataclass(frozen=True, slots=True)
class Folders:
    """The account's mailboxes, each use resolved to at most one of them."""

    all: tuple[Folder, ...]
    uses: Mapping[SpecialUse, Folder]

    def use(self, use: SpecialUse) -> Folder | None:
        """Return the mailbox for a use, or None."""
        return self.uses.get(use)

    def drafts(self) -> Folder:
        """Return the drafts mailbox.  Raises Refused where there is none: it is never made by us."""
        found = self.use(SpecialUse.DRAFTS)
        if found is None:
            names = ", ".join(folder.name for folder in self.all[:20])
            raise Refused(
                "This account has no drafts mailbox that we can tell from the others.",
                hint=f'Make one in your mail program, or name it: drafts = "…". There are: {names}.',
            )
        return found

    def watched(self, names: Iterable[str]) -> tuple[Folder, ...]:
        """Return the mailboxes of these names; of none, INBOX and the sent mailbox."""
        chosen = [_named(name, self.all, "mailboxes") for name in names]
        defaults = (self.use(SpecialUse.INBOX), self.use(SpecialUse.SENT))
        return tuple(chosen) or tuple(folder for folder in defaults if folder)


def resolve(listed: Iterable[Listed], settings: ImapSettings) -> Folders:
    """Return the mailboxes in an answer to LIST; of two lines about one mailbox the first counts.

    Raises Refused where a name of the settings is missing.
    """
    known: dict[str, Folder] = {}
    for each in listed:
        if folder := _folder(each):
            known.setdefault(folder.raw, folder)
    folders = tuple(known.values())
    if not any(folder.mailbox.use is SpecialUse.INBOX for folder in folders):
        folders = (Folder("INBOX", Mailbox("INBOX", SpecialUse.INBOX), leaf="INBOX"), *folders)
    uses: dict[SpecialUse, Folder] = {}
    for folder in sorted(folders, key=lambda each: folded(each.parent) not in _ROOTS):
        if folder.mailbox.use:
            uses.setdefault(folder.mailbox.use, folder)
    for use in _FALLBACKS:
        if use not in uses and (guess := _by_name(use, folders)):
            uses[use] = guess
    for use, name in _overrides(settings):
        uses[use] = _named(name, folders, use.value)
    uses = {use: replace(each, mailbox=Mailbox(each.name, use)) for use, each in uses.items()}
    by_raw = {folder.raw: folder for folder in uses.values()}
    return Folders(tuple(by_raw.get(folder.raw, folder) for folder in folders), uses)


def _folder(listed: Listed) -> Folder | None:
    """Return one mailbox, or None where it cannot be opened or its name cannot be sent back safely."""
    attributes, delimiter, name = listed
    lowered = {bytes(attribute).lower() for attribute in attributes}
    raw = name.decode("ascii", "replace") if isinstance(name, bytes) else name
    if not raw or lowered & _UNUSABLE or not (raw.isascii() and raw.isprintable()):
        return None
    if raw.upper() == "INBOX":
        return Folder(raw, Mailbox("INBOX", SpecialUse.INBOX), leaf="INBOX")
    use = next((_ATTRIBUTES[each] for each in sorted(lowered) if each in _ATTRIBUTES), None)
    readable = _decoded(raw)
    parent, _, leaf = readable.rpartition((delimiter or b"\0").decode("ascii", "replace"))
    return Folder(raw, Mailbox(readable, use), parent, leaf)


def _decoded(raw: str) -> str:
    """Return a name in modified UTF-7 (RFC 9051 A.1) as text; as it is where it is not well formed."""
    try:
        return str(imap_utf7.decode(raw.encode("ascii")))
    except (UnicodeError, ValueError):
        return raw


def _by_name(use: SpecialUse, folders: Iterable[Folder]) -> Folder | None:
    """Return the best-known name at the top, below INBOX or below Gmail's root: not a shared mailbox's."""
    ranks = RANKS[use]
    candidates = [
        folder
        for folder in folders
        if folder.mailbox.use is None and folded(folder.leaf) in ranks and folded(folder.parent) in _ROOTS
    ]
    return min(candidates, key=lambda folder: ranks[folded(folder.leaf)], default=None)


def _overrides(settings: ImapSettings) -> tuple[tuple[SpecialUse, str], ...]:
    named = zip(_FALLBACKS, (settings.drafts, settings.sent, settings.trash), strict=True)
    return tuple((use, name) for use, name in named if name)


def _named(name: str, folders: Iterable[Folder], key: str) -> Folder:
    """Return the mailbox the user named: exactly, else by capital letters, else by its last word."""
    by_name = {folder.name: folder for folder in folders}
    leaves = {folded(folder.leaf): folder for folder in folders}
    alike = leaves | {folded(each): folder for each, folder in by_name.items()}
    found = by_name.get(name) or alike.get(folded(name))
    if found is None:
        near = difflib.get_close_matches(name, by_name, n=1, cutoff=0.5) or list(by_name)[:20]
        raise Refused(
            f"{key} names the mailbox {name!r}, which the account does not have.",
            hint=f"The nearest there is: {', '.join(near)}.",
        )
    return found
