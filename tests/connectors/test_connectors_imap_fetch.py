"""Large, odd and vanishing mails over IMAP."""

from __future__ import annotations

import email
import email.policy
import re
import time
from collections.abc import Callable, Iterator
from email.message import EmailMessage, Message

import pytest
from connectors_accounts import LONG_AGO, NOW, ImapAccount, everything, mail
from hypothesis import given
from hypothesis import strategies as st
from servers.dovecot import Dovecot
from servers.fault_proxy import Cut, FaultProxy
from servers.pymap_server import PASSWORD, PymapServer

from connectors import imap_structure
from connectors.connector import Cursor
from connectors.errors import Unavailable
from connectors.imap import ImapConnector

Proxies = Callable[[str, int], FaultProxy]

on_both = pytest.mark.parametrize("account", ["dovecot", "pymap_server"], indirect=True)


@pytest.fixture
def account(request: pytest.FixtureRequest) -> Iterator[ImapAccount]:
    server: Dovecot | PymapServer = request.getfixturevalue(getattr(request, "param", "dovecot"))
    made = ImapAccount(server)
    yield made
    made.close()


def through(account: ImapAccount, proxy: FaultProxy) -> ImapConnector:
    """Return a connector that reaches the account through a proxy."""
    settings = account.server.plain(account.user, host=proxy.host, port=proxy.port)
    return ImapConnector(settings, lambda: PASSWORD)


@pytest.fixture
def proxy(account: ImapAccount, fault_proxy: Proxies) -> FaultProxy:
    return fault_proxy("127.0.0.1", account.server.port)


def invitation(attachment: int) -> EmailMessage:
    """Return an invitation: alternatives with a calendar, in a mixed with an attachment of that size."""
    message = EmailMessage(policy=email.policy.SMTP)
    message["From"], message["To"] = "Ada Lind <ada@harbour.example>", "kim@home.example"
    message["Subject"], message["Message-ID"] = "Your interview – Tuesday", "<invitation@harbour.example>"
    message.set_content("See you on Tuesday, für Sie.\n", cte="quoted-printable")
    message.add_alternative("<p>See you on <b>Tuesday</b>.</p>\n", subtype="html")
    message.add_alternative("BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n", subtype="calendar")
    message.add_attachment(
        bytes(range(256)) * (attachment // 256), maintype="application", subtype="pdf", filename="plan.pdf"
    )
    return message


def leaves(message: Message) -> list[tuple[str, str | None, bytes]]:
    return [
        (part.get_content_type(), part.get_filename(), part.get_payload(decode=True).rstrip())
        for part in message.walk()
        if not part.is_multipart()
    ]


@on_both
def test_small_is_whole(account: ImapAccount) -> None:
    """A mail up to 256 KiB comes whole, octet for octet."""
    octets = invitation(150_000).as_bytes()
    account.deliver(octets)
    (found,), _ = everything(account.connector())
    assert found.octets == octets
    assert not found.partial


@on_both
def test_large_is_its_text(account: ImapAccount, proxy: FaultProxy) -> None:
    """Of a large mail the texts and the calendar come, in a valid mail of the same shape, and little else."""
    original = email.message_from_bytes(invitation(1_500_000).as_bytes(), policy=email.policy.SMTP)
    account.deliver(original.as_bytes())
    connector = through(account, proxy)
    (found,), _ = everything(connector)
    connector.close()
    assert found.partial
    assert len(found.octets) < 3000
    rebuilt = email.message_from_bytes(found.octets, policy=email.policy.SMTP)
    assert not rebuilt.defects
    assert [part.get_content_type() for part in rebuilt.walk()] == [
        part.get_content_type() for part in original.walk()
    ]
    assert leaves(rebuilt)[:-1] == leaves(original)[:-1]
    assert leaves(rebuilt)[-1] == ("application/pdf", "plan.pdf", b"")
    assert dict(rebuilt.items()) == dict(original.items())


@on_both
@pytest.mark.parametrize("kind", ["plain", "pdf"])
def test_large_single_part(account: ImapAccount, kind: str) -> None:
    """Of a long text the beginning comes, of a single attachment nothing but its header."""
    message = EmailMessage(policy=email.policy.SMTP)
    message["Subject"] = "Long"
    if kind == "plain":
        message.set_content("A line of text.\n" * 40_000)
    else:
        message.set_content(b"\0" * 600_000, maintype="application", subtype="pdf")
    octets = message.as_bytes()
    account.deliver(octets)
    (found,), _ = everything(account.connector())
    head = octets.index(b"\r\n\r\n") + 4
    expected = octets[: head + imap_structure.PART_CAP] if kind == "plain" else octets[:head]
    assert found.octets == expected
    assert found.partial


@on_both
def test_large_without_a_shape(account: ImapAccount) -> None:
    """Of a large mail whose parts cannot be told apart the beginning comes."""
    octets = b"Content-Type: multipart/mixed\r\nSubject: x\r\n\r\n" + b"line of text\r\n" * 30_000
    account.deliver(octets)
    (found,), _ = everything(account.connector())
    assert found.partial
    assert octets.startswith(found.octets)
    assert len(found.octets) > 100


def test_deep_structure(account: ImapAccount, proxy: FaultProxy) -> None:
    """A structure nested without end costs one connection; then the mail's beginning is taken."""
    account.deliver(invitation(400_000).as_bytes())
    connector = through(account, proxy)
    proxy.replacing(rb"BODYSTRUCTURE .*", b"BODYSTRUCTURE " + b"(" * 20_000 + b"\r")
    with pytest.raises(Unavailable):
        everything(connector)
    (found,), _ = everything(connector)
    assert found.partial
    assert b"See you on Tuesday" in found.octets
    connector.close()


@given(
    st.recursive(
        st.tuples(st.sampled_from([b"TEXT", b"IMAGE", 7, None]), st.sampled_from([b"PLAIN", b"X", None])),
        lambda inner: st.tuples(
            st.lists(inner, max_size=4),
            st.just(b"MIXED"),
            st.none() | st.just((b"BOUNDARY", b"b")) | st.just(()),
        ).map(lambda found: (*found[0], *found[1:])),
        max_leaves=150,
    )
    | st.none()
    | st.just(())
)
def test_any_structure(structure: object) -> None:
    """Whatever a server says a mail's structure is, it is understood or refused by ValueError."""
    try:
        root = imap_structure.tree(structure)
    except ValueError:
        return
    assert len(imap_structure.items(root)) <= 202
    assert isinstance(imap_structure.rebuild(root, {}), bytes)


def test_expunged_meanwhile(account: ImapAccount, proxy: FaultProxy) -> None:
    """UIDs that are gone when their mails are fetched are passed over, and the rest comes."""
    for name in ("one", "two", "three"):
        account.deliver(mail(name))
    with account.server.client(account.user) as client:
        client.select_folder("INBOX")
        client.delete_messages([2, 3])
        client.expunge()
    proxy.replacing(rb"^\* SEARCH .*", b"* SEARCH 1 2 3\r")
    connector = through(account, proxy)
    found, cursor = everything(connector)
    assert [each.uid for each in found] == ["1"]
    proxy.heal()
    assert everything(connector, cursor)[0] == []
    connector.close()


def test_holes(account: ImapAccount) -> None:
    """Holes in the UIDs, at the end too, neither hide nor repeat a mail."""
    for number in range(4):
        account.deliver(mail(f"m{number}"))
    connector = account.connector()
    _, cursor = everything(connector)
    for number in (1, 3):
        with account.server.client(account.user) as client:
            client.select_folder("INBOX")
            client.delete_messages([number + 1])
            client.expunge()
    assert everything(connector, cursor)[0] == []
    account.deliver(mail("new"))
    assert [each.uid for each in everything(connector, cursor)[0]] == ["5"]
    assert [each.uid for each in everything(connector)[0]] == ["1", "3", "5"]


def test_not_one_word_but_no(account: ImapAccount, proxy: FaultProxy) -> None:
    """Mails a server has and will not give are empty mails; those it has not any more are nothing."""
    for name in ("one", "two"):
        account.deliver(mail(name))

    def refuse(line: bytes) -> bytes:
        asked = proxy.sent.rpartition(b"\n")[0].rpartition(b"\n")[2]
        return line.replace(b" OK Fetch", b" NO Fetch") if b"BODY.PEEK[]" in asked else line

    proxy.edit = refuse
    connector = through(account, proxy)
    found, cursor = everything(connector)
    assert [(each.octets, each.partial) for each in found] == [(b"", True)] * 2
    proxy.heal()
    assert everything(connector, cursor)[0] == []
    connector.close()


def test_answers_in_many_lines(account: ImapAccount, proxy: FaultProxy) -> None:
    """A server may answer a SEARCH in several lines, with a MODSEQ, or not at all."""
    for name in ("one", "two"):
        account.deliver(mail(name))
    connector = through(account, proxy)
    proxy.replacing(rb"^\* SEARCH .*", b"* SEARCH 2\r\n* SEARCH 1 (MODSEQ 917162500)\r\n* SEARCH\r")
    found, _ = everything(connector)
    assert [each.uid for each in found] == ["1", "2"]
    proxy.replacing(rb"^\* SEARCH .*", b"* OK nothing\r")
    assert everything(connector)[0] == []
    connector.close()


def test_odd_dates(account: ImapAccount, proxy: FaultProxy) -> None:
    """A mail whose INTERNALDATE is nonsense, or lies before all computers, comes like the others."""
    account.deliver(mail("zero"))
    connector = through(account, proxy)
    _, cursor = everything(connector)
    for name in ("one", "two"):
        account.deliver(mail(name, Date="Tue, 3 Mar 2026 10:00:00 +0000"))
    odd = iter([b'INTERNALDATE "31-Dec-1960 10:00:00 +0000"', b'INTERNALDATE "99-Foo-2026 10:00:00 +0000"'])
    proxy.edit = lambda line: re.sub(rb'INTERNALDATE "[^"]*"', lambda found: next(odd, found[0]), line)
    found, _ = everything(connector, cursor)
    assert [each.internal_date.isoformat() for each in found] == [
        "1960-12-31T10:00:00+00:00",
        "2026-03-03T10:00:00+00:00",
    ]
    connector.close()


def test_set_back(account: ImapAccount) -> None:
    """A mailbox whose UIDs were given out anew is told as Vanished, though its UIDVALIDITY is the same."""
    account.deliver(mail("one"))
    connector = account.connector()
    _, cursor = everything(connector)
    later = Cursor(cursor.replace(", 1]", ", 50]", 1))
    with pytest.raises(Exception, match="earlier state"):
        everything(connector, later)
    assert len(everything(connector)[0]) == 1


def test_nothing_is_marked(account: ImapAccount) -> None:
    """Reading leaves no trace: what was unread and recent is so afterwards."""
    account.deliver(mail("one"))
    connector = account.connector()
    everything(connector)
    connector.locate("<one@mail.example>")
    connector.close()
    with account.server.client(account.user) as client:
        assert client.select_folder("INBOX")[b"RECENT"] == 1
        assert rb"\Seen" not in client.get_flags([1])[1]


def test_commands_are_bounded(account: ImapAccount, proxy: FaultProxy) -> None:
    """Nothing is asked by open ranges, and no command line is longer than servers take."""
    for number in range(60):
        account.deliver(mail(f"m{number}"), NOW)
    connector = through(account, proxy)
    assert len(everything(connector)[0]) == 60
    connector.close()
    lines = bytes(proxy.sent).split(b"\r\n")
    assert max(map(len, lines)) < 8000  # RFC 7162 4
    assert not [line for line in lines if b"FETCH" in line and b"*" in line]


def test_many(account: ImapAccount) -> None:
    """A mailbox of several hundred comes in batches of bounded size, each with a cursor of its own."""
    directory = account.server.maildir(account.user)
    account.deliver(mail("first"), LONG_AGO)
    first = next((directory / "new").iterdir())
    for number in range(650):
        (directory / "new" / f"{2_000_000_000 + number}.M1P1.many").hardlink_to(first)
    batches = list(account.connector().changes(None, LONG_AGO))
    assert sum(len(batch.messages) for batch in batches) == 651
    assert max(len(batch.messages) for batch in batches) == 100
    assert len({batch.cursor for batch in batches}) == len(batches)


def test_the_next_mails_are_asked_for_ahead(account: ImapAccount, proxy: FaultProxy) -> None:
    """While a batch is being read the server already works on the next one, and on no more than that."""
    for number in range(250):
        account.deliver(mail(f"m{number}"))
    connector = through(account, proxy)
    asked = []
    for batch, expected in zip(connector.changes(None, LONG_AGO), (2, 3, 3), strict=False):
        assert batch.messages
        patience = time.monotonic() + 10  # what was asked may still be on its way
        while proxy.sent.count(b"BODY.PEEK[]") < expected and time.monotonic() < patience:
            time.sleep(0.02)
        asked.append(proxy.sent.count(b"BODY.PEEK[]"))
    connector.close()
    assert asked == [2, 3, 3]


def test_other_questions_between_two_batches(account: ImapAccount) -> None:
    """Whatever is asked between two batches, every mail comes once and in order."""
    for number in range(250):
        account.deliver(mail(f"m{number}"))
    connector = account.connector()
    others = iter([connector.drafts, lambda: connector.wait(0.0), lambda: connector.locate("<x@y.example>")])
    found: list[str] = []
    for batch in connector.changes(None, LONG_AGO):
        found += [each.uid for each in batch.messages]
        next(others, connector.mailboxes)()
    assert found == [str(number) for number in range(1, 251)]


def test_poison_asked_for_ahead(account: ImapAccount, proxy: FaultProxy) -> None:
    """A mail the line dies of is passed over also where it was asked for ahead."""
    for number in range(130):
        account.deliver(mail(f"m{number}", "POISON" if number == 120 else "fine"))
    connector = through(account, proxy)
    proxy.replacing(rb"POISON", Cut.FIN)
    cursor: Cursor | None = None
    found: list[bytes] = []

    def look() -> None:
        nonlocal cursor, found
        for batch in connector.changes(cursor, LONG_AGO):
            found += [each.octets for each in batch.messages]
            cursor = batch.cursor

    for _ in range(3):
        with pytest.raises(Unavailable):
            look()
    look()
    connector.close()
    assert [number for number, octets in enumerate(found) if not octets] == [120]
    assert len(found) == 130
