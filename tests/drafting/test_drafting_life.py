"""What becomes of a draft in the hands of real mail programs, habit by habit (FAULTS 11, 12, P1, P2)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from drafting_scene import CASE, CONTEXT, PRIYA, TOM, decision
from hypothesis import given
from hypothesis import strategies as st

from connectors.connector import DraftRef, SpecialUse, StoredMessage
from connectors.memory import MemoryConnector
from daemon.drafting import life
from daemon.drafting.compose import Composed, compose
from daemon.drafting.life import GRACE, Followed, Row, follow, seen
from policies.case import DraftState, Note

NOW = datetime(2026, 3, 4, 9, 0, tzinfo=UTC)
DRAFT = compose(decision(Note.THANK_YOU), CASE, CONTEXT)


class Account:
    """An account with one draft of ours, and what the ledger knows of it."""

    def __init__(self, composed: Composed = DRAFT) -> None:
        self.now = NOW
        self.mail = MemoryConnector(lambda: self.now)
        self.row = self.laid(composed)

    def laid(self, composed: Composed) -> Row:
        ref = self.mail.append_draft(composed.octets, composed.message_id)
        return Row(
            DraftState.PLACED,
            composed.message_id,
            composed.letter.to.address,
            NOW,
            composed.octets,
            ref,
            composed.letter.in_reply_to,
            composed.subject,
        )

    def look(self, row: Row | None = None, taken: frozenset[str] = frozenset()) -> Followed:
        """Follow the draft as the shell does: look it up where the listing does not show it."""
        row = row or self.row
        drafts = [seen(one) for one in self.mail.drafts()]
        sent = [seen(one) for one in self.mail.stored("Sent")]
        found = follow(row, drafts, sent, None, self.now, taken)
        if found.locate:
            return follow(row, drafts, sent, self.mail.locate(row.message_id), self.now, taken)
        return found

    def save(self, change: Callable[[bytes], bytes]) -> None:
        self.now += timedelta(minutes=1)
        self.mail.edit_draft(self.row.message_id, change(self.row.octets or b""))

    def send(self, octets: bytes) -> None:
        self.now += timedelta(minutes=1)
        self.mail.deliver(octets, self.now, "Sent")


def reworded(octets: bytes) -> bytes:
    return octets.replace(b"Thank you", b"Many thanks").replace(b"The more", b"And the more")


def neomutt(octets: bytes) -> bytes:
    """NeoMutt keeps Message-ID and X- fields, and writes its own User-Agent."""
    return reworded(octets).replace(b"MIME-Version", b"User-Agent: NeoMutt/20240201\r\nMIME-Version")


def thunderbird(octets: bytes) -> bytes:
    """Thunderbird gives a new Message-ID, drops X- fields and In-Reply-To, keeps References, rewraps."""
    octets = re.sub(rb"Message-ID: <[^>]+>", b"Message-ID: <5f0c@mailbox.example>", octets)
    octets = re.sub(rb"(?:X-Afterword|In-Reply-To): [^\r]+\r\n", b"", octets)
    octets = octets.replace(b"utf-8\r\n", b"UTF-8; format=flowed\r\n")
    return octets.replace(b"From:", b"User-Agent: Mozilla Thunderbird\r\nFrom:", 1)


def exchange(octets: bytes) -> bytes:
    """Exchange writes the mail anew when it is stored: order, case and encoding of the fields change."""
    head, _, body = octets.partition(b"\r\n\r\n")
    fields = re.split(rb"\r\n(?! )", head)
    return b"\r\n".join([*reversed(fields), b"X-MS-Has-Attach:"]) + b"\r\n\r\n" + body.rstrip() + b"\r\n\r\n"


def test_untouched() -> None:
    """A draft nobody touched is placed, and we know where."""
    found = Account().look()
    assert (found.state, found.octets) == (DraftState.PLACED, DRAFT.octets)
    assert found.ref is not None
    assert found.ref.uid == "1"


@pytest.mark.parametrize("client", [neomutt, thunderbird, reworded, lambda octets: octets + b"\r\n"])
def test_edited(client: Callable[[bytes], bytes]) -> None:
    """A draft saved by a mail program is the user's, however the program rewrites it."""
    account = Account()
    account.save(client)
    found = account.look()
    assert (found.state, found.octets) == (DraftState.EDITED, None)
    assert found.ref is not None
    assert found.ref.uid == "2"


@pytest.mark.parametrize("client", [neomutt, thunderbird])
def test_edited_stays_edited(client: Callable[[bytes], bytes]) -> None:
    """Once the user's, always the user's: also when the old words come back."""
    account = Account()
    account.save(client)
    edited = replace(account.row, state=DraftState.EDITED, octets=None)
    assert account.look(edited).state is DraftState.EDITED
    again = Account()
    assert again.look(replace(again.row, state=DraftState.EDITED, octets=None)).state is DraftState.EDITED


def test_server_rewrites() -> None:
    """A server that stores a draft in its own form has not edited it; what it stored is ours from then on."""
    stored = exchange(DRAFT.octets)
    account = Account()
    account.mail.expunge("Drafts", "1")
    ref = account.mail.append_draft(stored, DRAFT.message_id)
    found = account.look(replace(account.row, ref=ref))
    assert (found.state, found.octets) == (DraftState.PLACED, stored)
    assert account.look(replace(account.row, ref=ref, octets=stored)).state is DraftState.PLACED


def test_other_words_under_our_uid() -> None:
    """A renumbered mailbox can show an edited draft under our old UID: other words make it the user's."""
    account = Account()
    account.mail.expunge("Drafts", "1")
    ref = account.mail.append_draft(neomutt(DRAFT.octets), DRAFT.message_id)
    assert account.look(replace(account.row, ref=ref)).state is DraftState.EDITED


def test_renumbered() -> None:
    """After UIDVALIDITY changed an untouched draft is found by its Message-ID."""
    account = Account()
    account.mail.deliver(b"Subject: another\r\n\r\n", NOW, "Drafts")
    account.mail.renumber("Drafts")
    assert account.look().state is DraftState.PLACED


@pytest.mark.parametrize("words", [bytes, reworded, neomutt, thunderbird])
def test_sent(words: Callable[[bytes], bytes]) -> None:
    """A draft that was sent is seen in Sent, as it was, edited, or under another Message-ID."""
    account = Account()
    account.mail.expunge("Drafts", "1")
    account.send(words(DRAFT.octets))
    assert account.look().state is DraftState.SENT


def test_sent_in_own_words() -> None:
    """A mail of the user's own to the same person in the same thread counts once ours is gone."""
    own = (
        b"From: sam@mailbox.example\r\nTo: Priya <PRIYA@northwind.example>\r\nSubject: RE: Your interview\r\n"
        b"Message-ID: <own@phone>\r\nIn-Reply-To: <inv1@northwind.example>\r\n\r\nThanks!\r\n"
    )
    account = Account()
    account.send(own)
    assert account.look().state is DraftState.PLACED
    account.mail.expunge("Drafts", "1")
    assert account.look().state is DraftState.SENT


@pytest.mark.parametrize(
    "other",
    [
        DRAFT.octets.replace(b"priya@", b"tom@"),
        DRAFT.octets.replace(b"inv1@northwind.example", b"x@y.example").replace(b"Your interview", b"Lunch"),
    ],
)
def test_another_mail_is_not_ours(other: bytes) -> None:
    """A mail to somebody else, or to the same person about something else, is not our note."""
    account = Account()
    account.mail.delete_draft(DRAFT.message_id)
    account.send(other.replace(DRAFT.message_id.encode(), b"other@mailbox.example"))
    assert account.look().state is DraftState.DISCARDED


def test_sent_and_left_behind() -> None:
    """Where a client leaves the draft behind after sending it, it was sent."""
    account = Account()
    account.send(DRAFT.octets)
    assert account.look().state is DraftState.SENT


def test_deleted() -> None:
    """A draft in the trash is a no, at once."""
    account = Account()
    account.mail.delete_draft(DRAFT.message_id)
    found = account.look()
    assert (found.state, found.ref, found.octets) == (DraftState.DISCARDED, None, None)


def test_moved_or_expunged() -> None:
    """A draft that is nowhere counts as deleted after a grace: clients save by removing and storing again."""
    account = Account()
    account.mail.expunge("Drafts", "1")
    found = account.look()
    assert (found.state, found.gone_by) == (DraftState.PLACED, NOW + GRACE)
    waiting = replace(account.row, gone_by=found.gone_by)
    account.now = NOW + GRACE - timedelta(seconds=1)
    assert account.look(waiting).state is DraftState.PLACED
    account.now = NOW + GRACE
    assert account.look(waiting).state is DraftState.DISCARDED


def test_back_within_the_grace() -> None:
    """A draft that comes back within the grace was only being saved."""
    account = Account()
    account.mail.expunge("Drafts", "1")
    waiting = replace(account.row, gone_by=account.look().gone_by)
    account.mail.append_draft(DRAFT.octets, DRAFT.message_id)
    found = account.look(waiting)
    assert (found.state, found.gone_by) == (DraftState.PLACED, None)


def test_taken_out_of_the_trash() -> None:
    """A deleted draft that the user puts back is theirs; we do not touch it."""
    account = Account()
    assert account.look(replace(account.row, state=DraftState.DISCARDED)).state is DraftState.EDITED


def test_discarded_and_sent_after_all() -> None:
    """A draft we took for deleted that turns up in Sent was sent."""
    account = Account()
    account.mail.expunge("Drafts", "1")
    account.send(DRAFT.octets)
    assert account.look(replace(account.row, state=DraftState.DISCARDED)).state is DraftState.SENT


@pytest.mark.parametrize("state", [DraftState.INTENDED, DraftState.BLOCKED])
def test_unplaced(state: DraftState) -> None:
    """After a crash around APPEND the draft is found if it was stored, and stays to be stored if not."""
    account = Account()
    unknown = replace(account.row, state=state, ref=None)
    assert account.look(unknown).state is DraftState.PLACED
    account.save(neomutt)
    assert account.look(unknown).state is DraftState.EDITED
    account.mail.expunge("Drafts", "2")
    assert account.look(unknown).state is state


@pytest.mark.parametrize("state", [DraftState.SENT, DraftState.SUPERSEDED, DraftState.WITHDRAWN])
def test_final(state: DraftState) -> None:
    """What is over stays over."""
    account = Account()
    assert account.look(replace(account.row, state=state)).state is state


def test_beyond_the_listing() -> None:
    """A draft too old to be listed is not taken for deleted while the account finds it."""
    row = replace(Account().row, ref=None)
    found = follow(row, [], [], frozenset({SpecialUse.DRAFTS}), NOW)
    assert (found.state, found.gone_by) == (DraftState.PLACED, None)


def test_two_notes_in_one_thread() -> None:
    """Of two notes to one person in one thread each is followed for itself."""
    account = Account()
    thanks = account.row
    question = account.laid(compose(decision(Note.STATUS_CHECK), CASE, CONTEXT))
    account.save(thunderbird)  # the thank-you: now under a Message-ID we do not know
    assert account.look(question).state is DraftState.PLACED
    drafts = [seen(one) for one in account.mail.drafts()]
    taken = life.claimed([thanks, question], drafts)
    assert account.look(thanks, taken).state is DraftState.EDITED
    account.mail.delete_draft(question.message_id)
    assert account.look(thanks).state is DraftState.EDITED


def test_panel() -> None:
    """The thank-yous to a panel answer one mail; each is told from the others by its recipient."""
    account = Account()
    tom = account.laid(compose(decision(Note.THANK_YOU, TOM), CASE, CONTEXT))
    account.save(thunderbird)
    assert account.look().state is DraftState.EDITED
    assert account.look(tom).state is DraftState.PLACED
    account.mail.delete_draft(tom.message_id)
    assert account.look(tom).state is DraftState.DISCARDED


def test_gmail_draft_id() -> None:
    """Gmail's draft id is stable while message ids change: other words under it are the user's."""
    edited = re.sub(rb"Message-ID: <[^>]+>", b"Message-ID: <CA+x@mail.gmail.com>", reworded(DRAFT.octets))
    stored = StoredMessage(edited, "DRAFT", SpecialUse.DRAFTS, "r-77", NOW, "thread1")
    row = replace(
        Account().row,
        answers="",
        subject="",
        ref=DraftRef("DRAFT", DRAFT.message_id, "r-77", draft_id="r-77"),
    )
    found = follow(row, [seen(stored)], [], None, NOW)
    assert (found.state, found.ref and found.ref.draft_id) == (DraftState.EDITED, "r-77")


def test_new_thread_is_found_by_subject() -> None:
    """A rewritten draft that answers no mail is found by recipient and subject."""
    fresh = compose(decision(Note.THANK_YOU), CASE, replace(CONTEXT, answered=None))
    account = Account(fresh)
    account.save(thunderbird)
    assert account.look().state is DraftState.EDITED


FOREIGN = (
    b"",
    b"\xff\x00 no mail",
    DRAFT.octets.replace(b"priya@", b"ana@"),
    DRAFT.octets,
    neomutt(DRAFT.octets),
    thunderbird(DRAFT.octets),
    exchange(DRAFT.octets),
    b"To: " + b"a@b.example, " * 5000 + b"\r\n\r\n",
    b"To: =?x?b?====?= <priya@northwind.example>\r\nIn-Reply-To: <inv1@northwind.example>\r\n\r\n",
    b"Subject: =?utf-8?b?/w==?=\r\nReferences: " + b"<a@b> " * 9999 + b"\r\n\r\n",
)


@given(
    state=st.sampled_from(DraftState),
    drafts=st.lists(st.sampled_from(FOREIGN), max_size=4),
    sent=st.lists(st.sampled_from(FOREIGN), max_size=3),
    located=st.frozensets(st.sampled_from((SpecialUse.DRAFTS, SpecialUse.SENT, SpecialUse.TRASH))),
    ours=st.booleans(),
)
def test_never_ours_once_touched(
    state: DraftState,
    drafts: list[bytes],
    sent: list[bytes],
    located: frozenset[SpecialUse],
    ours: bool,
) -> None:
    """Whatever lies there: what is called ours shows our words, a no stays a no, and the end is the end."""
    row = Row(
        state,
        DRAFT.message_id,
        str(PRIYA.address),
        NOW,
        DRAFT.octets if ours else None,
        None,
        "inv1@northwind.example",
    )

    def shelf(mails: list[bytes], use: SpecialUse) -> list[life.Seen]:
        return [seen(StoredMessage(o, use, use, str(uid), NOW)) for uid, o in enumerate(mails)]

    found = follow(row, shelf(drafts, SpecialUse.DRAFTS), shelf(sent, SpecialUse.SENT), located, NOW)
    if found.state is DraftState.PLACED and state is not DraftState.PLACED:
        assert found.octets in (DRAFT.octets, None)
    if state in (DraftState.SENT, DraftState.SUPERSEDED, DraftState.WITHDRAWN):
        assert found.state is state
    if state in (DraftState.EDITED, DraftState.DISCARDED):
        assert found.state not in (DraftState.PLACED, DraftState.INTENDED)
        assert found.octets is None or found.state is state
