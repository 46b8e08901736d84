"""What watching takes when nothing happens: memory, CPU, and how soon a lost connection is noticed.

    python -m bench accounts [--accounts 1000] [--seconds 300]

The real `afterword run` on this machine: with one account, with many, with accounts in every kind of trouble,
and with one whose server falls silent; all at the same time, each measured by what the system says it used.
The server is pymap over TLS, in this process.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import resource
import socket
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from servers.certificate import Certificate, make_certificate
from servers.fault_proxy import Cut, FaultProxy
from servers.pymap_server import PASSWORD, PymapServer

from bench._rows import Row

LAP = 300.0
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Daemon:
    """A running `afterword run`, and what it has used of the machine."""

    home: Path
    process: subprocess.Popen[bytes]

    def log(self) -> str:
        """Return what it said."""
        return (self.home / "log").read_text()

    def count(self, event: str) -> int:
        """Return how often it said something."""
        return self.log().count(f'"event":"{event}"')

    def memory(self) -> float:
        """Return its resident memory in MB; the reading process has ended where nothing is to be read."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.partition("VmRSS:")[2].split()[0]) / 1e3

    def cpu(self) -> float:
        """Return the seconds of a core it has used since it was started."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS


@dataclass(frozen=True, slots=True)
class House:
    """Where the daemons live, and which server they are on."""

    path: Path
    server: PymapServer
    certificate: Certificate

    @contextlib.contextmanager
    def daemon(self, name: str, accounts: dict[str, str]) -> Iterator[Daemon]:
        """Run a daemon with these accounts: the text of each one's [imap] table, by its name."""
        home = self.path / name
        (home / "accounts.d").mkdir(parents=True)
        for file, text in (("password", PASSWORD), ("wrong", "wrong")):
            (home / file).write_text(text)
            (home / file).chmod(0o600)
        single = len(accounts) == 1
        top = 'timezone = "Europe/Berlin"\nname = "Kim Ito"\n'
        for user, imap in accounts.items():
            text = f'address = "{user}@home.example"\n[imap]\nuser = "{user}"\n{imap}'
            if single:
                top += text
            else:
                (home / "accounts.d" / f"{user}.toml").write_text(text)
        top += "" if single else 'accounts = "accounts.d"\n'
        (home / "config.toml").write_text(f'{top}\n[state]\ndirectory = "state"\n')
        command = [sys.executable, "-m", "daemon", "run", "--config", str(home / "config.toml")]
        with (home / "log").open("wb") as log:
            process = subprocess.Popen(command, stderr=log, stdout=log)
            try:
                yield Daemon(home, process)
            finally:
                process.terminate()
                process.wait(10)

    def good(self) -> str:
        """Return the table of an account that works, over TLS."""
        where = f'host = "{self.server.host}"\nport = {self.server.tls_port}\n'
        return f'{where}password_file = "password"\nca_file = "{self.certificate.ca}"\n'


def plain(host: str, port: int, password: str = "password") -> str:
    """Return the table of an account without TLS, behind a proxy or on a server that is none."""
    return f'host = "{host}"\nport = {port}\nsecurity = "none"\npassword_file = "{password}"\n'


def until(what: Callable[[], bool], seconds: float) -> float:
    """Wait for something; return how long it took.  Raises TimeoutError."""
    began = time.monotonic()
    while not what():
        if time.monotonic() - began > seconds:
            raise TimeoutError("the daemon did not come so far")
        time.sleep(0.25)
    return time.monotonic() - began


@contextlib.contextmanager
def house() -> Iterator[House]:
    """Run a server, with TLS and for the proxies without."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    with tempfile.TemporaryDirectory(prefix="bench-accounts-") as name:
        certificate = make_certificate(Path(name))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate.chain, certificate.key)
        server = PymapServer(tls=context)
        server.start()
        try:
            yield House(Path(name), server, certificate)
        finally:
            server.stop()


@contextlib.contextmanager
def in_trouble(house: House) -> Iterator[Daemon]:
    """Run a daemon whose accounts are in every kind of trouble, and wait until each has met its own."""
    here, port = house.server.host, house.server.port
    dropping, boastful = FaultProxy(here, port), FaultProxy(here, port)
    dropping.replacing(rb"^\+ ", b"* BYE enough\r\n")  # the answer to IDLE
    boastful.replacing(rb"^\+ ", b"+ idling\r\n* 9 EXISTS\r\n")
    with socket.create_server((here, 0)) as mute, socket.socket() as nobody:
        nobody.bind((here, 0))
        tables = {
            "nobody": plain(here, nobody.getsockname()[1]),
            "silent": plain(here, mute.getsockname()[1]),
            house.server.new_user(): plain(here, port, "wrong"),
            house.server.new_user(): plain(dropping.host, dropping.port),
            house.server.new_user(): plain(boastful.host, boastful.port),
        }
        with house.daemon("trouble", tables) as daemon:
            until(lambda: daemon.count("backing_off") >= 3 and daemon.count("auth_failed") > 0, 60)
            yield daemon
    dropping.close()
    boastful.close()


def rows() -> Iterator[Row]:
    """Yield what was measured, a row each."""
    options = argparse.ArgumentParser()
    options.add_argument("--accounts", type=int, default=1000)
    options.add_argument("--seconds", type=float, default=LAP, help="over how long the CPU is measured")
    chosen = options.parse_args()
    many, seconds = chosen.accounts, chosen.seconds
    with house() as at, contextlib.ExitStack() as running:
        users = [at.server.new_user() for _ in range(many)]
        some = users[: many // 4]
        bare_table = plain(at.server.host, at.server.port)
        proxy = FaultProxy(at.server.host, at.server.port)
        user = at.server.new_user()
        one = running.enter_context(at.daemon("one", {at.server.new_user(): at.good()}))
        lost = running.enter_context(at.daemon("lost", {user: plain(proxy.host, proxy.port)}))
        all_ = running.enter_context(at.daemon("many", dict.fromkeys(users, at.good())))
        bare = running.enter_context(at.daemon("bare", dict.fromkeys(some, bare_table)))
        trouble = running.enter_context(in_trouble(at))
        took = until(lambda: all_.count("watching") >= many, 600)
        until(lambda: bool(one.count("watching") and lost.count("watching")), 60)
        until(lambda: bare.count("watching") >= len(some), 60)
        proxy.cut(Cut.HOLE)
        silent_since = time.monotonic()
        time.sleep(5)
        before = {daemon: daemon.cpu() for daemon in (one, all_, trouble)}
        time.sleep(seconds)
        used = {daemon: (daemon.cpu() - spent) / seconds for daemon, spent in before.items()}
        until(lambda: lost.count("backing_off") > 0, LAP + 60)
        noticed = time.monotonic() - silent_since
        single, total = one.memory(), all_.memory()
        yield _row("memory, one account idle", single, "MB", 45)
        each = (bare.memory() - single) / (len(some) - 1) * 1e3
        yield _row(f"memory, each further of {len(some)} idle accounts, without TLS", each, "kB", 25)
        each = (total - single) / (many - 1) * 1e3
        yield _row(
            f"memory, each further of {many} idle accounts, {ssl.OPENSSL_VERSION[:11]}", each, "kB", 25
        )
        yield _row(f"memory, {many} accounts idle", total, "MB", 100)
        yield _row(f"CPU over {seconds:.0f} s, one account idle", used[one] * 100, "% of a core", 0.1)
        yield _row(f"CPU over {seconds:.0f} s, {many} accounts idle", used[all_] * 100, "% of a core", 1)
        yield _row(
            f"CPU over {seconds:.0f} s, five accounts in trouble", used[trouble] * 100, "% of a core", 1
        )
        yield _row("a connection that fell silent is noticed", noticed, "s", LAP + 15)
        yield _row(f"{many} accounts logged in after the start", took, "s", many * 0.2)


def _row(what: str, measured: float, unit: str, target: float) -> Row:
    return Row(what, f"{measured:.3g} {unit}", "-", f"≤ {target:g} {unit}", measured <= target)
