"""`afterword simulate` and `afterword demo`: the daemon's own pipeline under a simulated clock."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from datetime import datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from daemon.cli.read import mails
from daemon.cli.show import emit
from daemon.errors import UsageError

_PROGRESS_EVERY = 250


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH…", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line for each thing done.")
@click.option("--address", "addresses", multiple=True, required=True, help="Your address (may be repeated).")
@click.option("--timezone", default="UTC", show_default=True, help="Your time zone, e.g. Europe/Berlin.")
@click.option("--country", default="", help="Whose public holidays count, e.g. US, GB-ENG.")
@click.option("--language", default="en", show_default=True, help="Assumed where a mail's own is unclear.")
@click.option("--policy", default="default", show_default=True, help="A policy's name or file.")
@click.option(
    "--assume",
    type=click.Choice(["sent", "ignored"]),
    default="sent",
    show_default=True,
    help="What the simulated user does with a draft.",
)
@click.option("--until", required=True, help="The last day or moment, ISO 8601, e.g. 2026-06-30.")
def simulate(
    paths: tuple[Path, ...],
    as_json: bool,
    addresses: tuple[str, ...],
    timezone: str,
    country: str,
    language: str,
    policy: str,
    assume: str,
    until: str,
) -> None:
    """Say what would have been drafted when, and why, had afterword watched these mails.

    PATH is a file with one mail, a folder of .eml files, a Maildir or an mbox (Google Takeout makes one).
    Nothing is stored, no account is touched.
    """
    from daemon.policy_choice import checked_zone, chosen_policy
    from daemon.reading.model import Me
    from daemon.simulate import TOLD, Assume, gather
    from daemon.simulate import as_json as line
    from daemon.simulate import simulate as replay

    zone = checked_zone(timezone)
    end = _moment(until, zone)
    own = [address.strip().lower() for address in addresses]
    me = Me(frozenset(own), "", timezone, country, language)
    archive = gather(_with_progress(octets for _, octets in mails(paths)), me)
    first = archive.mails[0].at.year if archive.mails else end.year
    chosen = chosen_policy(policy, timezone, country, (first, end.year))
    for moment in replay(archive, me, own[0], chosen, end, Assume(assume)):
        for done in moment.done:
            if done.decision.action in TOLD:
                found = line(done, timezone)
                emit(found) if as_json else _show(found)
    if not as_json:
        click.echo(f"{archive.read} mails read, {len(archive.mails)} of them might have mattered.", err=True)


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


def _show(found: dict[str, object]) -> None:
    to = ", ".join(str(address) for address in found["to"]) if isinstance(found["to"], list) else ""
    at = datetime.fromisoformat(str(found["at"]))
    what = " ".join(str(part) for part in (found["action"], found["note"]) if part)
    who = found["employer"] or found["case"]
    click.secho(f"{at:%a %Y-%m-%d %H:%M}  {who}: {what}" + (f" to {to}" if to else ""), bold=True)
    for reason in found["because"] if isinstance(found["because"], list) else ():
        quote = f"  “{reason['quote']}”" if reason["quote"] else ""
        click.echo(f"    {reason['says']} [{reason['rule']}]{quote}")
    if found["body"]:
        click.echo("".join(f"    | {line}\n" for line in str(found["body"]).rstrip().splitlines()), nl=False)


@click.command()
@click.option("--fast", "pace", flag_value="fast", help="Without pauses.")
@click.option("--slow", "pace", flag_value="slow", help="Slow enough to read along.")
@click.option("--keep", is_flag=True, help="Leave the mail server running and say how to open it.")
def demo(pace: str | None, keep: bool) -> None:
    """Play six weeks of a job search on a real IMAP server on this machine.

    Only the clock is simulated.  Needs `pip install 'afterword[demo]'`.
    """
    from daemon.demo import play

    play(pause={"fast": 0.0, "slow": 1.5}.get(pace or "", 0.15 if sys.stdout.isatty() else 0.0), keep=keep)
