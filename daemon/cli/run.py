"""`afterword run`: the daemon."""

from __future__ import annotations

import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from daemon.clock import Clock
from daemon.errors import BadConfig, CredentialsRefused, UserError
from policies.case import DraftState

if TYPE_CHECKING:
    from daemon.assembly import Running
    from daemon.config import Account, Loaded
    from daemon.metrics import Figures
    from daemon.service import Ending, Service
    from daemon.step import Done

GRACE = 3.0
"""Seconds a stop may take to come to a good end before the step in hand is broken off."""


WORKERS = 8
"""Threads that take the turns of several accounts; they mostly wait for servers."""


class _BrokenOff(BaseException):
    """The step in hand is broken off; every step can be: what it meant to do is written down."""


@click.command()
@click.option("--config", type=click.Path(path_type=Path), help="The configuration file.")
@click.option("--once", is_flag=True, help="Look once, act, and end.")
@click.option("--json", "as_json", is_flag=True, help="With --once: a JSON line for each thing done.")
def run(config: Path | None, once: bool, as_json: bool) -> None:
    """Watch the mailbox, and lay drafts when it is time.  Never sends anything."""
    from daemon.config_check import load
    from daemon.log import configure
    from daemon.store import only_one

    loaded = load(config, forgiving=True)
    level = loaded.values.log.level
    configure("warning" if once and level == "info" else level)  # a single look prints what it did
    with only_one(loaded.state_directory):
        if once:
            _once(loaded, as_json)
        else:
            _watch(loaded, config)


def _once(loaded: Loaded, as_json: bool) -> None:
    """Look once at every account; what is wrong with one is raised after all had their look."""
    from daemon.assembly import assembled
    from daemon.cli.show import show_done

    wrong: list[UserError] = [BadConfig(problems) for problems in loaded.refused.values()]
    with assembled(loaded, Clock()) as running:
        for account in loaded.accounts:
            try:
                done = _look(running, account)
            except UserError as error:
                wrong.append(error)
            else:
                show_done(done, account.values.timezone, as_json)
    if wrong:
        raise wrong[0] if len(wrong) == 1 else _together(wrong)


def _look(running: Running, account: Account) -> tuple[Done, ...]:
    from connectors.errors import ConnectorError, Refused

    try:
        with running.lock:
            return running.watch(account).once()
    except Refused as error:
        kind = CredentialsRefused if error.credentials else UserError
        raise kind(str(error), hint=error.hint) from error
    except ConnectorError as error:
        raise UserError(str(error), hint=error.hint) from error


def _together(errors: list[UserError]) -> UserError:
    """Return several failures as one, with the exit status of the first."""
    kind = CredentialsRefused if isinstance(errors[0], CredentialsRefused) else UserError
    return kind("\n".join(line for error in errors for line in error.lines()))


def _watch(loaded: Loaded, config: Path | None) -> None:
    """Watch until told to stop; begin anew where what all accounts share was configured anew."""
    from daemon.assembly import assembled
    from daemon.household import Household
    from daemon.service import Ending, Service

    clock = Clock()
    _open_many_files()
    while True:
        with assembled(loaded, clock) as running, _metrics(loaded) as figures:
            household = Household(running, loaded, config, partial(_report, figures))
            service = Service(
                clock,
                running.lock,
                workers=WORKERS if loaded.several else 0,
                fingerprint=household.fingerprint,
                renew=household.renew,
            )
            if figures:
                figures.watches = service.watches
            household.settle(service)
            with _signals(service):
                ending = _run(service)
        if ending is Ending.STOP:
            return
        loaded = household.loaded


@contextmanager
def _metrics(loaded: Loaded) -> Iterator[Figures | None]:
    """Show figures where the configuration asks for them."""
    listen = loaded.values.metrics.listen
    if not listen:
        yield None
        return
    from daemon.metrics import Figures, shown

    figures = Figures()
    with shown(figures, listen):
        yield figures


def _report(figures: Figures | None, label: str, done: Done) -> None:
    """Log what was done, and count it."""
    _log_done(label, done)
    if figures:
        figures.count(label, done)


def _open_many_files() -> None:
    """Use all the open files the system lets us have: each connection is one, and 1,024 are usual."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def _run(service: Service) -> Ending:
    from daemon.service import Ending

    try:
        return service.run()
    except _BrokenOff:
        return Ending.STOP


@contextmanager
def _signals(service: Service) -> Iterator[None]:
    """Let SIGTERM and SIGINT end the service within seconds, and SIGHUP renew its configuration."""

    def stop(_number: int, _frame: object) -> None:
        service.end()
        signal.setitimer(signal.ITIMER_REAL, GRACE)

    def reload(_number: int, _frame: object) -> None:
        service.reload()

    def break_off(_number: int, _frame: object) -> None:
        raise _BrokenOff

    wanted = {signal.SIGTERM: stop, signal.SIGINT: stop, signal.SIGHUP: reload, signal.SIGALRM: break_off}
    before = {number: signal.signal(number, handler) for number, handler in wanted.items()}
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        for number, handler in before.items():
            signal.signal(number, handler)


def _log_done(label: str, done: Done) -> None:
    from daemon.log import logger

    decision, entry = done.decision, done.entry
    blocked = entry is not None and entry.state is DraftState.BLOCKED
    say = logger().warning if blocked else logger().info
    say(
        decision.action,
        case=done.case.id,
        note=decision.note or "",
        state=entry.state if entry else "",
        reason=entry.reason if entry else "",
        rules=" ".join(finding.rule for finding in decision.because),
        **({"account": label} if label else {}),
    )
