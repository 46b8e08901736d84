"""How commands show what they found: lines for people, JSON for programs."""

from __future__ import annotations

import shutil
import sys
import textwrap
from collections.abc import Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click
import msgspec

from daemon.errors import UserError
from policies.case import DraftState
from policies.decision import Action

if TYPE_CHECKING:
    from daemon.step import Done


def emit(value: object) -> None:
    """Print a value as one line of JSON."""
    sys.stdout.buffer.write(msgspec.json.encode(value) + b"\n")


def show_done(done: Iterable[Done], zone: str, as_json: bool) -> None:
    """Show what was done, one line each; say so where it was nothing.

    Raises UserError at the end where the account refused to store a draft.
    """
    from daemon.simulate import as_json as line

    refused = []
    nothing = True
    for each in done:
        nothing = False
        emit(line(each, zone)) if as_json else click.echo(sentence(each))
        if each.entry and each.entry.state is DraftState.BLOCKED:
            refused.append(each.entry.reason)
    if nothing and not as_json:
        click.echo("Nothing to do: no draft is due.")
    if refused:
        raise UserError("\n".join(dict.fromkeys(refused)), hint="It is tried again; nothing is lost.")


def sentence(done: Done) -> str:
    """Return one thing done, in words."""
    decision, entry = done.decision, done.entry
    who = done.case.employer or done.case.id
    what = f"{entry.note} to {entry.to} ({who})" if entry else who
    match decision.action, entry.state if entry else None:
        case Action.DRAFT, DraftState.PLACED:
            return f"Drafted a {what}; it is in your Drafts."
        case Action.DRAFT, DraftState.BLOCKED:
            return f"Could not draft a {what}."
        case Action.DRAFT, state:
            return f"A {what} is {state} already: left to you."
        case Action.WITHDRAW, DraftState.WITHDRAWN:
            return f"Took back the {what}."
        case Action.WITHDRAW, state:
            return f"The {what} is {state}: left to you."
        case action, _:
            return f"{action.capitalize()}: {who}. {decision.text}".rstrip()


def local(at: object, zone: str) -> str:
    """Return a moment as people read it, in their zone."""
    moment = datetime.fromisoformat(at) if isinstance(at, str) else at
    if not isinstance(moment, datetime):
        return ""
    return f"{moment.astimezone(ZoneInfo(zone)):%a %d %b %Y, %H:%M}"


def day(at: datetime | date | None, zone: str, now: datetime) -> str:
    """Return the day of a moment as people read it, in their zone; the year where it is not this one."""
    if at is None:
        return ""
    local_zone = ZoneInfo(zone)
    on = at.astimezone(local_zone) if isinstance(at, datetime) else at
    return f"{on:%a %d %b}" if on.year == now.astimezone(local_zone).year else f"{on:%a %d %b %Y}"


def wrapped(line: str) -> str:
    """Return a line broken between words where a terminal would break it anywhere, indented as it began."""
    width = shutil.get_terminal_size().columns
    if not sys.stdout.isatty() or len(line) <= width:
        return line
    begin = line[: len(line) - len(line.lstrip())]
    return textwrap.fill(
        line, width, subsequent_indent=begin + "  ", break_long_words=False, break_on_hyphens=False
    )
