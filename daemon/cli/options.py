"""The options commands share, and which account they mean."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from daemon.config import Account, Loaded

CONFIG = click.option("--config", type=click.Path(path_type=Path), help="The configuration file.")
ACCOUNT = click.option(
    "--account", default="", metavar="ID", help="Which account, where there are several: its id or address."
)
JSON = click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")


def chosen(config: Path | None, account: str) -> tuple[Loaded, Account]:
    """Return the configuration and the account meant, the only one where none is named.

    Raises BadConfig, and UsageError where it is not clear which.
    """
    from daemon.config_check import load

    loaded = load(config, forgiving=True)
    return loaded, loaded.account(account)
