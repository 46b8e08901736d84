"""What the user does to our drafts with the mail programs people have, on a real server (P1, P2, P6)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from pathlib import Path

import pytest
from hand_made import ANA, NOW, HandMade, mail
from imapclient import IMAPClient
from servers.dovecot import Dovecot

from daemon.audit import Audit
from daemon.step import Done, Shell
from daemon.store import Store
from daemon.store_drafts import Entry
from policies.case import DraftState, Note
from policies.decision import Action

HOUR = timedelta(hours=1)
Habit = Callable[[bytes], bytes]


def _without(octets: bytes, *fields: bytes) -> bytes:
    head, _, body = octets.partition(b"\r\n\r\n")
    lines = re.sub(rb"\r\n(?=[ \t])", b"\0", head).split(b"\r\n")
    kept = [line for line in lines if line.partition(b":")[0].lower() not in fields]
    return b"\r\n".join(kept).replace(b"\0", b"\r\n") + b"\r\n\r\n" + body


def neomutt(octets: bytes) -> bytes:
    """Keeps every field, adds its own."""
    return b"User-Agent: NeoMutt/20231103\r\n" + octets


def thunderbird(octets: bytes) -> bytes:
    """Gives another Message-ID, drops X- fields, adds its own, sends flowed text."""
    own = b"Message-ID: <0c6f-41d2@mail.example>\r\nX-Mozilla-Draft-Info: internal/draft; vcard=0\r\n"
    bare = _without(octets, b"message-id", b"x-afterword", b"content-type")
    return own + b"Content-Type: text/plain; charset=UTF-8; format=flowed\r\n" + bare


def apple_mail(octets: bytes) -> bytes:
    """Gives another Message-ID and its own X- fields, keeps the thread."""
    own = b"Message-Id: <5A77B0C1-9F0B@mail.example>\r\nX-Uniform-Type-Identifier: com.apple.mail-draft\r\n"
    return own + _without(octets, b"message-id")


def gmail_web(octets: bytes) -> bytes:
    """Makes two texts of one, plain and HTML, under another Message-ID."""
    head = _without(octets.partition(b"\r\n\r\n")[0] + b"\r\n\r\n", b"message-id", b"x-afterword",
                    b"content-type", b"content-transfer-encoding")  # fmt: skip
    text = BytesParser(policy=default).parsebytes(octets).get_content().encode()
    parts = (
        b"--x\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
        + text
        + (b"\r\n--x\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<div>" + text + b"</div>\r\n--x--\r\n")
    )
    own = b"Message-ID: <CAF8z@mail.gmail.example>\r\nContent-Type: multipart/alternative; boundary=x\r\n"
    return own + head.rstrip(b"\r\n") + b"\r\n\r\n" + parts


CLIENTS = (neomutt, thunderbird, apple_mail, gmail_web)


@dataclass
class User:
    """A user of a real account, with a daemon that steps when told and a mail program of their own."""

    server: Dovecot
    name: str
    store: Store
    now: datetime = NOW

    def step(self, passed: timedelta = timedelta(0)) -> tuple[Done, ...]:
        """Start the daemon anew, let it look once, and end it."""
        self.now += passed
        book = self.store.account(ANA, NOW)
        audit = Audit(self.store, None)
        connector = self.server.connector(self.name)
        shell = Shell(connector, book, audit, HandMade())
        try:
            for batch in connector.changes(book.cursor(), NOW - timedelta(days=30)):
                shell.take(batch.messages, self.now, batch.cursor)
            return shell.tick(self.now)
        finally:
            connector.close()

    def entries(self) -> list[Entry]:
        book = self.store.account(ANA, NOW)
        shell = Shell(self.server.connector(self.name), book, Audit(self.store, None), HandMade())
        return [entry for row in book.cases() for entry in shell.drafts.of_case(row.id)]

    def thanks(self) -> Entry:
        return next(entry for entry in self.entries() if entry.note is Note.THANK_YOU)

    def box(self, mailbox: str) -> list[bytes]:
        with self.server.client(self.name) as client:
            client.select_folder(mailbox, readonly=True)
            return [m[b"BODY[]"] for m in client.fetch(client.search(), ["BODY.PEEK[]"]).values()]

    def put(self, mailbox: str, octets: bytes) -> None:
        """Save a mail, and remove the draft it came from, as mail programs do in that order."""
        with self.server.client(self.name) as client:
            client.select_folder("Drafts")
            old = client.search()
            client.append(
                mailbox, octets, [r"\Draft" if mailbox == "Drafts" else r"\Seen"], msg_time=self.now
            )
            self._expunge(client, old)

    def delete(self) -> None:
        with self.server.client(self.name) as client:
            client.select_folder("Drafts")
            client.copy(client.search(), "Trash")
            self._expunge(client, client.search())

    def _expunge(self, client: IMAPClient, uids: list[int]) -> None:
        client.add_flags(uids, [r"\Deleted"])
        client.uid_expunge(uids)

    def deliver(self, key: str, kind: str) -> None:
        self.server.deliver(self.name, mail(key, kind, self.now), internal_date=self.now)


@pytest.fixture
def user(dovecot: Dovecot, tmp_path: Path) -> User:
    """Return a user in whose Drafts a thank-you lies."""
    found = User(dovecot, dovecot.new_user(), Store.open(tmp_path, NOW))
    found.deliver("inv@acme.example", "interview 1")
    found.step()
    assert found.thanks().state is DraftState.PLACED
    return found


def reworded(octets: bytes) -> bytes:
    return octets.replace(b"Thank you", b"Many thanks")


@pytest.mark.parametrize("client", CLIENTS)
def test_what_the_user_changed_is_theirs_for_ever(user: User, client: Habit) -> None:
    """Saved by any client, the draft is neither touched nor drafted again, also once it became wrong;
    that it is out of date is said once.
    """
    (laid,) = user.box("Drafts")
    mine = client(reworded(laid))
    user.put("Drafts", mine)
    assert user.step(HOUR) == ()
    assert user.thanks().state is DraftState.EDITED
    user.deliver("no@acme.example", "rejection")
    done = [*user.step(HOUR), *user.step(HOUR), *user.step(timedelta(days=3))]
    told = [d for d in done if d.decision.key.startswith("stale")]
    assert [d.decision.action for d in told] == [Action.ADVISE]
    assert mine in user.box("Drafts")
    assert [d.decision.note for d in done if d.decision.action is Action.DRAFT] == [Note.REJECTION_THANKS]


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("change", [reworded, bytes])
def test_what_the_user_sent_counts_as_sent(user: User, client: Habit, change: Habit) -> None:
    """As it was or in other words, by any client: it is sent, and nobody is thanked twice."""
    (laid,) = user.box("Drafts")
    user.put("Sent", client(change(laid)))
    for passed in (HOUR, HOUR, timedelta(days=1)):
        user.step(passed)
    assert user.thanks().state is DraftState.SENT
    assert user.box("Drafts") == []


@pytest.mark.parametrize("client", CLIENTS)
def test_what_the_user_deleted_is_a_no(user: User, client: Habit) -> None:
    """Deleted at once or after an edit by any client: it never comes back, also with a new state."""
    (laid,) = user.box("Drafts")
    user.put("Drafts", client(reworded(laid)))
    user.step(HOUR)
    user.delete()
    for passed in (HOUR, HOUR, timedelta(days=1)):
        user.step(passed)
    assert user.thanks().state is DraftState.DISCARDED
    assert user.box("Drafts") == []


def test_what_the_user_moved_away_is_left_where_it_is(user: User) -> None:
    """A draft moved into a folder of the user's is theirs: not removed there, not laid again."""
    (laid,) = user.box("Drafts")
    with user.server.client(user.name) as client:
        client.create_folder("Later")
        client.select_folder("Drafts")
        client.copy(client.search(), "Later")
        client.delete_messages(client.search())
        client.expunge()
    for passed in (HOUR, HOUR, timedelta(days=1)):
        user.step(passed)
    user.deliver("no@acme.example", "rejection")
    user.step(HOUR)
    assert user.box("Later") == [laid]
    assert not [one for one in user.box("Drafts") if one == laid]


def test_an_untouched_draft_that_became_wrong_goes_and_nothing_else(user: User) -> None:
    """Taken back is exactly our own mail; the user's drafts around it stay, also those to the same person."""
    mine = mail("mine@mail.example", "Dear Kim", NOW, ANA)
    with user.server.client(user.name) as client:
        client.append("Drafts", mine, [r"\Draft"])
    user.deliver("no@acme.example", "rejection")
    user.step(HOUR)
    assert user.thanks().state is DraftState.WITHDRAWN
    assert user.box("Drafts") == [mine]


def test_a_draft_goes_to_one_address_seen_in_the_case(user: User) -> None:
    """One recipient, no copies, from the address the employer wrote to, in their thread."""
    (laid,) = user.box("Drafts")
    read: EmailMessage = BytesParser(policy=default).parsebytes(laid)
    assert read["To"].addresses[0].addr_spec == "kim@acme.example"
    assert len(read["To"].addresses) == 1
    assert read["Cc"] is None
    assert read["Bcc"] is None
    assert read["From"].addresses[0].addr_spec == ANA
    assert read["In-Reply-To"] == "<inv@acme.example>"
