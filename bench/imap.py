"""How fast mail over IMAP is: new mail, the first scan, catching up; and what a scanned mailbox takes.

    python -m bench imap [--mails 20000] [--deliveries 200] [--rounds 5]

A Dovecot of its own on this machine, and the real `afterword run`; what it is compared with is a bare
socket on the same server, in turns.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from servers.dovecot import PASSWORD, Dovecot

from bench._mailbox import OWNER, fill, invitation, mails
from bench._raw import Raw
from bench._rows import Row

SMALL = 1_000
NEW = 10
EVER = 3_650  # days


@dataclass(frozen=True, slots=True)
class Home:
    """One user's configuration and state, and the program run on it."""

    path: Path
    server: Dovecot
    user: str

    def configure(self, observe_days: int = EVER) -> None:
        """Write the configuration."""
        self.path.mkdir(exist_ok=True)
        (self.path / "password").write_text(PASSWORD)
        (self.path / "password").chmod(0o600)
        (self.path / "config.toml").write_text(
            f'''address = "{OWNER}"
name = "Kim Ito"
timezone = "Europe/Berlin"
observe_days = {observe_days}
[imap]
host = "127.0.0.1"
port = {self.server.port}
security = "none"
user = "{self.user}"
password_file = "password"
[state]
directory = "state"
'''
        )

    def command(self, *words: str) -> list[str]:
        """Return how to run the program."""
        return [sys.executable, "-m", "daemon", *words, "--config", str(self.path / "config.toml")]

    def run(self, *words: str) -> str:
        """Run the program to its end; return what it says."""
        ran = subprocess.run(self.command(*words), capture_output=True, text=True, check=False)
        if ran.returncode:
            raise RuntimeError(f"afterword {' '.join(words)} ended with {ran.returncode}: {ran.stderr}")
        return ran.stdout

    def forget(self) -> None:
        """Delete the state."""
        shutil.rmtree(self.path / "state", ignore_errors=True)

    def cases(self) -> int:
        """Return how many cases there are."""
        return len(json.loads(self.run("status", "--json"))["cases"])

    def size(self) -> int:
        """Return the octets the state takes on disk."""
        return sum(file.stat().st_size for file in (self.path / "state").rglob("*") if file.is_file())

    @contextlib.contextmanager
    def watching(self) -> Iterator[subprocess.Popen[bytes]]:
        """Let the daemon run, from when it watches."""
        log = self.path / "log"
        with log.open("wb") as out:
            process = subprocess.Popen(self.command("run"), stdout=out, stderr=out)
            try:
                until(lambda: b"watching" in log.read_bytes(), 120)
                yield process
            finally:
                process.terminate()
                process.wait(20)


def until(check: object, seconds: float, step: float = 0.02) -> None:
    """Wait until `check` is true."""
    assert callable(check)
    end = time.monotonic() + seconds
    while not check():
        if time.monotonic() > end:
            raise TimeoutError("it did not happen in time")
        time.sleep(step)


def rows() -> Iterator[Row]:
    """Measure everything, a row each."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--mails", type=int, default=20_000)
    arguments.add_argument("--deliveries", type=int, default=200)
    arguments.add_argument("--rounds", type=int, default=5)
    chosen = arguments.parse_args(sys.argv[1:])
    server = Dovecot()
    server.start()
    try:
        with tempfile.TemporaryDirectory() as directory:
            yield from delivered(server, Path(directory) / "delivered", chosen.deliveries)
            yield from scanned(server, Path(directory), chosen.mails, chosen.rounds)
    finally:
        server.remove()


def delivered(server: Dovecot, path: Path, count: int) -> Iterator[Row]:
    """Measure from the moment a raw IDLE connection is told of a mail to its draft in Drafts."""
    home = Home(path, server, server.new_user())
    home.configure(observe_days=30)
    server.deliver(home.user, invitation(0, datetime.now(UTC)), "Drafts")  # makes the Maildir
    drafts = server.maildir(home.user, "Drafts")
    raw = Raw("127.0.0.1", server.port, home.user, PASSWORD)
    raw.ask("SELECT INBOX")
    late: list[float] = []
    with home.watching():
        for number in range(1, count + 1):
            firm, looked = f"firm{number}.example".encode(), _files(drafts)
            raw.idle()
            time.sleep(0.25)
            server.deliver(home.user, invitation(number, datetime.now(UTC) - timedelta(hours=1)))
            while not raw.told():
                pass
            told = time.monotonic()
            until(
                lambda firm=firm, looked=looked: any(
                    firm in file.read_bytes() for file in _files(drafts) - looked
                ),
                20,
                0.001,
            )
            late.append(time.monotonic() - told)
            raw.done()
    raw.close()
    late.sort()
    half, most = (1000 * late[int(count * share)] for share in (0.5, 0.99))
    against = f"a raw IDLE connection being told, {count} deliveries"
    yield Row("mail delivered → draft visible, p50", f"+{half:.0f} ms", against, "≤ +30 ms", half <= 30)
    yield Row("mail delivered → draft visible, p99", f"+{most:.0f} ms", against, "≤ +120 ms", most <= 120)


def _files(maildir: Path) -> set[Path]:
    return {Path(file) for name in ("new", "cur") for file in os.scandir(maildir / name)}


def scanned(server: Dovecot, path: Path, count: int, rounds: int) -> Iterator[Row]:
    """Measure the first scan, what it leaves on disk, starting up, and catching up."""
    large, small = (filled(server, path / str(size), size) for size in (count, SMALL))
    octets = sum(len(octets) for _, octets in mails(SMALL)) / SMALL / 1000
    yield first_scan(large, count, octets, rounds)
    kept = large.size() / 1e6
    all_of_it = kept / count * 1e5
    yield Row(
        f"state after {count:,} mails",
        f"{kept:.1f} MB",
        f"{all_of_it:.0f} MB for 100,000",
        "≤ 40 MB",
        all_of_it <= 40,
    )
    began = time.monotonic()
    large.run("run", "--once")
    took = time.monotonic() - began
    yield Row("starting on that state, looking once, ending", f"{took:.2f} s", "", "≤ 1 s", took <= 1)
    small.run("run", "--once")
    yield catching_up(large, small, count, rounds)


def filled(server: Dovecot, path: Path, count: int) -> Home:
    """Return a user whose INBOX holds so many mails."""
    home = Home(path, server, server.new_user())
    server.deliver(home.user, invitation(0, datetime.now(UTC)), "Trash")
    fill(server.maildir(home.user), count)
    server.own(home.user)
    home.configure()
    return home


def first_scan(home: Home, count: int, octets: float, rounds: int) -> Row:
    """Measure `afterword run --once` on a new state beside the raw client, in turns, both warm."""
    ours: list[float] = []
    bare: list[float] = []
    for _ in range(rounds + 1):
        raw = Raw("127.0.0.1", home.server.port, home.user, PASSWORD)
        raw.ask("EXAMINE INBOX")
        began = time.monotonic()
        raw.fetch_whole(count)
        bare.append(time.monotonic() - began)
        raw.close()
        home.forget()
        began = time.monotonic()
        home.run("run", "--once")
        ours.append(time.monotonic() - began)
    ratio = statistics.median(o / b for o, b in zip(ours[1:], bare[1:], strict=True))
    return Row(
        f"first scan of {count:,} mails of {octets:.0f} kB, {home.cases()} cases built",
        f"{statistics.median(ours[1:]):.1f} s = {ratio:.2f} ×",
        f"a raw socket fetching them whole by 500: {statistics.median(bare[1:]):.1f} s, {rounds} rounds",
        "≤ 2.5 ×",
        ratio <= 2.5,
    )


def catching_up(large: Home, small: Home, count: int, rounds: int) -> Row:
    """Measure the CPU of one look that finds ten new mails, in both mailboxes in turns."""
    used: dict[str, list[float]] = {large.user: [], small.user: []}
    for turn in range(rounds):
        for home in (large, small):
            for number in range(NEW):
                mail = invitation(10_000 + turn * NEW + number, datetime.now(UTC))
                home.server.deliver(home.user, mail.replace(b"interview", b"evening"))
            before = _children()
            home.run("run", "--once")
            used[home.user].append(_children() - before)
    much, little = (statistics.median(used[home.user]) for home in (large, small))
    return Row(
        f"catching up with {NEW} new mails in a mailbox of {count:,}",
        f"{much:.2f} s of CPU = {much / little:.2f} ×",
        f"{little:.2f} s in one of {SMALL:,}",
        "≤ 1.2 ×",
        much / little <= 1.2,
    )


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
