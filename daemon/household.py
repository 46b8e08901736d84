"""The configured accounts and their watches; follows the configuration when it changes."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from daemon.access import secret_files
from daemon.assembly import Running
from daemon.config import Account, Config, Loaded, Settings
from daemon.config_check import load
from daemon.errors import BadConfig, UserError
from daemon.log import logger
from daemon.service import Ending, Service
from daemon.step import Done
from daemon.watch import Watch


class Household:
    """The accounts of the configuration at `path`; `reported` is told of everything done for them."""

    def __init__(
        self, running: Running, loaded: Loaded, path: Path | None, reported: Callable[[str, Done], None]
    ) -> None:
        self.loaded = loaded
        self._running = running
        self._path = path
        self._reported = reported
        self._watched: dict[str, Account] = {}

    def settle(self, service: Service) -> None:
        """Have the service watch the accounts as they are configured now, and disturb no other."""
        _complain(self.loaded)
        wanted = {self._label(account): account for account in self.loaded.accounts}
        for label in self._watched.keys() - wanted.keys() - self.loaded.refused.keys():
            del self._watched[label]
            service.remove(label)
        with self._running.lock:
            ready = self._ready({n: a for n, a in wanted.items() if self._watched.get(n) != a})
        for watch in ready:
            service.add(watch)

    def _ready(self, accounts: dict[str, Account]) -> list[Watch]:
        found = []
        with self._running.together():
            for label, account in accounts.items():
                try:
                    found.append(self._running.watch(account, self._reported))
                except UserError as error:
                    if not self.loaded.several:
                        raise
                    logger().error("account_refused", account=label, problem=str(error), hint=error.hint)
                else:
                    self._watched[label] = account
        return found

    def renew(self, service: Service) -> None:
        """Read the configuration again; where it cannot be used, go on with the one in force.

        What all accounts share cannot change while they are watched: then the service ends, to begin anew.
        """
        try:
            fresh = load(self._path, forgiving=True)
        except BadConfig as error:
            for problem in error.problems:
                logger().error("configuration_refused", problem=problem)
            return
        if fresh.state_directory != self.loaded.state_directory:
            logger().error("configuration_refused", problem="another state directory needs a restart")
            return
        before, self.loaded = self.loaded, fresh
        if _shared(fresh) != _shared(before):
            service.end(Ending.RELOAD)
        else:
            self.settle(service)

    def fingerprint(self) -> tuple[object, ...]:
        """Return what changes when the configuration or a file it takes a secret from does."""
        loaded = self.loaded
        directory = [loaded.resolve(loaded.values.accounts)] if loaded.values.accounts else []
        files = [account.file for account in loaded.accounts]
        secrets = [secret for account in loaded.accounts for secret in secret_files(account)]
        return tuple(_state_of(path) for path in dict.fromkeys((loaded.path, *directory, *files, *secrets)))

    def _label(self, account: Account) -> str:
        return account.id if self.loaded.several else ""


def _complain(loaded: Loaded) -> None:
    for account, problems in loaded.refused.items():
        for problem in problems:
            logger().error("configuration_refused", account=account, problem=problem)


def _shared(loaded: Loaded) -> tuple[object, ...]:
    """Return what holds for all accounts together."""
    names = [name for name in Config.__struct_fields__ if name not in Settings.__struct_fields__]
    return (loaded.several, *(getattr(loaded.values, name) for name in names))


def _state_of(path: Path) -> object:
    try:
        found = os.stat(path)
    except OSError:
        return None
    return (found.st_mtime_ns, found.st_size, found.st_ino)
