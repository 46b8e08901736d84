"""One account being watched: a turn looks, acts and listens, and says when it wants the next one.

Laps are timed by the monotonic clock, the policy by the wall clock.  Nothing here knows what a mail means,
nor that there are other accounts.
"""

from __future__ import annotations

import contextlib
import random
import socket
import sqlite3
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from connectors.errors import ConnectorError, Refused, Unavailable, Vanished
from daemon.audit_records import AccountChanged
from daemon.clock import Clock
from daemon.errors import UserError
from daemon.log import logger
from daemon.outside import Outside
from daemon.step import Done, Shell

if TYPE_CHECKING:
    from daemon.digests import Digests

LOGIN_PAUSE = 3600.0
"""Seconds after which refused credentials are tried again by themselves."""

STINT = 20.0
"""Seconds after which a turn that still has mail to take in lets others have theirs first."""

IDLE_LAPS = 10
"""So many empty laps within seconds, and the server is taken to be confused."""

BREATHER = 30.0
"""Seconds for which a confused server is not listened to."""

FASTEST, SLOWEST = 2.0, 900.0


class State(StrEnum):
    """How an account is doing."""

    STARTING = "starting"
    WATCHING = "watching"
    BACKING_OFF = "backing_off"  # cannot be reached
    AUTH_FAILED = "auth_failed"  # the login was refused
    REFUSED = "refused"  # something the user must change
    STORAGE_FAILED = "storage_failed"  # our own disk
    STOPPED = "stopped"


@dataclass(slots=True)
class Backoff:
    """How long to wait after the n-th failure in a row: full jitter between 2 s and a doubling limit."""

    uniform: Callable[[float, float], float] = random.uniform
    failures: int = 0

    def next(self) -> float:
        """Count a failure and return the seconds to wait."""
        limit = min(SLOWEST, FASTEST * 2.0 ** min(self.failures + 1, 20))
        self.failures += 1
        return self.uniform(FASTEST, limit)

    def reset(self) -> None:
        """Begin anew: the account is healthy."""
        self.failures = 0


@dataclass(frozen=True, slots=True)
class Rest:
    """What an account wants until its next turn: so many seconds, or less if `source` becomes readable."""

    seconds: float
    source: socket.socket | None = None


class Watch:
    """One account.  `label` names it in the log where there are several; `reported` is told what was done,
    `signalled` asked after every look and every failure to tell the user what is new; `digests` are laid
    where the user wants them.
    """

    __slots__ = (
        "_backoff", "_began", "_broken", "_clock", "_connector", "_empty_laps", "_observe",
        "_reported", "_signalled", "_wanted", "digests", "ending", "failures", "label", "looked_at",
        "progress", "reason", "retry_at", "shell", "state",
    )  # fmt: skip

    def __init__(
        self,
        connector: Outside,
        shell: Shell,
        clock: Clock,
        *,
        observe: timedelta,
        label: str = "",
        backoff: Backoff | None = None,
        reported: Callable[[str, Done], None] = lambda _, __: None,
        signalled: Callable[[Shell, State, str, datetime], None] = lambda *_: None,
        digests: Digests | None = None,
    ) -> None:
        self.shell = shell
        self.label = label
        self.state = State.STARTING
        self.reason = ""
        self.retry_at: datetime | None = None
        self.looked_at: datetime | None = None
        self.failures = 0
        self.ending = False
        self.progress: Callable[[], None] = lambda: None
        self._connector = connector
        self._clock = clock
        self._observe = observe
        self._backoff = backoff or Backoff()
        self._reported = reported
        self._signalled = signalled
        self.digests = digests
        self._began: float | None = None  # when the present rest began, where it was spent listening
        self._wanted = 0.0  # how long that rest was to be
        self._broken: ConnectorError | None = None
        self._empty_laps = 0

    @property
    def connected(self) -> bool:
        """Return whether the next turn may do without a login."""
        return self._began is not None

    @property
    def healthy(self) -> bool:
        """Return whether nothing is wrong with the account."""
        return self.state in (State.STARTING, State.WATCHING)

    def turn(self) -> Rest:
        """Look, act, listen; a failure becomes a state and a pause.  The caller holds the state's lock."""
        try:
            return self._turn()
        except Unavailable as error:
            return self._fail(State.BACKING_OFF, error)
        except Refused as error:
            return self._fail(State.AUTH_FAILED if error.credentials else State.REFUSED, error)
        except UserError as error:
            return self._fail(State.REFUSED, Refused(str(error), hint=error.hint))
        except (sqlite3.OperationalError, OSError) as error:
            hint = "Check the free space and the permissions of the state directory."
            return self._fail(
                State.STORAGE_FAILED, Unavailable(f"The state cannot be written: {error}.", hint=hint)
            )
        except Exception as error:  # noqa: BLE001  # an error of ours costs one account, not all of them
            return self._fail(State.BACKING_OFF, _ours(error))

    def once(self) -> tuple[Done, ...]:
        """Look once and act.  Raises what the connector raises, and lets go of it in any case."""
        try:
            try:
                self._take_in(None)
            except Vanished:
                self._forget_cursor()
                self._take_in(None)
            done = self._act()
        finally:
            self._connector.close()
        self.become(State.STOPPED)
        self._signal()
        return done

    def heard(self) -> bool:
        """Return whether a turn is wanted now that the source is readable: news, or the connection's end."""
        try:
            return self._connector.heard()
        except ConnectorError as error:
            self._broken = error
            return True

    def close(self) -> None:
        """Let go of the connection; a turn that is under way comes to its end."""
        self.ending = True
        self._connector.close()

    def _turn(self) -> Rest:
        began, self._began = self._began, None
        rested = self._clock.monotonic() - began if began is not None else None
        if broken := self._broken:
            self._broken = None
            raise broken
        try:
            if not self._take_in(self._clock.monotonic() + STINT):
                return Rest(0.0)
            busy = bool(self._act())
        except Vanished as error:
            logger().warning("rescanning", reason=str(error), **self._named())
            self._forget_cursor()
            return Rest(0.0)
        if rested is not None:  # only a rest that came to its end, and was no login alone, is healthy
            self._backoff.reset()
        self.become(State.WATCHING)
        self._signal()
        return Rest(0.0) if self.ending else self._listen(rested, busy=busy)

    def _take_in(self, until: float | None) -> bool:
        """Take in everything new; return False where time was up before all of it was there."""
        since = self._clock.now() - self._observe
        for batch in self._connector.changes(self.shell.book.cursor(), since):
            self.shell.take(batch.messages, self._clock.now(), batch.cursor)
            self.progress()
            if self.ending or (until is not None and self._clock.monotonic() > until):
                return False
        return True

    def _act(self) -> tuple[Done, ...]:
        self.looked_at = self._clock.now()
        done = self.shell.tick(self.looked_at)
        for each in done:
            self._reported(self.label, each)
        if self.digests:
            self.digests.lay(self.looked_at)
        return done

    def _next_due(self, now: datetime) -> datetime | None:
        due = (self.shell.next_due(), self.digests.next_due(now) if self.digests else None)
        return min((at for at in due if at), default=None)

    def _listen(self, rested: float | None, *, busy: bool) -> Rest:
        """Return the rest until news, a due moment or the lap's end."""
        quick = rested is not None and rested < 1.0 < self._wanted and not busy
        self._empty_laps = self._empty_laps + 1 if quick else 0
        if self._empty_laps >= IDLE_LAPS:
            reason = "the server announces mail that is not there"
            logger().warning("pausing", reason=reason, **self._named())
            self._empty_laps = 0
            return Rest(BREATHER)
        listening = self._connector.listen()
        news = self._connector.heard()
        self._began = self._clock.monotonic()
        self._wanted = listening.seconds
        now = self._clock.now()
        if due := self._next_due(now):
            self._wanted = min(self._wanted, max((due - now).total_seconds(), 0.0))
        return Rest(0.0) if news else Rest(self._wanted, listening.source)

    def _fail(self, state: State, error: ConnectorError) -> Rest:
        """Say what is wrong, once, and pause."""
        if self.ending:
            return Rest(0.0)
        self.failures += 1
        seconds = LOGIN_PAUSE if state is State.AUTH_FAILED else self._backoff.next()
        self.become(state, str(error), error.hint, retry_in=seconds)
        self._signal()
        return Rest(seconds)

    def _signal(self) -> None:
        """Have the user told what is new; that it cannot be done must not harm the watching."""
        with contextlib.suppress(sqlite3.OperationalError, OSError):
            self._signalled(self.shell, self.state, self.reason, self._clock.now())

    def _forget_cursor(self) -> None:
        """Begin again from the observation window; what was read stays read, what was said stays said."""
        self.shell.book.set_cursor(None)

    def become(self, state: State, reason: str = "", hint: str = "", retry_in: float | None = None) -> None:
        """Write down how the account is doing; log and audit it when it changed."""
        now = self._clock.now()
        status: dict[str, object] = {"state": state, "at": now, "reason": reason, "hint": hint}
        if usage := self._connector.usage:
            status["usage"] = usage
        self.retry_at = None
        if retry_in is not None:
            status["retry_at"] = self.retry_at = now + timedelta(seconds=retry_in)
        changed, self.state, self.reason = state is not self.state, state, reason
        book = self.shell.book
        with contextlib.suppress(sqlite3.OperationalError, OSError):  # a full disk must not end the service
            with book.store.transaction(durable=False):
                book.set_status(status)
                if changed:
                    self._record(state, reason, now)
            self.shell.audit.flush()
        if changed:
            say = logger().info if state in (State.WATCHING, State.STOPPED) else logger().warning
            say(state, reason=reason, hint=hint, **self._named())

    def _record(self, state: State, reason: str, now: datetime) -> None:
        account = self.shell.audit.person(self.shell.book.name)
        self.shell.audit.record(now, AccountChanged(account=account, state=state, reason=reason))

    def _named(self) -> dict[str, str]:
        return {"account": self.label} if self.label else {}


def _ours(error: Exception) -> ConnectorError:
    """Return what to say of an error of our own, which costs this account a pause and no other anything."""
    at = traceback.extract_tb(error.__traceback__)[-1]
    said = f"An error of our own: {type(error).__name__} in {at.name}, line {at.lineno}."
    return Unavailable(said, hint="Please report it; nothing is lost.")
