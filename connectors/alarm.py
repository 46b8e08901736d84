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
        self._ear, self._bell = socket.socketpair()
        for end in (self._ear, self._bell):
            end.setblocking(False)
            weakref.finalize(self, end.close)

    def ring(self) -> None:
        """End the present or the next wait.  Safe in a signal handler and from any thread."""
        with contextlib.suppress(BlockingIOError):  # a full pipe is already ringing
            self._bell.send(b"\0")

    def wait(self, seconds: float, source: socket.socket | None = None) -> Heard:
        """Wait for the bell, for `source` to become readable, or for `seconds` to pass."""
        with selectors.DefaultSelector() as selector:
            selector.register(self._ear, selectors.EVENT_READ)
            if source is not None:
                selector.register(source, selectors.EVENT_READ)
            ready = {key.fileobj for key, _ in selector.select(max(seconds, 0.0))}
        if self._ear in ready:
            with contextlib.suppress(BlockingIOError):
                while self._ear.recv(4096):
                    pass
        return Heard(rung=self._ear in ready, readable=source is not None and source in ready)
