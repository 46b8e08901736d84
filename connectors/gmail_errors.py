"""What an error of Gmail's means to the user: every one of them becomes one of our three.

It must not know what was asked for.  Reasons are Google's
(https://developers.google.com/workspace/gmail/api/guides/handle-errors).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

from connectors.errors import ConnectorError, Refused, Unavailable

_LIMITS = frozenset(
    "rateLimitExceeded userRateLimitExceeded quotaExceeded dailyLimitExceeded RATE_LIMIT_EXCEEDED".split()
)
_SCOPES = frozenset("insufficientPermissions ACCESS_TOKEN_SCOPE_INSUFFICIENT".split())
_SWITCHED_OFF = frozenset("accessNotConfigured SERVICE_DISABLED".split())
_LONGEST_WAIT = 86400.0


def reasons(body: bytes) -> frozenset[str]:
    """Return the reasons Google gives in the body of an error, old style and new; often there are none."""
    try:
        error = json.loads(body)["error"]
    except (ValueError, TypeError, KeyError):
        return frozenset()
    if not isinstance(error, dict):
        return frozenset()
    found = [str(error.get("status", ""))]
    for name in ("errors", "details"):
        listed = error.get(name)
        found += [str(each["reason"]) for each in _tables(listed) if each.get("reason")]
    return frozenset(filter(None, found))


def _tables(listed: Any) -> list[dict[str, Any]]:
    return [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Return how many seconds the server wants to be left alone, or None (RFC 9110 10.2.3)."""
    value = headers.get("retry-after", "").strip()
    if value.isascii() and value.isdigit():
        return min(float(value[:9]), _LONGEST_WAIT)
    try:
        until, now = parsedate_to_datetime(value[:60]), parsedate_to_datetime(headers.get("date", "")[:60])
    except (ValueError, TypeError, IndexError):
        return None
    return min(max(_seconds(until, now), 0.0), _LONGEST_WAIT)


def _seconds(until: datetime, now: datetime) -> float:
    """Return the time between two moments the server named; our own clock may be wrong."""
    return (until.replace(tzinfo=None) - now.replace(tzinfo=None)).total_seconds()


def asks_to_wait(status: int, why: frozenset[str]) -> bool:
    """Return whether an answer means that we asked too much or too often."""
    return status == 429 or (status == 403 and bool(why & _LIMITS))


def meaning(status: int, why: frozenset[str]) -> ConnectorError:
    """Return what an answer that is no success means, whatever was asked."""
    if asks_to_wait(status, why):
        return Unavailable("Gmail says that it was asked too often; it is left alone for a while.")
    if status >= 500 or status == 408:
        return Unavailable(f"Gmail is out of order (HTTP {status}).")
    if status == 401:
        return Refused(
            "Gmail does not accept the login.",
            hint="Run `afterword authorize` to log in again.",
            credentials=True,
        )
    if status == 403:
        return _forbidden(why)
    said = ", ".join(sorted(why)) or "no reason given"
    return Refused(
        f"Gmail refused a request (HTTP {status}: {said}).",
        hint="If it stays that way, please report it.",
    )


def _forbidden(why: frozenset[str]) -> Refused:
    if why & _SCOPES:
        return Refused(
            "The login does not allow what is needed: reading mail and keeping drafts.",
            hint="Run `afterword authorize` again, and leave every box ticked on Google's page.",
            credentials=True,
        )
    if why & _SWITCHED_OFF:
        return Refused(
            "The Gmail API is switched off in the Google Cloud project of your OAuth client.",
            hint="Switch it on there under APIs & Services (docs/how-to/gmail.md, step 2).",
        )
    if "domainPolicy" in why:
        return Refused(
            "The administrators of your Google Workspace do not allow programs to use Gmail.",
            hint="Ask them to trust your OAuth client's ID (docs/how-to/gmail.md).",
        )
    said = ", ".join(sorted(why)) or "no reason given"
    return Refused(
        f"Gmail does not allow it (HTTP 403: {said}).",
        hint="Look at the account in a browser: Google may want you to confirm something.",
    )
