"""Tell the user at once of what matters: by the log, a command of theirs, or a notification service.

Each thing is told once, also over restarts; what could not be told is tried again a few times.  No words of
a mail leave this machine, and without `details` no employer's name either.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from functools import partial
from types import MappingProxyType
from zoneinfo import ZoneInfo

import msgspec

from daemon import command
from daemon.config import Notify
from daemon.log import logger
from daemon.step import Shell
from daemon.store_signals import Signal, Signals, Topic
from daemon.watch import State
from policies.case import Note

LIMIT = 10.0
"""Seconds a command may take; a notification service may take three times as long."""

ATTEMPTS = 3
"""How often something is tried to be told."""

SAYS: Mapping[Topic, str] = MappingProxyType(
    {
        Topic.STOP: "Stop, no reply: it is time to move on from one application.",
        Topic.ADVICE: "There is advice about one application.",
        Topic.DRAFT: "A draft waits in your Drafts.",
        Topic.INTERVIEW: "An interview was arranged.",
        Topic.LOGIN: "The login to your mail account was refused; afterword waits for you.",
        Topic.TROUBLE: "afterword cannot go on with your mail account without you.",
    }
)


class Message(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a command gets as JSON on standard input; what names anybody only with `details`."""

    signal: str
    account: str
    at: str
    says: str
    see: str
    case: str = ""
    note: str = ""
    employer: str = ""
    role: str = ""
    detail: str = ""


class Notifier:
    """Tells the user of one account.  `released` lets others work while a command runs."""

    def __init__(
        self,
        settings: Notify,
        *,
        account: str = "",
        zone: str = "UTC",
        released: Callable[[], AbstractContextManager[None]] = nullcontext,
    ) -> None:
        self._settings = settings
        self._account = account
        self._zone = ZoneInfo(zone)
        self._released = released

    def __call__(self, shell: Shell, state: State, reason: str, now: datetime) -> None:
        """Tell what is new since the last look; `state` and `reason` say how the account is doing."""
        signals = Signals(shell.book)
        found = (*signals.found(now), *_of_state(signals, state, reason, now))
        for signal in found:
            if signals.add(signal):
                self._log(signal)
                signals.tidy(now)
        for signal in signals.waiting():
            self._tell(shell, signals, signal, now)

    def _log(self, signal: Signal) -> None:
        named = {"account": self._account} if self._account else {}
        logger().info("signal", signal=signal.topic, case=signal.case_id, **named)

    def _tell(self, shell: Shell, signals: Signals, signal: Signal, now: datetime) -> None:
        """Tell one thing by every way that is set up; a way that fails is tried again with the others."""
        settings = self._settings
        ways = [] if signal.topic in settings.silence else self._ways()
        if not ways:
            signals.told(signal, now)
            return
        signals.attempt(signal)
        message = self._message(shell, signal)
        with self._released():
            failed = [why for way in ways if (why := way(message))]
        for why in failed:
            logger().warning("not_told", signal=signal.topic, reason=why, attempt=signal.attempts + 1)
        if not failed or signal.attempts + 1 >= ATTEMPTS:
            signals.told(signal, now)

    def _ways(self) -> list[Callable[[Message], str]]:
        ways: list[Callable[[Message], str]] = []
        if self._settings.command:
            ways.append(partial(_by_command, self._settings.command))
        if self._settings.apprise:
            ways.append(partial(_by_apprise, self._settings.apprise))
        return ways

    def _message(self, shell: Shell, signal: Signal) -> Message:
        message = Message(
            signal=signal.topic,
            account=self._account,
            at=signal.at.isoformat(timespec="seconds"),
            says=_questions(signal) or SAYS[signal.topic],
            see=f"afterword explain {signal.case_id}" if signal.case_id else "afterword doctor",
            case=signal.case_id,
            note=signal.about if signal.topic is Topic.DRAFT else "",
        )
        if not self._settings.details:
            return message
        case = shell.case(signal.case_id) if signal.case_id else None
        return msgspec.structs.replace(
            message,
            employer=(case.employer or "") if case else "",
            role=(case.role or "") if case else "",
            detail=self._detail(signal),
        )

    def _detail(self, signal: Signal) -> str:
        """Return when an interview is, which note a draft is, or what the trouble is."""
        if signal.topic is not Topic.INTERVIEW:
            return signal.about
        return f"{datetime.fromisoformat(signal.about).astimezone(self._zone):%a %d %b %Y, %H:%M}"


def _of_state(signals: Signals, state: State, reason: str, now: datetime) -> tuple[Signal, ...]:
    """Return what an account's state gives to tell; a state that has ended may be told anew."""
    match state:
        case State.AUTH_FAILED:
            return (Signal("login", Topic.LOGIN, "", reason, now),)
        case State.REFUSED | State.STORAGE_FAILED:
            return (Signal("trouble", Topic.TROUBLE, "", reason, now),)
        case State.WATCHING:
            signals.over("login", "trouble")
    return ()


def _questions(signal: Signal) -> str:
    debrief = signal.topic is Topic.DRAFT and signal.about == Note.DEBRIEF
    return "A few questions about your interview wait in your Drafts." if debrief else ""


def _by_command(argv: tuple[str, ...], message: Message) -> str:
    """Return why the user's command could not be told, or nothing."""
    return command.run(argv, msgspec.json.encode(message), LIMIT, "The notification command")[1]


def _by_apprise(urls: tuple[str, ...], message: Message) -> str:
    """Return why the notification services could not be told, or nothing.

    Apprise runs in a process of its own: it is large, and may wait for the network as long as it likes.
    The addresses hold secrets, so they go over standard input, not the command line.
    """
    parts = (message.employer, message.role, message.detail)
    about = " · ".join(part for part in parts if part)
    body = "\n".join(line for line in (message.says, about) if line)
    given = msgspec.json.encode({"urls": urls, "title": "afterword", "body": body})
    return command.run((sys.executable, "-m", "daemon.apprise_call"), given, 3 * LIMIT, "Apprise")[1]
