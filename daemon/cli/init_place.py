"""The part of `afterword init` that finds the file an account is configured in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from daemon.config import ONLY
from daemon.errors import UsageError
from daemon.setup import Present
from daemon.toml_text import Key, Value

_DIRECTORY = "accounts"
_SERVERS = ("imap", "gmail")


@dataclass(frozen=True, slots=True)
class Place:
    """The file of an account, the files that change beside it, and what its password's file is called.

    `account` is its id where the configuration is for several.
    """

    present: Present
    beside: tuple[tuple[Present, Mapping[Key, Value | None]], ...] = ()
    password: str = "password"  # noqa: S105  # a file's name
    account: str = ""


def place(config: Path, account: str) -> Place:
    """Return where the account's settings belong.  Raises UsageError where they are not to be found."""
    top = Present.read(config, config.parent)
    several = "account" in top.table or "accounts" in top.table
    if not account:
        if several:
            raise UsageError(f"{config} is written for several accounts.", hint=f"Say which: {_say(top)}.")
        return Place(top)
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", account):
        raise UsageError(f"{account!r} is no id: letters, digits, `.`, `-` and `_` may stand in it.")
    if account in _inline(top):
        raise UsageError(
            f"The account {account} stands in {config} itself.",
            hint="Change it there, or give another --account.",
        )
    directory = top.text_of("", "accounts") or _DIRECTORY
    folder = config.parent / Path(directory).expanduser()
    own = ("address", *(() if several else _SERVERS))
    defaults = {key: value for key, value in top.table.items() if key not in own}
    present = Present.read(folder / f"{account}.toml", config.parent, defaults)
    beside = _split(top, folder, directory) if not several else _pointing(top, directory)
    return Place(present, beside, f"password-{account}", account)


def _inline(top: Present) -> tuple[str, ...]:
    tables = top.table.get("account", ())
    return tuple(str(each.get("id", "")) for each in tables if isinstance(each, dict))


def _say(top: Present) -> str:
    directory = top.text_of("", "accounts")
    folder = top.resolve(directory) if directory else top.directory / _DIRECTORY
    known = [*_inline(top), *sorted(path.stem for path in folder.glob("[!.]*.toml"))]
    return f"--account ID, a new one or one of {', '.join(known)}" if known else "--account ID"


def _pointing(top: Present, directory: str) -> tuple[tuple[Present, Mapping[Key, Value | None]], ...]:
    """Return the change that makes the configuration look into the directory, if it does not."""
    return () if top.text_of("", "accounts") else ((top, {("", "accounts"): directory}),)


def _split(
    top: Present, folder: Path, directory: str
) -> tuple[tuple[Present, Mapping[Key, Value | None]], ...]:
    """Return the changes that give the only account so far a file of its own; the rest stays for all."""
    own: dict[Key, Value | None] = {}
    for table in ("", *_SERVERS):
        values = top.table.get(table, {}) if table else {"address": top.get("", "address")}
        for key, value in values.items() if isinstance(values, dict) else ():
            if value is not None:
                own[table, key] = tuple(value) if isinstance(value, list) else value
    first = Present.read(folder / f"{ONLY}.toml", top.directory)
    moved = ((first, own),) if own else ()
    return (*moved, (top, {**dict.fromkeys(own), ("", "accounts"): directory}))
