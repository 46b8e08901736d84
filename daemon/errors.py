"""What can go wrong in a way its user can mend: printed as sentences, never as a traceback.

The exit status tells scripts and systemd what kind of failure it was (sysexits.h for 77 and 78).
"""

from __future__ import annotations

from collections.abc import Sequence


class UserError(Exception):
    """Something the user can act on.  The message is finished sentences; `hint` says what to do."""

    status = 1

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint

    def lines(self) -> tuple[str, ...]:
        """Return what to print, the hint last."""
        said = tuple(str(self).splitlines())
        return (*said, self.hint) if self.hint else said


class UsageError(UserError):
    """The command line asks for something that makes no sense."""

    status = 2


class CredentialsRefused(UserError):
    """The account's server refused the login (EX_NOPERM)."""

    status = 77


class BadConfig(UserError):
    """The configuration cannot be used (EX_CONFIG); `problems` holds one sentence for each mistake."""

    status = 78

    def __init__(self, problems: Sequence[str], *, hint: str = "") -> None:
        super().__init__("\n".join(problems), hint=hint)
        self.problems = tuple(problems)


def reason(error: OSError | UnicodeError) -> str:
    """Return why a file cannot be read, in words."""
    return (error.strerror or type(error).__name__) if isinstance(error, OSError) else "it is no UTF-8 text"
