"""What Prometheus is shown, asked over HTTP as Prometheus asks."""

from __future__ import annotations

import random
import socket
import urllib.request
from datetime import timedelta
from pathlib import Path

import pytest
from hand_made import ANA, NOW, HandMade, mail

from connectors.memory import MemoryConnector
from daemon.audit import Audit
from daemon.clock import SimulatedClock
from daemon.config_check import load
from daemon.errors import BadConfig, UserError
from daemon.metrics import Figures, shown
from daemon.outside import Outside, StateLock
from daemon.step import Shell
from daemon.store import Store
from daemon.watch import Backoff, Watch

CONFIG = """address = "ana@mail.example"
[imap]
host = "imap.mail.example"
password_command = ["true"]
[metrics]
listen = "%s"
"""


def free() -> str:
    with socket.create_server(("127.0.0.1", 0)) as line:
        return f"127.0.0.1:{line.getsockname()[1]}"


def asked(listen: str) -> str:
    with urllib.request.urlopen(f"http://{listen}/metrics", timeout=10) as answer:
        return str(answer.read().decode())


def test_states_looks_and_decisions_are_counted_and_nobody_is_named() -> None:
    """An account is called by its id; neither its address nor a word of its mail is shown."""
    clock, lock, store, figures = SimulatedClock(NOW), StateLock(), Store.memory(), Figures()
    account = MemoryConnector(clock.now)
    account.deliver(mail("inv@acme.example", "interview 1", NOW), NOW)
    connector = Outside(account, lock)
    shell = Shell(connector, store.account(ANA, NOW), Audit(store, None), HandMade())
    watch = Watch(
        connector,
        shell,
        clock,
        observe=timedelta(days=30),
        label="ana",
        backoff=Backoff(random.Random(7).uniform),
        reported=figures.count,
    )
    figures.watches = lambda: [watch]
    with lock:
        watch.turn()
    listen = free()
    with shown(figures, listen):
        told = asked(listen)
    for line in (
        'afterword_accounts{state="watching"} 1.0',
        'afterword_accounts{state="auth_failed"} 0.0',
        'afterword_decisions_total{action="draft",draft="placed"} 1.0',
        'afterword_account_healthy{account="ana"} 1.0',
        'afterword_account_looked_at_seconds{account="ana"} 1.7',
    ):
        assert line in told, told
    assert "example" not in told


def test_a_port_that_is_taken_is_said_with_what_to_do() -> None:
    """The daemon does not start without the figures somebody counts on."""
    with socket.create_server(("127.0.0.1", 0)) as line:
        listen = f"127.0.0.1:{line.getsockname()[1]}"
        with pytest.raises(UserError, match="cannot be shown") as caught, shown(Figures(), listen):
            pass
    assert "another port" in caught.value.hint


@pytest.mark.parametrize(
    ("listen", "said"),
    [
        ("9464", "written like"),
        ("0.0.0.0:9464", "others may reach"),
        ("mail.example:9464", "others may reach"),
    ],
)
def test_figures_are_shown_on_this_machine_only(tmp_path: Path, listen: str, said: str) -> None:
    """Whoever wants them elsewhere puts a proxy with a login before them."""
    path = tmp_path / "config.toml"
    path.write_text(CONFIG % listen)
    with pytest.raises(BadConfig, match=said):
        load(path)
    path.write_text(CONFIG % "[::1]:9464")
    assert load(path).values.metrics.listen == "[::1]:9464"
