"""Change settings in the text of a TOML file, and leave everything else as its writer put it.

Comments, order, blank lines and unknown settings stay.  What the settings mean is not known here.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from typing import Any

Value = str | int | bool | tuple[str, ...]
Key = tuple[str, str]
"""A table's name ("" is the top of the file), and the key in it."""

_HEADER = re.compile(r"\s*\[+\s*([\w.\"'-]+)\s*\]+\s*(#.*)?$")


class NotChanged(ValueError):
    """The text is written in a way that cannot be changed line by line (an inline table, dotted keys)."""


def changed(text: str, settings: Mapping[Key, Value | None]) -> str:
    """Return the text with these settings; a None takes one out.  Raises NotChanged, TOMLDecodeError."""
    lines = text.splitlines()
    for (table, key), value in settings.items():
        _put(lines, table, key, value)
    result = "\n".join(lines).strip("\n") + "\n"
    _check(text, result, settings)
    return result


def written(value: Value) -> str:
    """Return a value as TOML writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return f"[{', '.join(written(each) for each in value)}]"


def _put(lines: list[str], table: str, key: str, value: Value | None) -> None:
    """Change one setting in place, add it at the end of its table, or take it out."""
    begin, end = _table(lines, table)
    if begin is None:
        if value is not None:
            lines += ["", f"[{table}]", f"{key} = {written(value)}"]
        return
    found = next((at for at in range(begin, end) if _key(lines[at]) == key), None)
    if found is None:
        if value is not None:
            while end > begin and _idle(lines[end - 1]):
                end -= 1
            lines.insert(end, f"{key} = {written(value)}")
        return
    after = _end_of_value(lines, found, end)
    if value is None:
        del lines[found:after]
        begin, end = _table(lines, table)
        if table and begin is not None and not any(map(str.strip, lines[begin:end])):
            del lines[begin - 1 : end]
        return
    indent = lines[found][: len(lines[found]) - len(lines[found].lstrip())]
    comment = _comment(lines[found]) if after == found + 1 else ""
    lines[found:after] = [f"{indent}{key} = {written(value)}{comment}"]


def _table(lines: list[str], table: str) -> tuple[int | None, int]:
    """Return where the table's settings begin and end; (None, …) where there is no such table."""
    begin = 0 if not table else None
    at = 0
    while at < len(lines):
        if header := _HEADER.match(lines[at]):
            if begin is not None:
                return begin, at
            if header[1].replace('"', "") == table and lines[at].lstrip()[1:2] != "[":
                begin = at + 1
        elif _key(lines[at]):
            at = _end_of_value(lines, at, len(lines)) - 1
        at += 1
    return begin, len(lines)


def _key(line: str) -> str:
    """Return the key a line sets, or nothing."""
    found = re.match(r"\s*[\"']?([\w-]+)[\"']?\s*=", line)
    return found[1] if found else ""


def _idle(line: str) -> bool:
    """Return whether a line sets nothing; such lines before the next table belong to that one."""
    return not line.strip() or line.lstrip().startswith("#")


def _end_of_value(lines: list[str], at: int, end: int) -> int:
    """Return the line after a setting that may go over several lines."""
    for after in range(at + 1, end + 1):
        try:
            tomllib.loads("\n".join(lines[at:after]))
        except tomllib.TOMLDecodeError:
            continue
        return after
    return at + 1


def _comment(line: str) -> str:
    """Return the comment that ends a line, with the blanks before it."""
    for found in re.finditer(r"\s*#", line):
        try:
            if tomllib.loads(line[: found.start()]) == tomllib.loads(line):
                return line[found.start() :]
        except tomllib.TOMLDecodeError:
            continue
    return ""


def _check(before: str, after: str, settings: Mapping[Key, Value | None]) -> None:
    """Raise NotChanged unless the text now says exactly what it said before, and the settings."""
    wanted: dict[str, Any] = tomllib.loads(before)
    for (table, key), value in settings.items():
        place = wanted.setdefault(table, {}) if table else wanted
        if not isinstance(place, dict):
            raise NotChanged(f"`{table}` is not a table")
        if value is None:
            place.pop(key, None)
        else:
            place[key] = list(value) if isinstance(value, tuple) else value
        if table and not place:
            wanted.pop(table)
    try:
        said = tomllib.loads(after)
    except tomllib.TOMLDecodeError as error:
        raise NotChanged(str(error)) from error
    if {k: v for k, v in said.items() if v != {}} != {k: v for k, v in wanted.items() if v != {}}:
        raise NotChanged("the file is written in a form that only its writer can change")
