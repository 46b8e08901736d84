"""Where a password comes from: a file, a command, a systemd credential, or the configuration itself.

Each source is a value that is called when a connection is opened, so that a changed password is found.  A
secret appears in no representation, no error and no log.
"""

from __future__ import annotations

import contextlib
import os
import signal
import stat
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from connectors.errors import Refused

_SIZE_CAP = 1 << 16
_TIME_LIMIT = 30.0

Secret = Callable[[], str]
"""Returns the password; raises Refused where it cannot be had."""


@dataclass(frozen=True, slots=True)
class PasswordText:
    """The password itself; whoever makes this has checked that the file it stands in is private."""

    text: str = field(repr=False)

    def __call__(self) -> str:
        """Return the password."""
        return _first_line(self.text.encode(), "The password in the configuration")


@dataclass(frozen=True, slots=True)
class PasswordFile:
    """The first line of a file that only its owner may read."""

    path: Path

    def __call__(self) -> str:
        """Return the password.  Raises Refused where the file is missing or others may read it."""
        return _first_line(private_octets(self.path, "password"), f"The password file {self.path}")


@dataclass(frozen=True, slots=True)
class PasswordCredential:
    """A credential systemd hands to the service (LoadCredential=, systemd.exec(5))."""

    name: str
    environment: Mapping[str, str] = field(default_factory=lambda: os.environ, repr=False)

    def __call__(self) -> str:
        """Return the password.  Raises Refused where systemd handed none of that name."""
        directory = self.environment.get("CREDENTIALS_DIRECTORY", "")
        if not directory or Path(self.name).name != self.name:
            raise Refused(
                f"There is no systemd credential {self.name!r}.",
                hint=f"Put LoadCredential={self.name}:/path/to/file into the unit's [Service] section.",
                credentials=True,
            )
        path = Path(directory) / self.name
        return _first_line(
            private_octets(path, "password", must_be_ours=False), f"The systemd credential {self.name!r}"
        )


@dataclass(frozen=True, slots=True)
class PasswordCommand:
    """The first line a command prints; no shell is used, what it says on standard error is shown as it is."""

    argv: tuple[str, ...] = field(repr=False)
    time_limit: float = _TIME_LIMIT

    def __call__(self) -> str:
        """Return the password.  Raises Refused where the command fails or takes too long."""
        program = self.argv[0] if self.argv else ""
        try:
            status, printed = self._run()
        except (OSError, ValueError) as error:
            raise self._failed(f"cannot be run: {getattr(error, 'strerror', None) or error}") from error
        except subprocess.TimeoutExpired:  # its text would show the arguments
            raise self._failed(f"did not end within {self.time_limit:.0f} seconds") from None
        if status:
            raise self._failed(f"ended with status {status}")
        return _first_line(printed, f"What the password command {program!r} printed")

    def _run(self) -> tuple[int, bytes]:
        """Run the command in a session of its own, so that all it started can be ended with it."""
        with subprocess.Popen(
            self.argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, start_new_session=True
        ) as process:
            try:
                printed, _ = process.communicate(timeout=self.time_limit)
            except BaseException:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                raise
            return process.returncode, printed

    def _failed(self, how: str) -> Refused:
        return Refused(
            f"The password command {self.argv[0] if self.argv else ''!r} {how}.",
            hint="Run it by hand: it has to print the password on its first line.",
            credentials=True,
        )


def chosen(
    *,
    file: Path | None = None,
    command: tuple[str, ...] = (),
    credential: str = "",
    text: str = "",
) -> Secret:
    """Return the one source that is given.  Raises Refused where there is none, or more than one."""
    given: list[Secret] = []
    if file is not None:
        given.append(PasswordFile(file))
    if command:
        given.append(PasswordCommand(command))
    if credential:
        given.append(PasswordCredential(credential))
    if text:
        given.append(PasswordText(text))
    if len(given) != 1:
        raise Refused(
            f"The password has {len(given) or 'no'} sources, it needs exactly one.",
            hint="Give one of password_file, password_command, password_credential, password.",
            credentials=True,
        )
    return given[0]


def private_octets(path: Path, what: str, *, must_be_ours: bool = True) -> bytes:
    """Return what is in a file nobody else may read; checked on the open file, not on its name.

    `what` says what the file holds.  systemd's credentials lie in memory, in a directory only the service
    can enter; their own mode differs with its version, so only files of the user's own are checked.
    Raises Refused.
    """
    try:
        with open(path, "rb", opener=_without_waiting) as file:
            about = os.fstat(file.fileno())
            if must_be_ours and not _from_systemd(path):
                _check_mode(path, what, about)
            return file.read(_SIZE_CAP)
    except OSError as error:
        raise Refused(
            f"The {what} file {path} cannot be read: {error.strerror}.",
            hint="Check its name, and that you are its owner.",
            credentials=True,
        ) from error


def replace_private(path: Path, octets: bytes) -> None:
    """Put a file only its owner may read in the place of another; a crash leaves one of the two, whole.

    Directories that are missing are made, readable by the owner alone.  Raises OSError.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    number, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # mode 0600
    try:
        with os.fdopen(number, "wb") as file:
            file.write(octets)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _without_waiting(name: str, flags: int) -> int:
    """Open a file; a named pipe nobody writes to does not make us wait."""
    return os.open(name, flags | os.O_NONBLOCK)


def _from_systemd(path: Path) -> bool:
    directory = os.environ.get("CREDENTIALS_DIRECTORY", "")
    return bool(directory) and path.resolve().is_relative_to(Path(directory).resolve())


def _check_mode(path: Path, what: str, about: os.stat_result) -> None:
    if not stat.S_ISREG(about.st_mode):
        raise Refused(f"The {what} file {path} is not a file.", credentials=True)
    if about.st_uid not in (os.geteuid(), 0):
        raise Refused(
            f"The {what} file {path} belongs to somebody else.",
            hint=f"Make it yours: chown {os.geteuid()} {path}",
            credentials=True,
        )
    if about.st_mode & 0o077:
        raise Refused(
            f"The {what} file {path} can be read by others (mode {stat.S_IMODE(about.st_mode):04o}).",
            hint=f"Take that right away: chmod 600 {path}",
            credentials=True,
        )


def _first_line(octets: bytes, what: str) -> str:
    try:
        line = (octets.splitlines() or [b""])[0].decode("utf-8")
    except UnicodeDecodeError:  # its text would show the octets
        raise Refused(f"{what} is not UTF-8 text.", credentials=True) from None
    if not line:
        raise Refused(f"{what} has nothing on its first line.", credentials=True)
    return line
