"""Run a command of the user's own: no shell, its words on standard input, a limit to its time and output."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Sequence

_MOST = 64 * 1024


def run(argv: Sequence[str], given: bytes, seconds: float, called: str) -> tuple[bytes, str]:
    """Return what the command printed, or a sentence why there is nothing; `called` names it there."""
    try:
        process = subprocess.Popen(
            list(argv),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        return b"", f"{called} cannot be started: {error}."
    try:
        printed, _ = process.communicate(given, timeout=seconds)
    except subprocess.TimeoutExpired:
        return b"", f"{called} took longer than {seconds:g} seconds."
    finally:
        _end(process)
    if process.returncode:
        return b"", f"{called} ended with status {process.returncode}."
    return printed, "" if len(printed) <= _MOST else f"{called} printed more than 64 kB."


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the command and whatever it started."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return  # it has ended by itself
    process.wait()
