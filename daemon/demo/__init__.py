"""`afterword demo`: six weeks of a job search on a real IMAP server, in seconds.

The server is real, the connector, the reading, the policy and the drafting are the daemon's own; only the
clock is simulated, and the people are invented.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from importlib.resources import files
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from connectors.imap import ImapConnector
from connectors.imap_settings import ImapSettings, Security
from daemon.audit import Audit
from daemon.clock import SimulatedClock
from daemon.demo.server import Account, MailClient, server
from daemon.demo.show import Screen
from daemon.drafting.profile import Profile, Strength
from daemon.looking import Looking
from daemon.mind import User, UserMind
from daemon.policy_choice import chosen_policy
from daemon.reading.message import parse
from daemon.reading.model import Me
from daemon.replay import Mailing, Moment, Replay
from daemon.report.document import document, write_private
from daemon.step import Done, Shell
from daemon.store import Store
from policies.case import Note
from policies.decision import Action

ADDRESS = "sam.rivera@mail.example"
ZONE = "America/New_York"
START = datetime(2026, 11, 30, 9, 0, tzinfo=ZoneInfo(ZONE))
UNTIL = START + timedelta(weeks=6)
LEFT_LYING = START + timedelta(days=18)
"""Until then Sam leaves status checks lying, so that one can be seen taken back."""


def play(*, pause: float, keep: bool, report: Path | None = None) -> None:
    """Play the demonstration, `pause` seconds between moments.

    `keep` leaves the server running after it; `report` is where the page about it all is written.
    """
    screen = Screen(ZONE)
    screen.title("afterword: six weeks of Sam Rivera's job search, on a real IMAP server on this machine")
    with server(ADDRESS) as account:
        client = MailClient(account)
        client.set_up()
        screen.say(f"IMAP server: {account.host}:{account.port}. The clock is simulated, nothing else is.")
        moments = _moments(account, client, report)
        told = [act for moment in moments for act in _tell(screen, client, moment, pause)]
        _sum_up(screen, client, told)
        if report:
            screen.say(f"The whole of it as pictures: {report}. Open it in a browser.")
        client.close()
        if keep:
            _keep(screen, account)


def _moments(account: Account, client: MailClient, report: Path | None) -> Iterator[Moment]:
    """Yield what happens, from the first mail to six weeks later; then write the report."""
    clock = SimulatedClock(START)
    settings = ImapSettings(account.host, account.user, port=account.port, security=Security.NONE)
    connector = ImapConnector(settings, lambda: account.password)
    store = Store.memory()
    me = Me(frozenset({ADDRESS}), "Sam Rivera", ZONE, "US", "en")
    policy = chosen_policy("default", ZONE, "US", (START.year, UNTIL.year))
    mind = UserMind(User(me, ADDRESS, _profile(), policy))
    shell = Shell(connector, store.account(ADDRESS, START), Audit(store, None), mind)
    try:
        yield from Replay(shell, connector, client, clock, _sends).play(mails(), UNTIL)
        if report:
            write_private(report, document(Looking(mind, shell, UNTIL)))
    finally:
        connector.close()
        store.close()


def _profile() -> Profile:
    claim = "At my last job I moved forty nightly jobs to a streaming pipeline without losing a day."
    return Profile("Sam Rivera", "+1 555 010 7731", (Strength(("data", "pipeline", "platform"), claim),))


def _sends(done: Done) -> bool:
    return done.decision.note is not Note.STATUS_CHECK or done.at >= LEFT_LYING


def mails() -> list[Mailing]:
    """Return what arrives, in order of the dates."""
    folder = files("daemon.demo").joinpath("mails")
    texts = [each.read_bytes() for each in folder.iterdir() if each.name.endswith(".eml")]
    wired = [text.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n") for text in texts]
    return sorted((Mailing(parse(octets).date, octets) for octets in wired), key=lambda mail: mail.at)


def _tell(screen: Screen, client: MailClient, moment: Moment, pause: float) -> Iterator[Done]:
    if moment.mail is not None:
        from daemon.reading.read import read

        screen.mail(read(moment.mail.octets, me=Me(frozenset({ADDRESS}), "Sam Rivera", ZONE, "US")))
        time.sleep(pause)
    for done in moment.done:
        laid = done.decision.action is Action.DRAFT and done.composed is not None
        screen.done(done, client.stored(done.composed.message_id) if laid and done.composed else None)
        if laid and _sends(done):
            screen.say("Sam fills the gaps and sends it.", dim=True)
        time.sleep(pause)
        yield done


def _sum_up(screen: Screen, client: MailClient, told: list[Done]) -> None:
    count = {action: sum(done.decision.action is action for done in told) for action in Action}
    screen.title("Six weeks later")
    screen.say(
        f"{len(mails())} mails read, {count[Action.DRAFT]} drafts laid, {count[Action.WITHDRAW]} taken back,"
        f" {count[Action.STOP]} case ended with “stop, no reply”. Nothing was sent by afterword:"
        " every note was sent by Sam."
    )
    screen.say(f"Left in \\Drafts: {len(client.drafts())}.")


def _keep(screen: Screen, account: Account) -> None:
    screen.title("The server stays up until you press Ctrl-C")
    screen.say(
        f"Open it in a mail client: IMAP, server {account.host}, port {account.port}, no encryption,"
        f" user {account.user}, password {account.password}"
    )
    try:
        while True:
            time.sleep(3600)
    except KeyboardInterrupt:
        click.echo()
