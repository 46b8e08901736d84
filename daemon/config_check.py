"""Read the configuration and find every mistake in it at once, each with its line and a way out."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from daemon.config import ONLY, Account, Config, Loaded, Own, Settings, default_path, state_directory
from daemon.config_sense import PASSWORD_SOURCES, countries, load_policy, load_templates, sense, shared_sense
from daemon.config_shape import Written, faults, line_numbers, missing, tables, without
from daemon.errors import BadConfig, reason

__all__ = ["countries", "load", "load_policy", "load_templates"]

SERVERS = ("imap", "gmail")
"""The tables that say where an account lies; it has one of them."""

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_HINT = "docs/configuration.md describes every setting."

Mistake = tuple[str, str]
"""A key, and a sentence about it."""


def load(path: Path | None = None, *, forgiving: bool = False) -> Loaded:
    """Return the configuration at `path`, else at the default place.  Raises BadConfig with all mistakes.

    `forgiving` leaves out account files with mistakes: one of many costs that account alone.
    """
    top = _written((path or default_path()).absolute())
    wrong = [*faults(_but(top.table, "account"), Config), *_not_tables(top.table)]
    right = without(top.table, dict(wrong))
    several = "account" in top.table or "accounts" in top.table
    if several and "address" in right:
        wrong.append(("address", "`address` stands in each account where there are `account`s."))
    values = msgspec.convert(_filled(_but(right, "account", "address")), Config)
    wrong += [mistake for mistake in shared_sense(values) if mistake[0] not in dict(wrong)]
    found = _Accounts(top, [top.say(*mistake) for mistake in wrong], state_directory(values.state, top.path))
    if several:
        found.take_several(right, values)
    else:
        only = Written(top.path, _settings(right), top.lines)
        found.problems += found.take(only, ONLY, dict(wrong))
    if problems := found.problems if forgiving else [*found.problems, *found.in_files()]:
        raise BadConfig(list(dict.fromkeys(problems)), hint=_HINT)
    return Loaded(values, top.path, tuple(found.accounts.values()), several, found.refused)


class _Accounts:
    """The accounts found so far; what is wrong with the file itself, and with files of single accounts."""

    def __init__(self, top: Written, problems: list[str], state: Path) -> None:
        self.accounts: dict[str, Account] = {}
        self.problems = problems
        self.refused: dict[str, tuple[str, ...]] = {}
        self._top = top
        self._state = state
        self._defaults: Mapping[str, Any] = {}
        self._addresses: set[str] = set()

    def in_files(self) -> Iterable[str]:
        """Return what is wrong with files of single accounts."""
        return [problem for problems in self.refused.values() for problem in problems]

    def take_several(self, right: Mapping[str, Any], values: Config) -> None:
        """Take the accounts of the file itself, then those of the directory it names."""
        top = self._top
        self._defaults = _but(_settings(right), "address")
        for number, table in enumerate(right.get("account", ())):
            own = Written(top.path, table, top.lines, f"account.{number}.")
            self.problems += self.take(own, str(table.get("id", "")))
        if not values.accounts:
            return
        directory = top.path.parent / Path(values.accounts).expanduser()
        if not directory.is_dir():
            self.problems.append(
                top.say("accounts", f"`accounts` names {directory}, which is not a directory.")
            )
        for file in sorted(directory.glob("[!.]*.toml")):
            if problems := self._take_file(file):
                self.refused[file.stem] = problems

    def _take_file(self, file: Path) -> tuple[str, ...]:
        try:
            own = _written(file)
        except BadConfig as error:
            return error.problems
        if "id" in own.table:
            return (own.say("id", "`id` is the name of the file here: leave it out."),)
        return self.take(own, file.stem)

    def take(self, own: Written, name: str, known: Mapping[str, str] | None = None) -> tuple[str, ...]:
        """Check an account and keep it where it is good; return what is wrong with its own words.

        What is wrong with what it takes from the top is a problem of the whole file.
        """
        wrong = list(faults(own.table, Own)) if known is None else []
        right = without(own.table, dict(wrong))
        table = _inherited(self._defaults, right)
        wrong += [*self._name_faults(name, table), *missing(table, Settings)]
        filled = _filled(table)
        values = msgspec.convert(filled, Own)
        account = Account(name, values, _addresses(filled), own.path, self._top.path.parent, self._state)
        known = {**(known or {}), **dict(wrong)}
        wrong += [mistake for mistake in sense(account) if mistake[0] not in known]
        mine = [mistake for mistake in wrong if own.has(mistake[0]) or not self._top.has(mistake[0])]
        self.problems += [self._top.say(*mistake) for mistake in wrong if mistake not in mine]
        if not wrong:
            self.accounts[name] = account
            self._addresses.add(account.address)
        return tuple(own.say(*mistake) for mistake in mine)

    def _name_faults(self, name: str, table: Mapping[str, Any]) -> Iterator[Mistake]:
        if not name:
            yield "id", "`id` is missing: a short name for commands and logs."
        elif not _ID.fullmatch(name):
            yield "id", f"{name!r} is no id: letters, digits, `.`, `-` and `_` may stand in it."
        elif name in self.accounts:
            yield "id", f"There are two accounts called {name}."
        addresses = _addresses(table)
        if not addresses:
            yield "address", "`address` is missing: name the address of the account."
        elif addresses[0] in self._addresses:
            yield "address", f"There are two accounts with the address {addresses[0]}."


def _written(path: Path) -> Written:
    text = _text(path)
    try:
        return Written(path, tomllib.loads(text), line_numbers(text))
    except tomllib.TOMLDecodeError as error:
        raise BadConfig(
            [f"{path}: this is not TOML: {error}."],
            hint="Often a quotation mark or a bracket is missing there; the language is told at https://toml.io.",
        ) from error


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise BadConfig(
            [f"There is no configuration at {path}."],
            hint="Write one with `afterword init`, or name another with --config.",
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise BadConfig([f"The configuration {path} cannot be read: {reason(error)}."]) from error


def _not_tables(table: Mapping[str, Any]) -> Iterator[Mistake]:
    accounts = table.get("account", [])
    if not isinstance(accounts, list) or not all(isinstance(each, dict) for each in accounts):
        yield "account", "`account` must be tables: a line `[[account]]` with its settings below it."


def _inherited(defaults: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """Return an account's table over the defaults, setting by setting also within tables.

    Of things that exclude each other (servers, sources of a password) its own drives out the default.
    """
    whole = {**_not_rivals(defaults, own, SERVERS), **own}
    for name in tables(Settings):
        if name in defaults and name in own:
            whole[name] = {**_not_rivals(defaults[name], own[name], PASSWORD_SOURCES), **own[name]}
    return whole


def _not_rivals(defaults: Mapping[str, Any], own: Mapping[str, Any], group: Iterable[str]) -> dict[str, Any]:
    return _but(defaults, *group) if any(key in own for key in group) else dict(defaults)


def _addresses(table: Mapping[str, Any]) -> tuple[str, ...]:
    said = table.get("address", ())
    return tuple(a.strip().lower() for a in ((said,) if isinstance(said, str) else said))


def _filled(table: Mapping[str, Any]) -> dict[str, Any]:
    """Return the table with something harmless for what is missing, so that the rest can be checked."""
    lacking = [key.partition(".") for key, _ in missing(table, Settings)]
    filled = {name: {**table[name], key: "localhost"} for name, _, key in lacking}
    return {"address": "nobody@nowhere.example", **table, **filled}


def _settings(table: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in table.items() if key in Settings.__struct_fields__}


def _but(table: Mapping[str, Any], *keys: str) -> dict[str, Any]:
    return {key: value for key, value in table.items() if key not in keys}
