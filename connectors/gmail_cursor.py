"""Where a reader of a Gmail account stands.

Usually that is a history id.  While the mails of a window are listed (at first, and where Gmail's history
is of no use) it also says how far each label has been read.  It must not know what a mail is.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from connectors.connector import Cursor
from connectors.errors import Vanished

_FOREIGN = "The stored place in the Gmail account cannot be understood."


@dataclass(frozen=True, slots=True)
class Reach:
    """How far a label was read: the arrival of the last mail in ms since 1970, and whose it is.

    Several mails may have arrived in that millisecond; `ids` are those that were read.
    """

    at: int
    ids: frozenset[str] = frozenset()

    def passed(self, at: int, message_id: str) -> Reach:
        """Return the reach once a mail was read that is not older than all before it."""
        if at < self.at:
            return self
        return Reach(at, self.ids | {message_id} if at == self.at else frozenset({message_id}))

    def holds(self, at: int, message_id: str) -> bool:
        """Return whether a mail was read already."""
        return at < self.at or (at == self.at and message_id in self.ids)


@dataclass(frozen=True, slots=True)
class Place:
    """A history id, and how far the labels of a window have been read where a window is being read."""

    history: str
    window: Mapping[str, Reach] | None = field(default=None)

    def passed(self, label: str, at: int, message_id: str) -> Place:
        """Return the place once a mail of the window was read."""
        window = self.window or {}
        reach = window.get(label, Reach(0)).passed(at, message_id)
        return replace(self, window=MappingProxyType({**window, label: reach}))

    def cursor(self) -> Cursor:
        """Return the place as the opaque text a caller stores."""
        plain: dict[str, object] = {"history": self.history}
        if self.window is not None:
            plain["window"] = {name: [reach.at, sorted(reach.ids)] for name, reach in self.window.items()}
        return Cursor(json.dumps(plain, sort_keys=True))


def read(cursor: Cursor | None) -> Place | None:
    """Return the place in a cursor; None means nothing was read yet.

    Raises Vanished where the text is not one of ours: the caller then starts from its window again.
    """
    if cursor is None:
        return None
    try:
        plain = json.loads(cursor)
        history, window = plain["history"], plain.get("window")
        reaches = {str(k): Reach(int(at), frozenset(ids)) for k, (at, ids) in (window or {}).items()}
        if history.isascii() and history.isdigit():
            return Place(history, None if window is None else MappingProxyType(reaches))
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise Vanished(_FOREIGN) from error
    raise Vanished(_FOREIGN)
