"""A few threads that do what is handed to them; what that is, is not known here."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from functools import partial
from queue import SimpleQueue

Work = Callable[[], Callable[[], None]]
"""Done in a thread of the crew; what it returns is then done by whoever collects."""


class Crew:
    """`count` threads, started with the first piece of work; `ready` is told whenever one has finished."""

    def __init__(self, count: int, ready: Callable[[], None]) -> None:
        self._count = count
        self._ready = ready
        self._work: SimpleQueue[Work | None] = SimpleQueue()
        self._finished: deque[Callable[[], None]] = deque()
        self._threads: list[threading.Thread] = []

    def hand(self, work: Work) -> None:
        """Have something done.  The threads end with the process, whatever they wait for."""
        while len(self._threads) < self._count:
            thread = threading.Thread(target=self._run, name=f"crew-{len(self._threads)}", daemon=True)
            self._threads.append(thread)
            thread.start()
        self._work.put(work)

    def dismiss(self) -> None:
        """Let the threads end as soon as they have nothing to do."""
        for _ in self._threads:
            self._work.put(None)

    def collect(self) -> None:
        """Do what finished work has left to do.  Raises what it raised."""
        while self._finished:
            self._finished.popleft()()

    def _run(self) -> None:
        while work := self._work.get():
            try:
                self._finished.append(work())
            except BaseException as error:  # noqa: BLE001  # raised by whoever collects
                self._finished.append(partial(_raise, error))
            self._ready()


def _raise(error: BaseException) -> None:
    raise error
