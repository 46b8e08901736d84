"""The faults a daemon meets in a year, each made for real: a real `afterword run`, a real Dovecot."""

from __future__ import annotations

import json
import resource
import signal
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from daemon_killing import drafts_of, invitation_by, kill_again_and_again, soon
from daemon_process import Home
from servers.dovecot import PASSWORD, Dovecot, Layout
from servers.fault_proxy import Cut, FaultProxy

Servers = Callable[[Layout], Dovecot]

BOTH = {"kim.lee@acme.example", "sam.ode@acme.example"}

POISONED = """
import os, sys
if sys.orig_argv[-1] == "daemon.reader":
    import daemon.reading.message as message
    honest = message.read_body
    def read_body(head, octets):
        if b"poison" in octets:
            os.kill(os.getpid(), 9)
        return honest(head, octets)
    message.read_body = read_body
"""
"""A sitecustomize.py that makes one mail deadly to the process that reads it."""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def behind(proxy: FaultProxy, home: Home, user: str) -> None:
    """Configure an account that is reached through the proxy."""
    home.config.write_text(
        f"""address = "ana@mail.example"
name = "Ana Ruiz"
timezone = "Europe/Madrid"
[imap]
host = "{proxy.host}"
port = {proxy.port}
security = "none"
user = "{user}"
password_file = "password"
[drafts]
debrief = false
[state]
directory = "state"
"""
    )
    (home.path / "password").write_text(PASSWORD)
    (home.path / "password").chmod(0o600)


def test_a_server_that_was_killed_is_found_again(dovecot_server: Servers, home: Home) -> None:
    """The daemon says that it waits, and once the server is back lays what was due, without a restart."""
    server = dovecot_server(Layout(prefix="", boxes=(("Drafts", r"\Drafts"), ("Sent", ""))))
    user = server.new_user()
    home.configure(server, user)
    with home.running() as process:
        soon(lambda: "watching" in home.log())
        server.stop()
        soon(lambda: "backing_off" in home.log())
        server.start()
        server.deliver(user, invitation_by("acme"))
        soon(lambda: set(drafts_of(server, user)) == BOTH)
        assert process.poll() is None


def test_uids_that_mean_other_mails_lead_to_no_second_draft(dovecot: Dovecot, home: Home) -> None:
    """Where the server has lost its list of UIDs, all mail is looked at anew and nothing is drafted twice."""
    user = dovecot.new_user()
    home.configure(dovecot, user)
    dovecot.deliver(user, invitation_by("acme"))
    with home.running():
        soon(lambda: len(drafts_of(dovecot, user)) == 2)
        dovecot.stop()  # a running one may write the lists again from memory
        for mailbox in ("INBOX", "Drafts"):
            for file in dovecot.maildir(user, mailbox).glob("dovecot*"):
                file.unlink()
        dovecot.start()
        dovecot.deliver(user, invitation_by("other"))
        soon(lambda: len(drafts_of(dovecot, user)) >= 4)
        time.sleep(0.5)
    assert sorted(drafts_of(dovecot, user)) == sorted(BOTH | {a.replace("acme", "other") for a in BOTH})
    assert "rescanning" in home.log()


def test_a_full_account_is_said_once_with_what_to_do(dovecot_server: Servers, home: Home) -> None:
    """A draft over quota is blocked and says why; the next look does not try it again at once."""
    server = dovecot_server(Layout(quota=True))
    user = server.new_user()
    home.configure(server, user)
    server.deliver(user, invitation_by("acme"))
    for _ in range(3):
        looked = home.run("run", "--once", "--json")
        assert "Traceback" not in looked.stderr
    assert drafts_of(server, user) == []
    blocked = home.audit("draft_changed")
    assert [line["state"] for line in blocked if line["state"] == "blocked"] == ["blocked"] * 2
    assert all("make room" in line["reason"] for line in blocked if line["state"] == "blocked")


def test_a_full_disk_lays_no_draft_and_heals_by_itself(dovecot: Dovecot, home: Home) -> None:
    """Without room for the intent there is no draft; once there is room the daemon goes on by itself."""
    user = dovecot.new_user()
    home.configure(dovecot, user)
    with home.running() as process:
        soon(lambda: "watching" in home.log())
        room = (home.path / "state" / "afterword.db-wal").stat().st_size  # what is there may be kept
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (room, resource.RLIM_INFINITY))
        dovecot.deliver(user, invitation_by("acme"))
        soon(lambda: "storage_failed" in home.log())
        assert drafts_of(dovecot, user) == []
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)
        soon(lambda: set(drafts_of(dovecot, user)) == BOTH)
        assert process.poll() is None
    assert home.run("audit", "verify").returncode == 0


def test_a_locked_state_is_waited_for(dovecot: Dovecot, home: Home) -> None:
    """While another program holds the state nothing is drafted; when it lets go, the draft comes."""
    user = dovecot.new_user()
    home.configure(dovecot, user)
    with home.running() as process:
        soon(lambda: "watching" in home.log())
        other = sqlite3.connect(home.path / "state" / "afterword.db", isolation_level=None)
        other.execute("begin immediate")
        dovecot.deliver(user, invitation_by("acme"))
        soon(lambda: "storage_failed" in home.log())
        assert drafts_of(dovecot, user) == []
        other.execute("rollback")
        other.close()
        soon(lambda: set(drafts_of(dovecot, user)) == BOTH)
        assert process.poll() is None


def test_a_machine_that_slept_finds_its_mail(
    dovecot: Dovecot, home: Home, fault_proxy: Callable[[str, int], FaultProxy]
) -> None:
    """After a suspend, with the connection reset meanwhile, the mail of that time gets its drafts, once."""
    user = dovecot.new_user()
    proxy = fault_proxy("127.0.0.1", dovecot.port)
    behind(proxy, home, user)
    with home.running() as process:
        soon(lambda: "watching" in home.log())
        process.send_signal(signal.SIGSTOP)
        dovecot.deliver(user, invitation_by("acme"))
        proxy.cut(Cut.RESET)
        time.sleep(0.5)
        process.send_signal(signal.SIGCONT)
        soon(lambda: set(drafts_of(dovecot, user)) == BOTH)
        assert process.poll() is None
    assert len(drafts_of(dovecot, user)) == 2


def test_a_password_that_expires_is_one_state(
    dovecot: Dovecot, home: Home, fault_proxy: Callable[[str, int], FaultProxy]
) -> None:
    """Refused in the midst of the work, the daemon waits for the user and does not try again and again."""
    user = dovecot.new_user()
    proxy = fault_proxy("127.0.0.1", dovecot.port)
    behind(proxy, home, user)
    with home.running() as process:
        soon(lambda: "watching" in home.log())
        (home.path / "password").write_text("expired")
        proxy.cut(Cut.FIN)
        soon(lambda: "auth_failed" in home.log())
        assert json.loads(home.run("status", "--json").stdout)["state"] == "auth_failed"
        time.sleep(2.0)  # the changed file is noticed, and may be tried once
        tried = proxy.sent.count(b"AUTHENTICATE")
        time.sleep(2.0)
        assert proxy.sent.count(b"AUTHENTICATE") == tried
        (home.path / "password").write_text(PASSWORD)
        process.send_signal(signal.SIGHUP)
        soon(lambda: home.log().count("watching") == 2)


def test_a_poisonous_mail_costs_itself_only(
    dovecot: Dovecot, home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mail that kills whoever reads it is put aside; its neighbour gets its drafts; the daemon stays."""
    user = dovecot.new_user()
    home.configure(dovecot, user)
    (tmp_path / "modules").mkdir()
    (tmp_path / "modules" / "sitecustomize.py").write_text(POISONED)
    dovecot.deliver(user, invitation_by("wolf").replace(b"Hi Ana", b"poison"))
    dovecot.deliver(user, invitation_by("acme"))
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "modules"))
    with home.running() as process:
        soon(lambda: set(drafts_of(dovecot, user)) == BOTH and home.audit("mail_quarantined"))
        assert process.poll() is None
    assert len(home.audit("mail_quarantined")) == 1


def test_kill_9_at_any_moment_leaves_one_draft_each(dovecot: Dovecot, home: Home) -> None:
    """Ten kills at random moments: nobody gets no draft or two, and state and audit log are sound."""
    outcome = kill_again_and_again(dovecot, home, rounds=10)
    assert outcome.once_each, outcome.drafts
    assert outcome.health == "ok"
    assert outcome.audit == "ok"
