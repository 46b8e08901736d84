"""How all accounts are doing, a line each: what `afterword status` shows where there are several."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from daemon.cli.show import emit, local
from daemon.errors import UserError

if TYPE_CHECKING:
    from daemon.config import Account, Loaded
    from daemon.store import Store

Standing = dict[str, Any]


def show_accounts(loaded: Loaded, as_json: bool) -> None:
    """Show every account that is configured, those with mistakes in their files last."""
    from daemon.store import Store

    store = Store.look(loaded.state_directory)
    try:
        found = [*(_standing(account, store) for account in loaded.accounts), *_refused(loaded)]
    finally:
        store.close()
    if as_json:
        for each in found:
            emit(each)
        return
    counted = Counter(each["state"] for each in found)
    click.echo(", ".join(f"{count} {state}" for state, count in counted.most_common()) or "No accounts yet.")
    zones = {account.id: account.values.timezone for account in loaded.accounts}
    if sys.stdout.isatty():
        _table(found, zones)
    else:
        for each in found:
            click.echo(" · ".join(part for part in _cells(each, zones) if part))


def _standing(account: Account, store: Store) -> Standing:
    """Return how an account is doing, as the service last wrote it down."""
    from daemon.store_drafts import Drafts
    from policies.case import DraftState

    standing: Standing = {"id": account.id, "account": account.address, "state": "not watched yet"}
    try:
        book = store.account(account.address)
    except UserError:
        return standing
    blocked = Drafts(book).in_states((DraftState.BLOCKED,))
    counts = {"cases": len(book.cases()), "blocked": len(blocked), "quarantined": len(book.quarantined())}
    return {**standing, **book.status(), **counts}


def _refused(loaded: Loaded) -> Iterator[Standing]:
    for account, problems in loaded.refused.items():
        yield {"id": account, "state": "not configured", "reason": " ".join(problems)}


def _cells(each: Standing, zones: dict[str, str]) -> tuple[str, ...]:
    zone = zones.get(each["id"], "UTC")
    retry = f"again at {local(each['retry_at'], zone)}" if each.get("retry_at") else ""
    return (
        each["id"],
        each["state"],
        f"looked at {local(each['at'], zone)}" if each.get("at") else "",
        f"{each['cases']} cases" if each.get("cases") else "",
        f"{each['blocked']} drafts refused" if each.get("blocked") else "",
        " ".join(filter(None, (each.get("reason"), each.get("hint"), retry))),
    )


def _table(found: list[Standing], zones: dict[str, str]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table("Account", "State", "Looked at", "Cases", "Drafts", "What is wrong")
    for each in found:
        table.add_row(*_cells(each, zones))
    Console().print(table, markup=False)
