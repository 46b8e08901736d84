"""The shell completes commands, options and the names of cases; the help shows the way."""

from __future__ import annotations

import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from daemon_process import ADDRESS
from terminal import afterword, own_home

from daemon.cli import COMMANDS, SECTIONS
from daemon.cli.completion import SHELLS
from daemon.store import Store

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
COMPLETE = """
source "$1"
COMP_WORDS=("${@:2}"); COMP_CWORD=$(( $# - 2 ))
_afterword_completion afterword
printf '%s\\n' "${COMPREPLY[@]}"
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A user with two cases, and `afterword` on the PATH."""
    config = tmp_path / ".config/afterword/config.toml"
    config.parent.mkdir(parents=True)
    config.write_text(f'address = "{ADDRESS}"\n[imap]\nhost = "localhost"\npassword_command = ["true"]\n')
    store = Store.open(tmp_path / ".local/state/afterword", NOW)
    book = store.account(ADDRESS, NOW)
    for case in ("acme-analyst", "birch-engineer"):
        store.db.execute("insert into cases (account, id, opened_at) values (?, ?, 'x')", [book.number, case])
    store.db.execute("update cases set opened_at = '2026-11-01T00:00:00.000000+00:00'")
    store.close()
    program = tmp_path / "bin/afterword"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m daemon "$@"\n')
    program.chmod(0o755)
    return tmp_path


def completed(home: Path, *words: str) -> list[str]:
    """Return what a real bash offers for the last word."""
    script = home / "completion.bash"
    script.write_text(afterword("completion", "bash", home=home).stdout)
    environment = own_home(home)
    environment["PATH"] = f"{home}/bin:{environment['PATH']}"
    done = subprocess.run(
        ["bash", "-c", COMPLETE, "-", str(script), "afterword", *words],
        capture_output=True,
        text=True,
        env=environment,
        cwd=Path(__file__).parents[2],
        timeout=30,
        check=False,
    )
    return [line for line in done.stdout.splitlines() if line]


@pytest.mark.skipif(
    not shutil.which("bash"), reason="bash is not installed; get it with: apt-get install bash"
)
def test_bash_completes_commands_options_and_cases(home: Path) -> None:
    """What begins like the word typed, and nothing else."""
    assert completed(home, "ex") == ["explain", "export"]
    assert completed(home, "doctor", "--w") == ["--write-test"]
    assert completed(home, "explain", "b") == ["birch-engineer"]


@pytest.mark.parametrize("shell", SHELLS)
def test_each_shell_gets_its_script(home: Path, shell: str) -> None:
    """The script names the program and asks it, so that it never grows old."""
    done = afterword("completion", shell, home=home)
    assert done.returncode == 0
    assert "_AFTERWORD_COMPLETE" in done.stdout


def test_completing_without_a_configuration_offers_nothing(tmp_path: Path) -> None:
    """No error in the middle of a command line."""
    more = {"_AFTERWORD_COMPLETE": "bash_complete", "COMP_WORDS": "afterword explain a", "COMP_CWORD": "2"}
    done = afterword(home=tmp_path, more=more)
    assert (done.stdout.strip(), done.stderr) == ("", "")


def test_the_help_shows_commands_in_the_order_one_meets_them(tmp_path: Path) -> None:
    """First the way in a few lines, then every command in its section."""
    shown = afterword("--help", home=tmp_path).stdout
    assert shown.index("afterword demo") < shown.index("afterword init") < shown.index("afterword status")
    places = [shown.index(f"\n{title}:") for title in SECTIONS]
    assert places == sorted(places)
    assert all(f"\n  {name} " in shown for name in COMMANDS)
