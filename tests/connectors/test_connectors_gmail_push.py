"""Gmail tells of new mail through a pull subscription, and where that fails nobody misses anything."""

from __future__ import annotations

import threading
import time

import pytest
from connectors_accounts import GmailAccount, everything, mail
from servers.gmail_peer import GmailUser
from servers.gmail_proxy import GmailProxy, Loss

from connectors.gmail import GmailConnector

PUSH = {"topic": "projects/p/topics/mail", "subscription": "projects/p/subscriptions/mail"}
SLOW = {"fastest": 20.0, "slowest": 20.0}


@pytest.fixture
def account(gmail_user: GmailUser, gmail_proxy: GmailProxy) -> GmailAccount:
    return GmailAccount(gmail_user, gmail_proxy)


@pytest.fixture
def connector(account: GmailAccount) -> GmailConnector:
    return account.connector(**PUSH, **SLOW)


def test_an_announcement_ends_the_wait(account: GmailAccount, connector: GmailConnector) -> None:
    """Told within a moment instead of at the next look; acknowledged; the watch is made once."""
    _, cursor = everything(connector)
    for number in range(2):
        timer = threading.Timer(0.2, account.proxy.announced.append, [b'{"historyId": 1}'])
        timer.start()
        account.deliver(mail(f"new{number}"))
        began = time.monotonic()
        assert connector.wait(15)
        assert time.monotonic() - began < 10
        found, cursor = everything(connector, cursor)
        assert len(found) == 1
    assert account.proxy.asked("/watch") == 1
    connector.listen()
    assert account.proxy.acknowledged == ["ack0", "ack0"]
    assert connector.usage["mode"] == "push"


def test_a_pull_that_brings_nothing_is_asked_anew_without_a_look(
    account: GmailAccount, connector: GmailConnector
) -> None:
    """Pub/Sub answers with nothing after a while: the line stays, nobody looks, the next pull is open."""
    source = connector.listen().source
    assert source is not None
    looks = account.proxy.asked("/gmail/")
    end = time.monotonic() + 15
    while account.proxy.asked(":pull") < 3 and time.monotonic() < end:
        assert not connector.heard()
        time.sleep(0.05)
    assert account.proxy.asked(":pull") >= 3
    assert connector.listen().source is source
    assert account.proxy.asked("/gmail/") == looks


@pytest.mark.parametrize(
    ("pattern", "status", "reason"),
    [
        ("/watch", 403, "forbidden"),
        ("/watch", 400, "invalidArgument"),
        (":pull", 404, "notFound"),
        (":pull", 500, ""),
        (":acknowledge", 403, "forbidden"),
    ],
)
def test_where_push_fails_the_clock_takes_over(
    account: GmailAccount, pattern: str, status: int, reason: str
) -> None:
    """Whatever of it fails is said once, is left alone for an hour, and mail is found by looking."""
    connector = account.connector(**PUSH, fastest=0.2, slowest=20.0)
    _, cursor = everything(connector)
    account.proxy.fail(pattern, status, reason, times=99)
    account.proxy.announced.append(b"{}")
    for _ in range(4):
        assert connector.wait(10)
    account.deliver(mail("new"))
    assert len(everything(connector, cursor)[0]) == 1
    assert connector.usage["mode"] == "history"
    assert connector.usage["trouble"]
    asked = account.proxy.asked(f"{pattern}")
    assert connector.wait(10)
    assert account.proxy.asked(f"{pattern}") == asked


@pytest.mark.parametrize("loss", [Loss.FIN, Loss.RESET, Loss.BEFORE])
def test_a_line_that_breaks_while_listening_costs_nothing(account: GmailAccount, loss: Loss) -> None:
    """The pull dies: that is news enough to look, and the clock takes over."""
    connector = account.connector(**PUSH, fastest=0.2, slowest=20.0)
    account.proxy.lose(":pull", loss)
    assert connector.wait(10)
    assert connector.wait(10)
    assert connector.usage["trouble"]


def test_a_wake_ends_the_listening(connector: GmailConnector) -> None:
    """A wake ends a wait for announcements as any other."""
    threading.Timer(0.2, connector.wake).start()
    began = time.monotonic()
    assert not connector.wait(15)
    assert time.monotonic() - began < 5
