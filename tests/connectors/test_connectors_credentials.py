"""Where passwords come from, and that they go nowhere else."""

from __future__ import annotations

import os
import sys
import time
import traceback
from pathlib import Path

import pytest

from connectors import credentials
from connectors.credentials import (
    PasswordCommand,
    PasswordCredential,
    PasswordFile,
    PasswordText,
    Secret,
)
from connectors.errors import Refused

SECRET = "correct-horse"


def private(path: Path, octets: bytes = SECRET.encode() + b"\n") -> Path:
    path.write_bytes(octets)
    path.chmod(0o600)
    return path


def refusal(source: Secret) -> Refused:
    """Return what the source raises; it must be about credentials and must not tell the secret."""
    with pytest.raises(Refused) as caught:
        source()
    assert caught.value.credentials
    assert SECRET not in "".join(traceback.format_exception(caught.value)) + caught.value.hint
    return caught.value


@pytest.mark.parametrize("mode", [0o600, 0o400])
@pytest.mark.parametrize("octets", [b"correct-horse", b"correct-horse\n", b"correct-horse\r\nnotes\n"])
def test_file(tmp_path: Path, mode: int, octets: bytes) -> None:
    """The first line of a private file is the password."""
    path = private(tmp_path / "password", octets)
    path.chmod(mode)
    assert PasswordFile(path)() == SECRET


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o666])
def test_file_others_may_read(tmp_path: Path, mode: int) -> None:
    """A file others may read is refused, with the command that mends it."""
    path = private(tmp_path / "password")
    path.chmod(mode)
    error = refusal(PasswordFile(path))
    assert f"{mode:04o}" in str(error)
    assert error.hint == f"Take that right away: chmod 600 {path}"


def test_no_file(tmp_path: Path) -> None:
    """A file that is missing, a folder, and a pipe nobody writes to are told and not waited for."""
    os.mkfifo(tmp_path / "pipe", 0o600)
    assert "No such file" in str(refusal(PasswordFile(tmp_path / "missing")))
    assert "Is a directory" in str(refusal(PasswordFile(tmp_path)))
    assert "is not a file" in str(refusal(PasswordFile(tmp_path / "pipe")))


@pytest.mark.parametrize("octets", [b"", b"\n", b"\nsecond line\n", b"correct-horse\xff"])
def test_file_without_password(tmp_path: Path, octets: bytes) -> None:
    """A file whose first line is no password is refused without showing what it holds."""
    refusal(PasswordFile(private(tmp_path / "password", octets)))


def test_file_from_systemd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A credential file of systemd's is taken whatever its mode: its folder is private."""
    path = private(tmp_path / "imap")
    path.chmod(0o440)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    assert PasswordFile(path)() == SECRET


def test_systemd_credential(tmp_path: Path) -> None:
    """A credential is found by its name, only in systemd's folder, and else its line in the unit is named."""
    private(tmp_path / "imap").chmod(0o440)
    environment = {"CREDENTIALS_DIRECTORY": str(tmp_path)}
    assert PasswordCredential("imap", environment)() == SECRET
    assert "LoadCredential=imap" in refusal(PasswordCredential("imap", {})).hint
    refusal(PasswordCredential(f"../{tmp_path.name}/imap", environment))
    refusal(PasswordCredential("other", environment))


def python(code: str, limit: float = 20.0) -> PasswordCommand:
    return PasswordCommand((sys.executable, "-c", code), time_limit=limit)


def test_command() -> None:
    """The first line a command prints is the password; what it does not get is a terminal to ask on."""
    assert (
        python("import sys; print('correct-' + 'horse', sys.stdin.read(), sep=''); print('more')")() == SECRET
    )


def test_command_without_shell(tmp_path: Path) -> None:
    """Arguments are arguments: no shell reads them."""
    assert (
        PasswordCommand(("echo", f"; touch {tmp_path}/x `id` $HOME"))() == f"; touch {tmp_path}/x `id` $HOME"
    )
    assert not (tmp_path / "x").exists()


def test_failing_command() -> None:
    """A command that fails, prints nothing, or is not there is told by its name, without its arguments."""
    failed = refusal(python("import sys; print('correct-horse'); sys.exit(3)"))
    assert "ended with status 3" in str(failed)
    assert "sys.exit" not in str(failed)
    refusal(python("print()"))
    assert "No such file" in str(refusal(PasswordCommand(("/nowhere/at-all", SECRET))))


def test_command_without_end() -> None:
    """A command that does not end is ended, with all it has started."""
    began = time.monotonic()
    slow = "import subprocess, sys; subprocess.run(['sleep', '30'])  # correct-horse"
    assert "did not end" in str(refusal(python(slow, limit=0.3)))
    assert time.monotonic() - began < 5


def test_text() -> None:
    """A password may stand in the configuration itself."""
    assert PasswordText(SECRET)() == SECRET


def test_representations(tmp_path: Path) -> None:
    """No representation of a source shows a secret."""
    sources = (PasswordText(SECRET), PasswordCommand(("show", SECRET)), PasswordFile(private(tmp_path / "p")))
    assert SECRET not in repr(sources) + str(sources)


def test_exactly_one(tmp_path: Path) -> None:
    """Exactly one source has to be given."""
    assert credentials.chosen(text="x") == PasswordText("x")
    assert credentials.chosen(file=tmp_path) == PasswordFile(tmp_path)
    assert credentials.chosen(command=("pass", "show", "mail")) == PasswordCommand(("pass", "show", "mail"))
    assert credentials.chosen(credential="imap") == PasswordCredential("imap")
    for given in ({}, {"text": "x", "credential": "imap"}):
        with pytest.raises(Refused, match="exactly one"):
            credentials.chosen(**given)
