"""Drive the same shell as the daemon by a simulated clock: mail arrives at its date, due moments come.

`simulate` and `demo` are two views on this.  Nothing is decided here; the only thing of its own is the
user it plays, who sends drafts or ignores them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from connectors.connector import Connector, Cursor
from daemon.clock import SimulatedClock
from daemon.step import Done, Shell
from policies.case import DraftState
from policies.decision import Action


class World(Protocol):
    """The account from the world's side: mail is delivered to it, the user sends from it."""

    def deliver(self, octets: bytes, internal_date: datetime, mailbox: str = "INBOX") -> object:
        """Let a mail arrive."""

    def send_draft(self, message_id: str) -> object:
        """Send a draft as the user's mail program does: it moves from Drafts to Sent."""


@dataclass(frozen=True, slots=True)
class Mailing:
    """A mail of the replay: when it arrives, and whether the user wrote it."""

    at: datetime
    octets: bytes
    outgoing: bool = False


@dataclass(frozen=True, slots=True)
class Moment:
    """Something happened at a moment: a mail arrived, or time alone; and what was done about it."""

    at: datetime
    mail: Mailing | None
    done: tuple[Done, ...]


@dataclass(slots=True)
class Replay:
    """One account under a simulated clock.  `sends` says which drafts the user sends, at once."""

    shell: Shell
    connector: Connector
    world: World
    clock: SimulatedClock
    sends: Callable[[Done], bool]
    cursor: Cursor | None = None

    def play(self, mails: Iterable[Mailing], until: datetime) -> Iterator[Moment]:
        """Yield every moment up to `until`; `mails` are in order of their dates."""
        for mail in mails:
            if mail.at > until:
                break
            yield from self._pass_time(mail.at)
            self.world.deliver(mail.octets, mail.at, "Sent" if mail.outgoing else "INBOX")
            yield Moment(mail.at, mail, self._step(mail.at))
        yield from self._pass_time(until)

    def _pass_time(self, until: datetime) -> Iterator[Moment]:
        while (due := self.shell.next_due()) is not None and due <= until:
            # A due moment that does not move would keep time from passing.
            now = max(due, self.clock.now() + timedelta(seconds=1))
            if done := self._step(now):
                yield Moment(now, None, done)

    def _step(self, now: datetime) -> tuple[Done, ...]:
        """Take in what arrived, act, and let the user send; until nothing more happens at this moment."""
        self.clock.set(max(now, self.clock.now()))
        done: list[Done] = []
        while True:
            for batch in self.connector.changes(self.cursor, now - timedelta(days=1)):
                self.shell.take(batch.messages, now, batch.cursor)
                self.cursor = batch.cursor
            fresh = self.shell.tick(now)
            done += fresh
            if not self._send(fresh):
                return tuple(done)

    def _send(self, fresh: tuple[Done, ...]) -> bool:
        """Play the user; return whether anything was sent."""
        wanted = [
            each.entry.message_id
            for each in fresh
            if each.decision.action is Action.DRAFT
            and each.entry is not None
            and each.entry.state is DraftState.PLACED
            and self.sends(each)
        ]
        for message_id in wanted:
            self.world.send_draft(message_id)
        return bool(wanted)
