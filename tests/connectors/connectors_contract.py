"""What every connector promises, as two test classes that are run on each kind of account."""

from __future__ import annotations

import threading
import time
from datetime import UTC, timedelta
from itertools import accumulate

import pytest
from connectors_accounts import LONG_AGO, NOW, Account, Writable, everything, mail

from connectors.connector import Connector, Cursor, DraftRef, Removal, SpecialUse
from connectors.errors import ConnectorError, Refused, Vanished


class ReadingContract:
    """Promises about what arrives."""

    def test_protocol(self, account: Account) -> None:
        """A connector has every method of the protocol, and none that sends."""
        account.deliver(mail("one"))
        connector = account.connector()
        assert isinstance(connector, Connector)
        assert not {"send", "sendmail", "send_message", "submit"} & set(dir(connector))

    def test_everything_once(self, account: Account) -> None:
        """Without a cursor everything comes, once, in the order of arrival, with its octets and its time."""
        for number in range(5):
            account.deliver(mail(f"m{number}"), NOW + timedelta(minutes=number))
        found, _ = everything(account.connector())
        assert [f"m{n}@mail.example".encode() in each.octets for n, each in enumerate(found)] == [True] * 5
        assert [each.internal_date for each in found] == [NOW + timedelta(minutes=n) for n in range(5)]
        assert all(each.internal_date.tzinfo is UTC and not each.partial for each in found)
        assert all(each.octets.endswith(mail(f"m{n}")[-9:]) for n, each in enumerate(found))
        assert len({(each.mailbox, each.uid) for each in found}) == 5

    def test_window(self, account: Account) -> None:
        """Without a cursor nothing comes that arrived before the window, be it by a minute."""
        account.deliver(mail("old"), NOW - timedelta(days=40))
        account.deliver(mail("just-before"), NOW - timedelta(minutes=1))
        account.deliver(mail("at-once"), NOW)
        account.deliver(mail("after"), NOW + timedelta(hours=1))
        found, _ = everything(account.connector(), since=NOW)
        assert [each.octets.count(b"<at-once@") + each.octets.count(b"<after@") for each in found] == [1, 1]

    def test_never_again(self, account: Account) -> None:
        """With the cursor of the last batch only what is newer comes, whatever its date and the window."""
        account.deliver(mail("one"))
        _, cursor = everything(account.connector(), since=NOW)
        account.deliver(mail("two"), LONG_AGO)
        found, cursor = everything(account.connector(), cursor, since=NOW)
        assert [b"<two@" in each.octets for each in found] == [True]
        assert everything(account.connector(), cursor, since=NOW) == ([], cursor)

    def test_resume_anywhere(self, account: Account) -> None:
        """Whichever batch was the last one committed, its cursor leads on without a gap or a repeat."""
        for number in range(3):
            account.deliver(mail(f"in{number}"))
        account.deliver(mail("out"), mailbox="Sent")
        batches = list(account.connector().changes(None, LONG_AGO))
        counts = list(accumulate(len(batch.messages) for batch in batches))
        assert counts[-1] == 4
        for passed, batch in zip(counts, batches, strict=True):
            rest, _ = everything(account.connector(), batch.cursor)
            assert len(rest) == 4 - passed

    def test_sent_mail(self, account: Account) -> None:
        """What the user sent comes too, and is told apart by its mailbox's use."""
        account.deliver(mail("in"))
        account.deliver(mail("out"), mailbox="Sent")
        found, _ = everything(account.connector())
        uses = {b"<out@" in each.octets: each.use for each in found}
        assert uses[True] is SpecialUse.SENT
        assert uses[False] is not SpecialUse.SENT

    def test_foreign_cursor(self, account: Account) -> None:
        """A cursor that means nothing here is told as Vanished, never read as some place."""
        account.deliver(mail("one"))
        with pytest.raises(Vanished):
            everything(account.connector(), Cursor("no cursor of ours"))

    def test_wake(self, account: Account) -> None:
        """A wake, even one before the wait, ends it at once; no news are claimed."""
        account.deliver(mail("one"))
        connector = account.connector()
        everything(connector)
        connector.wake()
        began = time.monotonic()
        assert not connector.wait(20)
        threading.Timer(0.05, connector.wake).start()
        assert not connector.wait(20)
        assert time.monotonic() - began < 5

    def test_close(self, account: Account) -> None:
        """Closing is harmless at any time, and the connector can be used again."""
        account.deliver(mail("one"))
        connector = account.connector()
        connector.close()
        assert len(everything(connector)[0]) == 1
        connector.close()
        connector.close()
        assert len(everything(connector)[0]) == 1
        connector.close()

    def test_between_batches(self, account: Account) -> None:
        """Other methods may be called while the changes are being read."""
        for number in range(3):
            account.deliver(mail(f"in{number}"))
        account.deliver(mail("out"), mailbox="Sent")
        connector = account.connector()
        count = 0
        for batch in connector.changes(None, LONG_AGO):
            count += len(batch.messages)
            connector.drafts()
            connector.locate("nobody@mail.example")
            connector.mailboxes()
        assert count == 4


class DraftsContract(ReadingContract):
    """Promises about drafts."""

    def test_news(self, account: Writable) -> None:
        """A mail that arrives during a wait ends it with True, and is there to be read."""
        connector = account.connector()
        _, cursor = everything(connector)
        timer = threading.Timer(0.05, account.deliver, [mail("new")])
        timer.start()
        assert connector.wait(20)
        timer.join()
        assert len(everything(connector, cursor)[0]) == 1

    def test_append(self, account: Writable) -> None:
        """A stored draft is found again: octet for octet, by its Message-ID, in Drafts only."""
        connector, octets = account.connector(), mail("draft")
        ref = connector.append_draft(octets, "<draft@mail.example>")
        assert account.stored("Drafts") == [octets]
        assert [each.octets for each in connector.drafts()] == [octets]
        assert connector.drafts()[0].use is SpecialUse.DRAFTS
        assert connector.locate("<draft@mail.example>") == {SpecialUse.DRAFTS}
        found = connector.find_draft("<draft@mail.example>")
        assert found == ref
        assert ref.uid == connector.drafts()[0].uid

    def test_brackets(self, account: Writable) -> None:
        """A Message-ID is the same with and without its angle brackets, but not a part of another."""
        connector = account.connector()
        connector.append_draft(mail("draft"), "draft@mail.example")
        assert connector.find_draft("<draft@mail.example>") is not None
        assert connector.find_draft("draft@mail.example") is not None
        assert connector.find_draft("raft@mail.example") is None
        assert connector.locate("draft@mail.exampl") == frozenset()

    def test_newest_first(self, account: Writable) -> None:
        """Drafts come newest first; those of another program too; deleted ones not."""
        connector = account.connector()
        for number in range(3):
            connector.append_draft(mail(f"d{number}"), f"<d{number}@mail.example>")
        assert [each.octets for each in connector.drafts()] == [mail("d2"), mail("d1"), mail("d0")]
        account.replace_draft(mail("d1"), mail("theirs"))
        assert [each.octets for each in connector.drafts()] == [mail("theirs"), mail("d2"), mail("d0")]

    def test_whereabouts(self, account: Writable) -> None:
        """A draft the user sent is in Sent, one they deleted in Trash, one that is gone nowhere."""
        connector = account.connector()
        for name in ("sent", "deleted"):
            connector.append_draft(mail(name), f"<{name}@mail.example>")
        account.move(mail("sent"), "Drafts", "Sent")
        account.move(mail("deleted"), "Drafts", "Trash")
        assert connector.locate("<sent@mail.example>") == {SpecialUse.SENT}
        assert connector.locate("<deleted@mail.example>") == {SpecialUse.TRASH}
        assert connector.locate("<never@mail.example>") == frozenset()
        assert connector.find_draft("<sent@mail.example>") is None

    def test_remove(self, account: Writable) -> None:
        """An untouched draft is removed, and nothing else in the world changes."""
        connector = account.connector()
        account.deliver(mail("in"))
        connector.append_draft(mail("theirs"), "<theirs@mail.example>")
        ref = connector.append_draft(mail("ours"), "<ours@mail.example>")
        assert connector.remove_draft(ref, mail("ours")) is Removal.REMOVED
        assert account.stored("Drafts") == [mail("theirs")]
        assert [account.stored(name) for name in ("INBOX", "Sent", "Trash")] == [[mail("in")], [], []]
        assert connector.remove_draft(ref, mail("ours")) is Removal.GONE

    def test_remove_by_message_id(self, account: Writable) -> None:
        """A draft whose UID we do not know, or that was stored again, is found by its Message-ID."""
        connector = account.connector()
        ref = connector.append_draft(mail("ours"), "<ours@mail.example>")
        account.replace_draft(mail("ours"), mail("ours"))
        assert connector.remove_draft(DraftRef(ref.mailbox, ref.message_id), mail("ours")) is Removal.REMOVED
        assert account.stored("Drafts") == []

    def test_edited(self, account: Writable) -> None:
        """A draft that differs by one octet is the user's, and is left alone."""
        connector = account.connector()
        ref = connector.append_draft(mail("ours"), "<ours@mail.example>")
        account.replace_draft(mail("ours"), mail("ours", "Hello!"))
        assert connector.remove_draft(ref, mail("ours")) is Removal.CHANGED
        assert account.stored("Drafts") == [mail("ours", "Hello!")]

    def test_other_message_id(self, account: Writable) -> None:
        """A draft saved under another Message-ID is not ours any more: ours is gone, theirs is left alone."""
        connector = account.connector()
        ref = connector.append_draft(mail("ours"), "<ours@mail.example>")
        account.replace_draft(mail("ours"), mail("theirs"))
        assert connector.remove_draft(ref, mail("ours")) is Removal.GONE
        assert account.stored("Drafts") == [mail("theirs")]

    @pytest.mark.parametrize("octets", [b"", b"A: b\n\nx\n", b"A: b\r\n\r\nx\0\r\n", b"A: b\r\n\r\nx\ry\r\n"])
    def test_unfit_draft(self, account: Writable, octets: bytes) -> None:
        """A draft that a server might alter is refused before anything is sent."""
        with pytest.raises(Refused, match="was not stored"):
            account.connector().append_draft(octets, "<unfit@mail.example>")
        assert account.stored("Drafts") == []

    @pytest.mark.parametrize(
        "hostile",
        ['x"\r\nA9 DELETE Drafts\r\n', "x\nA9 DELETE Drafts", "x\0y", "ünlich@mail.example", "", "x" * 2000],
    )
    def test_hostile_message_id(self, account: Writable, hostile: str) -> None:
        """A Message-ID that could be a command is refused, and nothing happens to the account."""
        connector = account.connector()
        connector.append_draft(mail("ours"), "<ours@mail.example>")
        for ask in (connector.locate, connector.find_draft):
            with pytest.raises(Refused, match="was not sent"):
                ask(hostile)
        assert account.stored("Drafts") == [mail("ours")]

    @pytest.mark.parametrize("odd", ['a"b@x', "a\\\\b@x", "(a@x", "a{5}", "a b@x", "%*]@x", "NIL", ") ALL ("])
    def test_odd_message_id(self, account: Writable, odd: str) -> None:
        """A Message-ID with characters that mean something in a command is only a Message-ID."""
        connector, octets = account.connector(), mail("draft", Message_ID=f"<{odd}>")
        account.deliver(mail("else"), mailbox="Drafts")
        assert connector.locate(odd) == frozenset()
        connector.append_draft(octets, f"<{odd}>")
        assert connector.locate(odd) == {SpecialUse.DRAFTS}

    def test_mailboxes(self, account: Writable) -> None:
        """The mailboxes are listed, each special use once."""
        uses = [box.use for box in account.connector().mailboxes() if box.use]
        assert len(set(uses)) == len(uses)
        assert set(uses) - {"junk"} == {"drafts", "inbox", "sent", "trash"}

    def test_errors(self, account: Writable) -> None:
        """Whatever a method raises is one of the three kinds a caller can act on."""
        with pytest.raises(ConnectorError):
            account.connector().remove_draft(DraftRef("Drafts", "\r\n"), b"x")
