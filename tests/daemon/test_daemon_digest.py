"""The weekly digest: a draft to oneself, once a week, that nothing follows from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hand_made import ANA, NOW, Account, HandMade, deliver, mail

from connectors.connector import DraftRef
from connectors.errors import Unavailable
from connectors.memory import MemoryConnector
from daemon import digest
from daemon.assembly import assembled
from daemon.clock import SimulatedClock
from daemon.config_check import load
from daemon.digest import Weekly
from daemon.digests import Digests
from daemon.drafting.mail import body
from daemon.linking import Casebook, worth_remembering
from daemon.outside import Outside, StateLock
from daemon.overview import View
from daemon.reader import read_here
from daemon.reading import message
from daemon.store import Store
from daemon.store_drafts import Entry, Periodical
from daemon.store_forget import forget_case
from daemon.store_signals import Signals
from daemon.watch import Watch
from policies.case import DraftState

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
MONDAY = Weekly(0, 8, "Europe/Madrid")
THIS = datetime(2026, 3, 9, 7, tzinfo=UTC)  # the first Monday after NOW, eight o'clock in Madrid


class Breaking(MemoryConnector):
    """An account in memory whose connection breaks when a draft is stored: `before` it is, or `after`."""

    breaks = ""

    def append_draft(self, octets: bytes, message_id: str, thread_id: str = "") -> DraftRef:
        breaks, self.breaks = self.breaks, ""
        ref = None if breaks == "before" else super().append_draft(octets, message_id, thread_id)
        if ref is None or breaks:
            raise Unavailable("The connection broke.")
        return ref


class Weeks(Account):
    """An account in memory with a digest, from a Monday at half past nine on; one case is open."""

    def __init__(self, log: Path | None = None) -> None:
        super().__init__(log=log)
        self.mails = self.breaking = Breaking(lambda: self.now)
        self.restart()
        deliver(self, "inv@acme.example", "interview 1")
        self.step()

    def restart(self) -> None:
        super().restart()
        self.digests = Digests(self.shell, self.mind, MONDAY)

    def look(self, at: datetime) -> None:
        self.step(at)
        self.digests.lay(at)

    def entries(self) -> list[Entry]:
        return [e for e in self.shell.drafts.of_case("") if e.note is Periodical.DIGEST]

    def lying(self) -> list[str]:
        """Return the texts of the digests that lie in Drafts."""
        ids = [f"<{e.message_id}>".encode() for e in self.entries()]
        return [body(one.octets) for one in self.mails.drafts() if any(i in one.octets for i in ids)]


ACME = View(
    case="acme-1a2b",
    employer="Acme",
    role=None,
    stage="interviewed",
    last_word=None,
    last_kind="",
    quote="",
    expected=None,
    next_at=None,
    next_rules=(),
    drafts=(),
)


def test_the_letter_says_what_is_open_and_what_ended() -> None:
    """Employer, role, stage, their words and until when, what waits, what comes; then what ended."""
    going = replace(
        ACME,
        role="Baker",
        quote="We decide by Friday.",
        expected="2026-03-13",
        next_at=datetime(2026, 3, 16, 8, tzinfo=UTC),
        drafts=("thank-you to kim@acme.example (placed)",),
    )
    assert digest.text([going], [replace(ACME, employer="Bolt", stage="rejected")], "Europe/Madrid") == (
        "OPEN\n\n"
        "Acme, Baker: interviewed\n"
        "- they said: “We decide by Friday.” (13 Mar 2026)\n"
        "- waits for you: thank-you to kim@acme.example (placed)\n"
        "- next moment: Mon 16 Mar 2026, 09:00\n\n"
        "ENDED SINCE THE LAST DIGEST\n\n"
        "Bolt: rejected\n\n"
        "afterword laid this here for you alone; next week's takes its place, unless you change it.\n"
    )


def test_what_others_wrote_stays_one_line() -> None:
    """An employer's name or words with line ends and controls cannot add lines to the letter."""
    text = digest.text([replace(ACME, employer="Acme\r\n\r\nENDED", quote="a\nb\x00\u202ec")], [], "UTC")
    assert "Acme ENDED: interviewed\n- they said: “a bc”\n" in text


@pytest.mark.parametrize(
    ("now", "day"),
    [
        (THIS - timedelta(seconds=1), "2026-03-02"),
        (THIS, "2026-03-09"),
        (THIS + 6 * DAY + 23 * HOUR, "2026-03-09"),
        (datetime(2026, 3, 30, 6, tzinfo=UTC), "2026-03-30"),  # clocks went forward the day before
        (datetime(2026, 3, 30, 5, 59, tzinfo=UTC), "2026-03-23"),
    ],
)
def test_the_moment_is_the_hour_on_the_users_clocks(now: datetime, day: str) -> None:
    """The day changes at eight in the user's zone, in winter and summer; the next moment lies ahead."""
    assert str(MONDAY.day(now)) == day
    assert now < MONDAY.next(now) <= now + 7 * DAY + HOUR
    assert MONDAY.day(MONDAY.next(now)) == MONDAY.day(now) + 7 * DAY


def test_each_week_has_its_name() -> None:
    """The key is the ISO week, also over the turn of a year."""
    days = [datetime(2026, 12, 28, tzinfo=UTC).date() + n * 7 * DAY for n in range(2)]
    assert [digest.key(day) for day in days] == ["digest 2026-W53", "digest 2027-W01"]


def test_one_digest_a_week_addressed_to_oneself() -> None:
    """It comes at the first look after its moment, once, and not for a moment before the watching began."""
    weeks = Weeks()
    weeks.look(NOW + HOUR)
    weeks.look(THIS - HOUR)
    assert weeks.lying() == []
    for hours in (0, 1, 30, 160):
        weeks.look(THIS + hours * HOUR)
    (entry,) = weeks.entries()
    (octets,) = [one.octets for one in weeks.mails.drafts() if b"Your applications" in one.octets]
    assert [to.address for to in message.parse(octets).to] == [ANA]
    assert (entry.key, entry.state) == ("digest 2026-W11", DraftState.PLACED)
    assert "Acme: " in body(octets)


def test_it_survives_a_restart_and_the_loss_of_the_state() -> None:
    """A program started anew lays no second one, nor does one whose state is gone."""
    weeks = Weeks()
    weeks.look(THIS)
    weeks.restart()
    weeks.look(THIS + HOUR)
    weeks.store.set_meta(f"digest {ANA}", "")
    weeks.store.db.execute("delete from drafts where note = 'digest'")
    weeks.restart()
    weeks.look(THIS + 2 * HOUR)
    assert len(weeks.lying()) == 1


@pytest.mark.parametrize("breaks", ["before", "after"])
def test_a_broken_connection_costs_no_digest_and_gives_no_second(breaks: str) -> None:
    """Whether the draft was stored before the connection broke or not, one lies there in the end."""
    weeks = Weeks()
    weeks.breaking.breaks = breaks
    with pytest.raises(Unavailable):
        weeks.look(THIS)
    weeks.restart()
    weeks.look(THIS + HOUR)
    weeks.look(THIS + 2 * HOUR)
    assert len(weeks.lying()) == 1
    assert [e.state for e in weeks.entries()] == [DraftState.PLACED]


def test_an_untouched_one_gives_way_to_the_next() -> None:
    """Last week's is taken back when this week's is laid; one that was changed is the user's and stays."""
    weeks = Weeks()
    weeks.look(THIS)
    weeks.look(THIS + 7 * DAY)
    assert [e.state for e in weeks.entries()] == [DraftState.WITHDRAWN, DraftState.PLACED]
    last = weeks.entries()[-1]
    mine = (last.octets or b"").replace(b"OPEN", b"MINE")
    weeks.mails.edit_draft(last.message_id, mine)
    weeks.look(THIS + 14 * DAY)
    assert len(weeks.lying()) == 2
    assert any(text.startswith("MINE") for text in weeks.lying())


def test_nothing_is_laid_where_nothing_is_open() -> None:
    """What ended is told once, beside what is open; with nothing open there is no digest, nor an old one."""
    weeks = Weeks()
    deliver(weeks, "b@bolt.example", "interview 1", sender="lou@bolt.example")
    weeks.step(NOW + HOUR)
    deliver(weeks, "r@bolt.example", "rejection", sender="lou@bolt.example", answers="b@bolt.example")
    weeks.look(THIS)
    (text,) = weeks.lying()
    assert "ENDED SINCE THE LAST DIGEST\n\nBolt: rejected\n" in text
    weeks.look(THIS + 7 * DAY)
    (text,) = weeks.lying()
    assert "Bolt" not in text
    deliver(weeks, "r@acme.example", "rejection", answers="inv@acme.example")
    weeks.look(THIS + 14 * DAY)
    assert weeks.lying() == []


def test_a_digest_sent_to_oneself_opens_and_enters_no_case() -> None:
    """Read by the real reader, as sent and as it arrives, it belongs to nothing and is not kept."""
    weeks = Weeks()
    weeks.look(THIS)
    (entry,) = weeks.entries()
    assert entry.octets
    book = Casebook()
    for link in weeks.book.links():
        book.add(link.case_id or "", replace(link.reading, tokens=("4012345",)))
    token = b"see https://boards.greenhouse.example/acme/jobs/4012345?gh_jid=3D4012345 ?\r\nOPEN"
    telling = entry.octets.replace(b"OPEN", token)
    for octets in (entry.octets, b"Received: from a by b\r\n" + entry.octets, telling):
        reading = read_here(octets, THIS, weeks.mind.user.me, True).reading
        assert book.link(reading).case_id is None
        assert not worth_remembering(reading)
    assert "4012345" in reading.tokens
    before = [link.reading.key for link in weeks.book.links()]
    weeks.mails.send_draft(entry.message_id)
    weeks.look(THIS + HOUR)
    assert [link.reading.key for link in weeks.book.links()] == before
    assert [e.state for e in weeks.entries()] == [DraftState.SENT]
    assert not any(s.case_id == "" for s in Signals(weeks.book).found(THIS + HOUR))


def test_it_stands_in_the_audit_log_without_its_words(tmp_path: Path) -> None:
    """There is a line for each state of a digest, and no employer's name in it."""
    weeks = Weeks(log=tmp_path)
    weeks.look(THIS)
    said = [line for line in weeks.said("draft_changed") if line["note"] == "digest"]
    assert [line["state"] for line in said] == ["intended", "placed"]
    assert not any("Acme" in str(value) for line in said for value in line.values())


def test_forgetting_a_case_forgets_the_digests_that_tell_of_it() -> None:
    """No digest's text stays in the state after a case was forgotten, and the week has no second one."""
    weeks = Weeks()
    weeks.look(THIS)
    (row,) = weeks.book.cases()
    forget_case(weeks.book, row.id)
    assert weeks.entries() == []
    deliver(weeks, "b@bolt.example", "interview 1", sender="lou@bolt.example")
    weeks.look(THIS + HOUR)
    assert weeks.entries() == []


@pytest.fixture
def watch() -> Iterator[tuple[Watch, MemoryConnector, SimulatedClock]]:
    """Yield a watched account with an interview taken in at NOW, and a digest on Mondays at eight."""
    clock = SimulatedClock(NOW)
    mails, store = MemoryConnector(clock.now), Store.memory()
    lock = StateLock()
    account = Account(HandMade(), store)
    account.shell.ledger.connector = Outside(mails, lock)
    mails.deliver(mail("inv@acme.example", "interview 1", NOW), NOW, "INBOX")
    digests = Digests(account.shell, account.mind, MONDAY)
    with lock:
        yield (
            Watch(Outside(mails, lock), account.shell, clock, observe=30 * DAY, digests=digests),
            mails,
            clock,
        )
    store.close()


def test_the_watch_wakes_for_it(watch: tuple[Watch, MemoryConnector, SimulatedClock]) -> None:
    """Over five weeks of turns, each Monday's digest is laid within the turn after eight o'clock."""
    watched, mails, clock = watch
    seen: dict[str, datetime] = {}
    while clock.now() < NOW + 35 * DAY:
        rest = watched.turn()
        for one in mails.drafts():
            if b"Your applications" in one.octets:
                seen.setdefault(str(message.parse(one.octets).subject), clock.now())
        clock.advance(timedelta(seconds=max(rest.seconds, 1)))
    assert [name.split(" ")[3] for name in seen] == ["11", "12", "13", "14"]
    assert all(at - MONDAY.on(MONDAY.day(at)) < timedelta(minutes=1) for at in seen.values())


@pytest.mark.parametrize(
    ("more", "next_due"),
    [
        ("", None),
        ('[digest]\nday = "friday"\nhour = 17\n', "2026-03-06 16:00"),
        ('[digest]\nday = "monday"\n', "2026-03-09 07:00"),
    ],
)
def test_it_is_off_until_a_day_is_named(tmp_path: Path, more: str, next_due: str | None) -> None:
    """Nobody lays one by default; with a day it comes at eight, or at the hour that is said."""
    (tmp_path / "password").write_text("x")
    (tmp_path / "password").chmod(0o600)
    (tmp_path / "config.toml").write_text(
        f'address = "{ANA}"\ntimezone = "Europe/Madrid"\n[imap]\nhost = "imap.mail.example"\n'
        f'password_file = "password"\n[state]\ndirectory = "state"\n{more}'
    )
    loaded = load(tmp_path / "config.toml")
    with assembled(loaded, SimulatedClock(NOW)) as running:
        digests = running.watch(loaded.account()).digests
    assert (f"{digests.next_due(NOW):%Y-%m-%d %H:%M}" if digests else None) == next_due
