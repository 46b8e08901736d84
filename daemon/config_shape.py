"""Whether tables of the configuration have the right shape: known keys, values of the right type.

What the values mean is not known here; `config_check` looks at that.
"""

from __future__ import annotations

import difflib
import re
import types
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, get_args, get_type_hints

import msgspec

from daemon.config import Config

Struct = type[msgspec.Struct]


@dataclass(frozen=True, slots=True)
class Written:
    """A table as it stands in a file; `at` is what its keys are called there, e.g. `account.2.`."""

    path: Path
    table: Mapping[str, Any]
    lines: Mapping[str, int] = field(repr=False)
    at: str = ""

    def has(self, key: str) -> bool:
        """Return whether the key stands in this table."""
        return self.at + key in self.lines

    def say(self, key: str, what: str) -> str:
        """Return the sentence about a key with the file and the line it is about."""
        name = self.at + key
        line = self.lines.get(name) or self.lines.get(name.rpartition(".")[0])
        return f"{self.path}, line {line}: {what}" if line else f"{self.path}: {what}"


def line_numbers(text: str) -> dict[str, int]:
    """Return the line of each key and table; the n-th `[[account]]` is called `account.n`, from 0."""
    numbers: dict[str, int] = {}
    table, accounts = "", -1
    for number, line in enumerate(text.splitlines(), start=1):
        if header := re.match(r"\s*(\[+)\s*([\w.\"'-]+)\s*\]+", line):
            table = header[2].replace('"', "")
            if (header[1], table) == ("[[", "account"):
                accounts += 1
            table = re.sub(r"^account(?=\.|$)", f"account.{accounts}", table)
            numbers.setdefault(table, number)
        elif key := re.match(r"\s*[\"']?([\w.-]+)[\"']?\s*=", line):
            numbers.setdefault(f"{table}.{key[1]}" if table else key[1], number)
    return numbers


@cache
def tables(struct: Struct) -> Mapping[str, Struct]:
    """Return the tables a struct may hold, by their names."""
    hints = get_type_hints(struct)
    parts = ((name, part) for name, hint in hints.items() for part in _flatten(hint))
    return {n: p for n, p in parts if isinstance(p, type) and issubclass(p, msgspec.Struct)}


@cache
def _hints(struct: Struct) -> Mapping[str, Any]:
    return get_type_hints(struct, include_extras=True)


def faults(table: Mapping[str, Any], struct: Struct) -> Iterator[tuple[str, str]]:
    """Yield (key, sentence) for unknown keys and values of the wrong type."""
    inner = tables(struct)
    yield from _faults("", {k: v for k, v in table.items() if k not in inner}, struct)
    for name, what in inner.items():
        value = table.get(name)
        if isinstance(value, dict):
            yield from _faults(f"{name}.", value, what)
        elif value is not None:
            yield name, f"`{name}` must be a table: a line `[{name}]` with its settings below it."


def missing(table: Mapping[str, Any], struct: Struct) -> Iterator[tuple[str, str]]:
    """Yield (key, sentence) for what has to be there and is not."""
    for name, what in tables(struct).items():
        if isinstance(inner := table.get(name), dict):
            for each in msgspec.structs.fields(what):
                if each.required and each.name not in inner:
                    yield f"{name}.{each.name}", f"`{name}.{each.name}` is missing."


def without(table: Mapping[str, Any], wrong: Mapping[str, str]) -> dict[str, Any]:
    """Return the table without what is wrong in it, so that the rest can be used."""
    rest = {key: value for key, value in table.items() if key not in wrong}
    for name in {key.partition(".")[0] for key in wrong} & rest.keys():
        rest[name] = {k: v for k, v in rest[name].items() if f"{name}.{k}" not in wrong}
    return rest


def _faults(prefix: str, table: Mapping[str, Any], struct: Struct) -> Iterator[tuple[str, str]]:
    hints = _hints(struct)
    for key, value in table.items():
        if key not in hints:
            yield prefix + key, f"`{prefix}{key}` is not a setting.{_nearest(key, prefix, hints)}"
            continue
        try:
            msgspec.convert(value, hints[key], strict=True)
        except msgspec.ValidationError as error:
            yield prefix + key, f"`{prefix}{key}` {_must(error, value, hints[key])}"


def _nearest(key: str, prefix: str, here: Mapping[str, Any]) -> str:
    """Return a suggestion: the nearest key of this table, else of any other."""
    everywhere = dict.fromkeys(_hints(Config), "")
    everywhere |= {name: f" in [{table}]" for table, s in tables(Config).items() for name in _hints(s)}
    if near := difflib.get_close_matches(key, here, n=1, cutoff=0.6):
        return f" Did you mean `{prefix}{near[0]}`?"
    if there := difflib.get_close_matches(key, everywhere, n=1, cutoff=0.75):
        return f" Did you mean `{there[0]}`{everywhere[there[0]] or ' at the top of the file'}?"
    return f" Known here: {', '.join(sorted(here))}."


_TYPES = {"str": "text in quotes", "int": "a whole number", "bool": "true or false", "array": "a list"}


def _must(error: msgspec.ValidationError, value: object, hint: Any) -> str:
    """Return what the value must be, and the nearest of a setting's fixed words where it has such."""
    words = [w for part in _flatten(hint) for w in get_args(part) if w and isinstance(w, str)]
    if words:
        near = difflib.get_close_matches(str(value), words, n=1)
        suggestion = f" Did you mean `{near[0]}`?" if near else ""
        return f"is {value!r}; it must be one of {', '.join(words)}.{suggestion}"
    if limit := re.match(r"Expected `int` ([<>]=) (\d+)", str(error)):
        return f"is {value}; it must be {'at least' if limit[1] == '>=' else 'at most'} {limit[2]}."
    said, _, path = str(error).replace("`", "").partition(" - at ")
    expected = [_TYPES[name] for name in re.findall(r"str|int|bool|array", said.partition(", got")[0])]
    if expected and "." not in path:
        return f"is {value!r}; it must be {' or '.join(expected)}."
    return f"is wrong: {said[:1].lower()}{said[1:]}."


def _flatten(hint: Any) -> Iterator[Any]:
    if isinstance(hint, types.UnionType):
        for part in get_args(hint):
            yield from _flatten(part)
    elif hasattr(hint, "__metadata__"):
        yield from _flatten(hint.__origin__)
    else:
        yield hint
