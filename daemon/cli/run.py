"""`afterword run`: the daemon."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from daemon.clock import Clock
from daemon.errors import BadConfig, CredentialsRefused, UserError
from policies.case import DraftState

if TYPE_CHECKING:
    from daemon.config import Loaded
    from daemon.service import Ending, Service
    from daemon.step import Done

GRACE = 3.0
"""Seconds a stop may take to come to a good end before the step in hand is broken off."""


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
    configure(loaded.values.log.level)
    with only_one(loaded.state_directory):
        if once:
            _once(loaded, as_json)
        else:
            _watch(loaded, config)


def _once(loaded: Loaded, as_json: bool) -> None:
    from connectors.errors import ConnectorError, Refused
    from daemon.assembly import assembled
    from daemon.cli.show import show_done
    from daemon.service import Service

    clock = Clock()
    with assembled(loaded, clock) as running:
        service = Service(running.connector, running.shell, clock, observe=running.observe)
        try:
            done = service.once()
        except Refused as error:
            kind = CredentialsRefused if error.credentials else UserError
            raise kind(str(error), hint=error.hint) from error
        except ConnectorError as error:
            raise UserError(str(error), hint=error.hint) from error
        show_done(done, loaded.account().values.timezone, as_json)


def _watch(loaded: Loaded, config: Path | None) -> None:
    """Watch until told to stop; begin anew with a changed configuration when told to reload."""
    from daemon.assembly import assembled
    from daemon.service import Ending, Service

    clock = Clock()
    while True:
        with assembled(loaded, clock) as running:
            service = Service(
                running.connector,
                running.shell,
                clock,
                observe=running.observe,
                fingerprint=partial(fingerprint, loaded),
                reported=_log_done,
            )
            with _signals(service):
                ending = _run(service)
        if ending is Ending.STOP:
            return
        loaded = _reloaded(loaded, config)


def _run(service: Service) -> Ending:
    from daemon.service import Ending

    try:
        return service.run()
    except _BrokenOff:
        return Ending.STOP


def _reloaded(loaded: Loaded, config: Path | None) -> Loaded:
    """Return the configuration as it is now; the old one where the new one cannot be used."""
    from daemon.config_check import load
    from daemon.log import logger

    try:
        fresh = load(config, forgiving=True)
    except BadConfig as error:
        for problem in error.problems:
            logger().error("configuration_refused", problem=problem)
        return loaded
    if fresh.state_directory != loaded.state_directory:
        logger().error("configuration_refused", problem="another state directory needs a restart")
        return loaded
    return fresh


def fingerprint(loaded: Loaded) -> tuple[object, ...]:
    """Return what changes when the configuration or a file it takes a secret from does."""
    from daemon.config import Imap

    servers = [(account, account.values.imap) for account in loaded.accounts]
    secrets = [a.resolve(s.password_file) for a, s in servers if isinstance(s, Imap) and s.password_file]
    return tuple(_state_of(path) for path in (loaded.path, *secrets))


def _state_of(path: Path) -> object:
    try:
        found = path.stat()
    except OSError:
        return None
    return (found.st_mtime_ns, found.st_size, found.st_ino)


@contextmanager
def _signals(service: Service) -> Iterator[None]:
    """Let SIGTERM and SIGINT end the service within seconds, and SIGHUP reload it."""
    from daemon.service import Ending

    def stop(_number: int, _frame: object) -> None:
        service.end(Ending.STOP)
        signal.setitimer(signal.ITIMER_REAL, GRACE)

    def reload(_number: int, _frame: object) -> None:
        service.end(Ending.RELOAD)

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


def _log_done(done: Done) -> None:
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
    )
