"""The gate for everything that goes out, and the bell that may be rung from anywhere."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import threading
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.alarm import Alarm
from connectors.errors import Refused
from connectors.outgoing import checked_draft, quoted


@given(st.text() | st.from_regex(r"[ -~]{1,40}", fullmatch=True))
def test_quoted(text: str) -> None:
    """Whatever is let through is one quoted string of printable ASCII that means just what was given."""
    with contextlib.suppress(Refused):
        sent = quoted(text)
        assert re.fullmatch(r'"(?:[^"\\]|\\["\\])*"', sent)
        assert sent.isascii()
        assert sent.isprintable()
        assert re.sub(r"\\(.)", r"\1", sent[1:-1]) == text


@given(st.lists(st.sampled_from([b"\r\n", b"\r", b"\n", b"\0", b"a", b"\xff"])).map(b"".join))
def test_checked_draft(octets: bytes) -> None:
    """Whatever is let through is stored by every server as it is."""
    with contextlib.suppress(Refused):
        assert checked_draft(octets) == octets
        assert b"\0" not in octets
        assert octets.replace(b"\r\n", b"").find(b"\r") == octets.replace(b"\r\n", b"").find(b"\n") == -1


def test_ring_in_a_signal_handler() -> None:
    """The bell may be rung by a signal handler while the same thread waits."""
    alarm = Alarm()
    before = signal.signal(signal.SIGUSR1, lambda *_: alarm.ring())
    try:
        threading.Timer(0.05, os.kill, [os.getpid(), signal.SIGUSR1]).start()
        began = time.monotonic()
        assert alarm.wait(20).rung
        assert time.monotonic() - began < 5
    finally:
        signal.signal(signal.SIGUSR1, before)


def test_many_rings() -> None:
    """However often the bell was rung, one wait hears it, and the next one waits."""
    alarm = Alarm()
    for _ in range(100_000):
        alarm.ring()
    assert alarm.wait(20).rung
    assert not alarm.wait(0.01).rung


@pytest.mark.parametrize("seconds", [0.0, -1.0])
def test_no_time(seconds: float) -> None:
    """A wait of no time is a look."""
    alarm = Alarm()
    assert not alarm.wait(seconds).rung
    alarm.ring()
    assert alarm.wait(seconds).rung
