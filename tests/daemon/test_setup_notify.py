"""The user is told at once of what matters: once, by their own command, and without a mail's words."""

from __future__ import annotations

import importlib.util
import json
import re
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from daemon_process import Home, eventually, invitation
from hand_made import Account, deliver
from pytest_httpserver import HTTPServer
from servers.dovecot import Dovecot

from daemon.config import Notify
from daemon.config_check import load
from daemon.errors import BadConfig
from daemon.notify import ATTEMPTS, Notifier
from daemon.store import Store
from daemon.store_signals import FRESH, Signals, Topic
from daemon.watch import State

HOW_TO = Path(__file__).parents[2] / "docs/how-to/notifications.md"
TOLD = """#!{python}
import os, sys
with open({file!r}, "a") as file:
    file.write(sys.stdin.read() + "\\n")
sys.exit({status})
"""


class Ear:
    """A command of the user's that writes down what it is told."""

    def __init__(self, directory: Path, status: int = 0) -> None:
        self.file = directory / "told"
        self.path = directory / "ear"
        self.path.write_text(TOLD.format(python=sys.executable, file=str(self.file), status=status))
        self.path.chmod(0o755)

    def heard(self) -> list[dict[str, Any]]:
        lines = self.file.read_text().splitlines() if self.file.exists() else []
        return [json.loads(line) for line in lines]

    def topics(self) -> list[str]:
        return [each["signal"] for each in self.heard()]


@pytest.fixture
def ear(tmp_path: Path) -> Ear:
    return Ear(tmp_path)


@pytest.fixture
def account() -> Account:
    """An account with an invitation, whose draft was laid."""
    made = Account()
    deliver(made, "inv@acme.example", "interview 1")
    made.step()
    return made


def tell(
    account: Account, settings: Notify, state: State = State.WATCHING, at: datetime | None = None
) -> None:
    Notifier(settings)(account.shell, state, "", at or account.now)


def test_a_draft_that_waits_is_told_once_also_after_a_restart(account: Account, ear: Ear) -> None:
    """The command gets one JSON object; a second look and a new process have nothing more to tell."""
    settings = Notify(command=(str(ear.path),))
    tell(account, settings)
    assert "draft" in ear.topics()
    before = len(ear.heard())
    tell(account, settings)
    account.restart()
    tell(account, settings)
    assert len(ear.heard()) == before


def test_nothing_told_names_anybody_unless_asked_to(account: Account, ear: Ear) -> None:
    """What happened, which note, which command shows more; employer and role only with `details`."""
    tell(account, Notify(command=(str(ear.path),)))
    assert not {"employer", "role", "detail"} & ear.heard()[0].keys()
    assert "@" not in json.dumps(ear.heard())
    account.store.db.execute("delete from signals")
    ear.file.unlink()
    tell(account, Notify(command=(str(ear.path),), details=True))
    assert {"detail"} <= ear.heard()[0].keys()


def test_each_signal_can_be_silenced(account: Account, ear: Ear) -> None:
    """What is silenced is not told later either."""
    tell(account, Notify(command=(str(ear.path),), silence=("draft", "interview")))
    tell(account, Notify(command=(str(ear.path),)))
    assert not {"draft", "interview"} & set(ear.topics())


def test_a_refused_login_is_told_once_until_it_was_mended(account: Account, ear: Ear) -> None:
    """Hourly attempts and restarts are one trouble; after it worked in between, it is another."""
    settings = Notify(command=(str(ear.path),), silence=("draft", "interview"))
    for _ in range(3):
        tell(account, settings, State.AUTH_FAILED)
    account.restart()
    tell(account, settings, State.AUTH_FAILED)
    assert ear.topics() == ["login"]
    tell(account, settings, State.WATCHING)
    tell(account, settings, State.AUTH_FAILED)
    assert ear.topics() == ["login", "login"]


def test_a_command_that_fails_is_tried_again_and_given_up(account: Account, tmp_path: Path) -> None:
    """Three attempts, one a look; then it is left, for `afterword status` shows it anyhow."""
    (tmp_path / "deaf").mkdir()
    deaf = Ear(tmp_path / "deaf", status=1)
    settings = Notify(command=(str(deaf.path),), silence=("interview",))
    for _ in range(ATTEMPTS + 2):
        tell(account, settings)
    drafts = len(account.mails.drafts())
    assert len(deaf.heard()) == ATTEMPTS * drafts


def test_old_news_is_no_news(account: Account, ear: Ear) -> None:
    """Who sets notifications up, or comes back after days, gets no burst."""
    tell(account, Notify(command=(str(ear.path),)), at=account.now + FRESH + timedelta(minutes=1))
    assert ear.heard() == []


def test_a_stop_is_told(ear: Ear) -> None:
    """What the policy raises is told with where to read about it."""
    account = Account()
    deliver(account, "inv@acme.example", "interview 1")
    account.step()
    (row,) = account.book.cases()
    account.book.raise_once(row.id, "stop 1", "stop", "Enough.", account.now)
    tell(account, Notify(command=(str(ear.path),), silence=("draft", "interview")))
    (told,) = ear.heard()
    assert told["signal"] == "stop"
    assert told["see"] == f"afterword explain {row.id}"
    assert "Enough." not in json.dumps(told)


@pytest.mark.skipif(
    importlib.util.find_spec("apprise") is None,
    reason="Apprise is not installed; get it with: pip install 'afterword[notify]'",
)
def test_apprise_takes_the_message_to_a_service(account: Account, httpserver: HTTPServer) -> None:
    """The real Apprise, in a process of its own, posts to a real server."""
    httpserver.expect_request("/hook", method="POST").respond_with_data("ok")
    address = f"json://{httpserver.host}:{httpserver.port}/hook"
    tell(account, Notify(apprise=(address,), silence=("interview",)))
    (request, answer) = httpserver.log[0]
    assert answer.status_code == 200
    assert request.json["message"] == "A draft waits in your Drafts."
    assert len(httpserver.log) == len(account.mails.drafts())


def test_a_state_from_before_there_were_signals_is_brought_up_to_date(tmp_path: Path, ear: Ear) -> None:
    """What an older version wrote is kept, and what it laid long ago is not told."""
    at = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
    store = Store.open(tmp_path / "state", at)
    store.account("ana@mail.example", at).raise_once("acme", "stop 1", "stop", "Enough.", at)
    store.db.execute("drop table signals")
    store.db.execute("delete from _sqlite_migrations where name = 'signals'")
    store.db.execute("pragma user_version = 1")
    store.close()
    store = Store.open(tmp_path / "state", at)
    book = store.account("ana@mail.example")
    assert [key.key for key in book.raised("acme")] == ["stop 1"]
    assert list(Signals(book).found(at + FRESH + timedelta(hours=1))) == []
    assert [each.topic for each in Signals(book).found(at)] == [Topic.STOP]
    store.close()


def test_addresses_with_secrets_want_a_private_file(tmp_path: Path) -> None:
    """A file others may read is refused, and so is any way of sending mail: afterword never does."""
    path = tmp_path / "config.toml"
    path.write_text(
        'address = "ana@mail.example"\n[notify]\napprise = ["json://localhost"]\n'
        '[imap]\nhost = "localhost"\npassword_command = ["true"]\n'
    )
    path.chmod(0o644)
    with pytest.raises(BadConfig, match="chmod 600"):
        load(path)
    path.chmod(0o600)
    load(path)
    for mail in ("mailto://a:b@c.example", "sendgrid://x"):
        path.write_text(path.read_text().replace("json://localhost", mail))
        with pytest.raises(BadConfig, match="sends none"):
            load(path)
        path.write_text(path.read_text().replace(mail, "json://localhost"))
    path.write_text(path.read_text().replace("apprise", "silense = []\napprise"))
    with pytest.raises(BadConfig, match=r"notify\.silence"):
        load(path)


def test_what_the_how_to_shows_is_so(tmp_path: Path, account: Account, ear: Ear) -> None:
    """Its configurations load, its example has the fields a command really gets, its script runs."""
    page = HOW_TO.read_text("utf-8")
    for block in re.findall(r"```toml\n(.*?)```", page, re.DOTALL):
        path = tmp_path / "config.toml"
        path.write_text(f'address = "a@b.example"\n{block}[imap]\nhost = "h"\npassword_command = ["true"]\n')
        path.chmod(0o600)
        load(path)
    (example,) = re.findall(r"```json\n(.*?)```", page, re.DOTALL)
    tell(account, Notify(command=(str(ear.path),)))
    told = next(each for each in ear.heard() if each["signal"] == "draft")
    assert json.loads(example).keys() == {"account": "", **told}.keys()
    (script,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    shown = tmp_path / "notify-send"
    shown.write_text(f'#!/bin/sh\necho "$@" > {tmp_path}/shown\n')
    shown.chmod(0o755)
    subprocess.run(
        [sys.executable, "-c", script],
        input=json.dumps(told),
        text=True,
        env={"PATH": f"{tmp_path}:/usr/bin:/bin"},
        check=True,
    )
    assert (
        "A draft waits" in (tmp_path / "shown").read_text() or "questions" in (tmp_path / "shown").read_text()
    )


def test_a_real_daemon_tells_of_a_draft_once_over_restarts(
    dovecot: Dovecot, tmp_path: Path, ear: Ear
) -> None:
    """Drafts are laid, the command hears of each; after a restart it hears nothing more."""
    home = Home(tmp_path)
    user = dovecot.new_user()
    home.configure(dovecot, user, more=f'[notify]\ncommand = ["{ear.path}"]\n')
    with home.running() as process:
        eventually(lambda: "watching" in home.log())
        dovecot.deliver(user, invitation(datetime.now(UTC) - timedelta(hours=1)))
        eventually(lambda: ear.topics().count("draft") >= 2)
        process.send_signal(signal.SIGTERM)
        process.wait(10)
    before = ear.topics()
    with home.running():
        eventually(lambda: home.log().count("watching") == 2)
        dovecot.deliver(user, b"From: a@b.example\r\nTo: ana@mail.example\r\nSubject: Hello\r\n\r\nHi\r\n")
        eventually(lambda: json.loads(home.run("status", "--json").stdout)["state"] == "watching")
    assert ear.topics() == before
    assert '"event":"signal"' in home.log().replace(" ", "")


def test_a_real_daemon_tells_of_a_refused_login_once(dovecot: Dovecot, tmp_path: Path, ear: Ear) -> None:
    """The password is wrong, also after a restart: one notice, and none once it was mended."""
    home = Home(tmp_path)
    user = dovecot.new_user()
    notify = f'[notify]\ncommand = ["{ear.path}"]\n'
    home.configure(dovecot, user, more=notify, password="wrong")
    with home.running() as process:
        eventually(lambda: ear.topics() == ["login"])
        process.terminate()  # no kill: between telling and noting that it was told, one may be told twice
        process.wait(timeout=30)
    with home.running() as process:
        eventually(lambda: home.log().count("auth_failed") == 2)
        home.configure(dovecot, user, more=notify)
        process.send_signal(signal.SIGHUP)
        eventually(lambda: "watching" in home.log())
    assert ear.topics() == ["login"]
    assert "wrong" not in json.dumps(ear.heard())
