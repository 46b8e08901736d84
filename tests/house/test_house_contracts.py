"""The house rules hold, and fail when somebody breaks them: each test plants a violation in a copy."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
PACKAGES = ("connectors", "daemon", "policies")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the three packages and the project file."""
    for package in PACKAGES:
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def run(where: Path, *command: str) -> subprocess.CompletedProcess[str]:
    env = {"PYTHONPATH": str(where), "PATH": str(BIN), "HOME": str(where)}
    return subprocess.run(
        [str(BIN / command[0]), *command[1:]], cwd=where, env=env, capture_output=True, text=True, timeout=120
    )


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("policies/planted.py", "import socket\n"),
        ("policies/planted.py", "import connectors.errors\n"),
        ("connectors/planted.py", "import policies.case\n"),
        ("daemon/reading/planted.py", "import sqlite3\n"),
        ("daemon/planted.py", "import smtplib\n"),
        ("policies/planted.py", "import daemon.reading\n"),
    ],
)
def test_an_import_in_the_wrong_direction_is_caught(copy: Path, module: str, line: str) -> None:
    """Whoever imports across the walls of the house breaks `make lint`."""
    (copy / module).write_text(line)
    done = run(copy, "lint-imports", "--no-cache", "--no-logo")
    assert done.returncode != 0, done.stdout
    assert "planted" in done.stdout


def test_the_house_itself_keeps_its_contracts(copy: Path) -> None:
    """Without a planted line every contract is kept."""
    done = run(copy, "lint-imports", "--no-cache", "--no-logo")
    assert done.returncode == 0, done.stdout


def test_reading_the_clock_is_caught(copy: Path) -> None:
    """Outside daemon/clock.py nobody asks what time it is."""
    planted = copy / "policies" / "planted.py"
    planted.write_text("import datetime\n\nNOW = datetime.datetime.now(datetime.UTC)\n")
    done = run(copy, "ruff", "check", "--no-cache", "policies")
    assert done.returncode == 1
    assert "TID251" in done.stdout


def test_an_untyped_function_is_caught(copy: Path) -> None:
    """Strict typing is on for the three packages."""
    (copy / "policies" / "planted.py").write_text("def f(x):\n    return x\n")
    done = run(copy, "mypy", "--cache-dir", str(copy / "cache"), "-p", "policies")
    assert done.returncode == 1
    assert "planted.py" in done.stdout


def test_no_code_can_send_mail() -> None:
    """No call to anything named send, sendmail or send_message, and no SMTP anywhere in the program."""
    found = []
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                name = getattr(node, "attr", None) or getattr(node, "id", None)
                if isinstance(name, str) and name.lower() in {"sendmail", "send_message", "smtp", "smtp_ssl"}:
                    found.append(f"{path}:{node.lineno}")  # type: ignore[attr-defined]
    assert found == []


def test_modules_stay_small() -> None:
    """No module of the program is longer than 400 lines."""
    long = {
        str(path.relative_to(ROOT)): count
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
        if (count := len(path.read_text().splitlines())) > 400
    }
    assert long == {}
