"""Being told of new mail: Gmail announces to a topic of Pub/Sub, and we ask a pull subscription to it.

A pull is a question that stays open until something is announced, so it is listened to like an IDLE.  Where
any of it fails, that is remembered, and for an hour nobody listens; whoever asks then looks by the clock.  It
must not know what was announced: that something was is enough.
"""

from __future__ import annotations

import json
import socket
import time
from functools import cached_property
from typing import Any

from connectors.errors import ConnectorError
from connectors.gmail_client import GmailClient
from connectors.gmail_errors import meaning, reasons
from connectors.gmail_mail import tables
from connectors.gmail_settings import GmailSettings

_RENEWED = 86400.0  # a watch ends after seven days; Google wants it renewed daily
_OFF = 3600.0
_LONGEST = 120.0  # Pub/Sub answers a pull within ninety seconds, be it with nothing
_MOST = 100


class Push:
    """The announcements of one account."""

    def __init__(self, client: GmailClient, settings: GmailSettings) -> None:
        self._client = client
        self._settings = settings
        self._renew_at = 0.0
        self._off_until = 0.0
        self._since = 0.0
        self._open: socket.socket | None = None
        self._to_acknowledge: list[str] = []
        self.trouble = ""

    @cached_property
    def _subscriptions(self) -> Any:
        from googleapiclient.discovery import build

        return (
            build(
                "pubsub",
                "v1",
                http=self._client.gate,
                static_discovery=True,
                cache_discovery=False,
                client_options={"api_endpoint": self._settings.pubsub},
            )
            .projects()
            .subscriptions()
        )

    @property
    def mode(self) -> str:
        """Return how news are known now: `push`, or `history` while it does not work."""
        return "history" if self.trouble else "push"

    def listen(self, label_ids: list[str]) -> socket.socket | None:
        """Leave a pull open, and return what becomes readable with its answer; None while push fails."""
        now = time.monotonic()
        if now < self._off_until:
            return None
        try:
            if now >= self._renew_at:
                self._client.watch(self._settings.topic, label_ids)
                self._renew_at = now + _RENEWED
            if self._open is None or now - self._since > _LONGEST:
                self._acknowledge()
                self._pull()
        except ConnectorError as error:
            self._give_up(error)
        return self._open

    def heard(self) -> bool:
        """Return whether something was announced.  A pull that brought nothing is asked anew."""
        if self._open is None or not self._client.gate.answered():
            return False
        before, self._open = self._open, None
        try:
            answer = self._client.gate.finish()
            if answer.status != 200:
                raise meaning(answer.status, reasons(answer.body))
            received = _received(answer.body)
            self._to_acknowledge += received
            self.trouble = ""
            if not received:
                self._pull()
        except ConnectorError as error:
            self._give_up(error)
        return self._open is not before

    def _pull(self) -> None:
        body = {"maxMessages": _MOST}
        asked = self._subscriptions.pull(subscription=self._settings.subscription, body=body)
        self._open = self._client.gate.begin(asked.uri, asked.body.encode())
        self._since = time.monotonic()

    def _acknowledge(self) -> None:
        """Say that announcements have been heard; one that is announced again does no harm."""
        if ids := self._to_acknowledge:
            self._to_acknowledge = []
            name = self._settings.subscription
            self._client.ask(self._subscriptions.acknowledge(subscription=name, body={"ackIds": ids}))

    def _give_up(self, error: ConnectorError) -> None:
        self._open = None
        self._renew_at = 0.0
        self._off_until = time.monotonic() + _OFF
        self.trouble = f"{error} {error.hint}".rstrip()


def _received(body: bytes) -> list[str]:
    """Return what is to be acknowledged of an answer to a pull."""
    try:
        said = json.loads(body)
    except ValueError:
        return []
    messages = tables(said, "receivedMessages") if isinstance(said, dict) else []
    return [str(each.get("ackId", "")) for each in messages]
