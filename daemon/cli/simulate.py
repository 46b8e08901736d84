"""`afterword simulate` and `afterword demo`: the daemon's own pipeline under a simulated clock."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click

from daemon.cli.read import mails
from daemon.cli.show import emit
from daemon.errors import UsageError

if TYPE_CHECKING:
    from daemon.simulate import Simulation
    from daemon.step import Done

_PROGRESS_EVERY = 250


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH…", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line for each thing done.")
@click.option("--address", "addresses", multiple=True, required=True, help="Your address (may be repeated).")
@click.option("--timezone", default="UTC", show_default=True, help="Your time zone, e.g. Europe/Berlin.")
@click.option("--country", default="", help="Whose public holidays count, e.g. US, GB-ENG.")
@click.option("--language", default="en", show_default=True, help="Assumed where a mail's own is unclear.")
@click.option("--policy", default="default", show_default=True, help="A policy's name or file.")
@click.option("--compare", default="", help="A second policy, to see where the two differ.")
@click.option(
    "--assume",
    type=click.Choice(["sent", "ignored"]),
    default="sent",
    show_default=True,
    help="What the simulated user does with a draft.",
)
@click.option("--debrief", is_flag=True, help="Also show the questions to yourself after interviews.")
@click.option("--until", required=True, help="The last day or moment, ISO 8601, e.g. 2026-06-30.")
def simulate(
    paths: tuple[Path, ...],
    as_json: bool,
    addresses: tuple[str, ...],
    timezone: str,
    country: str,
    language: str,
    policy: str,
    compare: str,
    assume: str,
    debrief: bool,
    until: str,
) -> None:
    """Say what would have been drafted when, and why, had afterword watched these mails.

    PATH is a file with one mail, a folder of .eml files, a Maildir or an mbox (Google Takeout makes one).
    Nothing is stored, no account is touched.
    """
    from daemon.policy_choice import checked_zone, chosen_policy
    from daemon.reading.model import Me
    from daemon.simulate import Assume, Simulation, gather

    end = _moment(until, checked_zone(timezone))
    own = [address.strip().lower() for address in addresses]
    me = Me(frozenset(own), "", timezone, country, language)
    archive = gather(_with_progress(octets for _, octets in mails(paths)), me)
    first = archive.mails[0].at.year if archive.mails else end.year
    played = []
    for name in filter(None, (policy, compare)):
        chosen = chosen_policy(name, timezone, country, (first, end.year)).asking(debrief)
        simulation = Simulation(archive, me, own[0], chosen, Assume(assume))
        show = None if compare else _printer(timezone, as_json=as_json)
        played.append((name, simulation, _play(simulation, end, show)))
    if compare:
        _compare(played, timezone, as_json=as_json)
    if not as_json:
        for name, simulation, done in played:
            _look_back(name if compare else "", simulation, done)
        click.echo(f"{archive.read} mails read, {len(archive.mails)} of them might have mattered.", err=True)


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


def _moment(text: str, zone: ZoneInfo) -> datetime:
    """Return the moment meant; a day without a time means its end."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(f"--until {text!r} is no date.", hint="Write it as 2026-06-30.") from None
    if len(text) <= len("2026-06-30"):
        found = datetime.combine(found, time(23, 59, 59))
    return found if found.tzinfo else found.replace(tzinfo=zone)


def _with_progress(octets: Iterable[bytes]) -> Iterator[bytes]:
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
