"""`afterword doctor`: is everything in order, and if not, what to do."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from daemon.cli.options import ACCOUNT, CONFIG, JSON
from daemon.cli.show import emit
from daemon.clock import Clock
from daemon.errors import BadConfig

if TYPE_CHECKING:
    from datetime import datetime

    from daemon.config import Account, Loaded
    from daemon.doctor import Result

_MARKS = {"good": ("✓", "green"), "notice": ("!", "yellow"), "fault": ("✗", "red")}


@click.command()
@click.option("--offline", is_flag=True, help="Ask no server.")
@click.option("--write-test", is_flag=True, help="Store one draft, and remove it again.")
@CONFIG
@ACCOUNT
@JSON
def doctor(config: Path | None, account: str, offline: bool, write_test: bool, as_json: bool) -> None:
    """Check everything, a sentence each, and say what to do where something is amiss.

    Exit status 78: the configuration; 77: a login was refused; 1: something else is to be mended; 0: all
    is well, or works.
    """
    from daemon.doctor import Verdict

    worst, about = 0, ""
    for each in _results(config, account, offline=offline, write_test=write_test):
        if as_json:
            emit(each)
        else:
            _show(each, about)
        about = each.account
        if each.verdict is Verdict.FAULT:
            worst = max(worst, each.status)
    if not as_json and not worst:
        click.echo("\nNothing to mend.")
    sys.exit(worst)


def _results(config: Path | None, account: str, *, offline: bool, write_test: bool) -> Iterator[Result]:
    from daemon.config_check import load
    from daemon.doctor import fault, machine

    try:
        loaded = load(config, forgiving=True)
    except BadConfig as error:
        yield from (fault("configuration", problem, error.hint, error.status) for problem in error.problems)
        return
    now = Clock().now()
    yield from machine(loaded, now)
    chosen = (loaded.account(account),) if account else loaded.accounts
    for each in chosen:
        about = _about(loaded, each, now, offline=offline, write_test=write_test)
        yield from (replace(result, account=each.address) for result in about)


def _about(
    loaded: Loaded, account: Account, now: datetime, *, offline: bool, write_test: bool
) -> Iterable[Result]:
    from daemon import doctor, doctor_account

    yield from doctor.account_here(loaded, account, now)
    if not offline:
        yield from doctor_account.account_there(account, now)
        if write_test:
            yield from doctor_account.write_test(account, now)


def _show(result: Result, about: str) -> None:
    """Show a check; `about` is the account the one before was about."""
    if result.account != about:
        click.secho(f"\n{result.account}", bold=True)
    mark, colour = _MARKS[result.verdict]
    click.echo(f"{click.style(mark, fg=colour)} {result.check}: {result.says}")
    if result.do:
        click.echo(f"    → {result.do}")
