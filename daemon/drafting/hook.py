"""A command of the user's own that may reword a draft, within limits.

It gets the draft as JSON on standard input and answers {"body": "…"} on standard output.  It is run
without a shell and has twenty seconds.  What it answers must pass the same faults and leave the same
gaps: it may reword, not invent.  Otherwise the template's words stay, and the reason is said.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from daemon import command
from daemon.drafting.compose import Composed, with_body
from daemon.drafting.mail import DraftFault

TIME_LIMIT = 20.0
"""Seconds a command may take."""


@dataclass(frozen=True, slots=True)
class Reworded:
    """A draft and, where the command's words were not taken, why."""

    composed: Composed
    refused: str = ""


def reword(argv: Sequence[str], composed: Composed, seconds: float = TIME_LIMIT) -> Reworded:
    """Return the draft in the command's words if they will do, else as it was with the reason."""
    request = {
        "note": composed.note,
        "language": composed.language,
        "to": composed.letter.to.name,
        "subject": composed.subject,
        "body": composed.body,
        "gaps": composed.gaps,
    }
    answer, refused = command.run(argv, json.dumps(request).encode(), seconds, "The rewording command")
    if refused:
        return Reworded(composed, refused)
    body = _body(answer)
    if body is None:
        return Reworded(composed, 'The rewording command did not answer with JSON like {"body": "…"}.')
    return _judged(composed, body)


def _body(answer: bytes) -> str | None:
    try:
        body = json.loads(answer).get("body")
    except (ValueError, AttributeError, RecursionError):
        return None
    return body if isinstance(body, str) and body.strip() else None


def _judged(composed: Composed, body: str) -> Reworded:
    """Return the reworded draft if it has no fault that the template's words did not have."""
    try:
        reworded = with_body(composed, body)
    except DraftFault as fault:
        return Reworded(composed, str(fault))
    if sorted(reworded.gaps) != sorted(composed.gaps):
        return Reworded(composed, "The rewording command filled or made gaps; only you can do that.")
    had = {(fault.code, fault.quote) for fault in composed.faults}
    new = [fault for fault in reworded.faults if (fault.code, fault.quote) not in had]
    if new:
        return Reworded(composed, f"The reworded text was not taken. {new[0].says} {new[0].quote}".strip())
    return Reworded(reworded)
