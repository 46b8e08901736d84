"""What each question to Gmail costs, and how we stay within what a user is allowed.

The costs are Google's quota units (https://developers.google.com/workspace/gmail/api/reference/quota).  It
must not know what is asked for, nor talk to anybody.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

COSTS = {
    "users.getProfile": 1,
    "users.labels.list": 1,
    "users.labels.create": 5,
    "users.history.list": 2,
    "users.messages.list": 5,
    "users.messages.get": 5,
    "users.messages.attachments.get": 5,
    "users.drafts.list": 5,
    "users.drafts.get": 5,
    "users.drafts.create": 10,
    "users.drafts.delete": 10,
    "users.threads.modify": 10,
    "users.watch": 100,
}
"""Quota units by method; what is not listed is not asked of Gmail, and Pub/Sub costs none."""

RATE = 100.0
"""Units a second we take at most in the long run; Google allows a user 250."""

BURST = 5000.0
"""Units we may take at once after a pause; Google counts by the minute and allows 15,000."""


@dataclass(frozen=True, slots=True)
class Usage:
    """What the account has cost since the program started, and how it is being watched.

    `units` are Google's quota units, `interval` the seconds between two looks, `mode` is `history`,
    `window` (the history was gone twice in an hour, so the latest mails are listed instead) or `push`;
    `trouble` says why there is no push where there should be.
    """

    requests: int = 0
    units: int = 0
    refreshes: int = 0
    interval: float = 0.0
    mode: str = "history"
    trouble: str = ""


@dataclass(slots=True)
class Budget:
    """A bucket of units that fills up again at `RATE` (monotonic seconds)."""

    left: float = BURST
    at: float = -math.inf

    def take(self, units: int, now: float) -> float:
        """Take units out; return the seconds to wait before they may be used."""
        gained = (now - self.at) * RATE if self.at > -math.inf else BURST
        self.left = min(BURST, self.left + gained) - units
        self.at = now
        return max(0.0, -self.left / RATE)


@dataclass(slots=True)
class Pace:
    """How often to look without push: soon after something came, ever more rarely while nothing does.

    At night little arrives, so the nights slow down by themselves; no clock is needed.
    """

    fastest: float = 15.0
    slowest: float = 300.0
    seconds: float = 0.0

    def __post_init__(self) -> None:
        self.seconds = self.seconds or self.fastest

    def looked(self, *, found: bool) -> None:
        """Take note of a look: back to the fastest where it found something, else a quarter slower."""
        self.seconds = self.fastest if found else min(self.seconds * 1.25, self.slowest)
