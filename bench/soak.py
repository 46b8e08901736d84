"""`afterword run` killed again and again at random moments: one draft for everybody, a sound state.

python -m bench soak [--rounds 200] [--seed 7]
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "daemon"))

from daemon_killing import kill_again_and_again
from daemon_process import Home
from servers.dovecot import Dovecot

from bench._rows import Row


def rows() -> Iterator[Row]:
    """Kill, let it finish, and count."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--rounds", type=int, default=200)
    arguments.add_argument("--seed", type=int, default=7)
    chosen = arguments.parse_args(sys.argv[1:])
    server = Dovecot()
    server.start()
    try:
        with tempfile.TemporaryDirectory() as directory:
            found = kill_again_and_again(server, Home(Path(directory)), chosen.rounds, chosen.seed)
    finally:
        server.remove()
    drafted = [found.drafts[who] for who in found.wanted]
    yield Row(
        f"kill -9 at a random moment, {chosen.rounds} times",
        f"{drafted.count(1)} drafts once, {drafted.count(0)} never, {sum(n > 1 for n in drafted)} twice",
        f"{len(found.wanted)} interviewers to thank",
        "one each",
        found.once_each,
    )
    yield Row(
        "the state and the audit log after that",
        f"{found.health}, {found.audit}",
        "integrity_check, audit verify",
        "ok, ok",
        (found.health, found.audit) == ("ok", "ok"),
    )
