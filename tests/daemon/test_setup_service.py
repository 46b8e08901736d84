"""`afterword service`: a unit that starts this very installation, and plain words where that cannot be."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from terminal import afterword

from daemon.user_unit import packaged, quoted, unit

needs_systemd = pytest.mark.skipif(
    not shutil.which("systemd-analyze"),
    reason="systemd-analyze is not installed; get it with: apt-get install systemd",
)

MANAGER = """#!/bin/sh
echo "$@" >> "$HOME/calls"
case "$2" in
  show) printf 'ActiveState=%s\\nSubState=x\\nMainPID=42\\nStatusText=watching\\nExecMainStatus=%s\\n' \
        "$(cat "$HOME/active")" "$(cat "$HOME/ended")";;
esac
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A user with a configuration and a service manager that writes down what it is told."""
    path = tmp_path / ".config/afterword"
    path.mkdir(parents=True)
    (path / "config.toml").write_text(
        'address = "ana@mail.example"\n[imap]\nhost = "localhost"\npassword_command = ["true"]\n'
    )
    manager = tmp_path / "bin/systemctl"
    manager.parent.mkdir()
    manager.write_text(MANAGER)
    manager.chmod(0o755)
    return tmp_path


def run(home: Path, *arguments: str, path: str = "") -> subprocess.CompletedProcess[str]:
    where = path or f"{home}/bin:/usr/bin:/bin"
    return afterword("service", *arguments, home=home, more={"PATH": where})


def installed(home: Path) -> Path:
    return home / ".config/systemd/user/afterword.service"


@needs_systemd
def test_the_unit_installed_starts_this_installation(home: Path) -> None:
    """systemd accepts it without a word, its command is one that works here, and the manager is told."""
    done = run(home, "install")
    assert done.returncode == 0, done.stderr
    (command,) = re.findall(r"^ExecStart=(.*)$", installed(home).read_text(), re.MULTILINE)
    assert command.endswith(f"run --config {home}/.config/afterword/config.toml")
    tried = subprocess.run([*shlex.split(command), "--help"], capture_output=True, cwd=home, check=False)
    assert tried.returncode == 0
    assert (home / "calls").read_text().splitlines() == [
        "--user daemon-reload",
        "--user enable afterword",
        "--user restart afterword",
    ]
    done = subprocess.run(
        ["systemd-analyze", "--user", "--man=no", "verify", str(installed(home))],
        capture_output=True,
        text=True,
        env={"PATH": "/usr/bin:/bin", "XDG_RUNTIME_DIR": str(home), "HOME": str(home)},
        check=False,
    )
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_installing_again_renews_and_uninstalling_takes_only_the_unit(home: Path) -> None:
    """Configuration and state stay; a second uninstall has nothing to do."""
    assert "is written" in run(home, "install").stdout
    assert "as it should be" in run(home, "install").stdout
    assert run(home, "uninstall").returncode == 0
    assert not installed(home).exists()
    assert (home / ".config/afterword/config.toml").exists()
    assert "nothing to do" in run(home, "uninstall").stdout


def test_a_wrong_configuration_is_not_installed(home: Path) -> None:
    """78, before anything is written: a unit that cannot start helps nobody."""
    (home / ".config/afterword/config.toml").write_text("address = 3\n")
    assert run(home, "install").returncode == 78
    assert not installed(home).exists()


def test_status_says_what_to_do_where_it_does_not_run(home: Path) -> None:
    """Running is 0; refused credentials and wrong configurations name `afterword doctor`."""
    assert "afterword service install" in run(home, "status").stdout
    run(home, "install")
    (home / "active").write_text("active")
    (home / "ended").write_text("0")
    done = run(home, "status")
    assert (done.returncode, done.stdout) == (0, "Running (process 42): watching.\n")
    (home / "active").write_text("failed")
    for ended, says in (("77", "login was refused"), ("78", "has mistakes"), ("1", "journalctl")):
        (home / "ended").write_text(ended)
        done = run(home, "status")
        assert done.returncode == 1
        assert says in done.stdout


def test_without_systemd_it_says_how_to_go_on(home: Path) -> None:
    """No systemctl on this machine: a sentence and what to do, nothing written."""
    done = run(home, "install", path=str(home / "nowhere"))
    assert done.returncode == 1
    assert "afterword run" in done.stderr
    assert not installed(home).exists()


def test_a_session_without_a_user_manager_is_explained(home: Path) -> None:
    """After su or in a container there is no bus; the unit is written, and the hint says what is missing."""
    (home / "bin/systemctl").write_text(
        "#!/bin/sh\necho 'Failed to connect to bus: No medium found' >&2\nexit 1\n"
    )
    done = run(home, "install")
    assert done.returncode == 1
    assert "log in as yourself" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_state_lies_where_the_commands_look() -> None:
    """StateDirectory= means another directory in older systemds; a state home of one's own is handed over."""
    text = unit(packaged(), ("/usr/bin/afterword",), Path("/c/config.toml"), {"XDG_STATE_HOME": "/my state"})
    assert not re.search(r"^StateDirectory=", text, re.MULTILINE)
    assert 'Environment="XDG_STATE_HOME=/my state"' in text
    assert "ExecStart=/usr/bin/afterword run --config /c/config.toml" in text


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1))
def test_any_path_survives_the_units_command_line(word: str) -> None:
    """Read back by systemd's rules (quotes, backslashes, doubled % and $), it is the same word."""
    line = quoted(word)
    inner = line[1:-1] if line.startswith('"') else line
    assert line.startswith('"') or not re.search(r"[\s\"'\\;%$]", line)
    assert re.sub(r"\\(.)", r"\1", inner).replace("%%", "%").replace("$$", "$") == word
