"""How commands show what they found: lines for people, JSON for programs."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click
import msgspec

if TYPE_CHECKING:
    from daemon.step import Done


def emit(value: object) -> None:
    """Print a value as one line of JSON."""
    sys.stdout.buffer.write(msgspec.json.encode(value) + b"\n")


def show_done(done: Iterable[Done], zone: str, as_json: bool) -> None:
    """Show what was done, one line each; say so where it was nothing."""
    from daemon.simulate import as_json as line

    lines = [line(each, zone) for each in done]
    for each in lines:
        if as_json:
            emit(each)
        else:
            click.echo(sentence(each))
    if not lines and not as_json:
        click.echo("Nothing to do: no draft is due.")


def sentence(line: dict[str, object]) -> str:
    """Return one thing done, in words."""
    to = ", ".join(line["to"]) if isinstance(line["to"], list) else ""
    who = line["employer"] or line["case"]
    match line["action"]:
        case "draft":
            return f"Drafted a {line['note']} to {to} ({who}); it is in your Drafts."
        case "withdraw":
            return f"Took back the {line['note']} to {to} ({who})."
        case action:
            return f"{str(action).capitalize()}: {who}. {line['body'] or ''}".rstrip()


def local(at: object, zone: str) -> str:
    """Return a moment as people read it, in their zone."""
    from datetime import datetime

    moment = datetime.fromisoformat(at) if isinstance(at, str) else at
    if not isinstance(moment, datetime):
        return ""
    return f"{moment.astimezone(ZoneInfo(zone)):%a %d %b %Y, %H:%M}"
