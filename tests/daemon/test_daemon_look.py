"""Looking at cases and correcting them, on a state a daemon has left behind."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hand_made import ANA, HandMade, mail

from connectors.memory import MemoryConnector
from daemon.audit import Audit
from daemon.step import Shell
from daemon.store import Store

NOW = datetime.now(UTC).replace(microsecond=0)


class State:
    """A state with two cases, and the commands that look at it."""

    def __init__(self, directory: Path) -> None:
        self.config = directory / "config.toml"
        self.directory = directory / "state"
        self.config.write_text(
            f"""address = "{ANA}"
name = "Ana Ruiz"
timezone = "Europe/Madrid"
[imap]
host = "imap.mail.example"
password_command = ["true"]
[drafts]
debrief = false
[state]
directory = "state"
"""
        )
        self.mails = MemoryConnector(lambda: NOW)
        for firm in ("acme", "birch"):
            octets = mail(f"inv@{firm}.example", "interview 1", NOW, f"lou@{firm}.example")
            self.mails.deliver(octets, NOW)
        self.step()

    def step(self) -> None:
        """Let a daemon look once."""
        store = Store.open(self.directory, NOW)
        book = store.account(ANA, NOW)
        audit = Audit(store, self.directory / "audit")
        audit.begin(NOW)
        shell = Shell(self.mails, book, audit, HandMade())
        for batch in self.mails.changes(book.cursor(), NOW - timedelta(days=1)):
            shell.take(batch.messages, NOW, batch.cursor)
        shell.tick(NOW)
        store.close()

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "daemon", *arguments, "--config", str(self.config)],
            capture_output=True,
            text=True,
            env={**os.environ, "COLUMNS": "200"},
            timeout=60,
            check=False,
        )

    def cases(self) -> dict[str, dict[str, object]]:
        done = self.run("status", "--json")
        assert done.returncode == 0, done.stderr
        return {case["case"]: case for case in json.loads(done.stdout)["cases"]}

    def mails_of(self, case: str) -> list[str]:
        story = json.loads(self.run("explain", case, "--json").stdout)["story"]
        return [chapter["mail"] for chapter in story if chapter["mail"]]


@pytest.fixture
def state(tmp_path: Path) -> State:
    return State(tmp_path)


def test_status_tells_where_every_case_stands(state: State) -> None:
    """Stage, last word, next moment, and the drafts that wait."""
    found = state.cases()
    assert len(found) == 2
    for case in found.values():
        assert case["stage"] == "interviewed"
        assert case["next_at"]
        assert "thank-you" in str(case["drafts"])
    plain = state.run("status").stdout
    assert all(name in plain for name in found)
    assert "\x1b" not in plain


def test_status_on_a_terminal_keeps_names_and_days_whole(state: State) -> None:
    """A paragraph for each case, which says no year that is this one."""
    today = NOW.astimezone(ZoneInfo("Europe/Madrid"))
    ours, theirs = pty.openpty()
    try:
        done = subprocess.run(
            [sys.executable, "-m", "daemon", "status", "--config", str(state.config)],
            stdout=theirs,
            env={**os.environ, "COLUMNS": "80", "TERM": "dumb"},
            timeout=60,
            check=False,
        )
        shown = os.read(ours, 65536).decode()
    finally:
        os.close(ours)
        os.close(theirs)
    assert done.returncode == 0
    assert f"last word {today:%a %d %b} · " in shown
    assert "waits for you: thank-you to kim@birch.example\r\n" in shown


def test_a_case_is_known_by_the_name_of_its_employer(state: State) -> None:
    """As it is shown, however it is written, and as far as it is clear."""
    name = next(iter(state.cases()))
    firm = name.split("-")[0]
    assert state.run("explain", firm.upper()).stdout == state.run("explain", name).stdout != ""


def test_looking_changes_nothing(state: State) -> None:
    """`status` and `explain` leave every octet of the state as it was, and work beside a writer."""
    writer = Store.open(state.directory, NOW)
    before = (state.directory / "afterword.db").read_bytes()
    name = next(iter(state.cases()))
    assert state.run("explain", name).returncode == 0
    assert (state.directory / "afterword.db").read_bytes() == before
    writer.close()


def test_explain_tells_the_story_with_rules_and_sources(state: State) -> None:
    """Mails, drafts and the present decision, each with its reason; the beginning of an id is enough."""
    name = next(iter(state.cases()))
    told = state.run("explain", name[:4]).stdout
    assert "interview invitation" in told
    assert "thank-you to kim@acme.example drafted" in told
    assert "Now: wait until" in told


def test_an_unknown_case_is_told_with_the_nearest(state: State) -> None:
    """A typing error in an id costs one line."""
    name = next(iter(state.cases()))
    done = state.run("explain", name[:-1] + "x")
    assert done.returncode == 2
    assert name in done.stderr


def test_a_note_is_kept_with_the_case_and_acted_upon(state: State) -> None:
    """What was talked about fills the gap of the draft at the next look."""
    name = next(iter(state.cases()))
    done = state.run("note", name, "the move to the harbour", "--about", "talked")
    assert done.returncode == 0, done.stderr
    state.step()
    texts = [draft.octets.replace(b"=\r\n", b"") for draft in state.mails.drafts()]
    assert sum(b"the move to the harbour" in text for text in texts) == 1


def test_a_note_of_what_they_said_counts_like_a_mail_of_theirs(state: State) -> None:
    """A day they named on the telephone is expected, and quoted as what the user wrote down."""
    name = next(iter(state.cases()))
    before = state.cases()[name]["expected"]
    assert state.run("note", name, "they decide in six weeks", "--about", "when").returncode == 0
    told = state.run("note", name, "Her address is zoe.hart@acme.example", "--person", "Zoe Hart")
    assert told.returncode == 0, told.stderr
    state.step()
    after = state.cases()[name]
    assert after["quote"] == "you wrote down: they decide in six weeks"
    assert after["expected"]
    assert not before
    assert after["last_kind"] == "interview_invitation"
    assert "you wrote down what was said" in state.run("explain", name).stdout


def test_two_cases_become_one(state: State) -> None:
    """Merging moves mails, drafts and notes; nothing is drafted again for what was drafted."""
    one, other = state.cases()
    assert state.run("case", "merge", one, other).returncode == 0
    state.step()
    assert list(state.cases()) == [one]
    assert sorted(state.mails_of(one)) == ["inv@acme.example", "inv@birch.example"]
    assert len(state.mails.drafts()) == 2


def test_a_mail_is_moved_and_split_off(state: State) -> None:
    """What the program put into the wrong case is put right by hand, and stays there."""
    one, other = state.cases()
    (mail_of_one,) = state.mails_of(one)
    assert state.run("case", "move", mail_of_one, one, other).returncode == 0
    assert len(state.mails_of(other)) == 2
    done = state.run("case", "split", other, mail_of_one)
    assert done.returncode == 0, done.stderr
    state.step()
    assert sorted(len(state.mails_of(case)) for case in state.cases()) in ([0, 1, 1], [1, 1])


def test_a_mail_that_is_not_there_is_told(state: State) -> None:
    """The hint says how to find the right name."""
    one, other = state.cases()
    done = state.run("case", "move", "nothing@nowhere.example", one, other)
    assert done.returncode == 2
    assert "afterword explain" in done.stderr


def test_the_audit_log_is_shown_and_proven(state: State) -> None:
    """One line a decision; a changed octet is found and has exit status 1."""
    shown = state.run("audit", "show", "--json").stdout
    events = [json.loads(line)["event"] for line in shown.splitlines()]
    assert events.count("decided") >= 4
    assert "decided" in state.run("audit", "show", "--last", "3").stdout
    assert state.run("audit", "verify").returncode == 0
    log = state.directory / "audit" / "audit.jsonl"
    log.write_text(log.read_text().replace("thank-you", "thank-me", 1))
    done = state.run("audit", "verify")
    assert done.returncode == 1
    assert "altered" in done.stdout


def test_a_command_of_the_user_is_in_the_audit_log_without_their_words(state: State) -> None:
    """That something was noted is recorded, what was noted is not."""
    name = next(iter(state.cases()))
    state.run("note", name, "the salary was low")
    state.step()
    assert state.run("audit", "verify").returncode == 0
    shown = state.run("audit", "show", "--json").stdout
    assert '"event":"user_said"' in shown
    assert "salary" not in shown


def test_the_drafts_of_a_case_are_proofread(state: State) -> None:
    """Their gaps are told, with the draft they stand in."""
    name = next(iter(state.cases()))
    done = state.run("proofread", name, "--json")
    assert done.returncode == 1, done.stderr
    (found,) = json.loads(done.stdout)
    assert found["where"] == "thank-you to kim@acme.example"
    assert any(fault["code"] == "gap" for fault in found["faults"])
