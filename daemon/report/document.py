"""From a state somebody looks at to the finished page."""

from __future__ import annotations

import os
from pathlib import Path
from zoneinfo import ZoneInfo

from daemon.errors import UserError
from daemon.looking import Looking
from daemon.report.page import case_page, render


def document(at: Looking) -> str:
    """Return the page about every case of an account, as HTML."""
    zone = ZoneInfo(at.zone)
    seen = [at.seen(case_id) for case_id in at.ids()]
    pages = [case_page(each.view, each.chapters, each.decision, at.now, zone) for each in seen]
    return render(pages, at.mind.user.account, at.now, zone)


def write_private(target: Path, text: str) -> None:
    """Write a file that only its owner may read.  Raises UserError where that cannot be done."""
    try:
        handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            os.fchmod(file.fileno(), 0o600)
            file.write(text)
    except OSError as error:
        raise UserError(
            f"{target} cannot be written: {error.strerror}.", hint="Name another file."
        ) from error
