"""A mail account whose drafts are files, so that it outlives the process that works on it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from email.parser import BytesHeaderParser
from pathlib import Path

from connectors.connector import Batch, Cursor, DraftRef, Mailbox, Removal, SpecialUse, StoredMessage
from connectors.errors import Refused, Unavailable

USES = {"Drafts": SpecialUse.DRAFTS, "Sent": SpecialUse.SENT, "Trash": SpecialUse.TRASH}


class FolderAccount:
    """Drafts, Sent and Trash as folders.  `refuses` and `loses_answers` let APPEND go wrong on purpose."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.refuses = ""
        self.loses_answers = False
        for name in USES:
            (root / name).mkdir(parents=True, exist_ok=True)

    def mailboxes(self) -> tuple[Mailbox, ...]:
        return tuple(Mailbox(name, use) for name, use in USES.items())

    def changes(self, cursor: Cursor | None, since: datetime) -> Iterator[Batch]:
        yield Batch((), Cursor("0"))

    def wait(self, seconds: float) -> bool:
        return False

    def wake(self) -> None:
        pass

    def append_draft(self, octets: bytes, message_id: str, thread_id: str = "") -> DraftRef:
        if self.refuses:
            raise Refused(self.refuses)
        uid = str(len(list((self.root / "Drafts").iterdir())) + 1)
        hidden = self.root / f"{uid}.partial"
        hidden.write_bytes(octets)
        os.replace(hidden, self.root / "Drafts" / f"{uid}.eml")
        if self.loses_answers:
            raise Unavailable("The connection was lost before the answer came.")
        return DraftRef("Drafts", message_id, uid=uid, validity="1")

    def drafts(self) -> tuple[StoredMessage, ...]:
        return tuple(
            StoredMessage(file.read_bytes(), "Drafts", SpecialUse.DRAFTS, file.stem, datetime.now(UTC))
            for file in sorted((self.root / "Drafts").iterdir(), reverse=True)
        )

    def locate(self, message_id: str) -> frozenset[SpecialUse]:
        return frozenset(use for name, use in USES.items() if self._files(name, message_id))

    def find_draft(self, message_id: str) -> DraftRef | None:
        found = self._files("Drafts", message_id)
        return DraftRef("Drafts", message_id, uid=found[0].stem, validity="1") if found else None

    def remove_draft(self, ref: DraftRef, octets: bytes) -> Removal:
        found = self._files("Drafts", ref.message_id)
        if not found:
            return Removal.GONE
        if found[0].read_bytes() != octets:
            return Removal.CHANGED
        found[0].unlink()
        return Removal.REMOVED

    def close(self) -> None:
        pass

    def _files(self, mailbox: str, message_id: str) -> list[Path]:
        wanted = f"<{message_id.strip('<>')}>"
        parse = BytesHeaderParser().parsebytes
        return [f for f in (self.root / mailbox).iterdir() if parse(f.read_bytes())["Message-ID"] == wanted]
