"""What the IMAP connector does when the line breaks, each time for real."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from connectors_accounts import LONG_AGO, NOW, ImapAccount, everything, mail
from servers.dovecot import Dovecot, Layout
from servers.fault_proxy import Cut, FaultProxy
from servers.pymap_server import PASSWORD, PymapServer

from connectors.connector import SpecialUse
from connectors.errors import Unavailable
from connectors.imap import ImapConnector

SOON = 5.0
"""Seconds in which everything here is over unless something hangs."""

Proxies = Callable[[str, int], FaultProxy]

on_both = pytest.mark.parametrize("scene", ["dovecot", "pymap_server"], indirect=True)


@dataclass(frozen=True, slots=True)
class Scene:
    """An account, a connector that reaches it through a proxy, and the proxy."""

    account: ImapAccount
    connector: ImapConnector
    proxy: FaultProxy

    def patient(self) -> ImapConnector:
        """Return a connector through the proxy that would wait much longer than a test."""
        proxied = {"host": self.proxy.host, "port": self.proxy.port}
        return ImapConnector(self.account.server.plain(self.account.user, **proxied), lambda: PASSWORD)


@pytest.fixture
def scene(request: pytest.FixtureRequest, fault_proxy: Proxies) -> Iterator[Scene]:
    """A patient server behind an impatient connector."""
    server: Dovecot | PymapServer = request.getfixturevalue(getattr(request, "param", "pymap_server"))
    account = ImapAccount(server)
    proxy = fault_proxy("127.0.0.1", server.port)
    settings = server.plain(
        account.user, host=proxy.host, port=proxy.port, lap=0.4, done_timeout=1.0, read_timeout=1.0
    )
    connector = ImapConnector(settings, lambda: PASSWORD)
    yield Scene(account, connector, proxy)
    connector.close()
    account.close()


def waiting(scene: Scene, act: Callable[[], object], seconds: float = 20.0) -> bool:
    """Let the connector wait, do something to it meanwhile, and return what the wait said."""
    everything(scene.connector)
    timer = threading.Timer(0.1, act)
    timer.start()
    try:
        return scene.connector.wait(seconds)
    finally:
        timer.join()


def still_works(scene: Scene) -> None:
    """Check that the next call makes a new connection and finds everything."""
    scene.proxy.heal()
    scene.account.deliver(mail("afterwards"))
    assert b"<afterwards@" in everything(scene.connector)[0][-1].octets


@on_both
@pytest.mark.parametrize("how", list(Cut))
def test_line_dies_while_idle(scene: Scene, how: Cut) -> None:
    """A line that ends, is reset or falls silent while idle is noticed within a lap and a little."""
    began = time.monotonic()
    with pytest.raises(Unavailable):
        waiting(scene, lambda: scene.proxy.cut(how))
    assert time.monotonic() - began < SOON
    still_works(scene)


@on_both
def test_bye_while_idle(scene: Scene) -> None:
    """A server that says BYE is believed at once."""
    with pytest.raises(Unavailable, match="shutting down"):
        waiting(scene, lambda: scene.proxy.say(b"* BYE shutting down\r\n"))
    still_works(scene)


def test_idle_ended_by_server(scene: Scene) -> None:
    """A server that ends IDLE by itself is a broken line, not a reason to ask again without end."""

    def end_it() -> None:
        tag = bytes(scene.proxy.sent).rpartition(b" IDLE")[0].rpartition(b"\n")[2]
        scene.proxy.say(tag + b" OK enough\r\n")

    with pytest.raises(Unavailable, match="ended IDLE"):
        waiting(scene, end_it)


@on_both
def test_quiet_lap(scene: Scene) -> None:
    """A lap without news ends with an answered DONE, says False, and costs next to no CPU."""
    everything(scene.connector)
    began, used = time.monotonic(), time.thread_time()
    assert not scene.connector.wait(20)
    assert 0.3 < time.monotonic() - began < SOON
    assert time.thread_time() - used < 0.05
    assert scene.proxy.sent.endswith(b"DONE\r\n")


def test_silence_costs_nothing(scene: Scene) -> None:
    """A dead line that is waited for costs next to no CPU."""
    everything(scene.connector)
    used = time.thread_time()
    with pytest.raises(Unavailable):
        waiting(scene, lambda: scene.proxy.cut(Cut.HOLE))
    assert time.thread_time() - used < 0.1


def test_keepalives_are_no_news(scene: Scene) -> None:
    """What a server says to keep the line open, and changed flags, are no news."""
    assert not waiting(scene, lambda: scene.proxy.say(b"* OK Still here\r\n* 1 FETCH (FLAGS (\\Seen))\r\n"))


@on_both
def test_news_in_pieces(scene: Scene) -> None:
    """A half-arrived line in IDLE is kept until its end comes."""

    def talk() -> None:
        for piece in (b"* 7 EX", b"ISTS", b"\r\n"):
            scene.proxy.say(piece)
            time.sleep(0.03)

    assert waiting(scene, talk)


def test_news_with_the_go_ahead(scene: Scene) -> None:
    """News in the same packet as the go-ahead to IDLE are seen at once, not at the end of the lap."""
    connector = scene.patient()
    everything(connector)
    scene.proxy.replacing(rb"^\+ .*", b"+ idling\r\n* 7 EXISTS\r")
    began = time.monotonic()
    assert connector.wait(20)
    assert time.monotonic() - began < SOON
    connector.close()


def test_news_before_the_go_ahead(scene: Scene) -> None:
    """A server may say other things before the go-ahead to IDLE."""
    everything(scene.connector)
    scene.proxy.replacing(rb"^\+ .*", b"* OK one moment\r\n* 7 EXISTS\r\n+ idling\r")
    assert scene.connector.wait(20)


@on_both
def test_news_between_look_and_wait(scene: Scene) -> None:
    """Mail that comes after the last look and before the wait is not overlooked until the lap is over."""
    connector = scene.patient()
    everything(connector)
    scene.account.deliver(mail("between"))
    connector.drafts()  # another mailbox is open now
    began = time.monotonic()
    assert connector.wait(20)
    assert time.monotonic() - began < SOON
    connector.close()


@on_both
def test_news_while_idle_was_left_open(scene: Scene) -> None:
    """Mail announced after a wake, before the next command, still counts at the next wait."""
    everything(scene.connector)
    scene.connector.wake()
    assert not scene.connector.wait(20)
    scene.proxy.say(b"* 7 EXISTS\r\n")
    time.sleep(0.05)
    scene.connector.mailboxes()
    assert scene.connector.wait(0.0)


def test_unwilling_to_idle(scene: Scene) -> None:
    """Where IDLE is offered and refused, the connector polls: the wait ends with True and costs nothing."""
    everything(scene.connector)
    scene.proxy.edit_client = lambda sent: sent.replace(b" IDLE", b" ODDLE")
    assert scene.connector.wait(0.1)
    assert scene.connector.wait(0.1)
    assert scene.proxy.sent.count(b" IDLE") == 1


@on_both
def test_no_idle(scene: Scene) -> None:
    """Without IDLE the wait lasts its time, tries the line, and says True: nobody knows."""
    scene.proxy.replacing(rb" IDLE\b", b"")
    assert waiting(scene, lambda: None, seconds=0.3)
    assert b"IDLE" not in scene.proxy.sent
    assert scene.proxy.sent.endswith(b"NOOP\r\n")


def test_no_idle_and_dead(scene: Scene) -> None:
    """Without IDLE a line that died during the wait is noticed at its end."""
    scene.proxy.replacing(rb" IDLE\b", b"")
    with pytest.raises(Unavailable):
        waiting(scene, lambda: scene.proxy.cut(Cut.HOLE), seconds=0.3)


@pytest.mark.parametrize("how", list(Cut))
def test_line_dies_in_an_answer(scene: Scene, how: Cut) -> None:
    """An answer that breaks off in the middle of a mail loses nothing: the next call reads it whole."""
    scene.account.deliver(mail("long", "line\r\n" * 2000 + "MIDDLE\r\n" + "line\r\n" * 2000))
    scene.proxy.replacing(rb"MIDDLE", how)
    with pytest.raises(Unavailable):
        everything(scene.connector)
    scene.proxy.heal()
    scene.connector.close()
    assert len(everything(scene.connector)[0][0].octets) > 20000


@on_both
def test_lost_answer_to_append(scene: Scene) -> None:
    """When the answer to APPEND is lost the caller is told so, and can see that the draft is there, once."""
    scene.connector.mailboxes()
    scene.proxy.replacing(rb"APPENDUID", Cut.FIN)
    with pytest.raises(Unavailable):
        scene.connector.append_draft(mail("draft"), "<draft@mail.example>")
    scene.proxy.heal()
    assert scene.connector.locate("<draft@mail.example>") == {SpecialUse.DRAFTS}
    assert scene.account.stored("Drafts") == [mail("draft")]


@on_both
def test_append_never_arrives(scene: Scene) -> None:
    """When the line dies before the draft was sent, the caller can see that it is not there."""
    scene.connector.mailboxes()
    scene.proxy.replacing(rb"^\+ ", Cut.RESET)
    with pytest.raises(Unavailable):
        scene.connector.append_draft(mail("draft"), "<draft@mail.example>")
    scene.proxy.heal()
    assert scene.connector.locate("<draft@mail.example>") == frozenset()


@on_both
def test_one_octet_at_a_time(scene: Scene) -> None:
    """A server that sends one octet at a time is slow, and nothing else."""
    scene.account.deliver(mail("one"))
    scene.proxy.dribble = True
    found, cursor = everything(scene.connector)
    assert len(found) == 1
    ref = scene.connector.append_draft(mail("draft"), "<draft@mail.example>")
    assert scene.connector.find_draft("<draft@mail.example>") == ref
    timer = threading.Timer(0.1, scene.account.deliver, [mail("two")])
    timer.start()
    scene.connector.wait(20)
    timer.join()
    assert len(everything(scene.connector, cursor)[0]) == 1


def test_slow_server(scene: Scene) -> None:
    """A server that takes its time for every answer is waited for."""
    scene.account.deliver(mail("one"))
    scene.proxy.delay = 0.02
    assert len(everything(scene.connector)[0]) == 1


@pytest.mark.parametrize(
    "forged",
    [
        b"* 1 FETCH (UID 1 BODY[] {9999999999}\r",
        b"* 1 FETCH (UID 1 BODY[] {-5}\r",
        b"* 1 FETCH " + b"(" * 20000 + b"\r",
        b"* 1 FETCH (UID one BODY[] x)\r",
        b"* 1 FETCH " + b"x" * (17 << 20),
        b"\0\xff\xfe nothing at all\r",
    ],
    ids=["giant literal", "negative literal", "parentheses", "no number", "endless line", "no protocol"],
)
def test_broken_frames(scene: Scene, forged: bytes) -> None:
    """Nonsense in an answer is a broken line, soon, whatever it is; then the next call works."""
    scene.account.deliver(mail("one"))
    scene.proxy.replacing(rb"^\* 1 FETCH .*", forged)
    with pytest.raises(Unavailable):
        everything(scene.connector)
    still_works(scene)


@pytest.mark.parametrize(
    "forged", [b"A private matter\r", b"* 1 FETCH (UID 1 x A private matter\r", b"A private"]
)
def test_errors_are_discreet(scene: Scene, forged: bytes) -> None:
    """What is said about a broken answer does not show the octets of a mail."""
    scene.account.deliver(mail("one"))
    scene.proxy.replacing(rb"^\* 1 FETCH .*", forged)
    with pytest.raises(Unavailable) as caught:
        everything(scene.connector)
    assert "private" not in str(caught.value)


@pytest.mark.parametrize(
    "greeting", [b"* BYE full\r", b"* NO\r", b"220 mail.example ESMTP\r", Cut.FIN, Cut.HOLE], ids=str
)
def test_no_greeting(pymap_server: PymapServer, fault_proxy: Proxies, greeting: bytes | Cut) -> None:
    """A server that does not greet as an IMAP server does is one that cannot be reached now."""
    proxy = fault_proxy("127.0.0.1", pymap_server.port)
    proxy.replacing(rb"^\* OK.*", greeting)
    settings = pymap_server.settings("nobody", port=proxy.port, connect_timeout=0.4, read_timeout=0.4)
    began = time.monotonic()
    with pytest.raises(Unavailable):
        ImapConnector(settings, lambda: PASSWORD).mailboxes()
    assert time.monotonic() - began < SOON


def test_nobody_listens(pymap_server: PymapServer) -> None:
    """A server that is not there is named in what is said about it."""
    settings = pymap_server.settings("nobody", port=1)
    with pytest.raises(Unavailable, match=r"127\.0\.0\.1:1 cannot be reached"):
        ImapConnector(settings, lambda: PASSWORD).mailboxes()


def test_close_from_another_thread(scene: Scene) -> None:
    """Closing ends an answer that is being waited for, so that a stop need not wait for a dead server."""
    connector = scene.patient()
    everything(connector)
    scene.proxy.cut(Cut.HOLE)
    threading.Timer(0.1, connector.close).start()
    began = time.monotonic()
    with pytest.raises(Unavailable):
        connector.drafts()
    assert time.monotonic() - began < SOON


@on_both
def test_poison(scene: Scene) -> None:
    """A mail the line dies of is passed over after some tries, as an empty one; its neighbours come, once."""
    for name in ("m0", "m1", "m2", "m3", "m4"):
        scene.account.deliver(mail(name, "POISON" if name == "m2" else "fine"))
    scene.proxy.replacing(rb"POISON", Cut.FIN)
    cursor, found, failures = None, [], 0
    while failures < 10:
        try:
            for batch in scene.connector.changes(cursor, LONG_AGO):
                found += batch.messages
                cursor = batch.cursor
            break
        except Unavailable:
            failures += 1
    assert failures == 3
    assert [each.octets[-8:] for each in found] == [b"\r\nfine\r\n"[-8:]] * 2 + [b""] + [
        b"\r\nfine\r\n"[-8:]
    ] * 2
    assert [each.partial for each in found] == [False, False, True, False, False]


def test_server_restart(dovecot_server: Callable[[Layout], Dovecot]) -> None:
    """A restarted server is a broken line; afterwards the cursor leads on where it stood."""
    server = dovecot_server(Layout(prefix="", boxes=(("Drafts", r"\Drafts"),)))
    account = ImapAccount(server)
    account.deliver(mail("before"))
    connector = account.connector()
    _, cursor = everything(connector)
    threading.Timer(0.1, server.stop).start()
    with pytest.raises(Unavailable):
        connector.wait(20)
    with pytest.raises(Unavailable):
        connector.mailboxes()
    server.start()
    account.deliver(mail("after"), NOW)
    assert [b"<after@" in each.octets for each in everything(connector, cursor)[0]] == [True]
    account.close()
