"""The three ways a mail account can fail us, by what the caller has to do about it."""

from __future__ import annotations


class ConnectorError(Exception):
    """Something about the mail account went wrong; the message is one finished sentence.

    `hint` says what to do about it, in one sentence, or is empty.
    """

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class Unavailable(ConnectorError):
    """The account cannot be reached now; drop the connection, wait, and try again."""


class Refused(ConnectorError):
    """The account answered and said no; the user has to change something.

    `credentials` is true where the login itself was refused (the program must not try again by itself
    until something changed).
    """

    def __init__(self, message: str, *, hint: str = "", credentials: bool = False) -> None:
        super().__init__(message, hint=hint)
        self.credentials = credentials


class Vanished(ConnectorError):
    """The account's memory does not reach back to our cursor (UIDVALIDITY changed, history gone).

    The caller starts again from its observation window and raises nothing for mail already decided.
    """
