"""`afterword simulate` and `afterword demo`: the daemon's own pipeline under a simulated clock."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click

from connectors.connector import Connector
from connectors.errors import ConnectorError
from daemon.cli.options import CONFIG, chosen
from daemon.cli.show import emit
from daemon.clock import Clock
from daemon.errors import UsageError, UserError
from daemon.reading.model import Me

if TYPE_CHECKING:
    from daemon.simulate import Simulation
    from daemon.step import Done

_PROGRESS_EVERY = 250


@click.command()
@click.argument("paths", nargs=-1, metavar="[PATH…]", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line for each thing done.")
@click.option("--address", "addresses", multiple=True, help="Your address (may be repeated).")
@click.option("--timezone", default="UTC", show_default=True, help="Your time zone, e.g. Europe/Berlin.")
@click.option("--country", default="", help="Whose public holidays count, e.g. US, GB-ENG.")
@click.option("--language", default="en", show_default=True, help="Assumed where a mail's own is unclear.")
@click.option("--policy", default="", help="A policy's name or file; the default, or your account's own.")
@click.option("--compare", default="", help="A second policy, to see where the two differ.")
@click.option(
    "--assume",
    type=click.Choice(["sent", "ignored"]),
    default="sent",
    show_default=True,
    help="What the simulated user does with a draft.",
)
@click.option("--debrief", is_flag=True, help="Also show the questions to yourself after interviews.")
@click.option(
    "--until", default="", help="The last day or moment, ISO 8601, e.g. 2026-06-30; now if left out."
)
@click.option(
    "--since", default="", help="The first day of mail to look at; a year before the last with an account."
)
@click.option(
    "--account",
    is_flag=False,
    flag_value="",
    default=None,
    metavar="[ID]",
    help="Your configured account instead of files, by its id where there are several; it is only read.",
)
@CONFIG
def simulate(
    paths: tuple[Path, ...],
    as_json: bool,
    policy: str,
    compare: str,
    assume: str,
    debrief: bool,
    until: str,
    since: str,
    account: str | None,
    config: Path | None,
    **given: Any,
) -> None:
    """Say what would have been drafted when, and why, had afterword watched these mails.

    PATH is a file with one mail, a folder of .eml files, a Maildir or an mbox (Google Takeout makes one);
    drafts, spam and deleted mail are left out.  Nothing is stored, no account is changed.
    """
    from daemon.policy_choice import chosen_policy
    from daemon.simulate import Assume, Simulation, gather

    if (account is None) != bool(paths):
        raise UsageError("Name files with mail, or say --account to look at yours.")
    whose = _of_files(paths, **given) if account is None else of_account(config, account)
    me = whose.me
    end = _moment(until, whose.zone, "--until") if until else Clock().now()
    start = _moment(since, whose.zone, "--since") - timedelta(days=1) if since else whose.start(end)
    archive = gather(with_progress(whose.octets(start)), me)
    first = archive.mails[0].at.year if archive.mails else end.year
    played = []
    for name in filter(None, (policy or whose.policy, compare)):
        chosen = chosen_policy(name, me.zone, me.country, (first, end.year)).asking(debrief)
        simulation = Simulation(archive, me, whose.address, chosen, Assume(assume))
        show = None if compare else _printer(me.zone, as_json=as_json)
        played.append((name, simulation, _play(simulation, end, show)))
    if compare:
        _compare(played, me.zone, as_json=as_json)
    if not as_json:
        for name, simulation, done in played:
            _look_back(name if compare else "", simulation, done)
        click.echo(f"{archive.read} mails read, {len(archive.mails)} of them might have mattered.", err=True)


@dataclass(frozen=True, slots=True)
class Whose:
    """Whose mail is looked at, where it lies, and the policy they have."""

    me: Me
    address: str
    policy: str
    connector: Connector
    back: timedelta | None = None

    @property
    def zone(self) -> ZoneInfo:
        """Return the user's time zone."""
        return ZoneInfo(self.me.zone)

    def start(self, end: datetime) -> datetime:
        """Return from when on mail is looked at."""
        return end - self.back if self.back else datetime.min.replace(tzinfo=UTC)

    def octets(self, since: datetime) -> Iterator[bytes]:
        """Yield the mails from then on.  Raises UserError where the mail cannot be read."""
        try:
            for batch in self.connector.changes(None, since):
                yield from (message.octets for message in batch.messages if message.octets)
        except ConnectorError as error:
            raise UserError(str(error), hint=error.hint) from error
        finally:
            self.connector.close()


def _of_files(
    paths: tuple[Path, ...], addresses: tuple[str, ...], timezone: str, country: str, language: str
) -> Whose:
    from connectors.archive import ArchiveConnector
    from daemon.policy_choice import checked_zone

    if not addresses:
        raise UsageError("Say with --address which address is yours.")
    checked_zone(timezone)
    own = [address.strip().lower() for address in addresses]
    try:
        connector = ArchiveConnector(*paths)
    except ConnectorError as error:
        raise UserError(str(error), hint=error.hint) from error
    return Whose(Me(frozenset(own), "", timezone, country, language), own[0], "default", connector)


def of_account(config: Path | None, account: str) -> Whose:
    """Return the configured account meant; it is only read."""
    from daemon.assembly import connector_for

    _, found = chosen(config, account)
    values = found.values
    me = Me(frozenset(found.addresses), values.name, values.timezone, values.country, values.language)
    policy = str(found.resolve(values.policy)) if "/" in values.policy else values.policy
    return Whose(me, found.address, policy, connector_for(found), timedelta(days=365))


def _play(simulation: Simulation, end: datetime, show: Callable[[Done], None] | None) -> tuple[Done, ...]:
    done = []
    for each in simulation.done(end):
        done.append(each)
        if show:
            show(each)
    return tuple(done)


def _printer(zone: str, *, as_json: bool) -> Callable[[Done], None]:
    from daemon.simulate import as_json as line

    return (lambda done: emit(line(done, zone))) if as_json else (lambda done: _show(line(done, zone)))


def _compare(played: Sequence[tuple[str, Simulation, tuple[Done, ...]]], zone: str, *, as_json: bool) -> None:
    """Print both policies' decisions in order of time, each with the policies that come to it."""
    from daemon.simulate import as_json as line

    found: dict[tuple[str, str, str], tuple[dict[str, Any], list[str]]] = {}
    for name, _, done in played:
        for each in done:
            shown = line(each, zone)
            what = (shown["at"], each.decision.action, each.decision.key or each.case.id)
            found.setdefault(what, (shown, []))[1].append(name)
    for _, (shown, names) in sorted(found.items()):
        if as_json:
            emit({**shown, "policies": names})
        else:
            who = "both" if len(names) > 1 else f"only {names[0]}"
            click.echo(f"{who:>16}  {_headline(shown)}")


def _look_back(name: str, simulation: Simulation, done: Sequence[Done]) -> None:
    """Print what one would regret, looking back; nothing where there is nothing to say."""
    from daemon.regret import look_back

    found = look_back(done, simulation.cases)
    if found:
        click.secho(f"\nIn hindsight{f', under {name}' if name else ''}:", bold=True)
    for each in found:
        click.echo(f"  {each.at:%Y-%m-%d}  {each.case}: {each.regret}. {each.says}")


def _moment(text: str, zone: ZoneInfo, option: str) -> datetime:
    """Return the moment meant; a day without a time means its end."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{option} {text!r} is no date.", hint="Write it as 2026-06-30.") from None
    if len(text) <= len("2026-06-30"):
        found = datetime.combine(found, time(23, 59, 59))
    return found if found.tzinfo else found.replace(tzinfo=zone)


def with_progress(octets: Iterable[bytes]) -> Iterator[bytes]:
    """Pass the mails on, counting on a terminal."""
    shown = sys.stderr.isatty()
    for count, one in enumerate(octets, 1):
        if shown and count % _PROGRESS_EVERY == 0:
            click.echo(f"\r{count} mails read", nl=False, err=True)
        yield one
    if shown:
        click.echo("\r", nl=False, err=True)


def _headline(found: dict[str, Any]) -> str:
    at = datetime.fromisoformat(found["at"])
    what = " ".join(part for part in (found["action"], found["note"]) if part)
    to = f" to {', '.join(found['to'])}" if found["to"] else ""
    return f"{at:%a %Y-%m-%d %H:%M}  {found['employer'] or found['case']}: {what}{to}"


def _show(found: dict[str, Any]) -> None:
    click.secho(_headline(found), bold=True)
    for reason in found["because"]:
        quote = f"  “{reason['quote']}”" if reason["quote"] else ""
        click.echo(f"    {reason['says']} [{reason['rule']}]{quote}")
    for line in (found["body"] or "").rstrip().splitlines():
        click.echo(f"    | {line}".rstrip())


@click.command()
@click.option("--fast", "pace", flag_value="fast", help="Without pauses.")
@click.option("--slow", "pace", flag_value="slow", help="Slow enough to read along.")
@click.option("--keep", is_flag=True, help="Leave the mail server running and say how to open it.")
@click.option(
    "--report", type=click.Path(path_type=Path), help="Write a page with a picture of every case (HTML)."
)
def demo(pace: str | None, keep: bool, report: Path | None) -> None:
    """Play six weeks of a job search on a real IMAP server on this machine.

    Only the clock is simulated.  Needs `pip install 'afterword[demo]'`.
    """
    from daemon.demo import play

    pause = {"fast": 0.0, "slow": 1.5}.get(pace or "", 0.15 if sys.stdout.isatty() else 0.0)
    play(pause=pause, keep=keep, report=report)
