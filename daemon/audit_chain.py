"""The chain of the audit log: how lines are sealed, where they lie, and how a break is found.

Each line carries its number, the hash of the line before (`prev`) and, last, its own hash (SHA-256 of the
line up to there).  Values and files only; what lines say is not known here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec

CURRENT = "audit.jsonl"
_SEAL = b',"hash":"'


@dataclass(frozen=True, slots=True)
class Link:
    """The end of a chain: the number and the hash of its last line."""

    seq: int
    hash: str

    @classmethod
    def parse(cls, text: str) -> Link:
        """Return the link that `str` wrote; the beginning of all chains for an empty text."""
        seq, _, digest = text.partition(" ")
        return cls(int(seq), digest) if digest else BEGINNING

    def __str__(self) -> str:
        return f"{self.seq} {self.hash}"


BEGINNING = Link(0, "0" * 64)


@dataclass(frozen=True, slots=True)
class Break:
    """A place where the chain does not hold, and what was done there as far as it can be told."""

    seq: int
    says: str


class _Place(msgspec.Struct, frozen=True):
    seq: int
    prev: str


def seal(unsealed: bytes) -> bytes:
    """Return the JSON object with its hash as the last member."""
    body = unsealed.removesuffix(b"}")
    return body + _SEAL + _digest(body).encode() + b'"}'


def end_of(line: bytes) -> Link:
    """Return the link a sealed line makes; its hash is the one it carries."""
    _, _, tail = line.rpartition(_SEAL)
    return Link(
        msgspec.json.decode(line, type=_Place).seq, tail.removesuffix(b'"}').decode("ascii", "replace")
    )


def files(directory: Path) -> tuple[Path, ...]:
    """Return the files of the log, oldest first."""
    current = directory / CURRENT
    return (*sorted(directory.glob("audit-*.jsonl")), *((current,) if current.exists() else ()))


def lines(directory: Path) -> Iterator[bytes]:
    """Yield the lines of the log, oldest first, without their line ends."""
    for path in files(directory):
        with path.open("rb") as file:
            for line in file:
                yield line.rstrip(b"\n")


def last_link(directory: Path) -> Link:
    """Return the end of the chain as the files have it."""
    ends = (end_of_file(path) for path in reversed(files(directory)))
    return next((end for end in ends if end is not BEGINNING), BEGINNING)


def end_of_file(path: Path) -> Link:
    """Return the link the file's last line makes that is one; the beginning where there is none."""
    for line in reversed(_tail(path).splitlines()):
        try:
            return end_of(line)
        except msgspec.DecodeError:
            continue
    return BEGINNING


def mend(directory: Path) -> None:
    """Cut off the half line a power loss may have left; the state still has it whole."""
    path = directory / CURRENT
    if not path.exists():
        return
    with path.open("rb+") as file:
        tail = _tail(path)
        if tail and not tail.endswith(b"\n"):
            file.truncate(path.stat().st_size - len(tail) + tail.rfind(b"\n") + 1)


def breaks(found: Iterable[bytes], head: Link, base: Link = BEGINNING) -> Iterator[Break]:
    """Yield every place where the lines are not the unbroken chain from after `base` to `head`."""
    at = base
    for number, line in enumerate(found, start=1):
        try:
            place = msgspec.json.decode(line, type=_Place)
        except msgspec.DecodeError:
            yield Break(at.seq + 1, f"line {number} of the files is not a line of the log")
            continue
        body, _, _ = line.rpartition(_SEAL)
        if line != seal(body + b"}"):
            yield Break(place.seq, "the line was altered: its hash does not fit")
        if place.seq > at.seq + 1:
            yield Break(at.seq + 1, f"lines {at.seq + 1} to {place.seq - 1} were cut out")
        elif place.seq <= at.seq:
            yield Break(place.seq, "the line was added or stands in the wrong place")
        elif place.prev != at.hash:
            yield Break(place.seq, "the line before it was altered or exchanged")
        at = end_of(line)
    if at.seq < head.seq:
        yield Break(at.seq + 1, f"lines {at.seq + 1} to {head.seq} were cut off the end")
    elif at != head:
        yield Break(at.seq, "the end was altered or added: the state remembers another last line")


def _digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def _tail(path: Path, size: int = 1 << 20) -> bytes:
    """Return the end of a file, enough to hold its last line."""
    with path.open("rb") as file:
        file.seek(max(path.stat().st_size - size, 0))
        return file.read()
