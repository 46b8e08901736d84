"""The command line, as a user meets it: real processes, exit statuses, and errors that say what to do."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from daemon import VERSION
from daemon.cli import COMMANDS

ROOT = Path(__file__).parents[2]

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def afterword(tmp_path: Path) -> Run:
    """Run a command with a home directory of its own."""
    environment = {**os.environ, "HOME": str(tmp_path), "XDG_CONFIG_HOME": "", "XDG_STATE_HOME": ""}
    environment.pop("AFTERWORD_CONFIG", None)

    def run(*arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "daemon", *arguments],
            capture_output=True,
            text=True,
            input=given,
            env=environment,
            cwd=ROOT,
            timeout=60,
            check=False,
        )

    return run


def test_help_names_every_command(afterword: Run) -> None:
    """`afterword --help` is a page that shows what there is."""
    done = afterword("--help")
    assert done.returncode == 0
    assert all(name in done.stdout for name in COMMANDS)
    assert "never sends" in done.stdout


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_explains_itself(afterword: Run, name: str) -> None:
    """Each command has help of its own that loads."""
    done = afterword(name, "--help")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("Usage: afterword")


def test_the_version_is_that_of_the_distribution(afterword: Run) -> None:
    """One number, wherever it is asked for."""
    assert afterword("--version").stdout == f"afterword {VERSION}\n"
    assert tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"] == VERSION


def test_help_and_read_start_without_the_large_libraries() -> None:
    """Commands that read no calendar load none: `--help` stays fast."""
    code = "import sys, daemon.cli; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    for large in (
        "dateparser",
        "holidays",
        "rich",
        "imapclient",
        "sqlite_utils",
        "googleapiclient",
        "jinja2",
    ):
        assert large not in loaded.split()


def test_read_prints_one_line_of_json_a_mail(afterword: Run, tmp_path: Path) -> None:
    """A folder with a good mail, an empty one and noise gives a line for each mail and no traceback."""
    folder = tmp_path / "mails"
    folder.mkdir()
    header = b"From: lou@acme.example\r\nTo: ana@mail.example\r\nMessage-ID: <a@acme.example>"
    (folder / "1.eml").write_bytes(header + b"\r\n\r\nWe will decide by the end of next week.\r\n")
    (folder / "2.eml").write_bytes(os.urandom(400))
    done = afterword("read", "--json", "--address", "ana@mail.example", str(folder))
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [Path(line["path"]).name for line in lines] == ["1.eml", "2.eml"]
    assert lines[0]["message_id"] == "a@acme.example"
    assert set(lines[0]) >= {
        "kind",
        "confidence",
        "employer",
        "interviews",
        "people",
        "timelines",
        "evidence",
    }


def test_read_goes_on_past_what_it_cannot_read(afterword: Run, tmp_path: Path) -> None:
    """A missing path is named at the end; the other mails are read all the same."""
    (tmp_path / "1.eml").write_bytes(b"From: lou@acme.example\r\nSubject: x\r\n\r\nHello.\r\n")
    (tmp_path / "empty.eml").write_bytes(b"")
    names = [str(tmp_path / name) for name in ("nowhere", "empty.eml", "1.eml")]
    done = afterword("read", "--json", *names)
    assert done.returncode == 1
    assert len(done.stdout.splitlines()) == 2
    assert json.loads(done.stdout.splitlines()[0])["unreadable"]
    assert "nowhere does not exist" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_empty_folder_is_said_to_be_empty(afterword: Run, tmp_path: Path) -> None:
    """No mail is an error with a hint, not silence."""
    (tmp_path / "none").mkdir()
    done = afterword("read", str(tmp_path / "none"))
    assert done.returncode == 1
    assert "no mail" in done.stderr
    assert ".eml" in done.stderr


def test_timeline_answers_a_sentence(afterword: Run) -> None:
    """The same words on a given day give the days meant."""
    done = afterword("timeline", "--json", "--date", "2026-03-05T10:00:00+01:00", "We will decide by Friday.")
    (found,) = json.loads(done.stdout)
    assert (found["earliest"], found["latest"], found["kind"]) == ("2026-03-05", "2026-03-06", "deadline")
    assert found["quote"] in "We will decide by Friday."


def test_timeline_answers_every_line_of_a_file(afterword: Run) -> None:
    """As many answers as lines, blank ones and those that say nothing included."""
    lines = "2026-03-05T10:00:00+01:00\tWe will decide by Friday.\n\n2026-03-05\tThe sky is blue.\n"
    done = afterword("timeline", "--json", "--lines", "-", given=lines)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [len(answer) for answer in answers] == [1, 0, 0]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("timeline",), "TEXT or --lines"),
        (("timeline", "by Friday"), "--date"),
        (("timeline", "--date", "yesterday", "by Friday"), "is not a date"),
        (("policy", "why", "thank_evry"), "Did you mean"),
        (("read",), "Missing argument"),
        (("frobnicate",), "No such command"),
    ],
)
def test_wrong_usage_has_status_2_and_says_what_is_right(
    afterword: Run, arguments: tuple[str, ...], said: str
) -> None:
    """A mistyped command is told in a sentence."""
    done = afterword(*arguments)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("command", [("run", "--once"), ("status",), ("explain", "x"), ("audit", "verify")])
def test_no_configuration_has_status_78_and_says_where_it_was_looked_for(
    afterword: Run, command: tuple[str, ...]
) -> None:
    """A first start without configuration tells the path and what to write."""
    done = afterword(*command)
    assert done.returncode == 78
    assert ".config/afterword/config.toml" in done.stderr
    assert "afterword init" in done.stderr


def configured(tmp_path: Path, more: str = "") -> str:
    path = tmp_path / "config.toml"
    path.write_text(
        f"""address = "ana@mail.example"
{more}
[imap]
host = "127.0.0.1"
port = 1
security = "none"
password_command = ["echo", "open-sesame"]
[state]
directory = "{tmp_path}/state"
"""
    )
    path.chmod(0o600)
    return str(path)


def test_all_mistakes_of_a_configuration_are_printed_at_once(afterword: Run, tmp_path: Path) -> None:
    """Status 78 and a line for each mistake."""
    done = afterword("run", "--config", configured(tmp_path, 'timezon = "UTC"\ncountry = "Spain"'))
    assert done.returncode == 78
    assert "line 2: `timezon` is not a setting. Did you mean `timezone`?" in done.stderr
    assert "line 3: `country`" in done.stderr


def test_an_unreachable_server_is_named(afterword: Run, tmp_path: Path) -> None:
    """Status 1, the server's name, no traceback; nothing is lost."""
    done = afterword("run", "--once", "--config", configured(tmp_path))
    assert done.returncode == 1
    assert "127.0.0.1" in done.stderr
    assert "Traceback" not in done.stderr
    assert "open-sesame" not in done.stderr
    assert "Check `host` and `port`" in done.stderr


def test_status_before_the_first_look_tells_how_to_begin(afterword: Run, tmp_path: Path) -> None:
    """An empty state is no error to be puzzled about."""
    done = afterword("status", "--config", configured(tmp_path))
    assert done.returncode == 1
    assert "afterword run --once" in done.stderr


def test_a_second_daemon_is_turned_away(afterword: Run, tmp_path: Path) -> None:
    """Two runs on one state: the second says who is there already."""
    from daemon.store import only_one

    config = configured(tmp_path)
    with only_one(tmp_path / "state"):
        done = afterword("run", "--once", "--config", config)
    assert done.returncode == 1
    assert str(os.getpid()) in done.stderr


def test_policies_are_listed_shown_and_compared(afterword: Run) -> None:
    """The presets in plain words and as JSON."""
    assert "patient" in afterword("policy", "list").stdout
    assert json.loads(afterword("policy", "show", "patient", "--json").stdout)["name"] == "patient"
    assert "5 business days" in afterword("policy", "diff", "default", "patient").stdout
    assert afterword("policy", "why", "W1").returncode == 0


def test_a_policy_file_is_checked_with_every_mistake(afterword: Run, tmp_path: Path) -> None:
    """Status 78 with the nearest setting; a good file says what it changes."""
    path = tmp_path / "mine.toml"
    path.write_text('based_on = "default"\nstatus_after_statd = 4\nstop_hour = 99\n')
    done = afterword("policy", "check", str(path))
    assert done.returncode == 78
    assert "status_after_stated" in done.stderr
    path.write_text('name = "mine"\nbased_on = "default"\nstatus_after_stated = 4\n')
    done = afterword("policy", "check", str(path))
    assert done.returncode == 0, done.stderr
    assert "4 business days" in done.stdout


def test_a_note_is_proofread(afterword: Run) -> None:
    """A stock phrase is found; the exit status says whether there is something to mend."""
    done = afterword("proofread", "-", "--json", given="Dear Kim,\n\nI am just checking in.\n\nBest,\nAna\n")
    assert done.returncode == 1
    (found,) = json.loads(done.stdout)
    assert any("just checking in" in fault["quote"].lower() for fault in found["faults"])


def test_templates_are_listed_shown_and_checked(afterword: Run, tmp_path: Path) -> None:
    """A copied template with a misspelt name is refused with the known names."""
    shown = afterword("templates", "show", "en/thank-you")
    assert shown.returncode == 0
    assert "en/thank-you" in afterword("templates", "list").stdout
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "thank-you.txt").write_text(shown.stdout)
    assert afterword("templates", "check", str(tmp_path)).returncode == 0
    (tmp_path / "en" / "thank-you.txt").write_text(shown.stdout.replace("{{ talk }}", "{{ tlak }}"))
    done = afterword("templates", "check", str(tmp_path))
    assert done.returncode == 1
    assert "tlak" in done.stderr
