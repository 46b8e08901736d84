"""From a state somebody looks at to the finished page."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from daemon.looking import Looking
from daemon.report.page import case_page, render


def document(at: Looking) -> str:
    """Return the page about every case of an account, as HTML."""
    zone = ZoneInfo(at.zone)
    seen = [at.seen(case_id) for case_id in at.ids()]
    pages = [case_page(each.view, each.chapters, each.decision, at.now, zone) for each in seen]
    return render(pages, at.mind.user.account, at.now, zone)
