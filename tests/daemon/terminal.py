"""A person at a terminal: a real process on a real pseudo-terminal, answered question by question."""

from __future__ import annotations

import os
import pty
import re
import select
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[2]


def own_home(path: Path) -> dict[str, str]:
    """Return an environment in which a user has nothing yet."""
    environment = {**os.environ, "HOME": str(path), "XDG_CONFIG_HOME": "", "XDG_STATE_HOME": ""}
    environment |= {"TZ": "Europe/Berlin", "COLUMNS": "200", "LANG": "de_DE.UTF-8"}
    for name in ("AFTERWORD_CONFIG", "STATE_DIRECTORY", "LC_ALL", "LC_MESSAGES"):
        environment.pop(name, None)
    return environment


def afterword(
    *arguments: str, home: Path, given: str = "", more: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a command without a terminal."""
    return subprocess.run(
        [sys.executable, "-m", "daemon", *arguments],
        capture_output=True,
        text=True,
        input=given,
        env={**own_home(home), **(more or {})},
        cwd=ROOT,
        timeout=60,
        check=False,
    )


def at_a_terminal(
    *arguments: str, home: Path, answers: Sequence[tuple[str, str]], seconds: float = 45
) -> tuple[int, str]:
    """Run a command and type each answer once its question is there; return the status and the screen."""
    screen, keyboard = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "daemon", *arguments],
        stdin=keyboard,
        stdout=keyboard,
        stderr=keyboard,
        env={**own_home(home), "TERM": "xterm"},
        cwd=ROOT,
        start_new_session=True,
    )
    os.close(keyboard)
    waiting, shown, seen, end = list(answers), "", 0, time.monotonic() + seconds
    try:
        while time.monotonic() < end:
            if select.select([screen], [], [], 0.1)[0]:
                try:
                    shown += os.read(screen, 65536).decode("utf-8", "replace")
                except OSError:  # Linux's way to say that the last process has closed the terminal
                    break
            if waiting and re.search(waiting[0][0], shown[seen:]):
                seen = len(shown)
                os.write(screen, f"{waiting.pop(0)[1]}\n".encode())
        assert not waiting, f"never asked: {waiting[0][0]}\n{shown}"
        return process.wait(5), shown.replace("\r\n", "\n")
    finally:
        process.kill()
        process.wait()
        os.close(screen)
