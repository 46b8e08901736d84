"""Google's own client, used for what it is good at: addresses, parameters, pages.

It is imported when the first question is asked, and nowhere else in the project.  It must not know what
the answers mean; who asks, how often and what at all is the `Gate`'s.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from functools import cached_property
from typing import Any

from connectors.errors import Unavailable
from connectors.gmail_errors import meaning, reasons
from connectors.gmail_gate import Gate
from connectors.gmail_mail import Json, table, tables
from connectors.gmail_quota import COSTS

_PAGE = 500
_MOST_PAGES = 200


class Said(Exception):
    """Gmail answered with a status that whoever asked was ready for."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class GmailClient:
    """The account of whoever logged in, called `me`."""

    def __init__(self, gate: Gate, api: str) -> None:
        self.gate = gate
        self._api = api

    @cached_property
    def _users(self) -> Any:
        from googleapiclient.discovery import build

        return build(
            "gmail",
            "v1",
            http=self.gate,
            static_discovery=True,
            cache_discovery=False,
            client_options={"api_endpoint": self._api},
        ).users()

    def profile(self) -> Json:
        """Return the address and the present history id."""
        return self.ask(self._users.getProfile(userId="me"))

    def history_id(self) -> str:
        """Return the present history id; nothing where the service does not tell (Google's own does)."""
        try:
            said = self.ask(self._users.getProfile(userId="me"), ready_for=(404,))
        except Said:
            return ""
        found = str(said.get("historyId") or "")
        return found if found.isdigit() else ""

    def newest_history_id(self) -> str:
        """Return the history id of the newest message; of an empty account the first there can be."""
        newest = next(self.message_ids(maxResults=1), "")
        message = self.message(newest, "minimal") if newest else None
        found = str((message or {}).get("historyId") or "")
        return found if found.isdigit() else "1"

    def labels(self) -> list[Json]:
        """Return all labels."""
        return tables(self.ask(self._users.labels().list(userId="me")), "labels")

    def new_label(self, name: str) -> Json:
        """Make a label."""
        body = {"name": name, "labelListVisibility": "labelShow", "messageListVisibility": "show"}
        return self.ask(self._users.labels().create(userId="me", body=body))

    def label_thread(self, thread_id: str, label_id: str) -> None:
        """Put a label on a thread, if it is there."""
        change = self._users.threads().modify(userId="me", id=thread_id, body={"addLabelIds": [label_id]})
        self._found(change)

    def history(self, start: str) -> Iterator[Json]:
        """Yield the pages of what came since a history id.  Raises Said(404) where that is too long ago."""
        asked = {
            "userId": "me",
            "startHistoryId": start,
            "historyTypes": ["messageAdded", "labelAdded"],
            "maxResults": _PAGE,
        }
        return self._pages(self._users.history().list, asked, ready_for=(404,))

    def message_ids(self, **asked: Any) -> Iterator[str]:
        """Yield the ids of the messages that match, the newest first."""
        for page in self._pages(self._users.messages().list, {"userId": "me", "maxResults": _PAGE, **asked}):
            yield from (str(each["id"]) for each in tables(page, "messages") if each.get("id"))

    def message(self, message_id: str, form: str) -> Json | None:
        """Return a message in one of Gmail's formats, or None where it is gone.  Raises TooLarge."""
        return self._found(self._users.messages().get(userId="me", id=message_id, format=form))

    def attachment(self, message_id: str, attachment_id: str) -> str:
        """Return what is attached to a message, in base64url; nothing where it is gone."""
        asked = {"userId": "me", "messageId": message_id, "id": attachment_id}
        found = self._found(self._users.messages().attachments().get(**asked))
        return str((found or {}).get("data") or "")

    def draft_ids(self, most: int) -> list[tuple[str, str]]:
        """Return the ids of drafts and of their present messages, the newest first."""
        found: list[tuple[str, str]] = []
        for page in self._pages(self._users.drafts().list, {"userId": "me", "maxResults": _PAGE}):
            found += [
                (str(each.get("id", "")), str(table(each, "message").get("id", "")))
                for each in tables(page, "drafts")
            ]
            if len(found) >= most:
                break
        return found[:most]

    def draft(self, draft_id: str, form: str) -> Json | None:
        """Return the message of a draft in one of Gmail's formats, or None where it is gone."""
        found = self._found(self._users.drafts().get(userId="me", id=draft_id, format=form))
        return table(found, "message") if found else None

    def store_draft(self, raw: str, thread_id: str) -> Json:
        """Store a draft.  Raises Said(400 or 404) where Gmail knows no such thread, or cannot read it."""
        message = {"raw": raw, **({"threadId": thread_id} if thread_id else {})}
        stored = self._users.drafts().create(userId="me", body={"message": message})
        return self.ask(stored, ready_for=(400, 404))

    def delete_draft(self, draft_id: str) -> bool:
        """Remove a draft for good; return False where it is gone."""
        try:
            self.ask(self._users.drafts().delete(userId="me", id=draft_id), ready_for=(404,))
        except Said:
            return False
        return True

    def watch(self, topic: str, label_ids: list[str]) -> Json:
        """Ask Gmail to announce changes to a topic of Pub/Sub, for a week at most."""
        body = {"topicName": topic, "labelIds": label_ids, "labelFilterBehavior": "include"}
        return self.ask(self._users.watch(userId="me", body=body))

    def _found(self, request: Any) -> Json | None:
        try:
            return self.ask(request, ready_for=(404,))
        except Said:
            return None

    def _pages(self, method: Any, asked: dict[str, Any], ready_for: Collection[int] = ()) -> Iterator[Json]:
        """Yield page after page; a server that never comes to an end does not keep us for ever."""
        for _ in range(_MOST_PAGES):
            page = self.ask(method(**asked), ready_for)
            yield page
            token = page.get("nextPageToken")
            if not token:
                return
            asked = {**asked, "pageToken": token}

    def ask(self, request: Any, ready_for: Collection[int] = ()) -> Json:
        """Return the answer to a request of Google's client.

        Raises Said for a status in `ready_for`, and else what the status means.
        """
        from googleapiclient.errors import HttpError

        self.gate.spend(COSTS.get(request.methodId.partition(".")[2], 0))
        try:
            answer = request.execute(num_retries=0)
        except HttpError as error:
            if error.status_code in ready_for:
                raise Said(error.status_code) from None
            raise meaning(error.status_code, reasons(error.content)) from None
        except (json.JSONDecodeError, UnicodeDecodeError) as error:
            raise Unavailable("An answer of Gmail's makes no sense.") from error
        if isinstance(answer, dict):
            return answer
        if not answer:  # nothing is said about what was removed
            return {}
        raise Unavailable("An answer of Gmail's makes no sense.")
