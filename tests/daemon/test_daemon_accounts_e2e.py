"""Many accounts, end to end: one `afterword run`, one Dovecot over TLS, some accounts in trouble."""

from __future__ import annotations

import json
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from daemon_process import ADDRESS, Home, eventually, invitation
from servers.dovecot import PASSWORD, Dovecot

HOUR = timedelta(hours=1)


class House(Home):
    """A configuration with a directory of account files."""

    def found(self, server: Dovecot) -> None:
        (self.path / "accounts.d").mkdir()
        (self.path / "password").write_text(f"{PASSWORD}\n")
        (self.path / "wrong").write_text("wrong\n")
        for name in ("password", "wrong"):
            (self.path / name).chmod(0o600)
        self.config.write_text(
            f"""timezone = "Europe/Madrid"
name = "Ana Ruiz"
accounts = "accounts.d"
[imap]
host = "{server.host}"
port = {server.tls_port}
password_file = "password"
ca_file = "{server.certificate.ca}"
[state]
directory = "state"
"""
        )

    def admit(self, user: str, more: str = "") -> None:
        """Add an account file for the user."""
        text = f'address = "{user}@mail.example"\n[imap]\nuser = "{user}"\n{more}'
        (self.path / "accounts.d" / f"{user}.toml").write_text(text)

    def dismiss(self, user: str) -> None:
        (self.path / "accounts.d" / f"{user}.toml").unlink()

    def states(self) -> dict[str, str]:
        """Return what the last log line about each account's state says."""
        lines = [json.loads(line) for line in self.log().splitlines() if line.startswith("{")]
        states = ("watching", "backing_off", "auth_failed", "refused", "storage_failed", "stopped")
        return {line["account"]: line["event"] for line in lines if line["event"] in states}


@pytest.fixture
def house(tmp_path: Path, dovecot: Dovecot) -> House:
    house = House(tmp_path)
    house.found(dovecot)
    return house


def to(user: str) -> bytes:
    """Return an invitation to the user, for an interview that has ended."""
    return invitation(datetime.now(UTC) - HOUR).replace(ADDRESS.encode(), f"{user}@mail.example".encode())


def drafts(server: Dovecot, user: str) -> int:
    with server.client(user) as client:
        return int(client.select_folder("Drafts", readonly=True)[b"EXISTS"])


@contextmanager
def dead_server() -> Iterator[int]:
    """A server that takes connections and says nothing, ever."""
    with socket.create_server(("127.0.0.1", 0)) as mute:
        yield int(mute.getsockname()[1])


def test_every_account_gets_its_drafts_and_nobody_is_harmed_by_anothers_trouble(
    dovecot: Dovecot, house: House
) -> None:
    """Thirty accounts, one with a wrong password, one on a dead server, one file with a mistake."""
    users = [dovecot.new_user() for _ in range(30)]
    for user in users:
        house.admit(user)
    lost, silent = dovecot.new_user(), dovecot.new_user()
    house.admit(lost, 'password_file = "wrong"\n')
    (house.path / "accounts.d" / "typo.toml").write_text('adress = "typo@mail.example"\n')
    with dead_server() as port:
        house.admit(silent, f'host = "127.0.0.1"\nport = {port}\nsecurity = "none"\n')
        with house.running() as process:
            eventually(lambda: [house.states().get(user) for user in users] == ["watching"] * 30, 40)
            for user in users[::3]:
                dovecot.deliver(user, to(user))
            eventually(lambda: all(drafts(dovecot, user) for user in users[::3]), 40)
            assert not any(drafts(dovecot, user) for user in users[1::3])
            assert house.states()[lost] == "auth_failed"
            assert "typo.toml" in house.log()
            status = json.loads(house.run("status", "--json", "--account", lost).stdout)
            assert status["state"] == "auth_failed"
            every = {
                line["id"]: line
                for line in map(json.loads, house.run("status", "--json").stdout.splitlines())
            }
            assert every[users[0]]["state"] == "watching"
            assert every[users[0]]["cases"] == 1
            assert every["typo"]["state"] == "not configured"
            assert every[silent]["state"] in ("not watched yet", "starting", "backing_off")
            assert f"{users[0]} · watching" in house.run("status").stdout
            began = time.monotonic()
            process.send_signal(signal.SIGTERM)
            assert process.wait(6) == 0
            assert time.monotonic() - began < 5
    assert house.run("audit", "verify").returncode == 0


def test_account_files_are_taken_in_and_let_go_without_a_restart(dovecot: Dovecot, house: House) -> None:
    """SIGHUP adds and removes accounts; the others keep their connections."""
    stays, comes, goes = (dovecot.new_user() for _ in range(3))
    house.admit(stays)
    house.admit(goes)
    with house.running() as process:
        eventually(lambda: house.states() == {stays: "watching", goes: "watching"})
        house.admit(comes)
        house.dismiss(goes)
        process.send_signal(signal.SIGHUP)
        eventually(lambda: house.states() == {stays: "watching", comes: "watching", goes: "stopped"})
        for user in (stays, comes, goes):
            dovecot.deliver(user, to(user))
        eventually(lambda: drafts(dovecot, stays) and drafts(dovecot, comes))
        assert not drafts(dovecot, goes)
        told = [json.loads(line) for line in house.log().splitlines() if line.startswith("{")]
        assert [line["event"] for line in told if line.get("account") == stays][:1] == ["watching"]
        assert sum(line["event"] == "watching" and line.get("account") == stays for line in told) == 1


def test_a_mistake_in_a_file_of_a_running_account_keeps_its_old_settings(
    dovecot: Dovecot, house: House
) -> None:
    """The mistake is logged, and the account goes on as it was until it is mended."""
    user = dovecot.new_user()
    house.admit(user)
    with house.running() as process:
        eventually(lambda: house.states() == {user: "watching"})
        house.admit(user, "prot = 993\n")
        process.send_signal(signal.SIGHUP)
        eventually(lambda: "Did you mean `imap.port`?" in house.log())
        dovecot.deliver(user, to(user))
        eventually(lambda: drafts(dovecot, user))
        house.admit(user, 'password_file = "wrong"\n')
        process.send_signal(signal.SIGHUP)
        eventually(lambda: house.states() == {user: "auth_failed"})
        house.admit(user)
        process.send_signal(signal.SIGHUP)
        eventually(lambda: house.states() == {user: "watching"})
