"""Figures about the accounts for Prometheus, on this machine only.

Accounts are called by their ids; no address, no name and no word of a mail is in any of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from prometheus_client import CollectorRegistry, Metric, start_http_server
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from daemon.config import ONLY
from daemon.config_sense import host_and_port
from daemon.errors import UserError
from daemon.step import Done
from daemon.watch import State, Watch


class Figures(Collector):
    """What is true of the accounts at the moment somebody asks; `watches` returns them."""

    def __init__(self) -> None:
        self.watches: Callable[[], Iterable[Watch]] = tuple
        self._done: Counter[tuple[str, str]] = Counter()

    def count(self, _label: str, done: Done) -> None:
        """Count a decision that was carried out."""
        self._done[done.decision.action, done.entry.state if done.entry else ""] += 1

    def collect(self) -> Iterator[Metric]:
        """Yield the figures."""
        watches = tuple(self.watches())
        states = Counter(watch.state for watch in watches)
        accounts = GaugeMetricFamily("afterword_accounts", "Accounts in each state.", labels=["state"])
        for state in State:
            accounts.add_metric([state], states[state])
        done = CounterMetricFamily(
            "afterword_decisions", "Decisions carried out since the start.", labels=["action", "draft"]
        )
        for (action, draft), count in self._done.items():
            done.add_metric([action, draft], count)
        yield accounts
        yield done
        yield from _each(watches)


def _each(watches: Iterable[Watch]) -> Iterator[Metric]:
    """Yield what is known of every single account."""
    healthy = GaugeMetricFamily(
        "afterword_account_healthy", "Whether nothing is wrong with the account.", labels=["account"]
    )
    looked = GaugeMetricFamily(
        "afterword_account_looked_at_seconds", "When it was last looked at, in Unix time.", labels=["account"]
    )
    failures = CounterMetricFamily(
        "afterword_account_failures", "How often something was wrong since the start.", labels=["account"]
    )
    for watch in watches:
        label = [watch.label or ONLY]
        healthy.add_metric(label, watch.healthy)
        failures.add_metric(label, watch.failures)
        if watch.looked_at:
            looked.add_metric(label, watch.looked_at.timestamp())
    yield from (healthy, looked, failures)


@contextmanager
def shown(figures: Figures, listen: str) -> Iterator[None]:
    """Answer Prometheus at `listen` ("127.0.0.1:9464").  Raises UserError where that cannot be."""
    registry = CollectorRegistry()
    registry.register(figures)
    host, port = host_and_port(listen)
    try:
        server, thread = start_http_server(port, host, registry)
    except OSError as error:
        raise UserError(
            f"The metrics cannot be shown at {listen}: {error.strerror}.",
            hint="Choose another port for `listen` in [metrics].",
        ) from error
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
