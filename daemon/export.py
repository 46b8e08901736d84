"""Everything stored about a case, as values and as files a person can read without this program."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import msgspec

from daemon.looking import Looking
from daemon.overview import Chapter
from daemon.reading.model import Reading
from daemon.store_drafts import Entry
from policies.case import Case
from policies.decision import Decision


@dataclass(frozen=True, slots=True)
class ExportedMail:
    """A mail as it was read: what it says, and the text of its own it had (no quotations, no attachments)."""

    reading: Reading
    text: str
    thread: str
    why_here: str


@dataclass(frozen=True, slots=True)
class ExportedDraft:
    """A note of the ledger; `octets` is the draft itself where it is still kept."""

    note: str
    to: str
    state: str
    reason: str
    subject: str
    message_id: str
    intended_at: datetime
    changed_at: datetime
    octets: str


@dataclass(frozen=True, slots=True)
class Exported:
    """A case with all that is stored about it, and what follows from that now."""

    case: Case
    story: tuple[Chapter, ...]
    now: Decision
    mails: tuple[ExportedMail, ...]
    drafts: tuple[ExportedDraft, ...]
    told: tuple[tuple[str, str], ...]
    raised: tuple[tuple[datetime, str, str], ...]


def exported(at: Looking, case_id: str) -> Exported:
    """Return all that is stored about a case."""
    seen, book = at.seen(case_id), at.shell.book
    why = {link.reading.key: link.why for link in book.links(case_id)}
    return Exported(
        seen.case,
        seen.chapters,
        seen.decision,
        tuple(
            ExportedMail(mail.reading, mail.body, mail.thread_id, why.get(mail.reading.key, ""))
            for mail in book.mails(case_id)
        ),
        tuple(_draft(entry) for entry in at.shell.drafts.of_case(case_id)),
        book.facts(case_id),
        book.raised_texts(case_id),
    )


def _draft(entry: Entry) -> ExportedDraft:
    return ExportedDraft(
        entry.note,
        entry.to,
        entry.state,
        entry.reason,
        entry.subject,
        entry.message_id,
        entry.intended_at,
        entry.changed_at,
        (entry.octets or b"").decode("utf-8", "replace"),
    )


def files(found: Exported, story: str) -> Iterator[tuple[str, str]]:
    """Yield the files of a case by their names: everything as JSON, the story, and each draft as a mail."""
    yield "case.json", msgspec.json.format(msgspec.json.encode(found), indent=1).decode() + "\n"
    yield "story.txt", story
    for number, draft in enumerate(found.drafts, 1):
        if draft.octets:
            yield f"draft-{number}-{draft.note}.eml", draft.octets
