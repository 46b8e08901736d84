"""A bell that a signal handler or another thread may ring while somebody waits.

It must not know who waits, nor what for.
"""

from __future__ import annotations

import contextlib
import selectors
import socket
import weakref
from typing import NamedTuple


class Heard(NamedTuple):
    """Why a wait ended: the bell rang, the watched socket has something to read, or (neither) time is up."""

    rung: bool
    readable: bool


class Alarm:
    """A bell made of a socket pair, so that ringing is one non-blocking send and nothing else.

    A ring before the wait is not lost: the next wait returns at once.
    """

    def __init__(self) -> None:
        self.ear, self._bell = socket.socketpair()
        for end in (self.ear, self._bell):
            end.setblocking(False)
            weakref.finalize(self, end.close)

    def ring(self) -> None:
        """Make `ear` readable until it is hushed.  Safe in a signal handler and from any thread."""
        with contextlib.suppress(BlockingIOError):  # a full pipe is already ringing
            self._bell.send(b"\0")

    def wait(self, seconds: float, source: socket.socket | None = None) -> Heard:
        """Wait for the bell, for `source` to become readable, or for `seconds` to pass."""
        with selectors.DefaultSelector() as selector:
            selector.register(self.ear, selectors.EVENT_READ)
            if source is not None:
                selector.register(source, selectors.EVENT_READ)
            ready = {key.fileobj for key, _ in selector.select(max(seconds, 0.0))}
        if self.ear in ready:
            self.hush()
        return Heard(rung=self.ear in ready, readable=source is not None and source in ready)

    def hush(self) -> None:
        """Take in all rings so far."""
        with contextlib.suppress(BlockingIOError):
            while self.ear.recv(4096):
                pass
