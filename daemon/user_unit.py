"""The systemd user unit: its text for this installation, and where it lies."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path

NAME = "afterword.service"


def packaged() -> str:
    """Return the unit as it comes with the program: inside the package, or beside it in a source tree."""
    inside = files("daemon").joinpath(NAME)
    if inside.is_file():
        return inside.read_text(encoding="utf-8")
    return (Path(__file__).parents[1] / "systemd" / NAME).read_text(encoding="utf-8")


def unit(text: str, program: Sequence[str], config: Path, environment: Mapping[str, str]) -> str:
    """Return the unit that runs this program with this configuration, and keeps its state where we look."""
    command = " ".join(quoted(part) for part in (*program, "run", "--config", str(config)))
    text, changed = re.subn(r"^ExecStart=.*$", lambda _: f"ExecStart={command}", text, flags=re.MULTILINE)
    assert changed == 1, "the packaged unit has one ExecStart"
    if state := environment.get("XDG_STATE_HOME", ""):
        text = text.replace("[Service]\n", f"[Service]\nEnvironment={quoted(f'XDG_STATE_HOME={state}')}\n")
    return text


def quoted(word: str) -> str:
    """Return a word as systemd takes it in a command line (systemd.service(5), "Command lines")."""
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return escaped if re.fullmatch(r"[\w./:=@+-]+", escaped) else f'"{escaped}"'


def program() -> tuple[str, ...]:
    """Return what starts afterword here: the command it was called by, or that lies beside this Python."""
    called = Path(sys.argv[0])
    found = called if called.parent != Path() else Path(shutil.which(called.name) or called)
    for each in (found, Path(sys.executable).with_name("afterword")):
        if each.name == "afterword" and os.access(each, os.X_OK):
            return (str(each.absolute()),)
    return (sys.executable, "-m", "daemon")


def place(environment: Mapping[str, str]) -> Path:
    """Return where a user's own units lie (systemd.unit(5))."""
    base = environment.get("XDG_CONFIG_HOME", "")
    return (Path(base) if base.startswith("/") else Path.home() / ".config") / "systemd/user" / NAME
