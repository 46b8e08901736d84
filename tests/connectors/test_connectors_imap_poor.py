"""Servers that lack what others have, and name things otherwise."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from connectors_accounts import LONG_AGO, ImapAccount, everything, mail
from servers.dovecot import Dovecot, Layout
from servers.fault_proxy import FaultProxy
from servers.pymap_server import PASSWORD, PymapServer

from connectors.connector import Connector, Removal, SpecialUse
from connectors.errors import Refused, Vanished
from connectors.imap import ImapConnector, ImapSettings
from connectors.imap_names import resolve

Proxies = Callable[[str, int], FaultProxy]
Servers = Callable[[Layout], Dovecot]

PREFIXED = Layout(prefix="INBOX.", boxes=(("Entwürfe", ""), ("Gesendete Elemente", ""), ("Papierkorb", "")))
BARE = Layout(boxes=())


@pytest.fixture
def account(dovecot: Dovecot) -> Iterator[ImapAccount]:
    made = ImapAccount(dovecot)
    yield made
    made.close()


@pytest.fixture
def proxy(account: ImapAccount, fault_proxy: Proxies) -> FaultProxy:
    return fault_proxy("127.0.0.1", account.server.port)


@pytest.fixture
def connector(account: ImapAccount, proxy: FaultProxy) -> Iterator[ImapConnector]:
    """A connector that reaches the account through the proxy."""
    settings = account.server.plain(account.user, host=proxy.host, port=proxy.port)
    made = ImapConnector(settings, lambda: PASSWORD)
    yield made
    made.close()


def works(account: ImapAccount, connector: Connector) -> None:
    """Walk once through everything a connector is for."""
    account.deliver(mail("one"))
    _, cursor = everything(connector)
    account.deliver(mail("two"))
    assert len(everything(connector, cursor)[0]) == 1
    ref = connector.append_draft(mail("draft"), "<draft@mail.example>")
    assert connector.find_draft("<draft@mail.example>") is not None
    assert [each.octets for each in connector.drafts()] == [mail("draft")]
    assert connector.locate("<draft@mail.example>") == {SpecialUse.DRAFTS}
    assert connector.remove_draft(ref, mail("other")) is Removal.CHANGED


def test_nothing_but_the_base(account: ImapAccount, proxy: FaultProxy, connector: ImapConnector) -> None:
    """A server with no extension at all, no UIDNEXT and no APPENDUID is served."""

    def impoverish(line: bytes) -> bytes:
        line = re.sub(rb"(\[?CAPABILITY IMAP4rev1)[^\]\r]*", rb"\1", line)
        line = re.sub(rb"\[APPENDUID \d+ \d+\] ", b"", line)
        line = re.sub(rb" \\(Drafts|Sent|Trash)\b", b"", line)
        return re.sub(rb"\* OK \[UIDNEXT \d+\].*\r\n", b"* OK fine\r\n", line)

    proxy.edit = impoverish
    works(account, connector)
    assert connector.wait(0.05)
    ref = connector.find_draft("<draft@mail.example>")
    assert ref is not None
    assert connector.remove_draft(ref, mail("draft")) is Removal.IMPOSSIBLE
    assert account.stored("Drafts") == [mail("draft")]


def test_prefix_and_foreign_names(dovecot_server: Servers) -> None:
    """A namespace below INBOX., names in another language and no special uses: found by their names."""
    account = ImapAccount(dovecot_server(PREFIXED))
    connector = account.connector()
    uses = {box.use: box.name for box in connector.mailboxes() if box.use}
    assert uses == {
        SpecialUse.INBOX: "INBOX",
        SpecialUse.DRAFTS: "INBOX.Entwürfe",
        SpecialUse.SENT: "INBOX.Gesendete Elemente",
        SpecialUse.TRASH: "INBOX.Papierkorb",
    }
    works(account, connector)
    account.deliver(mail("mine"), mailbox="Gesendete Elemente")
    assert {each.use for each in everything(connector)[0]} == {SpecialUse.INBOX, SpecialUse.SENT}
    account.close()


def test_lower_case_use(account: ImapAccount, proxy: FaultProxy, connector: ImapConnector) -> None:
    r"""A server that writes \drafts instead of \Drafts is understood."""
    proxy.replacing(rb"\\Drafts\) \"\.\" Drafts", rb'\drafts) "." Kladde')
    names = {box.use: box.name for box in connector.mailboxes()}
    assert names[SpecialUse.DRAFTS].endswith("Kladde")


def test_uses_only_on_demand(account: ImapAccount, proxy: FaultProxy, connector: ImapConnector) -> None:
    """A server that names special uses only when asked for them (RFC 6154 2) is asked for them."""

    def plain_list_is_bare(line: bytes) -> bytes:
        asked = proxy.sent.rpartition(b"\n")[0].rpartition(b"\n")[2]
        hidden = b"SPECIAL-USE" not in asked
        line = line.replace(b'"." Trash', b'"." Abfall').replace(b'"." Drafts', b'"." Kladde')
        return re.sub(rb" \\(Drafts|Sent|Trash)\b", b"", line) if hidden else line

    proxy.edit = plain_list_is_bare
    names = {box.use: box.name for box in connector.mailboxes()}
    assert names[SpecialUse.DRAFTS] == "Kladde"
    assert names[SpecialUse.TRASH] == "Abfall"
    assert len(connector.mailboxes()) == 4


def test_no_drafts_mailbox(dovecot_server: Servers) -> None:
    """Without a drafts mailbox the user is asked; none is made; once there is one it is used at once."""
    account = ImapAccount(dovecot_server(BARE))
    account.deliver(mail("one"))
    connector = account.connector()
    assert len(everything(connector)[0]) == 1
    for act in (lambda: connector.append_draft(mail("d"), "<d@mail.example>"), connector.drafts):
        with pytest.raises(Refused, match="no drafts mailbox") as caught:
            act()
        assert "INBOX" in caught.value.hint
    with account.server.client(account.user) as client:
        assert [name for _, _, name in client.list_folders()] == ["INBOX"]
        client.create_folder("Brouillons")
    connector.append_draft(mail("d"), "<d@mail.example>")
    assert account.stored("Brouillons") == [mail("d")]
    account.close()


def test_named_mailboxes(dovecot_server: Servers) -> None:
    """What the user names is used before what names suggest; what they name wrongly is told."""
    account = ImapAccount(dovecot_server(PREFIXED))
    with account.server.client(account.user) as client:
        client.create_folder("INBOX.Jobs.Offen")
    account.deliver(mail("one"), mailbox="Jobs.Offen")
    chosen = account.server.connector(account.user, drafts="inbox.papierkorb", mailboxes=("Offen",))
    chosen.append_draft(mail("d"), "<d@mail.example>")
    assert account.stored("INBOX.Papierkorb") == [mail("d")]
    assert [each.mailbox for each in everything(chosen)[0]] == ["INBOX.Jobs.Offen"]
    chosen.close()
    for more in ({"drafts": "INBOX.Entwurfe"}, {"mailboxes": ("INBOX.Entwurfe",)}):
        wrong = account.server.connector(account.user, **more)
        with pytest.raises(Refused, match=r"INBOX\.Entwurfe") as caught:
            everything(wrong)
        assert "INBOX.Entwürfe" in caught.value.hint
        wrong.close()


def listed(*names: str, delimiter: bytes = b"/") -> list[tuple[tuple[bytes, ...], bytes, str]]:
    return [((rb"\HasNoChildren",), delimiter, name) for name in names]


@pytest.mark.parametrize(
    ("names", "drafts", "sent"),
    [
        (("INBOX", "Drafts", "Sent Items"), "Drafts", "Sent Items"),
        (("Inbox", "Draft", "Sent Messages"), "Draft", "Sent Messages"),
        (("INBOX", "Brouillons", "&AMk-l&AOk-ments envoy&AOk-s"), "Brouillons", "Éléments envoyés"),
        (("INBOX", "Borradores", "Enviados"), "Borradores", "Enviados"),
        (("INBOX", "Concepten", "Verzonden items"), "Concepten", "Verzonden items"),
        (("INBOX", "Rascunhos", "Itens enviados"), "Rascunhos", "Itens enviados"),
        (("INBOX", "Bozze", "Posta inviata"), "Bozze", "Posta inviata"),
        (("INBOX", "[Gmail]/Bozze", "[Gmail]/Posta inviata"), "[Gmail]/Bozze", "[Gmail]/Posta inviata"),
        (("INBOX", "[Google Mail]/Entw&APw-rfe"), "[Google Mail]/Entwürfe", None),
        (("INBOX", "Entwu&Awg-rfe", "GESENDET"), "Entwu\u0308rfe", "GESENDET"),
        (("INBOX", "Shared/bob/Drafts", "Projects/Sent"), None, None),
        (("INBOX", "Entw&APw-rfe", "Drafts"), "Drafts", None),
        (("INBOX", "R&D", "a\r\nb", "&broken"), None, None),
    ],
)
def test_known_names(names: tuple[str, ...], drafts: str | None, sent: str | None) -> None:
    """Drafts and Sent are known by name in seven languages, at the top, below INBOX and in Gmail's root."""
    found = resolve(listed(*names), ImapSettings("mail.example", "kim"))
    by_use = {use: folder.name for use, folder in found.uses.items()}
    assert by_use.get(SpecialUse.DRAFTS) == drafts
    assert by_use.get(SpecialUse.SENT) == sent


def test_uses_before_names() -> None:
    """A special use counts more than a name, and one's own mailbox more than a shared one's."""
    boxes = [
        ((rb"\Drafts",), b"/", "Shared/bob/Drafts"),
        ((rb"\HasNoChildren",), b"/", "Drafts"),
        ((rb"\DRAFTS", rb"\Marked"), b"/", "Kladde"),
        ((rb"\Noselect", rb"\Sent"), b"/", "Sent"),
    ]
    found = resolve(boxes, ImapSettings("mail.example", "kim"))
    assert found.drafts().name == "Kladde"
    assert found.use(SpecialUse.SENT) is None


def test_without_appenduid(account: ImapAccount, proxy: FaultProxy, connector: ImapConnector) -> None:
    """Where the server does not say where it put the draft, it is looked for and found."""
    proxy.replacing(rb"\[APPENDUID \d+ \d+\] ", b"")
    connector.append_draft(mail("first"), "<first@mail.example>")
    ref = connector.append_draft(mail("draft"), "<draft@mail.example>")
    assert ref.uid == "2"
    assert ref == connector.find_draft("<draft@mail.example>")


def test_stored_for_sure(account: ImapAccount, proxy: FaultProxy, connector: ImapConnector) -> None:
    """A draft that was stored is reported as stored, even if the line dies before its place is known."""
    connector.mailboxes()
    proxy.edit = lambda line: re.sub(rb"\[APPENDUID \d+ \d+\] ", b"", line)
    proxy.edit_client = lambda sent: proxy.cut() or b"" if b"EXAMINE" in sent else sent
    ref = connector.append_draft(mail("draft"), "<draft@mail.example>")
    assert (ref.uid, ref.message_id) == ("", "<draft@mail.example>")
    proxy.heal()
    assert account.stored("Drafts") == [mail("draft")]


def test_lazy_index(account: ImapAccount, proxy: FaultProxy, connector: ImapConnector) -> None:
    """A draft is found though the server's SEARCH does not know it yet: the newest are looked at."""
    connector.append_draft(mail("draft"), "<draft@mail.example>")

    def forgetful(line: bytes) -> bytes:
        asked = proxy.sent.rpartition(b"\n")[0].rpartition(b"\n")[2]
        return b"* SEARCH\r\n" if line.startswith(b"* SEARCH") and b"HEADER" in asked else line

    proxy.edit = forgetful
    assert connector.locate("<draft@mail.example>") == {SpecialUse.DRAFTS}
    assert connector.locate("<other@mail.example>") == frozenset()


def test_marked_as_deleted(account: ImapAccount, connector: ImapConnector) -> None:
    """A draft the user's program only marked as deleted is no draft any more, but counts as in the trash."""
    connector.append_draft(mail("draft"), "<draft@mail.example>")
    assert len(connector.drafts()) == 1
    with account.server.client(account.user) as client:
        client.select_folder("Drafts")
        client.delete_messages([1])
    assert connector.drafts() == ()
    assert connector.find_draft("<draft@mail.example>") is None
    assert connector.locate("<draft@mail.example>") == {SpecialUse.TRASH}


def test_expunge_takes_one(account: ImapAccount, connector: ImapConnector) -> None:
    """Taking a draft back does not expunge what the user's own program has marked."""
    with account.server.client(account.user) as client:
        client.append("Drafts", mail("theirs"), [rb"\Deleted"])
    ref = connector.append_draft(mail("ours"), "<ours@mail.example>")
    assert connector.remove_draft(ref, mail("ours")) is Removal.REMOVED
    assert account.stored("Drafts") == [mail("theirs")]


def test_expunge_refused(account: ImapAccount, proxy: FaultProxy, connector: ImapConnector) -> None:
    """Where the server does not expunge the draft after all, it is left as it was, unmarked."""
    ref = connector.append_draft(mail("ours"), "<ours@mail.example>")
    proxy.edit_client = lambda sent: sent.replace(b"UID EXPUNGE 1\r", b"UID EXPONGE 1\r")
    assert connector.remove_draft(ref, mail("ours")) is Removal.IMPOSSIBLE
    proxy.heal()
    assert [each.octets for each in connector.drafts()] == [mail("ours")]


def test_only_to_look_at(account: ImapAccount, proxy: FaultProxy, connector: ImapConnector) -> None:
    """Where the drafts mailbox can only be looked at, nothing is removed, and the line goes on."""
    ref = connector.append_draft(mail("ours"), "<ours@mail.example>")
    proxy.replacing(rb"\[READ-WRITE\]", b"[READ-ONLY]")
    assert connector.remove_draft(ref, mail("ours")) is Removal.IMPOSSIBLE
    connector.append_draft(mail("more"), "<more@mail.example>")
    assert account.stored("Drafts") == [mail("ours"), mail("more")]
    assert proxy.sent.count(b"AUTHENTICATE") == 1


def test_attachments_are_not_fetched(
    account: ImapAccount, proxy: FaultProxy, connector: ImapConnector
) -> None:
    """A draft the user has attached something large to is theirs, which its size alone tells."""
    ref = connector.append_draft(mail("ours"), "<ours@mail.example>")
    account.replace_draft(mail("ours"), mail("ours", "x" * 3_000_000))
    del proxy.sent[:]
    assert connector.remove_draft(ref, mail("ours")) is Removal.CHANGED
    assert b"BODY.PEEK[])" not in proxy.sent
    assert connector.drafts()[0].partial
    assert len(connector.drafts()[0].octets) < 400_000


@pytest.mark.parametrize(
    ("said", "hint"),
    [
        (b"NO [OVERQUOTA] Quota exceeded", "full"),
        (b"NO [TRYCREATE] Mailbox does not exist", "gone"),
        (b"NO [NOPERM] Permission denied", "mail program"),
        (b"BAD Command Argument Error. 11", "mail program"),
    ],
)
def test_append_refused(
    account: ImapAccount, proxy: FaultProxy, connector: ImapConnector, said: bytes, hint: str
) -> None:
    """A draft the server does not take is told with the server's words and what to do; the line stays."""
    connector.mailboxes()
    proxy.replacing(rb"\bOK \[APPENDUID.*", said + b"\r")
    with pytest.raises(Refused, match="did not store the draft") as caught:
        connector.append_draft(mail("draft"), "<draft@mail.example>")
    assert said.split(b" ", 1)[1].decode().rstrip(". ") in str(caught.value)
    assert hint in caught.value.hint
    proxy.heal()
    assert len(connector.drafts()) == 1
    assert proxy.sent.count(b"AUTHENTICATE") == 1


def test_mailbox_that_may_not_be_written(account: ImapAccount, connector: ImapConnector) -> None:
    """A drafts mailbox without the right to write is refused by the server, and told."""
    connector.append_draft(mail("ours"), "<ours@mail.example>")
    closed = account.server.maildir(account.user, "Drafts")
    places = [closed, *(path for path in closed.iterdir() if path.is_dir())]
    try:
        for path in places:
            path.chmod(0o500)
        with pytest.raises(Refused, match="did not store"):
            connector.append_draft(mail("draft"), "<draft@mail.example>")
    finally:
        for path in places:
            path.chmod(0o700)


def test_numbered_anew(account: ImapAccount) -> None:
    """A mailbox with another UIDVALIDITY is told as Vanished; from the window everything is found again."""
    account.deliver(mail("one"))
    connector = account.connector()
    _, cursor = everything(connector)
    connector.close()
    _forget_uids(account.server.maildir(account.user), cursor)
    with pytest.raises(Vanished):
        everything(connector, cursor)
    assert len(everything(connector)[0]) == 1


def test_numbered_anew_meanwhile(account: ImapAccount, proxy: FaultProxy, connector: ImapConnector) -> None:
    """A mailbox that is numbered anew while it is being read is told as Vanished, not read on."""
    account.deliver(mail("one"))
    account.deliver(mail("two"), mailbox="Sent")
    changes = connector.changes(None, LONG_AGO)
    next(changes)
    connector.close()
    proxy.replacing(rb"UIDVALIDITY \d+", b"UIDVALIDITY 7")
    found = list(changes)
    assert [each.octets for batch in found for each in batch.messages] == [mail("two")]
    with pytest.raises(Vanished):
        everything(account.connector(), found[-1].cursor)


def test_drafts_are_fetched_once(account: ImapAccount, proxy: FaultProxy, connector: ImapConnector) -> None:
    """Asking for the drafts again costs one look, not all the drafts again."""
    for number in range(3):
        connector.append_draft(mail(f"d{number}"), f"<d{number}@mail.example>")
    first = connector.drafts()
    del proxy.sent[:]
    assert connector.drafts() == first
    assert b"FETCH" not in proxy.sent
    connector.append_draft(mail("d3"), "<d3@mail.example>")
    del proxy.sent[:]
    assert len(connector.drafts()) == 4
    assert proxy.sent.count(b"(BODY.PEEK[])") == 1


def test_two_connections(pymap_server: PymapServer) -> None:
    """Two connections to one account see what the other does, at once."""
    account = ImapAccount(pymap_server)
    one, two = account.connector(), account.connector()
    ref = one.append_draft(mail("draft"), "<draft@mail.example>")
    assert two.find_draft("<draft@mail.example>") == ref
    assert [each.octets for each in two.drafts()] == [mail("draft")]
    assert two.remove_draft(ref, mail("draft")) is Removal.REMOVED
    assert one.drafts() == ()
    assert one.remove_draft(ref, mail("draft")) is Removal.GONE
    account.close()


def _forget_uids(maildir: Path, cursor: str) -> None:
    """Take the server's list of UIDs away, and with it the UIDVALIDITY, which it draws from the time."""
    for path in maildir.glob("dovecot*"):
        path.unlink()
    validity = int(re.findall(r"\d+", cursor)[0])
    (maildir / "dovecot-uidlist").write_text(f"3 V{validity + 1} N1 G0123456789abcdef0123456789abcdef\n")
    if not os.geteuid():
        about = maildir.stat()
        os.chown(maildir / "dovecot-uidlist", about.st_uid, about.st_gid)
