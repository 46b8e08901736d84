"""Watch one account: look, act, wait; through every failure and for a year.

Laps are timed by the monotonic clock, the policy by the wall clock.  Nothing here knows what a mail means.
"""

from __future__ import annotations

import contextlib
import random
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from connectors.alarm import Alarm
from connectors.connector import Connector
from connectors.errors import ConnectorError, Refused, Unavailable, Vanished
from daemon.audit_records import AccountChanged
from daemon.clock import Clock
from daemon.errors import UserError
from daemon.log import logger
from daemon.sdnotify import notify
from daemon.step import Done, Shell

LAP = 300.0
"""Seconds after which the account is looked at whatever it says."""

LOGIN_PAUSE = 3600.0
"""Seconds after which refused credentials are tried again by themselves."""

SLICE = 30.0
"""Seconds between two looks at whether the credentials have changed."""

IDLE_LAPS = 10
"""So many empty laps within seconds, and the server is taken to be confused."""

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


class Ending(StrEnum):
    """Why the service came to an end."""

    STOP = "stop"
    RELOAD = "reload"


@dataclass(slots=True)
class Backoff:
    """How long to wait after the n-th failure in a row: full jitter between 2 s and a doubling limit."""

    random: random.Random = field(default_factory=random.Random)
    failures: int = 0

    def next(self) -> float:
        """Count a failure and return the seconds to wait."""
        limit = min(SLOWEST, FASTEST * 2.0 ** min(self.failures + 1, 20))
        self.failures += 1
        return self.random.uniform(FASTEST, limit)

    def reset(self) -> None:
        """Begin anew: the account is healthy."""
        self.failures = 0


class Service:
    """The loop over one account.  `fingerprint` changes when the configuration or a credential does."""

    def __init__(
        self,
        connector: Connector,
        shell: Shell,
        clock: Clock,
        *,
        observe: timedelta,
        fingerprint: Callable[[], object] = tuple,
        backoff: Backoff | None = None,
        reported: Callable[[Done], None] = lambda _: None,
    ) -> None:
        self._connector = connector
        self._shell = shell
        self._clock = clock
        self._observe = observe
        self._fingerprint = fingerprint
        self._backoff = backoff or Backoff()
        self._reported = reported
        self._bell = Alarm()
        self._ending: Ending | None = None
        self._state = State.STARTING
        self._empty_laps = 0

    def end(self, ending: Ending) -> None:
        """Bring the loop to its end soon; safe in a signal handler."""
        self._ending = ending if self._ending is not Ending.STOP else Ending.STOP
        self._bell.ring()
        self._connector.wake()

    def run(self) -> Ending:
        """Watch until somebody ends it; return why."""
        notify("READY=1")
        while self._ending is None:
            notify("WATCHDOG=1")
            self._lap()
        notify("STOPPING=1")
        self._turn(State.STOPPED)
        self._connector.close()
        return self._ending

    def once(self) -> tuple[Done, ...]:
        """Look once and act.  Raises what the connector raises, and lets go of it in any case."""
        try:
            try:
                done = self._look()
            except Vanished:
                self._forget_cursor()
                done = self._look()
        finally:
            self._connector.close()
        self._turn(State.STOPPED)
        return done

    def _lap(self) -> None:
        """Look, act and wait for news; turn every failure into a state and a pause."""
        try:
            busy = self._look()
            self._turn(State.WATCHING)
            self._wait(bool(busy))
        except Vanished as error:
            logger().warning("rescanning", reason=str(error))
            self._forget_cursor()
        except Unavailable as error:
            self._fail(State.BACKING_OFF, error)
        except Refused as error:
            self._fail(State.AUTH_FAILED if error.credentials else State.REFUSED, error)
        except UserError as error:
            self._fail(State.REFUSED, Refused(str(error), hint=error.hint))
        except (sqlite3.OperationalError, OSError) as error:
            hint = "Check the free space and the permissions of the state directory."
            self._fail(State.STORAGE_FAILED, Unavailable(f"The state cannot be written: {error}.", hint=hint))

    def _look(self) -> tuple[Done, ...]:
        """Take everything new, then act on it; return what was done."""
        since = self._clock.now() - self._observe
        for batch in self._connector.changes(self._shell.book.cursor(), since):
            self._shell.take(batch.messages, self._clock.now(), batch.cursor)
            notify("WATCHDOG=1")
            if self._ending is not None:
                return ()
        done = self._shell.tick(self._clock.now())
        for each in done:
            self._reported(each)
        return done

    def _wait(self, busy: bool) -> None:
        """Wait for news, a due moment or the lap's end; only a lap that came to its end is healthy."""
        if self._ending is not None:
            return
        seconds = LAP
        if due := self._shell.next_due():
            seconds = min(LAP, max((due - self._clock.now()).total_seconds(), 0.0))
        began = self._clock.monotonic()
        self._connector.wait(seconds)
        self._backoff.reset()
        quick = self._clock.monotonic() - began < 1.0 < seconds
        self._empty_laps = self._empty_laps + 1 if quick and not busy else 0
        if self._empty_laps >= IDLE_LAPS:
            logger().warning("pausing", reason="the server announces mail that is not there")
            self._pause(SLICE)

    def _fail(self, state: State, error: ConnectorError) -> None:
        """Say what is wrong, once, and pause: until something changed where only the user can help."""
        seconds = LOGIN_PAUSE if state is State.AUTH_FAILED else self._backoff.next()
        self._turn(state, str(error), error.hint, retry_in=seconds)
        known = self._fingerprint()
        until = self._clock.monotonic() + seconds
        while self._ending is None and (left := until - self._clock.monotonic()) > 0:
            self._pause(min(left, SLICE))
            if state is State.AUTH_FAILED and self._fingerprint() != known:
                self.end(Ending.RELOAD)

    def _pause(self, seconds: float) -> None:
        notify("WATCHDOG=1")
        self._clock.pause(self._bell.wait, seconds)

    def _forget_cursor(self) -> None:
        """Begin again from the observation window; what was read stays read, what was said stays said."""
        self._shell.book.set_cursor(None)

    def _turn(self, state: State, reason: str = "", hint: str = "", retry_in: float | None = None) -> None:
        """Write down how the account is doing; log and audit it when it changed."""
        now = self._clock.now()
        status: dict[str, object] = {"state": state, "at": now, "reason": reason, "hint": hint}
        if retry_in is not None:
            status["retry_at"] = now + timedelta(seconds=retry_in)
        notify(f"STATUS={state} {reason}".strip())
        changed, self._state = state is not self._state, state
        with contextlib.suppress(sqlite3.OperationalError, OSError):  # a full disk must not end the service
            with self._shell.book.store.transaction(durable=False):
                self._shell.book.set_status(status)
                if changed:
                    self._record(state, reason, now)
            self._shell.audit.flush()
        if changed:
            say = logger().info if state in (State.WATCHING, State.STOPPED) else logger().warning
            say(state, reason=reason, hint=hint)

    def _record(self, state: State, reason: str, now: datetime) -> None:
        account = self._shell.audit.person(self._shell.book.name)
        self._shell.audit.record(now, AccountChanged(account=account, state=state, reason=reason))
