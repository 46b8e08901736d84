"""What the user's own mail does: thanks, asks, answers, applies, accepts or withdraws."""

from __future__ import annotations

from daemon.reading.model import Message
from policies.case import Act


def judge(message: Message, language: str) -> Act:
    """Return what a mail the user wrote does."""
    return Act.OTHER
