"""Reading in a process of its own, which ends by itself when there is nothing to read.

What reading needs (calendars, holidays, date grammars) takes more memory than all the rest and is needed a
few times a day; and a mail that ends the process that reads it, or takes too long, harms nobody else.
Frames on two pipes: four octets of length, then MessagePack.
"""

from __future__ import annotations

import contextlib
import os
import resource
import selectors
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import datetime
from typing import IO

import msgspec

from daemon.errors import UserError
from daemon.reading.model import Me, Reading

PATIENCE = 30.0
"""Seconds a mail may take before it is given up; the slowest ordinary one takes a fraction of one."""

IDLE = 90.0
"""Seconds without a mail after which the process ends."""

MEMORY = 1 << 30
"""Octets of address space the process may use; a mail that needs more is hostile."""

MOST_TEXT = 20_000
"""Characters of a mail's new text that are kept for the notes that answer it."""


class ReaderDied(Exception):
    """The mail ended the process that read it, or took too long; the message says which."""


class ReaderBroken(UserError):
    """No mail can be read at all: it is not the mail's fault."""


@dataclass(frozen=True, slots=True)
class Read:
    """What one mail says, and its new text."""

    reading: Reading
    body: str = ""


@dataclass(frozen=True, slots=True)
class _Request:
    """A mail to read, and for whom."""

    octets: bytes
    internal_date: datetime
    me: Me
    whole: bool


def read_here(octets: bytes, internal_date: datetime, me: Me, whole: bool = True) -> Read:
    """Return what a mail says, read in this process; never raises.

    Without `whole`, one that cannot matter by its header is only glanced at.
    """
    from daemon.reading.read import look

    reading, message = look(octets, me=me, internal_date=internal_date, whole=whole)
    return Read(reading, message.text[:MOST_TEXT])


class Reader:
    """Reads mails in a child process, started when there is one.  `command` is what to start."""

    def __init__(self, command: tuple[str, ...] = (), patience: float = PATIENCE) -> None:
        self._command = command or (sys.executable, "-m", "daemon.reader")
        self._patience = patience
        self._child: subprocess.Popen[bytes] | None = None

    def read(self, octets: bytes, internal_date: datetime, me: Me, whole: bool = True) -> Read:
        """Return what a mail says.  Raises ReaderDied, and ReaderBroken where no mail can be read."""
        try:
            return self._read(octets, internal_date, me, whole)
        except ReaderDied as died:
            self._try_a_harmless_mail(internal_date, me, died)
            raise

    def _try_a_harmless_mail(self, at: datetime, me: Me, died: ReaderDied) -> None:
        try:
            self._read(b"Subject: Hello\r\n\r\nHello.\r\n", at, me, whole=True)
        except ReaderDied as again:
            raise ReaderBroken(
                f"Mails cannot be read: {again}.", hint="Install afterword anew; nothing is lost."
            ) from died

    def _read(self, octets: bytes, internal_date: datetime, me: Me, whole: bool) -> Read:
        request = msgspec.msgpack.encode(_Request(octets, internal_date, me, whole))
        fresh = self._child is None
        answer = self._ask(request)
        if answer is None and not fresh and not self._status():  # it had just gone to sleep
            self.close()
            answer = self._ask(request)
        if answer is None:
            status = self._status()
            self.close()
            raise ReaderDied(f"reading it ended the process (status {status})")
        return msgspec.msgpack.decode(answer, type=Read)

    def close(self) -> None:
        """End the process; the next mail starts another."""
        child, self._child = self._child, None
        if child is None:
            return
        child.kill()
        child.wait()
        for pipe in (child.stdin, child.stdout):
            with contextlib.suppress(OSError):
                if pipe:
                    pipe.close()

    def _status(self) -> int:
        return self._child.wait() if self._child else 0

    def _ask(self, request: bytes) -> bytes | None:
        """Return the child's answer, or None where it ended.  Raises ReaderDied when it takes too long."""
        if self._child is None:
            self._child = subprocess.Popen(
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                bufsize=0,
                start_new_session=True,
            )
        child = self._child
        assert child.stdin
        assert child.stdout
        try:
            _send(child.stdin, request)
        except BrokenPipeError:
            return None
        try:
            return _receive(child.stdout, time.monotonic() + self._patience)
        except TimeoutError:
            self.close()
            raise ReaderDied(f"reading it took longer than {self._patience:.0f} seconds") from None


def _send(pipe: IO[bytes], frame: bytes) -> None:
    left = memoryview(len(frame).to_bytes(4, "big") + frame)
    while left:
        left = left[os.write(pipe.fileno(), left) :]


def _receive(pipe: IO[bytes], until: float) -> bytes | None:
    """Return the next frame, or None at the end of the pipe.  Raises TimeoutError."""
    size = _exactly(pipe, 4, until)
    return _exactly(pipe, int.from_bytes(size, "big"), until) if size else None


def _exactly(pipe: IO[bytes], count: int, until: float) -> bytes | None:
    found = bytearray()
    with selectors.DefaultSelector() as selector:
        selector.register(pipe, selectors.EVENT_READ)
        while len(found) < count:
            if not selector.select(max(until - time.monotonic(), 0.0)):
                raise TimeoutError
            piece = os.read(pipe.fileno(), count - len(found))
            if not piece:
                return None
            found += piece
    return bytes(found)


def main() -> None:
    """Answer frames until there are none for a while, or whoever asks has gone."""
    with contextlib.suppress(OSError, ValueError):  # not every system has this limit
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    answers = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)  # whatever a library prints is no answer
    while True:
        try:
            frame = _receive(sys.stdin.buffer, time.monotonic() + IDLE)
        except TimeoutError:
            return
        if frame is None:
            return
        request = msgspec.msgpack.decode(frame, type=_Request)
        read = read_here(request.octets, request.internal_date, request.me, request.whole)
        _send(answers, msgspec.msgpack.encode(read))


if __name__ == "__main__":
    main()
