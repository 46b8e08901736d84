"""Killing `afterword run` again and again at random moments, and counting what came of it."""

from __future__ import annotations

import sqlite3
import subprocess
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.parser import BytesParser
from email.policy import default
from pathlib import Path
from random import Random
from typing import Any

from daemon_process import Home, eventually, invitation, kill
from servers.dovecot import Dovecot


def soon(check: Callable[[], Any]) -> None:
    """Wait until `check` is true, on a machine that may have much else to do."""
    eventually(check, 150.0)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was found after all rounds: drafts by recipient, the wanted recipients, and the state's health."""

    drafts: Counter[str]
    wanted: frozenset[str]
    health: str
    audit: str

    @property
    def once_each(self) -> bool:
        """Return whether there is exactly one draft for everybody."""
        return self.drafts == Counter(self.wanted)


def invitation_by(firm: str) -> bytes:
    """Return an invitation by a firm of that name to an interview that ended an hour ago."""
    octets = invitation(datetime.now(UTC) - timedelta(hours=1))
    renamed = octets.replace(b"acme", firm.encode()).replace(b"Acme", firm.title().encode())
    return renamed.replace(b"<application@", b"<application-%s@" % firm.encode())


def drafts_of(server: Dovecot, user: str) -> list[str]:
    """Return whom the drafts in the account are for."""
    with server.client(user) as client:
        client.select_folder("Drafts", readonly=True)
        found = client.fetch(client.search(), ["BODY.PEEK[HEADER]"])
    parse = BytesParser(policy=default).parsebytes
    return [str(parse(one[b"BODY[HEADER]"])["To"]).rpartition("<")[2].rstrip(">") for one in found.values()]


def kill_again_and_again(server: Dovecot, home: Home, rounds: int, seed: int = 7) -> Outcome:
    """Deliver an invitation a round, start the daemon, and kill it soon after; then let it finish."""
    random, user = Random(seed), server.new_user()
    home.configure(server, user)
    latest = 2 * _starting(home)  # the machine may have much else to do
    for number in range(rounds):
        server.deliver(user, invitation_by(f"firm{number}"))
        with home.running() as process:
            time.sleep(random.uniform(0.2 * latest, latest))
            kill(process)
    wanted = frozenset(f"{name}@firm{n}.example" for n in range(rounds) for name in ("kim.lee", "sam.ode"))
    with home.running():
        eventually(lambda: _count(server.maildir(user, "Drafts")) >= len(wanted), 150.0 + 2 * rounds)
        time.sleep(1.0)  # for a draft too many to appear
    return Outcome(Counter(drafts_of(server, user)), wanted, _health(home), _audit(home))


def _starting(home: Home) -> float:
    """Return the seconds from the start of the daemon until it watches."""
    began = time.monotonic()
    with home.running():
        soon(lambda: "watching" in home.log())
    return time.monotonic() - began


def _count(maildir: Path) -> int:
    return len([*maildir.glob("new/*"), *maildir.glob("cur/*")])


def _health(home: Home) -> str:
    database = sqlite3.connect(home.path / "state" / "afterword.db")
    try:
        return str(database.execute("pragma integrity_check").fetchone()[0])
    finally:
        database.close()


def _audit(home: Home) -> str:
    verified: subprocess.CompletedProcess[str] = home.run("audit", "verify")
    return "ok" if verified.returncode == 0 else verified.stdout + verified.stderr
