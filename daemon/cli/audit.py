"""`afterword audit`: the record of every decision."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import Any

import click
import msgspec

from daemon.cli.look import looking
from daemon.cli.options import ACCOUNT, CONFIG, JSON
from daemon.cli.show import emit
from daemon.errors import UserError


@click.group()
def audit() -> None:
    """Show the record of every decision, prove it complete, or take every decision again."""


@audit.command()
@click.option("--case", "case_id", default="", help="Only what concerns this case.")
@click.option("--last", type=click.IntRange(min=1), help="Only so many lines, the latest.")
@CONFIG
@JSON
def show(case_id: str, last: int | None, config: Path | None, as_json: bool) -> None:
    """Show the lines of the audit log, oldest first."""
    from daemon.assembly import audit_directory
    from daemon.audit_chain import lines
    from daemon.config_check import load

    directory = audit_directory(load(config, forgiving=True))
    if not directory.exists():
        raise UserError(f"There is no audit log in {directory}.", hint="Start with `afterword run --once`.")
    found = [line for line in lines(directory) if not case_id or _case(line) == case_id]
    for line in found[-last:] if last else found:
        if as_json:
            sys.stdout.buffer.write(line + b"\n")
        else:
            click.echo(_plain(line))


def _case(line: bytes) -> str:
    fields = _fields(line)
    return str(fields.get("case", ""))


def _fields(line: bytes) -> dict[str, Any]:
    try:
        return msgspec.json.decode(line, type=dict[str, Any])
    except msgspec.DecodeError:
        return {"event": "unreadable line"}


def _plain(line: bytes) -> str:
    """Return a line for people: the moment, the event, and what matters of it."""
    fields = _fields(line)
    hidden = ("seq", "at", "event", "prev", "hash", "facts", "policy", "key", "message_id")
    rest = "  ".join(f"{n}={_value(v)}" for n, v in fields.items() if n not in hidden and v not in ("", None))
    return f"{fields.get('seq', '?'):>6}  {str(fields.get('at', ''))[:19]}  {fields['event']}  {rest}"


def _value(value: object) -> str:
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)


@audit.command()
@CONFIG
@JSON
def verify(config: Path | None, as_json: bool) -> None:
    """Prove that no line was cut out, altered or added.  Exit status 1 where one was."""
    from daemon.assembly import audit_directory
    from daemon.audit import head_of
    from daemon.audit import verify as breaks_in
    from daemon.config_check import load
    from daemon.store import Store

    loaded = load(config, forgiving=True)
    store = Store.look(loaded.state_directory)
    try:
        breaks, count = breaks_in(store, audit_directory(loaded)), head_of(store).seq
    finally:
        store.close()
    if as_json:
        emit({"lines": count, "breaks": breaks})
    else:
        for each in breaks:
            click.echo(f"line {each.seq}: {each.says}")
        if not breaks:
            click.echo(f"The audit log is whole: {count} lines, none cut out, altered or added.")
    if breaks:
        sys.exit(1)


@audit.command()
@CONFIG
@ACCOUNT
@JSON
def replay(config: Path | None, account: str, as_json: bool) -> None:
    """Take every decision of the log again.  From what was known then; exit status 1 where one is other.

    Only decisions of the policy in force can be taken again; the others are counted.
    """
    from daemon.assembly import audit_directory
    from daemon.audit_chain import lines
    from daemon.audit_replay import replay as again
    from daemon.config_check import load

    directory = audit_directory(load(config, forgiving=True))
    with looking(config, account) as at:
        taken = tuple(again(at, lines(directory)))
    other = [each for each in taken if each.differs]
    if as_json:
        emit({"decisions": len(taken), "again": [each for each in taken if each.differs or each.skipped]})
    else:
        for each in other:
            click.echo(f"line {each.seq}, {each.case}: {each.differs}")
        for why, count in Counter(each.skipped for each in taken if each.skipped).items():
            click.echo(f"{count} not taken again: {why}")
        same = sum(not each.differs and not each.skipped for each in taken)
        click.echo(f"{same} of {len(taken)} decisions are what they were.")
    if other:
        sys.exit(1)
