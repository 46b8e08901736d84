"""Mail in files: what is found, what is left alone, and what it costs."""

from __future__ import annotations

import io
import os
import time
from pathlib import Path

import pytest
from connectors_accounts import LONG_AGO, NOW, everything, mail, received
from hypothesis import given
from hypothesis import strategies as st

from connectors import header, mbox
from connectors.archive import ArchiveConnector, mails_in
from connectors.connector import Connector, DraftRef, Removal, SpecialUse
from connectors.errors import Refused

FROM = b"From kim@home.example Wed Mar  4 09:30:00 2026\n"


def lf(octets: bytes) -> bytes:
    return octets.replace(b"\r\n", b"\n")


def put(path: Path, octets: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(octets)
    return path


def names(path: Path) -> list[str]:
    """Return the Message-IDs' names below a path, in order."""
    return [header.message_id(octets).partition("@")[0] for _, octets in mails_in(path)]


def test_folder(tmp_path: Path) -> None:
    """A folder's .eml files come in the order of their names, folders below after it; other files do not."""
    for place in ("b.eml", "a.EML", "below/deep/c.eml", "notes.txt", "below/plan.pdf"):
        put(tmp_path / place, mail(place.partition(".")[0].rpartition("/")[2]))
    assert names(tmp_path) == ["a", "b", "c"]
    assert [path for path, _ in mails_in(tmp_path)][-1] == tmp_path / "below/deep/c.eml"


def test_one_file(tmp_path: Path) -> None:
    """One file of any name is one mail, with CRLF line ends whatever it had."""
    ((path, octets),) = mails_in(put(tmp_path / "saved", b"\xef\xbb\xbf" + lf(mail("one"))))
    assert (path.name, octets) == ("saved", mail("one"))


def test_links(tmp_path: Path) -> None:
    """Links that lead out of the folder are not followed, be they files or folders; those inside are."""
    put(tmp_path / "secret/x.eml", mail("secret"))
    given_one = tmp_path / "given"
    put(given_one / "a.eml", mail("a"))
    (given_one / "b.eml").symlink_to(given_one / "a.eml")
    (given_one / "c.eml").symlink_to(tmp_path / "secret/x.eml")
    (given_one / "d").symlink_to(tmp_path / "secret")
    (given_one / "e.eml").symlink_to(given_one / "nowhere")
    os.mkfifo(given_one / "f.eml")
    assert names(given_one) == ["a", "a"]


def test_maildir(tmp_path: Path) -> None:
    """A Maildir's new and old mails come, those of its subfolders too; what is half delivered does not."""
    put(tmp_path / "cur/1.a:2,S", lf(mail("seen")))
    put(tmp_path / "new/2.b", lf(mail("unseen")))
    put(tmp_path / "tmp/3.c", lf(mail("half")))
    put(tmp_path / ".Sent/cur/4.d:2,S", lf(mail("sent")))
    (tmp_path / ".Sent/new").mkdir()
    put(tmp_path / "dovecot-uidlist", b"3 V1 N1\n")
    assert names(tmp_path) == ["seen", "unseen", "sent"]
    found, _ = everything(ArchiveConnector(tmp_path))
    assert [each.use for each in found] == [None, None, SpecialUse.SENT]
    assert {box.use for box in ArchiveConnector(tmp_path).mailboxes()} == {None, SpecialUse.SENT}


def test_takeout(tmp_path: Path) -> None:
    """In Google's mbox the labels say what a mail was: sent is told, drafts, spam and trash are left out."""
    labels = {
        "in": "Inbox,Important",
        "out": "=?UTF-8?Q?Gesendet,Ge=C3=B6ffnet?=",
        "draft": "=?UTF-8?Q?Entw=C3=BCrfe?=",
        "spam": "Spam,Unread",
        "gone": "Trash",
    }
    mails = [
        FROM + lf(mail(name, X_Gmail_Labels=label, X_GM_THRID=f"17{number}")) + b"\n"
        for number, (name, label) in enumerate(labels.items())
    ]
    path = put(tmp_path / "All mail.mbox", b"".join(mails))
    found, _ = everything(ArchiveConnector(path))
    assert [header.message_id(each.octets)[:2] for each in found] == ["in", "ou"]
    assert [each.use for each in found] == [None, SpecialUse.SENT]
    assert [each.thread_id for each in found] == ["170", "171"]


def test_moments(tmp_path: Path) -> None:
    """A mail arrived when its last server says, else when its sender says, else when its file was written."""
    put(tmp_path / "1.eml", received(mail("a", Date="Mon, 2 Mar 2026 08:00:00 +0100"), NOW))
    put(tmp_path / "2.eml", mail("b", Date="Mon, 2 Mar 2026 08:00:00 +0100"))
    put(tmp_path / "3.eml", mail("c", Date="never"))
    os.utime(tmp_path / "3.eml", (NOW.timestamp(),) * 2)
    found, _ = everything(ArchiveConnector(tmp_path))
    assert [each.internal_date.isoformat() for each in found] == [
        NOW.isoformat(),
        "2026-03-02T07:00:00+00:00",
        NOW.isoformat(),
    ]


@pytest.mark.parametrize("kind", ["folder", "mbox", "empty.mbox", "Maildir"])
def test_nothing_there(tmp_path: Path, kind: str) -> None:
    """Where there is no mail that is said, with what would be mail."""
    path = tmp_path / kind
    if kind in {"folder", "Maildir"}:
        path.mkdir()
        for box in ("cur", "new", "tmp") if kind == "Maildir" else ():
            (path / box).mkdir()
    else:
        path.write_bytes(b"" if kind == "empty.mbox" else FROM)
    for act in (lambda: names(path), lambda: everything(ArchiveConnector(path))):
        with pytest.raises(Refused, match="There is no mail in") as caught:
            act()
        assert "mbox" in caught.value.hint


def test_nowhere(tmp_path: Path) -> None:
    """A path that does not exist is named."""
    with pytest.raises(Refused, match="nowhere does not exist"):
        ArchiveConnector(tmp_path / "nowhere")
    with pytest.raises(Refused, match="nowhere does not exist"):
        names(tmp_path / "nowhere")


def test_unreadable_neighbours(tmp_path: Path) -> None:
    """A file that is empty or may not be read is an empty mail, a vanished one is none; the others come."""
    for name in ("a", "b", "c"):
        put(tmp_path / f"{name}.eml", mail(name))
    put(tmp_path / "d.eml", b"")
    (tmp_path / "b.eml").chmod(0)
    readable = os.access(tmp_path / "b.eml", os.R_OK)  # root reads everything
    assert [octets for _, octets in mails_in(tmp_path)] == [
        mail("a"),
        mail("b") if readable else b"",
        mail("c"),
        b"",
    ]
    half_way = mails_in(tmp_path)
    next(half_way)
    (tmp_path / "b.eml").unlink()
    assert list(half_way) == [(tmp_path / "c.eml", mail("c")), (tmp_path / "d.eml", b"")]


def test_drafts_are_refused(tmp_path: Path) -> None:
    """An archive stores no drafts and says so; nothing in it is ever changed."""
    path = put(tmp_path / "a.eml", mail("a"))
    archive: Connector = ArchiveConnector(tmp_path)
    with pytest.raises(Refused, match="only read") as caught:
        archive.append_draft(mail("d"), "<d@mail.example>")
    assert "simulate" in caught.value.hint
    assert archive.remove_draft(DraftRef(str(tmp_path), "a", uid="a.eml"), mail("a")) is Removal.IMPOSSIBLE
    assert (archive.drafts(), archive.locate("a"), archive.find_draft("a")) == ((), frozenset(), None)
    assert path.read_bytes() == mail("a")


def read_mbox(octets: bytes) -> list[bytes]:
    return [entry.octets for entry in mbox.entries(io.BytesIO(octets))]


@pytest.mark.parametrize(
    "separator",
    [
        FROM,
        b"From - Wed Mar 04 09:30:00 2026\n",
        b"From 1765@xxx Wed Mar 04 09:30:00 +0000 2026\n",
        b"From kim at home.example  Wed Mar  4 09:30:00 2026\r\n",
        b"From MAILER-DAEMON Wed Mar 4 09:30 2026 +0100\n",
    ],
)
def test_separators(separator: bytes) -> None:
    """Mails are told apart by what the many programs write between them."""
    one, two = lf(mail("one")), lf(mail("two"))
    assert read_mbox(separator + one + b"\n" + separator + two + b"\n") == [one, two]
    assert read_mbox(b"\n\n" + separator + one + separator + two) == [one, two]


def test_sentences_are_no_separators() -> None:
    """A sentence that begins with "From", even with a time and a year in it, does not end a mail."""
    body = "From 10:30 on 5 May 2026 we\nmeet.\n\nFrom then on, all is well.\n\nFrom me"
    octets = lf(mail("one", body))
    assert read_mbox(FROM + octets) == [octets]


def test_quoted_from() -> None:
    """A line that was quoted to keep it from looking like a separator is unquoted, by one sign."""
    assert read_mbox(FROM + lf(mail("a", ">From me\n>>From you\n> From all"))) == [
        lf(mail("a", "From me\n>From you\n> From all"))
    ]


@pytest.mark.parametrize("padding", [0, 1, 2, 500, 1023, 1024, 1025])
def test_chunk_borders(padding: int) -> None:
    """Separators on the border of two reads are seen like all others."""
    size = (1 << 20) - padding
    one = lf(mail("one"))
    one += b"x" * (size - len(FROM) - len(one)) + b"\n"
    two = lf(mail("two"))
    assert [len(each) for each in read_mbox(FROM + one + FROM + two)] == [len(one), len(two)]


@given(st.lists(st.sampled_from([FROM, b"From me\n", b"A: b\n", b"\n", b"x", b"\r\n", b"From 1:11 2026\n"])))
def test_any_mbox(pieces: list[bytes]) -> None:
    """Whatever a file holds is read to its end, and no octet comes twice."""
    octets = b"".join(pieces)
    assert sum(map(len, read_mbox(octets))) <= len(octets)


def test_long_mail() -> None:
    """Of a mail beyond all measure the beginning is kept; the next one comes whole."""
    huge = io.BytesIO(FROM + lf(mail("a")) + b"line\n" * 8_000_000 + b"\n" + FROM + lf(mail("b")))
    first, second = mbox.entries(huge)
    assert (len(first.octets), first.whole) == (mbox.MAIL_CAP, False)
    assert (second.octets, second.whole) == (lf(mail("b")), True)


@pytest.mark.parametrize(
    "hostile",
    [b"From " * 400_000, b"\nFrom 1:11" * 200_000, b"\nFrom 1:11 " + b"1:11 2" * 300_000, b"\n" * 2_000_000],
    ids=["words", "lines", "one line", "empty lines"],
)
def test_hostile_mbox(hostile: bytes) -> None:
    """No text makes the search for separators slow."""
    began = time.process_time()
    read_mbox(FROM + b"A: b\n\n" + hostile)
    assert time.process_time() - began < 3


@pytest.mark.parametrize(
    "hostile", [b"A:" * 50_000, b"Received: ;" * 9000, b"Date: " + b"(" * 60_000, b"\n\n"]
)
def test_hostile_header(hostile: bytes) -> None:
    """No header makes the look for the arrival's moment slow, or fail."""
    began = time.process_time()
    header.moment(hostile)
    header.message_id(hostile)
    assert time.process_time() - began < 1


def test_resuming(tmp_path: Path) -> None:
    """The cursor counts the mails passed, those left out too."""
    path = put(tmp_path / "a.mbox", b"".join(FROM + lf(mail(f"m{n}")) + b"\n" for n in range(250)))
    batches = list(ArchiveConnector(path).changes(None, LONG_AGO))
    assert [len(batch.messages) for batch in batches] == [100, 100, 50]
    rest, _ = everything(ArchiveConnector(path), batches[0].cursor)
    assert header.message_id(rest[0].octets) == "m100@mail.example"
