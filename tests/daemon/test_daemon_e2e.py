"""The main job, end to end: a real `afterword run` and a real Dovecot over TLS."""

from __future__ import annotations

import json
import signal
import socket
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from pathlib import Path

import pytest
from daemon_process import ADDRESS, Home, eventually, invitation, kill, reply
from servers.dovecot import Dovecot, Layout

HOUR = timedelta(hours=1)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def drafts(server: Dovecot, user: str) -> list[EmailMessage]:
    """Return what another mail program of the user finds in Drafts."""
    with server.client(user) as client:
        client.select_folder("Drafts", readonly=True)
        found = client.fetch(client.search(), ["BODY.PEEK[]", "FLAGS"])
    parse = BytesParser(policy=default).parsebytes
    assert all(b"\\Draft" in mail[b"FLAGS"] for mail in found.values())
    return [parse(mail[b"BODY[]"]) for mail in found.values()]


def test_an_interview_that_ended_yields_a_threaded_draft_for_each_interviewer(
    dovecot: Dovecot, home: Home
) -> None:
    """Delivered while the daemon watches: within seconds two thank-yous lie in Drafts, and never more."""
    user = dovecot.new_user()
    home.configure(dovecot, user)
    with home.running() as process:
        eventually(lambda: "watching" in home.log())
        dovecot.deliver(user, invitation(datetime.now(UTC) - HOUR))
        eventually(lambda: len(drafts(dovecot, user)) == 2, 10)
        found = {str(draft["To"]): draft for draft in drafts(dovecot, user)}
        assert {to.rpartition("<")[2].rstrip(">") for to in found} == {
            "kim.lee@acme.example",
            "sam.ode@acme.example",
        }
        for draft in found.values():
            assert ADDRESS in str(draft["From"])
            assert draft["In-Reply-To"] == "<invitation@acme.example>"
            assert draft["References"] == "<application@mail.example> <invitation@acme.example>"
            assert draft["Subject"] == "Re: Interview at Acme: Data Analyst"
        kill(process)
    with home.running() as process:
        eventually(lambda: home.log().count("watching") == 2)
        dovecot.deliver(user, reply("Re: Interview", "Thanks for coming in, it was a pleasure."))
        eventually(lambda: len(home.audit("mail_linked")) == 2)
        assert len(drafts(dovecot, user)) == 2
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        assert process.wait(5) == 0
        assert time.monotonic() - began < 5
    assert home.run("audit", "verify").returncode == 0
    assert "@acme.example" not in home.log()


def test_the_employers_reply_takes_an_untouched_question_back(dovecot: Dovecot, home: Home) -> None:
    """A status check waits in Drafts; their answer comes; the question is gone within seconds."""
    user = dovecot.new_user()
    home.configure(dovecot, user)
    past = datetime.now(UTC) - timedelta(days=20)
    said = "It was a pleasure to meet you. You will hear from us within three days."
    dovecot.deliver(user, invitation(past), internal_date=past)
    dovecot.deliver(user, reply("Re: Interview", said, past + HOUR), internal_date=past + HOUR)
    (home.path / "state").mkdir()
    watched_since(home, past - timedelta(days=1))
    with home.running():
        (question,) = eventually(lambda: drafts(dovecot, user))
        assert "lou.park@acme.example" in str(question["To"])
        answer = "We are sorry to tell you that we have decided to move forward with another candidate."
        dovecot.deliver(user, reply("Your application", answer, number=2))
        eventually(lambda: question["Message-ID"] not in [d["Message-ID"] for d in drafts(dovecot, user)])
    states = [(line["note"], line["state"]) for line in home.audit("draft_changed")]
    assert ("status-check", "withdrawn") in states


def watched_since(home: Home, at: datetime) -> None:
    """Begin the state as if the account had been watched since then."""
    from daemon.store import Store

    store = Store.open(home.path / "state", at)
    store.account(ADDRESS, at)
    store.close()


def test_wrong_credentials_are_one_state_and_the_right_status(dovecot: Dovecot, home: Home) -> None:
    """`run --once` ends with 77 and says what to do; the daemon stays, waits, and takes a mended password."""
    user = dovecot.new_user()
    home.configure(dovecot, user, password="wrong")
    once = home.run("run", "--once")
    assert once.returncode == 77
    assert "Traceback" not in once.stderr
    assert "wrong" not in once.stderr


def test_one_look_says_what_was_done(dovecot: Dovecot, home: Home) -> None:
    """`run --once --json` has a line for each draft, `status` shows the case, `explain` its story."""
    user = dovecot.new_user()
    home.configure(dovecot, user)
    dovecot.deliver(user, invitation(datetime.now(UTC) - HOUR))
    once = home.run("run", "--once", "--json")
    assert once.returncode == 0, once.stderr
    lines = [json.loads(line) for line in once.stdout.splitlines()]
    assert [line["action"] for line in lines] == ["draft", "draft"]
    status = json.loads(home.run("status", "--json").stdout)
    (case,) = status["cases"]
    assert case["employer"] == "Acme"
    story = home.run("explain", case["case"])
    assert story.returncode == 0, story.stderr
    assert "thank-you" in story.stdout
    assert home.run("run", "--once").stdout.startswith("Nothing to do")


def test_the_service_manager_is_told(dovecot: Dovecot, home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """READY once the work begins, WATCHDOG with every lap, the state in words, STOPPING at the end."""
    user = dovecot.new_user()
    home.configure(dovecot, user)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ear:
        ear.bind(str(home.path / "notify"))
        ear.settimeout(20)
        monkeypatch.setenv("NOTIFY_SOCKET", str(home.path / "notify"))
        with home.running() as process:
            heard: list[str] = []
            while "STATUS=watching" not in heard:
                heard.append(ear.recv(4096).decode())
            process.send_signal(signal.SIGTERM)
            while "STATUS=stopped" not in heard:
                heard.append(ear.recv(4096).decode())
            assert process.wait(5) == 0
    assert heard[0] == "READY=1"
    assert "WATCHDOG=1" in heard
    assert "STOPPING=1" in heard


def test_refused_credentials_wait_for_the_user_and_are_taken_once_mended(
    dovecot: Dovecot, home: Home
) -> None:
    """One notice and no loop; after the password was mended, SIGHUP or time alone brings it back."""
    user = dovecot.new_user()
    home.configure(dovecot, user, password="wrong")
    with home.running() as process:
        eventually(lambda: "auth_failed" in home.log())
        assert json.loads(home.run("status", "--json").stdout)["state"] == "auth_failed"
        home.configure(dovecot, user)
        process.send_signal(signal.SIGHUP)
        eventually(lambda: "watching" in home.log())
        assert home.log().count("auth_failed") == 1
        assert process.poll() is None


def test_a_broken_configuration_does_not_end_a_daemon_that_runs(dovecot: Dovecot, home: Home) -> None:
    """SIGHUP with a mistake keeps the old configuration, says what is wrong, and disturbs nobody."""
    user = dovecot.new_user()
    home.configure(dovecot, user)
    with home.running() as process:
        eventually(lambda: "watching" in home.log())
        home.configure(dovecot, user, more="[profil]\nname = 3\n")
        process.send_signal(signal.SIGHUP)
        eventually(lambda: "configuration_refused" in home.log())
        dovecot.deliver(user, invitation(datetime.now(UTC) - HOUR))
        eventually(lambda: drafts(dovecot, user))
        assert home.log().count("watching") == 1
        assert process.poll() is None


def test_a_server_that_says_nothing_does_not_hold_up_the_end(home: Home) -> None:
    """SIGTERM ends the daemon within five seconds, also while it waits for a server that never answers."""
    with socket.create_server(("127.0.0.1", 0)) as mute:
        (home.path / "password").write_text("open-sesame\n")
        (home.path / "password").chmod(0o600)
        home.config.write_text(
            f'''address = "{ADDRESS}"
[imap]
host = "127.0.0.1"
port = {mute.getsockname()[1]}
security = "none"
password_file = "password"
[state]
directory = "state"
'''
        )
        with home.running() as process:
            connection, _ = mute.accept()
            began = time.monotonic()
            process.send_signal(signal.SIGTERM)
            assert process.wait(10) == 0
            assert time.monotonic() - began < 5
            connection.close()
    status = json.loads(home.run("status", "--json").stdout)
    assert status["cases"] == []


def test_a_missing_drafts_mailbox_is_said_with_what_to_do_and_nothing_is_lost(
    dovecot_server: Callable[[Layout], Dovecot], home: Home
) -> None:
    """Status 1 and a hint; once there is a Drafts mailbox, the next look lays what was due."""
    server = dovecot_server(Layout(boxes=()))
    user = server.new_user()
    home.configure(server, user)
    server.deliver(user, invitation(datetime.now(UTC) - HOUR))
    once = home.run("run", "--once")
    assert once.returncode == 1
    assert "drafts" in once.stderr.lower()
    assert "Traceback" not in once.stderr
    with server.client(user) as client:
        client.create_folder("Drafts")
    assert home.run("run", "--once").returncode == 0
    with server.client(user) as client:
        client.select_folder("Drafts", readonly=True)
        assert len(client.search()) == 2


def test_a_damaged_state_is_rebuilt_and_raises_nothing_for_the_past(dovecot: Dovecot, home: Home) -> None:
    """The old file is kept, the log says so, and an interview of last week gets no draft."""
    user = dovecot.new_user()
    home.configure(dovecot, user)
    past = datetime.now(UTC) - timedelta(days=7)
    dovecot.deliver(user, invitation(past), internal_date=past)
    assert home.run("run", "--once").returncode == 0
    database = home.path / "state" / "afterword.db"
    for side in ("-wal", "-shm"):
        database.with_name(database.name + side).unlink(missing_ok=True)
    database.write_bytes(b"SQLite format 3\0" + bytes(8000))
    once = home.run("run", "--once")
    assert once.returncode == 0, once.stderr
    assert "state_rebuilt" in once.stderr
    assert drafts(dovecot, user) == []
    assert len(list((home.path / "state").glob("afterword.db.damaged-*"))) == 1
    assert home.run("audit", "verify").returncode == 0
    assert json.loads(home.run("status", "--json").stdout)["cases"]
