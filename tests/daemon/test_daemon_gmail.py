"""The main job, end to end on Gmail: a real `afterword run`, and Gmail's double behind the fault proxy."""

from __future__ import annotations

import base64
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from daemon_process import ADDRESS, Home, invitation, kill, reply
from daemon_process import eventually as within
from servers.gmail_peer import CLIENT_ID, GmailUser
from servers.gmail_proxy import GmailProxy, Loss

from connectors.gmail_settings import scopes
from connectors.tokens import Token, TokenFile
from daemon.store import Store

HOUR = timedelta(hours=1)
BOTH = {"kim.lee@acme.example", "sam.ode@acme.example"}


def eventually(check: Callable[[], Any]) -> Any:
    """Return what `check` returns once it is true; a machine with much else to do is given time."""
    return within(check, 60)


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def home(tmp_path: Path, gmail_user: GmailUser, gmail_proxy: GmailProxy) -> Home:
    """A user who has logged in."""
    made = Home(tmp_path)
    made.config.write_text(
        f"""address = "{ADDRESS}"
name = "Ana Ruiz"
timezone = "Europe/Madrid"
country = "ES"

[gmail]
interval = 1
api = "{gmail_proxy.url}"
pubsub = "{gmail_proxy.url}"

[drafts]
debrief = false

[state]
directory = "state"
"""
    )
    log_in(made, gmail_user, gmail_proxy)
    return made


def log_in(home: Home, user: GmailUser, proxy: GmailProxy) -> None:
    refresh = user.emulator.refresh_token(user.number)
    token = Token(CLIENT_ID, f"{proxy.url}/oauth2/token", refresh, scopes=scopes())
    TokenFile(home.path / "state" / "login-main.json").write(token)


def drafts(user: GmailUser) -> list[tuple[str, EmailMessage]]:
    """Return the thank-yous in the user's drafts, each with its thread's id."""
    parse = BytesParser(policy=default).parsebytes
    found = [
        (m["threadId"], parse(base64.urlsafe_b64decode(m["raw"] + "=="))) for m in user.messages("Drafts")
    ]
    return [(thread, draft) for thread, draft in found if to(draft) in BOTH]


def test_an_interview_that_ended_yields_threaded_drafts_and_never_more(
    gmail_user: GmailUser, gmail_proxy: GmailProxy, home: Home
) -> None:
    """Delivered while the daemon watches: two thank-yous in its thread; after kill -9 no third."""
    with home.running() as process:
        eventually(lambda: "watching" in home.log())
        thread = gmail_user.deliver(invitation(now() - HOUR), now() - 2 * HOUR)
        eventually(lambda: len(drafts(gmail_user)) == 2)
        for thread_id, draft in drafts(gmail_user):
            assert thread_id == thread
            assert ADDRESS in str(draft["From"])
            assert str(draft["To"]).rpartition("<")[2].rstrip(">") in BOTH
            assert draft["In-Reply-To"] == "<invitation@acme.example>"
            assert draft["References"] == "<application@mail.example> <invitation@acme.example>"
            assert draft["Subject"] == "Re: Interview at Acme: Data Analyst"
        assert json.loads(home.run("status", "--json").stdout)["usage"]["units"] > 0
        assert "quota units" in home.run("status").stdout
        kill(process)
    with home.running() as process:
        eventually(lambda: home.log().count("watching") == 2)
        text = "Thanks for coming in, it was a pleasure."
        gmail_user.deliver(reply("Re: Interview", text), now(), thread_id=thread)
        eventually(lambda: len(home.audit("mail_linked")) == 2)
        assert len(drafts(gmail_user)) == 2
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        assert process.wait(5) == 0
        assert time.monotonic() - began < 5
    assert home.run("audit", "verify").returncode == 0
    assert "@acme.example" not in home.log()
    assert gmail_proxy.sent == []


@pytest.mark.parametrize("loss", [Loss.FIN, Loss.RESET, Loss.BEFORE])
def test_a_lost_answer_and_a_kill_leave_one_draft_for_each(
    gmail_user: GmailUser, gmail_proxy: GmailProxy, home: Home, loss: Loss
) -> None:
    """Every first answer to a draft is lost and the daemon killed after it: in the end there are two."""
    gmail_user.deliver(invitation(now() - HOUR), now() - 2 * HOUR)
    for times in (1, 2):
        gmail_proxy.lose("POST .*/drafts", loss)
        with home.running() as process:
            eventually(lambda times=times: gmail_proxy.asked("POST .*/drafts") >= times)
            kill(process)
    with home.running():
        eventually(lambda: {to(draft) for _, draft in drafts(gmail_user)} == BOTH)
        time.sleep(2)
    assert len(drafts(gmail_user)) == 2


def to(draft: EmailMessage) -> str:
    return str(draft["To"]).rpartition("<")[2].rstrip(">")


def test_a_draft_the_user_deleted_or_sent_is_never_made_again(
    gmail_user: GmailUser, gmail_proxy: GmailProxy, home: Home
) -> None:
    """One is thrown away, one is sent: later looks leave it at that, and know what became of them."""
    gmail_user.deliver(invitation(now() - HOUR), now() - 2 * HOUR)
    assert home.run("run", "--once").returncode == 0
    first, second = gmail_user.stored("Drafts")
    gmail_user.move(first, "Drafts", "Trash")
    gmail_user.move(second, "Drafts", "Sent")
    for _ in range(2):
        done = home.run("run", "--once")
        assert done.returncode == 0, done.stderr
    assert gmail_user.stored("Drafts") == []
    states = {line["state"] for line in home.audit("draft_changed")}
    assert {"placed", "sent", "discarded"} <= states


def test_a_login_that_ended_is_one_state_and_a_new_one_is_taken(
    gmail_user: GmailUser, gmail_proxy: GmailProxy, home: Home
) -> None:
    """`run --once` ends with 77 and says what to do; the daemon says it once and waits for a login."""
    TokenFile(home.path / "state" / "login-main.json").write(
        Token(CLIENT_ID, f"{gmail_proxy.url}/oauth2/token", "taken-back")
    )
    once = home.run("run", "--once")
    assert once.returncode == 77
    assert "afterword authorize" in once.stderr
    assert "taken-back" not in once.stderr
    with home.running() as process:
        eventually(lambda: "auth_failed" in home.log())
        asked = gmail_proxy.asked("/oauth2/token")
        time.sleep(1.5)
        assert gmail_proxy.asked("/oauth2/token") == asked
        assert json.loads(home.run("status", "--json").stdout)["state"] == "auth_failed"
        log_in(home, gmail_user, gmail_proxy)
        process.send_signal(signal.SIGHUP)
        eventually(lambda: "watching" in home.log())
        assert home.log().count("auth_failed") == 1


def test_a_history_that_is_gone_raises_nothing_twice(
    gmail_user: GmailUser, gmail_proxy: GmailProxy, home: Home
) -> None:
    """The window is read again, every mail is known already, and the drafts stay two."""
    gmail_user.deliver(invitation(now() - HOUR), now() - 2 * HOUR)
    assert home.run("run", "--once").returncode == 0
    gmail_proxy.oldest_history = 1 << 80
    done = home.run("run", "--once")
    assert done.returncode == 0, done.stderr
    assert len(drafts(gmail_user)) == 2
    assert len(home.audit("mail_linked")) == 1


def test_a_draft_the_user_rewrote_is_theirs(
    gmail_user: GmailUser, gmail_proxy: GmailProxy, home: Home
) -> None:
    """Saved in Gmail under another Message-ID, to somebody else: known by its draft id, and left alone."""
    gmail_user.deliver(invitation(now() - HOUR), now() - 2 * HOUR)
    assert home.run("run", "--once").returncode == 0
    first = gmail_user.stored("Drafts")[0]
    theirs = (
        b"From: ana@mail.example\r\nTo: pat@else.example\r\nMessage-ID: <theirs@mail.example>\r\n\r\nHi.\r\n"
    )
    raw = base64.urlsafe_b64encode(theirs).decode()
    gmail_user.ask("PUT", f"drafts/{gmail_user.draft_id(first)}", {"message": {"raw": raw}})
    assert home.run("run", "--once").returncode == 0
    assert "edited" in {line["state"] for line in home.audit("draft_changed")}
    assert theirs in gmail_user.stored("Drafts")
    assert len(gmail_user.stored("Drafts")) == 2


def test_an_announcement_is_enough(gmail_user: GmailUser, gmail_proxy: GmailProxy, home: Home) -> None:
    """With push the daemon looks when it is told, and lays its drafts long before it would have looked."""
    push = 'interval = 300\ntopic = "projects/p/topics/t"\nsubscription = "projects/p/subscriptions/s"'
    home.config.write_text(home.config.read_text().replace("interval = 1", push))
    with home.running():
        eventually(lambda: gmail_proxy.asked(":pull"))
        gmail_user.deliver(invitation(now() - HOUR), now() - 2 * HOUR)
        gmail_proxy.announced.append(b'{"emailAddress": "x", "historyId": 1}')
        eventually(lambda: len(drafts(gmail_user)) == 2)
        assert json.loads(home.run("status", "--json").stdout)["usage"]["mode"] == "push"


def test_a_case_that_is_over_is_labelled(gmail_user: GmailUser, home: Home) -> None:
    """No answer for months: stop is said, and the conversation gets the label the user asked for."""
    home.config.write_text(home.config.read_text().replace("interval = 1", 'stopped_label = "Over"'))
    past = now() - timedelta(days=90)
    thread = gmail_user.deliver(invitation(past), past)
    store = Store.open(home.path / "state", past - timedelta(days=1))
    store.account(ADDRESS, past - timedelta(days=1))
    store.close()
    home.config.write_text("observe_days = 120\n" + home.config.read_text())
    done = home.run("run", "--once", "--json")
    assert "stop" in [json.loads(line)["action"] for line in done.stdout.splitlines()], done.stderr
    labels = {each["id"]: each["name"] for each in gmail_user.ask("GET", "labels")["labels"]}
    (message,) = gmail_user.ask("GET", f"threads/{thread}")["messages"]
    assert "Over" in [labels[each] for each in message["labelIds"]]


def test_the_doctor_knows_what_is_wrong_with_a_login(
    gmail_user: GmailUser, gmail_proxy: GmailProxy, home: Home
) -> None:
    """All well, another address, too few permissions, a login that ended: in words, with a way out."""
    whole = home.run("doctor")
    assert "can be renewed" in whole.stdout
    assert "which is not in `address`" in whole.stdout  # the emulator's user has another one
    assert "drafts lie in their threads" in whole.stdout
    written = home.run("doctor", "--write-test")
    assert "byte for byte, and removed" in written.stdout
    assert gmail_user.stored("Drafts") == []
    file = TokenFile(home.path / "state" / "login-main.json")
    file.write(replace(file.read(), scopes=("https://www.googleapis.com/auth/gmail.readonly",)))
    lacking = home.run("doctor")
    assert lacking.returncode == 77
    assert "does not allow https://www.googleapis.com/auth/gmail.compose" in lacking.stdout
    file.write(replace(file.read(), refresh_token="taken-back"))
    ended = home.run("doctor")
    assert ended.returncode == 77
    assert "afterword authorize" in ended.stdout
    assert "taken-back" not in ended.stdout + ended.stderr


def imported(home: Home, *arguments: str) -> list[str]:
    """Return what Python imports for a command."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "daemon", *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "AFTERWORD_CONFIG": str(home.config)},
    )
    lines = [line for line in done.stderr.splitlines() if line.startswith("import time:")]
    return [line.rpartition("|")[2].strip() for line in lines]


GOOGLE = ("google", "googleapiclient", "google_auth_httplib2", "httplib2", "requests", "connectors.gmail")


def test_without_gmail_nothing_of_google_is_imported(tmp_path: Path) -> None:
    """Help, the status and a look at an IMAP account load neither Google's client nor our own for it."""
    home = Home(tmp_path)
    (tmp_path / "password").write_text("x\n")
    (tmp_path / "password").chmod(0o600)
    home.config.write_text(
        f'address = "{ADDRESS}"\n[imap]\nhost = "127.0.0.1"\nport = 9\nsecurity = "none"\n'
        'password_file = "password"\n[state]\ndirectory = "state"\n'
    )
    for command in (["--help"], ["status"], ["run", "--once"], ["authorize", "--help"]):
        loaded = imported(home, *command)
        assert "daemon.cli" in loaded
        assert [name for name in loaded if name.startswith(GOOGLE)] == []


def test_memory_on_gmail(gmail_user: GmailUser, home: Home) -> None:
    """Watching a Gmail account and having laid drafts, the daemon takes at most 75 MB."""
    gmail_user.deliver(invitation(now() - HOUR), now() - 2 * HOUR)
    with home.running() as process:
        eventually(lambda: len(drafts(gmail_user)) == 2)
        time.sleep(1)
        pages = int(Path(f"/proc/{process.pid}/statm").read_text().split()[1])
        taken = pages * os.sysconf("SC_PAGE_SIZE")
        assert taken <= 75e6, taken
