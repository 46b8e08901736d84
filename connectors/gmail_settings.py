"""What a Gmail account is reached with.  Values only; the login itself never lies here."""

from __future__ import annotations

from dataclasses import dataclass

API = "https://gmail.googleapis.com"
PUBSUB = "https://pubsub.googleapis.com"

READ = "https://www.googleapis.com/auth/gmail.readonly"
COMPOSE = "https://www.googleapis.com/auth/gmail.compose"
MODIFY = "https://www.googleapis.com/auth/gmail.modify"
PULL = "https://www.googleapis.com/auth/pubsub"
EVERYTHING = "https://mail.google.com/"


@dataclass(frozen=True, slots=True)
class GmailSettings:
    """Which mails matter, and how often to look.

    `labels` names further labels to watch besides INBOX and SENT, for mail that a filter keeps out of the
    inbox.  `stopped` is the label for threads that are over; empty where none is wanted.  `topic` and
    `subscription` are those of Pub/Sub (`projects/…/topics/…`, `projects/…/subscriptions/…`), both or
    neither.  `api` and `pubsub` are the services' addresses.  Times are in seconds: `fastest` and
    `slowest` bound the time between two looks.
    """

    labels: tuple[str, ...] = ()
    stopped: str = ""
    topic: str = ""
    subscription: str = ""
    api: str = API
    pubsub: str = PUBSUB
    fastest: float = 15.0
    slowest: float = 300.0
    connect_timeout: float = 20.0
    read_timeout: float = 60.0

    @property
    def push(self) -> bool:
        """Return whether Gmail is to tell us of new mail."""
        return bool(self.topic and self.subscription)


def scopes(*, labels: bool = False, push: bool = False) -> tuple[str, ...]:
    """Return the least that has to be asked of the user (https://developers.google.com/workspace/gmail/api/auth/scopes).

    There is no scope that allows drafts and not sending; that we do not send is ours to keep.
    """
    wanted = (MODIFY, COMPOSE) if labels else (READ, COMPOSE)
    return (*wanted, PULL) if push else wanted
