"""The views for Datasette work on a state as the program leaves it."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hand_made import ANA, NOW, Account, HandMade, deliver

from daemon.reader import Read
from daemon.store import NAME, Store
from policies.case import Timeline, TimelineKind

DOCS = Path(__file__).parents[2] / "docs" / "how-to"
VIEWS = (DOCS / "dashboard.sql").read_text("utf-8")
PAGE = (DOCS / "dashboard.md").read_text("utf-8")
QUERIES = re.findall(r"^```sql\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
FRIDAY = Timeline("We decide by Friday.", date(2026, 3, 2), date(2026, 3, 6), TimelineKind.DEADLINE)


class Promising(HandMade):
    """Reads in every mail of an employer's that they decide by Friday."""

    def read(self, octets: bytes, internal_date: datetime, whole: bool = True) -> Read:
        read = super().read(octets, internal_date, whole)
        said = () if read.reading.outgoing else (FRIDAY,)
        return replace(read, reading=replace(read.reading, timelines=said))


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    """A copy, with the views, of a state with two applications, one of which was heard of again."""
    directory = tmp_path_factory.mktemp("state")
    account = Account(Promising(), Store.open(directory, NOW))
    deliver(account, "inv@acme.example", "interview 1")
    deliver(account, "inv@birch.example", "interview 1", sender="lou@birch.example")
    account.step()
    account.now += timedelta(hours=1)
    deliver(account, "upd@acme.example", "employer_update", answers="inv@acme.example")
    account.step()
    account.store.close()
    with closing(sqlite3.connect(directory / NAME)) as state, closing(sqlite3.connect(":memory:")) as made:
        state.backup(made)
        made.executescript(VIEWS)
        made.row_factory = sqlite3.Row
        yield made


def rows(copy: sqlite3.Connection, sql: str) -> list[dict[str, object]]:
    return [dict(row) for row in copy.execute(sql)]


def test_every_application_is_one_row(copy: sqlite3.Connection) -> None:
    """With who it is, when they spoke last and what was promised, and what waits."""
    found = rows(copy, "select * from applications order by application")
    assert [row["employer"] for row in found] == ["Acme", "Birch"]
    acme = found[0]
    assert (acme["account"], acme["mails"], acme["expected"]) == (ANA, 2, "2026-03-06")
    assert (acme["last_kind"], acme["stopped_at"]) == ("employer_update", None)
    assert acme["drafts_waiting"]
    assert str(acme["next_moment"]) > NOW.isoformat()


@pytest.mark.parametrize("view", re.findall(r"^create view (\w+)", VIEWS, re.MULTILINE))
def test_each_view_shows_something_and_is_explained(copy: sqlite3.Connection, view: str) -> None:
    """No view is empty on this state, none lacks its line in the how-to."""
    assert rows(copy, f"select * from {view}")
    assert f"| `{view}` |" in PAGE


def test_the_words_of_timelines_are_those_of_the_mails(copy: sqlite3.Connection) -> None:
    """Quote, kind and days are as they were read."""
    (found, *_) = rows(copy, "select quote, kind, earliest, latest from timelines")
    assert found == {
        "quote": FRIDAY.quote,
        "kind": "deadline",
        "earliest": "2026-03-02",
        "latest": "2026-03-06",
    }


@pytest.mark.parametrize("query", QUERIES)
def test_the_queries_of_the_page_can_be_asked(copy: sqlite3.Connection, query: str) -> None:
    """Each is accepted by SQLite as it stands in the how-to."""
    assert isinstance(rows(copy, query), list)
