"""What is stored is the user's: they can take and remove all of it, and the documentation says what it is."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from email.parser import BytesParser
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from daemon_process import Home, invitation, reply
from servers.dovecot import Dovecot

from daemon.store import Store
from daemon.store_forget import OF_CASES, OF_MAILS

HOUR = timedelta(hours=1)
SECRET = "the blue giraffe decides by Thursday"
PRIVACY = Path(__file__).parents[2] / "docs" / "privacy.md"


@pytest.fixture(scope="module")
def watched(dovecot: Dovecot, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A user with one application: an invitation, drafts laid, a mail with a sentence to look for."""
    made = Home(tmp_path_factory.mktemp("watched"))
    user = dovecot.new_user()
    made.configure(dovecot, user)
    dovecot.deliver(user, invitation(datetime.now(UTC) - HOUR))
    dovecot.deliver(user, reply("Re: Interview", f"Thank you. By the way, {SECRET}. \x1b]0;owned\x07"))
    assert made.run("run", "--once").returncode == 0
    return made.path


@pytest.fixture
def home(watched: Path, tmp_path: Path) -> Home:
    """A copy of what that user has."""
    shutil.copytree(watched, tmp_path / "home")
    return Home(tmp_path / "home")


def case_of(home: Home) -> str:
    (case,) = json.loads(home.run("status", "--json").stdout)["cases"]
    return str(case["case"])


def stored(home: Home) -> bytes:
    """Return every octet below the state directory."""
    return b"".join(path.read_bytes() for path in (home.path / "state").rglob("*") if path.is_file())


def once(home: Home) -> subprocess.CompletedProcess[str]:
    done = home.run("run", "--once")
    assert done.returncode == 0, done.stderr
    return done


def test_everything_stored_can_be_taken_along(home: Home) -> None:
    """For each case its story, everything as JSON, and its drafts as mails another program opens."""
    target = home.path / "mine"
    done = home.run("export", "--to", str(target))
    assert done.returncode == 0, done.stderr
    (folder,) = target.iterdir()
    assert SECRET in (folder / "case.json").read_text()
    assert "interview" in (folder / "story.txt").read_text()
    drafts = [BytesParser(policy=default).parsebytes(path.read_bytes()) for path in folder.glob("*.eml")]
    assert {"kim.lee@acme.example", "sam.ode@acme.example"} <= {
        re.sub(r".*<|>", "", str(draft["To"])) for draft in drafts
    }
    modes = {path.stat().st_mode & 0o777 for path in (target, *target.rglob("*"))}
    assert modes == {0o700, 0o600}
    assert home.run("export", "--to", str(target)).returncode == 2


def test_what_is_exported_is_what_the_tables_hold(home: Home) -> None:
    """As JSON: every mail with its text, every draft, every note, what was raised and decided."""
    case = case_of(home)
    assert home.run("note", case, "they have a dog").returncode == 0
    found: dict[str, Any] = json.loads(home.run("export", case, "--json").stdout)
    assert len(found["mails"]) >= 2
    assert any(SECRET in mail["text"] for mail in found["mails"])
    assert len(found["drafts"]) >= 2
    assert "they have a dog" in json.dumps(found["told"])
    plain = home.run("export").stdout
    assert not {"\x1b", "\x07"} & set(plain), "a mail cannot speak to the terminal"
    assert SECRET in plain
    assert "they have a dog" in plain


def test_a_forgotten_case_is_nowhere_in_the_state(home: Home) -> None:
    """Not a word of its mails is left on the disk; the audit log says that, not what, and still verifies."""
    case = case_of(home)
    assert SECRET.encode() in stored(home)
    assert home.run("forget", case).returncode == 2, "nobody is there to be asked"
    done = home.run("forget", case, "--yes")
    assert done.returncode == 0, done.stderr
    state = home.path / "state"
    assert SECRET.encode() not in b"".join(path.read_bytes() for path in state.glob("afterword.db*"))
    once(home)
    (line,) = home.audit("forgotten")
    assert line["mails"] >= 2
    assert case not in json.dumps(line)
    assert home.run("audit", "verify").returncode == 0
    again = json.loads(home.run("status", "--json").stdout)["cases"]
    assert again == [], "the mails still lie in the mailbox; a later look opens no case from them"


def test_forgetting_everything_leaves_no_name_and_a_chain_that_holds(home: Home) -> None:
    """State and audit log know no employer any more; only new mail is read."""
    assert b"acme" in stored(home)
    damaged = home.path / "state" / "afterword.db.damaged-20260101T000000"
    damaged.write_bytes(SECRET.encode())
    done = home.run("forget", "--all", "--yes")
    assert done.returncode == 0, done.stderr
    left = stored(home)
    assert b"acme" not in left
    assert SECRET.encode() not in left
    assert home.run("audit", "verify").returncode == 0
    assert [line["what"] for line in home.audit("forgotten")] == ["everything"]
    once(home)
    assert json.loads(home.run("status", "--json").stdout)["cases"] == []
    assert home.run("audit", "verify").returncode == 0


def test_everything_is_forgotten_only_where_no_daemon_runs(home: Home) -> None:
    """A daemon at work would write what it still remembers: it has to be stopped first."""
    from daemon.store import only_one

    with only_one(home.path / "state"):
        done = home.run("forget", "--all", "--yes")
    assert done.returncode == 1
    assert "Stop it first" in done.stderr


@pytest.mark.parametrize("arguments", [[], ["acme", "--all"], ["no-such-case", "--yes"]])
def test_forget_wants_to_know_what(home: Home, arguments: list[str]) -> None:
    """Nothing, too much, or a case there is not: status 2, nothing is removed."""
    assert home.run("forget", *arguments).returncode == 2
    assert case_of(home)


def tables() -> set[str]:
    rows = Store.memory().db.execute("select name from sqlite_master where type = 'table'")
    return {row[0] for row in rows if not row[0].startswith(("sqlite_", "_sqlite"))}


def test_the_privacy_page_names_every_table_and_no_other() -> None:
    """docs/privacy.md keeps up with the schema."""
    section = PRIVACY.read_text("utf-8").partition("## The state")[2].partition("\n## ")[0]
    assert set(re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE)) == tables()


def test_every_table_with_a_case_is_forgotten() -> None:
    """A new table about cases or mails cannot be left out of `forget` unnoticed."""
    db = Store.memory().db
    columns = {table: {row[1] for row in db.execute(f"pragma table_info({table})")} for table in tables()}
    assert {table for table, names in columns.items() if "case_id" in names} == set(OF_CASES)
    others = {table for table, names in columns.items() if "account" in names} - set(OF_CASES)
    assert others == {*OF_MAILS, "cases", "seen"}
