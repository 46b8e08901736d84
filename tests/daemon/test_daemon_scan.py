"""The first scan of a mixed mailbox: most mail is only glanced at, and no case is missed by that."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from connectors.memory import MemoryConnector
from daemon.audit import Audit
from daemon.drafting.profile import Profile
from daemon.mind import User, UserMind
from daemon.policy_choice import chosen_policy
from daemon.reader import Read
from daemon.reading.message import parse
from daemon.reading.model import Me
from daemon.step import Shell
from daemon.store import Store

DATA = Path(__file__).parents[1] / "data" / "mail" / "dev"
NOW = datetime(2026, 9, 1, 9, tzinfo=UTC)
EVER = datetime(2000, 1, 1, tzinfo=UTC)
FILLERS = 80

NEWSLETTER = """From: Lantern <news@lantern.example>
To: {me}
Subject: This week at Lantern, {number}
Message-ID: <{number}@lantern.example>
List-Id: <news.lantern.example>
List-Unsubscribe: <https://lantern.example/u>

{text}
"""
NOTICE = """From: Cinder Parcels <no-reply@cinder.example>
To: {me}
Subject: Your parcel {number} is on its way
Message-ID: <{number}@cinder.example>

{text}
"""
TEXT = "The garden centre has paper lamps, copper kettles and winter coats on offer until Sunday.\n" * 60


class Thorough(UserMind):
    """Reads every mail whole."""

    def read(self, octets: bytes, internal_date: datetime, whole: bool = True) -> Read:
        """Return what the mail says; a glance never does."""
        return super().read(octets, internal_date, True)


class Counting(UserMind):
    """Counts what was only glanced at."""

    glanced = 0

    def read(self, octets: bytes, internal_date: datetime, whole: bool = True) -> Read:
        """Return what the mail says."""
        found = super().read(octets, internal_date, whole)
        self.glanced += found.reading.glanced
        return found


@pytest.fixture(scope="module")
def mixed() -> tuple[Me, list[bytes]]:
    """Every third labelled mail, each between two that have nothing to do with jobs."""
    labels = [json.loads(line) for line in (DATA / "labels.jsonl").read_text("utf-8").splitlines()]
    mails = [(DATA / label["file"]).read_bytes() for label in labels[::3]]
    users = frozenset(address.address for octets in mails for address in parse(octets).to[:1])
    me = sorted(users)[0]
    fillers = [
        (NEWSLETTER if number % 2 else NOTICE).format(me=me, number=number, text=TEXT).encode()
        for number in range(FILLERS)
    ]
    return Me(users), [octets for pair in zip(fillers, mails, strict=False) for octets in pair]


def scanned(mind: UserMind, mails: list[bytes]) -> set[tuple[str, str | None]]:
    """Return which mail belongs to which case after one scan of all of them."""
    account = MemoryConnector()
    for number, octets in enumerate(mails):
        account.deliver(octets, NOW - timedelta(hours=len(mails) - number))
    store = Store.memory()
    shell = Shell(account, store.account(mind.user.account, NOW), Audit(store, None), mind)
    for batch in account.changes(None, EVER):
        shell.take(batch.messages, NOW, batch.cursor)
    shell.tick(NOW)
    return {(link.reading.key, link.case_id) for link in shell.book.links()}


def test_a_scan_with_glances_finds_every_case_that_reading_all_of_it_finds(
    mixed: tuple[Me, list[bytes]],
) -> None:
    """The same mails in the same cases, and a good part of the mailbox was never taken apart."""
    me, mails = mixed
    policy = chosen_policy("default", me.zone, me.country, (2026, 2026))
    user = User(me, "ana@mail.example", Profile(name="Ana Ruiz"), policy)
    quick = Counting(user)
    found = scanned(quick, mails)
    assert found == scanned(Thorough(user), mails)
    assert len({case for _, case in found if case}) > 30
    assert quick.glanced >= FILLERS // 2
