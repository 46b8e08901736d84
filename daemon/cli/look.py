"""`afterword status` and `afterword explain`: what the program knows.  Both only read."""

from __future__ import annotations

import difflib
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from daemon.cli.completion import cases
from daemon.cli.options import ACCOUNT, CONFIG, JSON, chosen
from daemon.cli.show import day, emit, local, wrapped
from daemon.clock import Clock
from daemon.errors import UsageError
from policies.case import DraftState

if TYPE_CHECKING:
    from daemon.looking import Looking, Seen
    from daemon.overview import View


@contextmanager
def looking(config: Path | None, account: str = "") -> Iterator[Looking]:
    """Open the state of the account meant for reading only."""
    from daemon.assembly import looker
    from daemon.looking import Looking

    (loaded, meant), now = chosen(config, account), Clock().now()
    with looker(loaded, meant, now) as (mind, shell):
        yield Looking(mind, shell, now)


@click.command()
@CONFIG
@ACCOUNT
@JSON
def status(config: Path | None, account: str, as_json: bool) -> None:
    """Show how the account is doing, and every case: where it stands and what comes next.

    Where there are several accounts, all of them are shown, a line each; --account picks one.
    """
    from daemon.config_check import load

    if not account and (loaded := load(config, forgiving=True)).several:
        from daemon.cli.accounts import show_accounts

        show_accounts(loaded, as_json)
        return
    with looking(config, account) as at:
        how = _account(at)
        views = [at.seen(case_id).view for case_id in at.ids()]
        if as_json:
            emit({**how, "cases": views})
            return
        _show_account(how, at.zone)
        if not views:
            click.echo("No cases yet: no mail about an interview has come.")
        elif sys.stdout.isatty():
            for line in (line for each in views for line in ("", *_paragraph(each, at))):
                click.echo(wrapped(line))
        else:
            for each in views:
                click.echo(_line(each, at.zone))


def _account(at: Looking) -> dict[str, Any]:
    book = at.shell.book
    return {
        "account": book.name,
        **book.status(),
        "observed_from": book.observed_from(),
        "policy": at.mind.user.policy.version,
        "quarantined": len(book.quarantined()),
        "next": at.shell.next_due(),
    }


def _show_account(account: dict[str, Any], zone: str) -> None:
    state = account.get("state", "not watched yet")
    click.echo(f"{account['account']}: {state}, looked at {local(account.get('at'), zone) or 'never'}.")
    for name in ("reason", "hint"):
        if account.get(name):
            click.echo(f"  {account[name]}")
    if retry := account.get("retry_at"):
        click.echo(f"  It is tried again at {local(retry, zone)}.")
    if usage := account.get("usage"):
        click.echo(
            f"  {usage['units']} quota units in {usage['requests']} requests since it started;"
            f" looks every {usage['interval']:.0f} s ({usage['mode']})."
        )
        if usage["trouble"]:
            click.echo(f"  No push: {usage['trouble']}")
    if count := account["quarantined"]:
        click.echo(f"  {count} mail(s) could not be read and were put aside.")


def _line(each: View, zone: str) -> str:
    parts = [
        each.case,
        each.employer or "?",
        each.role or "?",
        each.stage,
        f"last word {local(each.last_word, zone)}" if each.last_word else "",
        f"“{each.quote}”" if each.quote else "",
        f"next {local(each.next_at, zone)}" if each.next_at else "",
        *each.drafts,
    ]
    return " · ".join(part for part in parts if part)


def _paragraph(each: View, at: Looking) -> Iterator[str]:
    """Yield where a case stands for a terminal: a heading, and a line for each thing there is to say."""

    def on(moment: datetime | date | None) -> str:
        return day(moment, at.zone, at.now)

    name = f"{each.employer or each.case}{f', {each.role}' if each.role else ''}"
    yield f"{click.style(name, bold=True)}  {each.stage}"
    last = f"last word {on(each.last_word)}" if each.last_word else ""
    following = f"looked at again {on(each.next_at)}" if each.next_at else ""
    if last or following:
        yield f"    {' · '.join(part for part in (last, following) if part)}"
    if each.quote:
        until = f" (until {on(date.fromisoformat(each.expected))})" if each.expected else ""
        yield f"    they said: “{each.quote}”{until}"
    for draft in each.drafts:
        yield f"    waits for you: {draft.removesuffix(f' ({DraftState.PLACED})')}"


@click.command()
@click.argument("case_id", metavar="CASE", shell_complete=cases)
@CONFIG
@ACCOUNT
@JSON
def explain(case_id: str, config: Path | None, account: str, as_json: bool) -> None:
    """Tell the whole story of a case: every mail, what it says, every decision and the rule behind it."""
    with looking(config, account) as at:
        found = known_case(at.ids(), case_id)
        seen = at.seen(found)
        if as_json:
            emit({"case": seen.view, "story": seen.chapters, "now": seen.decision})
            return
        for line in story_lines(seen, at.zone):
            click.echo(wrapped(line))


def story_lines(seen: Seen, zone: str) -> Iterator[str]:
    """Yield a case's story for a terminal."""
    case, decision = seen.case, seen.decision
    yield click.style(f"{case.employer or case.id}{f', {case.role}' if case.role else ''}", bold=True)
    for chapter in seen.chapters:
        yield f"{local(chapter.at, zone)}  {chapter.what}"
        yield from (f"    “{quote}”" for quote in chapter.quotes)
        if chapter.why:
            yield f"    ({chapter.why})"
    due = f" until {local(decision.due, zone)}" if decision.due else ""
    yield click.style(f"Now: {decision.action}{due}", bold=True)
    for finding in decision.because:
        yield f"  {finding.rule}: {finding.says} [{', '.join(finding.sources)}]"
        if finding.quote:
            yield f"    “{finding.quote}”"


def known_case(known: list[str], wanted: str) -> str:
    """Return the case meant: its id, or the beginning of one, or of the employer's name as it is shown.

    Raises UsageError with the nearest.
    """
    if wanted in known:
        return wanted
    beginning = "-".join(re.findall(r"\w+", wanted.casefold()))
    fitting = [case_id for case_id in known if case_id.startswith(beginning)]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        raise UsageError(f"{wanted!r} may be {', '.join(fitting)}: say which.")
    near = difflib.get_close_matches(beginning, known, n=1, cutoff=0.4)
    hint = f"Did you mean {near[0]}?" if near else "`afterword status` lists them."
    raise UsageError(f"There is no case {wanted!r}.", hint=hint)
