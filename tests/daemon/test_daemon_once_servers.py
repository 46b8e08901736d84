"""One draft, on real servers: killed at every step, answers lost, two hosts, UIDs anew, state gone."""

from __future__ import annotations

import itertools
import os
import signal
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from fuse import Fuse
from servers.dovecot import PASSWORD, Dovecot
from servers.pymap_server import PymapServer

from connectors.connector import Connector
from connectors.imap import ImapConnector
from daemon.ledger import Ledger
from daemon.store import Store
from daemon.store_drafts import Drafts, Entry, digest_of
from policies.case import DraftState, Note

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
LOGGED_IN = 8
"""So much passes on the wire before anything is asked about drafts."""

Server = Dovecot | PymapServer


@pytest.fixture(params=["dovecot", "pymap"])
def server(request: pytest.FixtureRequest) -> Server:
    """Return each of the real servers."""
    name = "dovecot" if request.param == "dovecot" else "pymap_server"
    found: Server = request.getfixturevalue(name)
    return found


def entry(minute: int = 30) -> Entry:
    """Return a draft that is intended; written at another minute it has other octets and the same id."""
    letter = (
        "From: ana@mail.example\r\nTo: kim@acme.example\r\nSubject: Re: Interview\r\n"
        f"Date: Mon, 02 Mar 2026 09:{minute}:00 +0000\r\nMessage-ID: <aw.1@mail.example>\r\n"
        "In-Reply-To: <invitation@acme.example>\r\n\r\nThank you for your time.\r\n"
    ).encode()
    return Entry(
        key="thank-you|kim", case_id="acme", note=Note.THANK_YOU, to="kim@acme.example",
        state=DraftState.INTENDED, answers="invitation@acme.example", message_id="aw.1@mail.example",
        octets=letter, digest=digest_of(letter), intended_at=NOW, changed_at=NOW, subject="Re: Interview",
    )  # fmt: skip


def ledger(connector: Connector, store: Store) -> Ledger:
    return Ledger(connector, Drafts(store.account("ana@mail.example", NOW)), lambda *_: None)


def work(book: Ledger, minute: int = 30) -> None:
    """Do what the daemon does at its start and in each step."""
    book.lay(entry(minute), NOW)
    book.place_waiting(NOW)
    book.follow(lambda _: (), NOW)
    book.connector.close()


def drafts(server: Server, user: str) -> list[bytes]:
    """Return the drafts as another mail program of the user finds them."""
    with server.client(user) as client:
        client.select_folder("Drafts", readonly=True)
        return [mail[b"BODY[]"] for mail in client.fetch(client.search(), ["BODY.PEEK[]"]).values()]


def states(state: Path) -> list[DraftState]:
    store = Store.open(state, NOW)
    try:
        return [e.state for e in Drafts(store.account("ana@mail.example", NOW)).of_case("acme")]
    finally:
        store.close()


class Tap:
    """A line to the server that counts what passes, and at one point calls `at_end` and passes no more."""

    def __init__(self, server: Server, passes: int, at_end: Callable[[], None]) -> None:
        self._left = itertools.count(passes, -1)
        self._at_end = at_end
        self._target = (server.host, server.port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._lock = threading.Lock()
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                upstream = socket.create_connection(self._target, 10)
                for line in (client, upstream):
                    line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                threading.Thread(target=self._pump, args=(client, upstream), daemon=True).start()
                threading.Thread(target=self._pump, args=(upstream, client), daemon=True).start()

    def _pump(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                with self._lock:
                    if next(self._left) <= 0:
                        self._at_end()
                        break
                target.sendall(data)
        for line in (source, target):
            line.close()


def killed(server: Server, user: str, state: Path, passes: int) -> bool:
    """Work in a process that is killed when that much has passed on the wire; return whether it ended."""
    born, alive = os.pipe()

    def kill() -> None:
        with suppress(ProcessLookupError):
            os.kill(int(os.read(born, 20)), signal.SIGKILL)

    tap = Tap(server, passes, kill)
    child = os.fork()
    if not child:
        with suppress(BaseException):
            settings = server.plain(user, host="127.0.0.1", port=tap.port)
            store = Store.open(state, NOW)
            work(ledger(ImapConnector(settings, lambda: PASSWORD), store))
            os._exit(0)
        os._exit(1)
    os.write(alive, str(child).encode())
    ended = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    tap.close()
    os.close(born)
    os.close(alive)
    return ended


def test_kill_9_at_every_exchange_with_the_server(server: Server, tmp_path: Path) -> None:
    """Before APPEND, after its literal, before and after OK: whatever was lost, the next start leaves one."""
    passes, ended = LOGGED_IN, False
    while not ended:
        user, state = server.new_user(), tmp_path / str(passes)
        ended = killed(server, user, state, passes)
        assert len(drafts(server, user)) <= 1
        store = Store.open(state, NOW)
        work(ledger(server.connector(user), store))
        store.close()
        assert len(drafts(server, user)) == 1, f"killed after {passes} exchanges"
        assert states(state) == [DraftState.PLACED]
        passes += 1
    assert passes > LOGGED_IN + 8


class Burning:
    """A connector that burns the fuse before and after everything it does."""

    def __init__(self, connector: Connector, fuse: Fuse) -> None:
        self._connector = connector
        self._fuse = fuse

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._connector, name)

        def burning(*arguments: object) -> object:
            self._fuse.burn()
            result = found(*arguments)
            self._fuse.burn()
            return result

        return burning


def test_kill_9_at_every_statement_and_call(server: Server, tmp_path: Path) -> None:
    """Before and after each commit and each call of the account: one draft in the end, and it is known."""
    length, ended = 0, False
    while not ended:
        user, state = server.new_user(), tmp_path / str(length)
        Store.open(state, NOW).close()
        child = os.fork()
        if not child:
            fuse = Fuse(length)
            store = Store.open(state, NOW)
            store.db.set_trace_callback(fuse.burn)
            work(ledger(Burning(server.connector(user), fuse), store))  # type: ignore[arg-type]  # by delegation
            os._exit(0)
        ended = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        store = Store.open(state, NOW)
        work(ledger(server.connector(user), store))
        store.close()
        assert len(drafts(server, user)) == 1, f"killed after {length} steps"
        assert states(state) == [DraftState.PLACED]
        length += 3
    assert length > 20


def test_two_hosts_one_after_the_other(server: Server, tmp_path: Path) -> None:
    """A second host with a state of its own finds the first one's draft, though its own has another date."""
    user = server.new_user()
    for number in (1, 2):
        store = Store.open(tmp_path / str(number), NOW)
        work(ledger(server.connector(user), store), 30 + number)
        store.close()
    assert len(drafts(server, user)) == 1
    assert states(tmp_path / "2") == [DraftState.PLACED]


class Meeting:
    """A connector that stores only once another host has looked and found nothing."""

    def __init__(self, connector: Connector, barrier: threading.Barrier) -> None:
        self._connector = connector
        self._barrier = barrier

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connector, name)

    def append_draft(self, octets: bytes, message_id: str, thread_id: str = "") -> object:
        self._barrier.wait(20)
        try:
            return self._connector.append_draft(octets, message_id, thread_id)
        finally:
            self._barrier.wait(20)


def test_two_hosts_at_the_very_same_moment(dovecot: Dovecot, tmp_path: Path) -> None:
    """Both look, find nothing and store: the later one sees it and takes its own back."""
    user, barrier = dovecot.new_user(), threading.Barrier(2)

    def host(number: int) -> None:
        store = Store.open(tmp_path / str(number), NOW)
        meeting = Meeting(dovecot.connector(user), barrier)
        work(ledger(meeting, store), 30 + number)  # type: ignore[arg-type]  # by delegation
        store.close()

    hosts = [threading.Thread(target=host, args=(number,)) for number in (1, 2)]
    for each in hosts:
        each.start()
    for each in hosts:
        each.join(60)
    assert len(drafts(dovecot, user)) == 1
    assert states(tmp_path / "1") == states(tmp_path / "2") == [DraftState.PLACED]


def renumbered(server: Server, user: str) -> None:
    """Give the drafts mailbox another UIDVALIDITY, as a restored server does."""
    with server.client(user) as client:
        client.select_folder("Drafts")
        mails = client.fetch(client.search(), ["BODY.PEEK[]", "FLAGS"])
        client.unselect_folder() if client.has_capability("UNSELECT") else client.close_folder()
        client.delete_folder("Drafts")
        client.create_folder("Drafts")
        for mail in mails.values():
            client.append("Drafts", mail[b"BODY[]"], [r"\Draft"])


def test_another_uidvalidity(server: Server, tmp_path: Path) -> None:
    """Under another UID the draft is found again, is still ours, and can be taken back."""
    user, store = server.new_user(), Store.open(tmp_path, NOW)
    work(ledger(server.connector(user), store))
    renumbered(server, user)
    work(ledger(server.connector(user), store))
    assert len(drafts(server, user)) == 1
    book = ledger(server.connector(user), store)
    (laid,) = book.drafts.of_case("acme")
    assert laid.state is DraftState.PLACED
    assert book.take_back(laid, NOW, "they wrote").state is DraftState.WITHDRAWN
    assert drafts(server, user) == []
    store.close()


def test_the_state_was_deleted(server: Server, tmp_path: Path) -> None:
    """With a new state the same decision finds its draft: in Drafts, edited there, or in the trash."""
    user = server.new_user()
    for number in range(3):
        store = Store.open(tmp_path / str(number), NOW)
        work(ledger(server.connector(user), store), 30 + number)
        store.close()
    (laid,) = drafts(server, user)
    edited = laid.replace(b"Thank you", b"Many thanks")
    with server.client(user) as client:
        client.select_folder("Drafts")
        client.delete_messages(client.search())
        client.expunge()
        client.append("Drafts", edited, [r"\Draft"])
    store = Store.open(tmp_path / "edited", NOW)
    work(ledger(server.connector(user), store), 40)
    store.close()
    assert drafts(server, user) == [edited]
    assert states(tmp_path / "edited") == [DraftState.EDITED]
    with server.client(user) as client:
        client.select_folder("Drafts")
        client.copy(client.search(), "Trash")
        client.delete_messages(client.search())
        client.expunge()
    store = Store.open(tmp_path / "trash", NOW)
    work(ledger(server.connector(user), store), 45)
    store.close()
    assert drafts(server, user) == []
    assert states(tmp_path / "trash") == [DraftState.DISCARDED]
