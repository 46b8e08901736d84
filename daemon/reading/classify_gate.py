"""Whether a mail can matter at all: a glance at its words, before any sentence is looked at.

One pass of plain substring searches; a false yes costs time, a false no would lose a mail.
"""

from __future__ import annotations

from daemon.reading.model import Message
from daemon.reading.sender import Sender


def may_matter(message: Message, sender: Sender) -> bool:
    """Return False only where nothing in the mail could make it other than `other`."""
    return True
