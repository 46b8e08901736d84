"""The last step of `afterword init`: what would have been done, had afterword watched already."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import click

from connectors.connector import Connector
from connectors.errors import ConnectorError
from daemon.cli.show import local
from daemon.policy_choice import chosen_policy
from daemon.reading.model import Me
from daemon.simulate import Archive, Assume, Simulation, gather
from policies.decision import Action

if TYPE_CHECKING:
    from daemon.config import Account
    from daemon.step import Done

_PROGRESS_EVERY = 100


def look_back(account: Account, connector: Connector, days: int, now: datetime, *, talks: bool) -> None:
    """Print what would have been drafted in the last days; the account is only read, nothing is kept."""
    click.echo(f"\nLooking back over {days} days of mail; the mailbox is only read …")
    values = account.values
    me = Me(frozenset(account.addresses), values.name, values.timezone, values.country, values.language)
    since = now - timedelta(days=days)
    try:
        archive = gather(_counted(_octets(connector, since), shown=talks), me)
    except ConnectorError as error:
        click.echo(f"The mail could not be read: {error} {error.hint}".rstrip())
        return
    finally:
        connector.close()
    policy = str(account.resolve(values.policy)) if "/" in values.policy else values.policy
    chosen = chosen_policy(policy, values.timezone, values.country, (since.year, now.year))
    simulation = Simulation(archive, me, account.address, chosen, Assume.SENT)
    _tell(archive, simulation, tuple(simulation.done(now)), values.timezone)


def _octets(connector: Connector, since: datetime) -> Iterator[bytes]:
    for batch in connector.changes(None, since):
        yield from (message.octets for message in batch.messages if message.octets)


def _counted(octets: Iterable[bytes], *, shown: bool) -> Iterator[bytes]:
    for count, one in enumerate(octets, 1):
        if shown and count % _PROGRESS_EVERY == 0:
            click.echo(f"\r{count} mails read", nl=False, err=True)
        yield one
    if shown:
        click.echo("\r", nl=False, err=True)


def _tell(archive: Archive, simulation: Simulation, done: tuple[Done, ...], zone: str) -> None:
    if not done:
        click.echo(f"{archive.read} mails read: nothing would have been drafted.")
    else:
        click.echo("Had afterword watched, and you sent what it drafted at once:\n")
    for each in done:
        click.echo(f"  {local(each.at, zone)}  {_what(each)}")
    if not simulation.cases:
        click.echo("No mail about an interview was seen. Is this the mailbox employers write to?")
        return
    drafts = sum(each.decision.action is Action.DRAFT for each in done)
    click.echo(f"\n{archive.read} mails read, {len(simulation.cases)} application(s), {drafts} draft(s).")


def _what(done: Done) -> str:
    decision, who = done.decision, done.case.employer or done.case.id
    why = f" ({decision.because[0].says})" if decision.because else ""
    if decision.note and decision.to:
        return f"{who}: {decision.action} a {decision.note} to {decision.to.name or decision.to.address}{why}"
    return f"{who}: {decision.action}{why}"
