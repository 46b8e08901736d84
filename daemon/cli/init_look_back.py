"""The last step of `afterword init`: what would have been done, had afterword watched already."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from daemon.cli.show import local, wrapped
from daemon.cli.simulate import of_account, with_progress
from daemon.errors import UserError
from daemon.policy_choice import chosen_policy
from daemon.simulate import Archive, Assume, Simulation, gather
from policies.decision import Action

if TYPE_CHECKING:
    from daemon.step import Done


def look_back(config: Path, account: str, days: int, now: datetime) -> None:
    """Print what would have been drafted in the last days; the account is only read, nothing is kept."""
    click.echo(f"\nLooking back over {days} days of mail; the mailbox is only read …")
    whose, since = of_account(config, account), now - timedelta(days=days)
    try:
        archive = gather(with_progress(whose.octets(since)), whose.me)
    except UserError as error:
        click.echo(f"The mail could not be read: {' '.join(error.lines())}")
        return
    policy = chosen_policy(whose.policy, whose.me.zone, whose.me.country, (since.year, now.year))
    simulation = Simulation(archive, whose.me, whose.address, policy, Assume.SENT)
    _tell(archive, simulation, tuple(simulation.done(now)), whose.me.zone)


def _tell(archive: Archive, simulation: Simulation, done: tuple[Done, ...], zone: str) -> None:
    if not done:
        click.echo(f"{archive.read} mails read: nothing would have been drafted.")
    else:
        click.echo("Had afterword watched, and you sent what it drafted at once:\n")
    for each in done:
        click.echo(wrapped(f"  {local(each.at, zone)}  {_what(each)}"))
    if not simulation.cases:
        click.echo("No mail about an interview was seen. Is this the mailbox employers write to?")
        return
    drafts = sum(each.decision.action is Action.DRAFT for each in done)
    click.echo(f"\nMails read: {archive.read}; applications: {len(simulation.cases)}; drafts: {drafts}.")


def _what(done: Done) -> str:
    decision, who = done.decision, done.case.employer or done.case.id
    why = f" ({decision.because[0].says})" if decision.because else ""
    if decision.note and decision.to:
        return f"{who}: {decision.action} a {decision.note} to {decision.to.name or decision.to.address}{why}"
    return f"{who}: {decision.action}{why}"
