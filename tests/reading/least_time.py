"""The processor time a piece of work needs, kept from the noise of a busy machine."""

from __future__ import annotations

from collections.abc import Callable
from time import process_time


def least_time(work: Callable[[], object], attempts: int = 4) -> float:
    """Return the least processor time, in seconds, of several attempts."""

    def attempt() -> float:
        began = process_time()
        work()
        return process_time() - began

    return min(attempt() for _ in range(attempts))
