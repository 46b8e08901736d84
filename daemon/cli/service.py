"""`afterword service`: let the user's service manager keep afterword running."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import click

from daemon import user_unit
from daemon.cli.options import CONFIG
from daemon.errors import UserError

_LIMIT = 60
_LINGER = "It runs while you are logged in. To let it run always: loginctl enable-linger"


@click.group()
def service() -> None:
    """Keep afterword running: a systemd unit of your own, no root needed.

    \b
    afterword service install
    afterword service status
    journalctl --user -u afterword -f
    """


@service.command()
@CONFIG
def install(config: Path | None) -> None:
    """Write the unit, start it now and at every login."""
    from daemon.config_check import load
    from daemon.setup import write

    _on_linux()
    loaded = load(config)
    path = user_unit.place(os.environ)
    text = user_unit.unit(user_unit.packaged(), user_unit.program(), loaded.path, os.environ)
    same = path.is_file() and path.read_text(encoding="utf-8") == text
    if not same:
        write(path, text)
    click.echo(f"{path} {'is as it should be' if same else 'is written'}.")
    _systemctl("daemon-reload")
    _systemctl("enable", "afterword")
    _systemctl("restart", "afterword")
    click.echo(f"afterword runs, and will at every login. {_LINGER}")
    click.echo("See how it does: afterword service status, afterword status")


@service.command()
def uninstall() -> None:
    """Stop it and remove the unit.  The configuration and what was learnt stay."""
    _on_linux()
    path = user_unit.place(os.environ)
    if not path.exists():
        click.echo(f"There is no unit at {path}: nothing to do.")
        return
    _systemctl("disable", "--now", "afterword")
    path.unlink()
    _systemctl("daemon-reload")
    click.echo(f"Stopped, and {path} is removed. Configuration and state are where they were.")


@service.command()
def status() -> None:
    """Say whether it runs, and what it last said.  Exit status 1 where it does not run."""
    _on_linux()
    path = user_unit.place(os.environ)
    if not path.exists():
        click.echo("Not installed. Install it with: afterword service install")
        sys.exit(1)
    names = "ActiveState,SubState,MainPID,StatusText,ExecMainStatus,NRestarts"
    shown = dict(
        line.split("=", 1)
        for line in _systemctl("show", "afterword", "-p", names).splitlines()
        if "=" in line
    )
    runs = shown.get("ActiveState") == "active"
    said = f": {shown['StatusText']}" if shown.get("StatusText") else ""
    if runs:
        click.echo(f"Running (process {shown.get('MainPID', '?')}){said}.")
        return
    click.echo(f"Not running ({shown.get('ActiveState', '?')}, {shown.get('SubState', '?')}){said}.")
    click.echo(_remedy(shown.get("ExecMainStatus", "")))
    sys.exit(1)


def _remedy(status: str) -> str:
    then = "Then: afterword service install"
    match status:
        case "78":
            return f"The configuration has mistakes; `afterword doctor` names them. {then}"
        case "77":
            return f"The login was refused; `afterword doctor` says what to do. {then}"
        case "0" | "":
            return "Start it: systemctl --user start afterword"
        case _:
            return f"It ended with status {status}; see why: journalctl --user -u afterword -n 50"


def _on_linux() -> None:
    """Raise UserError where there is no systemd."""
    if shutil.which("systemctl"):
        return
    if sys.platform == "darwin":
        raise UserError(
            "macOS has no systemd, and afterword brings no launchd agent.",
            hint="Run `afterword run` in a terminal, or have a LaunchAgent of your own start it at login.",
        )
    raise UserError(
        "There is no systemd on this machine (no systemctl).",
        hint="Let your own service manager start `afterword run`: it stays in the foreground.",
    )


def _systemctl(*arguments: str) -> str:
    """Return what systemctl prints.  Raises UserError with its words and what to do."""
    command = ["systemctl", "--user", *arguments]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_LIMIT, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise UserError(f"`{' '.join(command)}` did not work: {error}.", hint=_BY_HAND) from error
    if done.returncode:
        said = " ".join(done.stderr.split()) or f"status {done.returncode}"
        raise UserError(f"`{' '.join(command)}` said: {said}", hint=_hint(said))
    return done.stdout


_BY_HAND = "Try it by hand, and see: journalctl --user -u afterword -n 50"


def _hint(said: str) -> str:
    if "bus" in said:
        return (
            "There is no user service manager in this session: log in as yourself (su and sudo give none), or"
            " use the system unit systemd/afterword@.service."
        )
    return _BY_HAND
