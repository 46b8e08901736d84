"""The audit log proves that nothing was cut out, altered or added."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daemon.audit import Audit, head_of, verify
from daemon.audit_chain import BEGINNING, Link, breaks, end_of, files, lines, seal
from daemon.audit_records import Decided, Record, ServiceStarted
from daemon.store import Store

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def record(number: int = 0) -> Record:
    return Decided(case=f"acme-{number}", action="wait", rules=("not_yet",), policy="default-1", due="")


def started() -> Record:
    return ServiceStarted(version="0", account="a", policy="default-1", observed_from="2026-03-02")


def filled(directory: Path, count: int) -> Store:
    store = Store.memory()
    audit = Audit(store, directory)
    audit.begin(NOW)
    for number in range(count):
        audit.record(NOW + timedelta(minutes=number), record(number))
    audit.flush()
    return store


def chained(count: int) -> list[bytes]:
    found, at = [], BEGINNING
    for number in range(1, count + 1):
        body = json.dumps({"seq": number, "event": "x", "n": number, "prev": at.hash}, separators=(",", ":"))
        found.append(seal(body.encode()))
        at = end_of(found[-1])
    return found


def test_an_untouched_log_has_no_breaks(tmp_path: Path) -> None:
    """What was written verifies, line by line and to the end."""
    store = filled(tmp_path, 20)
    assert verify(store, tmp_path) == ()
    assert len(list(lines(tmp_path))) == 20


def test_every_line_is_json_and_carries_the_hash_of_the_one_before(tmp_path: Path) -> None:
    """The chain can be followed with any JSON reader."""
    filled(tmp_path, 3)
    found = [json.loads(line) for line in lines(tmp_path)]
    assert [line["seq"] for line in found] == [1, 2, 3]
    assert found[0]["prev"] == "0" * 64
    assert [line["prev"] for line in found[1:]] == [line["hash"] for line in found[:-1]]
    assert found[0]["event"] == "decided"


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_any_change_is_found(data: st.DataObject) -> None:
    """Cut a line out, alter one octet, add one, swap two, or cut off the end: it is always found."""
    whole = chained(data.draw(st.integers(2, 8), label="lines"))
    at = data.draw(st.integers(0, len(whole) - 1), label="place")
    match data.draw(st.sampled_from(["cut", "alter", "add", "swap", "tail"]), label="deed"):
        case "cut":
            changed = whole[:at] + whole[at + 1 :]
        case "alter":
            line = bytearray(whole[at])
            place = data.draw(st.integers(0, len(line) - 1), label="octet")
            line[place] ^= data.draw(st.integers(1, 127), label="bits")
            changed = [*whole[:at], bytes(line), *whole[at + 1 :]]
        case "add":
            changed = [*whole[:at], whole[data.draw(st.integers(0, len(whole) - 1))], *whole[at:]]
        case "swap":
            other = (at + 1) % len(whole)
            changed = list(whole)
            changed[at], changed[other] = changed[other], changed[at]
        case _:
            changed = whole[:at]
    assert list(breaks(whole, end_of(whole[-1]))) == []
    assert list(breaks(changed, end_of(whole[-1]))) != []


def test_a_forged_chain_is_found_by_the_states_memory_of_its_end(tmp_path: Path) -> None:
    """Who recomputes every hash after altering a line still does not get the last one right."""
    store = filled(tmp_path, 5)
    forged = chained(5)
    (tmp_path / "audit.jsonl").write_bytes(b"".join(line + b"\n" for line in forged))
    assert [b.seq for b in verify(store, tmp_path)] == [5]


def test_lines_committed_but_not_yet_written_are_written_at_the_next_start(tmp_path: Path) -> None:
    """A crash between the commit and the file loses no line and writes none twice."""
    store = Store.memory()
    audit = Audit(store, tmp_path)
    audit.begin(NOW)
    audit.record(NOW, record(1))
    audit.record(NOW, record(2))
    assert verify(store, tmp_path) == ()
    again = Audit(store, tmp_path)
    again.begin(NOW)
    again.flush()
    again.flush()
    assert [json.loads(line)["case"] for line in lines(tmp_path)] == ["acme-1", "acme-2"]
    assert verify(store, tmp_path) == ()


def test_a_crash_between_the_file_and_the_outbox_writes_no_line_twice(tmp_path: Path) -> None:
    """Lines that reached the file while their rows were still waiting are not repeated."""
    store = filled(tmp_path, 2)
    for line in list(lines(tmp_path)):
        store.db.execute("insert into audit_outbox values (?, ?)", [end_of(line).seq, line])
    Audit(store, tmp_path).flush()
    assert len(list(lines(tmp_path))) == 2
    assert verify(store, tmp_path) == ()


def test_a_line_torn_by_a_power_loss_is_mended(tmp_path: Path) -> None:
    """Half a line at the end is cut off and written whole from the state."""
    store = filled(tmp_path, 3)
    file = tmp_path / "audit.jsonl"
    whole = list(lines(tmp_path))
    file.write_bytes(file.read_bytes()[:-40])
    store.db.execute("insert into audit_outbox values (?, ?)", [3, whole[2]])
    audit = Audit(store, tmp_path)
    audit.begin(NOW)
    audit.flush()
    assert list(lines(tmp_path)) == whole


def test_rotation_keeps_the_chain(tmp_path: Path) -> None:
    """Full files are closed, the oldest removed, and what is left still verifies."""
    store = Store.memory()
    audit = Audit(store, tmp_path, keep=2, full=2000)
    audit.begin(NOW)
    for number in range(60):
        audit.record(NOW, record(number))
        audit.flush()
    assert len(files(tmp_path)) == 3
    assert verify(store, tmp_path) == ()
    first = json.loads(next(iter(lines(tmp_path))))["seq"]
    assert first > 1
    cut = files(tmp_path)[0]
    cut.write_bytes(b"\n".join(cut.read_bytes().split(b"\n")[1:]))
    assert [b.seq for b in verify(store, tmp_path)] == [first]


def test_a_state_that_was_lost_goes_on_with_the_chain_and_says_so(tmp_path: Path) -> None:
    """A new state continues the old files, and the log tells where that happened."""
    filled(tmp_path, 4)
    store = Store.memory()
    audit = Audit(store, tmp_path)
    audit.begin(NOW)
    audit.record(NOW, started())
    audit.flush()
    found = [json.loads(line) for line in lines(tmp_path)]
    assert [line["event"] for line in found[-2:]] == ["state_rebuilt", "service_started"]
    assert verify(store, tmp_path) == ()


def test_lines_somebody_added_to_the_end_stay_suspicious(tmp_path: Path) -> None:
    """Well-chained lines the state never wrote are named, also after the program went on from there."""
    store = filled(tmp_path, 2)
    end = head_of(store)
    body = json.dumps({"seq": 3, "event": "decided", "prev": end.hash}, separators=(",", ":"))
    with (tmp_path / "audit.jsonl").open("ab") as file:
        file.write(seal(body.encode()) + b"\n")
    assert [b.seq for b in verify(store, tmp_path)] == [3]
    audit = Audit(store, tmp_path)
    audit.begin(NOW)
    audit.flush()
    assert [b.seq for b in verify(store, tmp_path)] == [3]


def test_garbage_at_the_end_stops_neither_the_program_nor_the_proof(tmp_path: Path) -> None:
    """A last line that is no line is found by verify, and the program writes on behind it."""
    store = filled(tmp_path, 2)
    with (tmp_path / "audit.jsonl").open("ab") as file:
        file.write(b"garbage\n")
    audit = Audit(store, tmp_path)
    audit.begin(NOW)
    audit.record(NOW, record(9))
    audit.flush()
    assert verify(store, tmp_path)
    assert end_of(list(lines(tmp_path))[-1]) == head_of(store)


def test_names_give_away_the_domain_only(tmp_path: Path) -> None:
    """The same address has the same name in one log and another in the next; it cannot be guessed back."""
    one, other = Audit(Store.memory(), None), Audit(Store.memory(), None)
    name = one.person("kim.lee@acme.example")
    assert name == one.person("kim.lee@acme.example")
    assert name.endswith("@acme.example")
    assert "kim" not in name
    assert name != other.person("kim.lee@acme.example")


def test_a_simulation_keeps_no_files() -> None:
    """Without a directory the chain lives in the state alone."""
    store = Store.memory()
    audit = Audit(store, None)
    audit.begin(NOW)
    audit.record(NOW, record())
    audit.flush()
    assert head_of(store).seq == 1


@pytest.mark.parametrize("text", ["", "7 " + "a" * 64])
def test_a_link_reads_back_as_it_was_written(text: str) -> None:
    """The head kept in the state survives being written down."""
    assert str(Link.parse(text)) == (text or str(BEGINNING))


def test_random_records_survive_the_pipeline() -> None:
    """Whatever stands in a record, the line is one line and verifies."""

    @settings(max_examples=50, deadline=None)
    @given(st.lists(st.text(max_size=40), min_size=1, max_size=5))
    def check(words: list[str]) -> None:
        with TemporaryDirectory() as name:
            store = Store.memory()
            audit = Audit(store, Path(name), quotes=True)
            audit.begin(NOW)
            for word in words:
                audit.record(NOW, Decided(case=word, action=word, rules=(word,), policy=word, text=word))
            audit.flush()
            assert len(list(lines(Path(name)))) == len(words)
            assert verify(store, Path(name)) == ()

    check()
