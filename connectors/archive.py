"""Mail that lies in files: an mbox (Google Takeout's too), a Maildir, a folder of .eml files, one .eml file.

It is only read.  Files are opened one at a time and mails held one at a time; links that lead out of the
given folder are not followed.  It must not know what a mail means.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from pathlib import Path

from connectors import header, mbox
from connectors.alarm import Alarm
from connectors.connector import Batch, Cursor, DraftRef, Mailbox, Removal, SpecialUse, StoredMessage
from connectors.errors import Refused, Vanished
from connectors.names import use_of_name

_BATCH = 100
_WEIGHT = 1 << 23  # octets in one batch
_MBOXES = {".mbox", ".mbx"}
_SUFFIXES = {".eml", *_MBOXES}
_NOT_READ = {SpecialUse.DRAFTS, SpecialUse.TRASH, SpecialUse.JUNK}
_BARE_LINE_END = re.compile(rb"(?<!\r)\n")
_HINT = "Name a file with one mail, an mbox, a Maildir, or a folder with .eml files."


@dataclass(frozen=True, slots=True)
class _File:
    """A file with mail in it, and what its folder's name says about it."""

    path: Path
    use: SpecialUse | None = None


def mails_in(path: Path) -> Iterator[tuple[Path, bytes]]:
    """Yield every mail below `path` with the file it lies in.

    A file that is empty or cannot be read comes without octets.  Raises Refused where there is no file.
    """
    empty = True
    for file in _files(path):
        for octets, _ in _mails(file.path):
            empty = False
            yield file.path, octets
    if empty:
        raise Refused(f"There is no mail in {path}.", hint=_HINT)


class ArchiveConnector:
    """The mail below some paths.  The cursor is the number of mails passed; drafts cannot be stored here.

    Raises Refused where a path does not exist or may not be read.
    """

    def __init__(self, *paths: Path) -> None:
        self._paths = paths
        self._alarm = Alarm()
        for path in paths:
            _check(path)

    def mailboxes(self) -> tuple[Mailbox, ...]:
        """Return the folders and mboxes that hold mail."""
        found = {_mailbox(file.path): file.use for path in self._paths for file in _files(path)}
        return tuple(Mailbox(name, use) for name, use in found.items())

    def changes(self, cursor: Cursor | None, since: datetime) -> Iterator[Batch]:
        """Yield the mails after `cursor`, in the order of the files; without one, those from `since` on.

        What was a draft, spam or deleted is left out.  Raises Refused where there is no mail at all.
        """
        passed = _number(cursor)
        batch: list[StoredMessage] = []
        weight = count = 0
        for mail in self._stored():
            count += 1
            skipped = count <= passed or mail.use in _NOT_READ
            if not skipped and (cursor is not None or mail.internal_date >= since):
                batch.append(mail)
                weight += len(mail.octets)
            if len(batch) == _BATCH or weight > _WEIGHT:
                yield Batch(tuple(batch), Cursor(str(count)))
                batch, weight = [], 0
        if not count:
            raise Refused(f"There is no mail in {', '.join(map(str, self._paths))}.", hint=_HINT)
        yield Batch(tuple(batch), Cursor(str(max(count, passed))))

    def _stored(self) -> Iterator[StoredMessage]:
        for file in (file for path in self._paths for file in _files(path)):
            for number, (octets, whole) in enumerate(_mails(file.path), start=1):
                yield _message(file, number, octets, whole=whole)

    def wait(self, seconds: float) -> bool:
        """Wait until `wake` is called or the time is over; nothing ever comes."""
        self._alarm.wait(seconds)
        return False

    def wake(self) -> None:
        """End the present or the next wait."""
        self._alarm.ring()

    def append_draft(self, octets: bytes, message_id: str, thread_id: str = "") -> DraftRef:  # noqa: ARG002
        """Raise Refused: an archive is only read."""
        raise Refused(
            "A draft cannot be stored in an archive: its files are only read.",
            hint="Use a mail account (IMAP or Gmail), or `afterword simulate` to see the drafts.",
        )

    def drafts(self) -> tuple[StoredMessage, ...]:
        """Return nothing: drafts in an archive are history."""
        return ()

    def locate(self, message_id: str) -> frozenset[SpecialUse]:  # noqa: ARG002
        """Return nothing: no draft of ours was ever stored here."""
        return frozenset()

    def find_draft(self, message_id: str) -> DraftRef | None:
        """Return nothing: no draft of ours was ever stored here."""

    def remove_draft(self, ref: DraftRef, octets: bytes) -> Removal:  # noqa: ARG002
        """Remove nothing: an archive is only read."""
        return Removal.IMPOSSIBLE

    def close(self) -> None:
        """Do nothing: files are open only while they are read."""


def _number(cursor: Cursor | None) -> int:
    try:
        return int(cursor or 0)
    except ValueError as error:
        raise Vanished("The stored place in the archive cannot be understood.") from error


def _check(path: Path) -> None:
    if not path.exists():
        raise Refused(f"{path} does not exist.", hint=_HINT)
    if not os.access(path, os.R_OK | (os.X_OK if path.is_dir() else 0)):
        raise Refused(f"{path} may not be read.", hint="Give yourself the right to read it (chmod u+r).")


def _files(path: Path) -> Iterator[_File]:
    """Yield the files with mail at or below `path`, in the order of their names."""
    _check(path)
    if not path.is_dir():
        yield _File(path)
        return
    root = path.resolve()
    for directory, below, names in os.walk(path):
        below.sort()
        here = Path(directory)
        use = use_of_name(here.name.removeprefix(".")) if here != path else None
        if {"cur", "new"} <= set(below):  # a Maildir; further ones may lie in it
            found = [*_listed(here / "cur"), *_listed(here / "new")]
            below[:] = [name for name in below if name not in {"cur", "new", "tmp"}]
        else:
            found = [here / name for name in sorted(names) if Path(name).suffix.lower() in _SUFFIXES]
        yield from (_File(file, use) for file in found if _inside(file, root))


def _listed(directory: Path) -> list[Path]:
    try:
        return sorted(directory.iterdir())
    except OSError:
        return []


def _inside(file: Path, root: Path) -> bool:
    """Return whether a path is a regular file, and no link that leads elsewhere."""
    try:
        inside = not file.is_symlink() or file.resolve().is_relative_to(root)
        return inside and stat.S_ISREG(file.stat().st_mode)
    except OSError:
        return False


def _mails(file: Path) -> Iterator[tuple[bytes, bool]]:
    """Yield the mails in a file with CRLF line ends, and whether each is whole.

    A file that is empty or cannot be read is a mail without octets: its neighbours must not suffer.
    """
    try:
        with file.open("rb") as opened:
            start = opened.peek(64)[:64]
            if mbox.begins_mbox(start) or file.suffix.lower() in _MBOXES:
                for entry in mbox.entries(opened):
                    yield _crlf(entry.octets), entry.whole
                return
            octets = opened.read(mbox.MAIL_CAP)
            whole = not opened.read(1)
    except OSError:
        yield b"", False
        return
    yield _crlf(octets.removeprefix(b"\xef\xbb\xbf")), whole


def _crlf(octets: bytes) -> bytes:
    if b"\r\n" not in octets:
        return octets.replace(b"\n", b"\r\n")
    return _BARE_LINE_END.sub(b"\r\n", octets)


def _mailbox(file: Path) -> str:
    """Return what holds the mail: a folder, or the mbox itself."""
    folder = file.parent.parent if file.parent.name in {"cur", "new"} else file.parent
    return str(file if file.suffix.lower() in _MBOXES else folder)


def _message(file: _File, number: int, octets: bytes, *, whole: bool) -> StoredMessage:
    labels = _labels(octets)
    return StoredMessage(
        octets,
        _mailbox(file.path),
        next((use for label in labels if (use := use_of_name(label))), file.use),
        file.path.name if number == 1 else f"{file.path.name}/{number}",
        header.moment(octets) or datetime.fromtimestamp(_modified(file.path), UTC),
        thread_id=next(iter(header.fields(octets, "X-GM-THRID")), None),
        partial=not whole,
    )


def _modified(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


def _labels(octets: bytes) -> list[str]:
    """Return the Gmail labels Google Takeout writes into its mails; they are the only mailboxes there."""
    for value in header.fields(octets, "X-Gmail-Labels"):
        try:
            return str(make_header(decode_header(value[:2000]))).split(",")
        except (HeaderParseError, LookupError, ValueError):
            return []
    return []
