"""What `init` writes, and how: private, whole or not at all, the old version kept beside it.

Nothing is asked here and no server is spoken to.
"""

from __future__ import annotations

import difflib
import importlib.resources
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from connectors.credentials import replace_private
from daemon.errors import BadConfig, UserError, reason
from daemon.toml_text import Key, NotChanged, Value, changed

LANGUAGES = ("en", "de", "fr", "es", "nl", "pt", "it")
"""The languages afterword reads and writes."""


@dataclass(frozen=True, slots=True)
class Present:
    """A file of settings as it is before anything is changed; `text` is empty where there is none.

    Paths written in it start at `directory`; `defaults` holds for what it leaves out.
    """

    path: Path
    directory: Path
    text: str
    table: Mapping[str, Any]
    defaults: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path, directory: Path, defaults: Mapping[str, Any] | None = None) -> Present:
        """Read the file.  Raises BadConfig where it is no TOML and must be mended by hand."""
        try:
            text = path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return cls(path, directory, "", {}, defaults or {})
        except (OSError, UnicodeDecodeError) as error:
            raise BadConfig([f"The configuration {path} cannot be read: {reason(error)}."]) from error
        try:
            return cls(path, directory, text, tomllib.loads(text), defaults or {})
        except tomllib.TOMLDecodeError as error:
            raise BadConfig(
                [f"{path}: this is not TOML: {error}."],
                hint="Mend that line, or move the file away and run `afterword init` again.",
            ) from error

    def get(self, table: str, key: str) -> Any:
        """Return the value of a setting in the file itself, or None."""
        return _in(self.table, table, key)

    def text_of(self, table: str, key: str) -> str:
        """Return the present value of a setting that is a text, else an empty one."""
        found = self.get(table, key)
        found = found if found is not None else _in(self.defaults, table, key)
        return found if isinstance(found, str) else ""

    def resolve(self, name: str) -> Path:
        """Return a path written in the file."""
        return self.directory / Path(name).expanduser()

    def addresses(self) -> tuple[str, ...]:
        """Return the addresses the file names."""
        found = self.get("", "address") or ()
        return (found,) if isinstance(found, str) else tuple(map(str, found))

    def with_settings(self, settings: Mapping[Key, Value | None]) -> str:
        """Return the text with these settings.  Raises UserError where that has to be done by hand."""
        news = {key: value for key, value in settings.items() if not self._has(key, value)}
        try:
            return changed(self.text, news) if self.text else HEAD + changed("", news)
        except NotChanged as error:
            raise UserError(
                f"{self.path} cannot be changed for you: {error}.",
                hint="Change it by hand (docs/configuration.md), or move it away and begin anew.",
            ) from error

    def _has(self, key: Key, value: Value | None) -> bool:
        """Return whether the setting has this value already, here or by default."""
        own = self.get(*key)
        found = own if own is not None else _in(self.defaults, *key)
        return bool(found == (list(value) if isinstance(value, tuple) else value))

    def difference(self, text: str) -> tuple[str, ...]:
        """Return what would change, as a unified diff without its file names."""
        lines = difflib.unified_diff(self.text.splitlines(), text.splitlines(), lineterm="", n=1)
        return tuple(lines)[2:]


def _in(whole: Mapping[str, Any], table: str, key: str) -> Any:
    place = whole.get(table) if table else whole
    return place.get(key) if isinstance(place, dict) else None


HEAD = "# afterword's configuration; docs/configuration.md describes every setting.\n\n"


def write(path: Path, text: str, now: datetime | None = None) -> Path | None:
    """Write a file only its owner can read, whole or not at all; return where the old version was kept.

    Without `now` the old version is not kept.  Raises UserError.
    """
    try:
        kept = _keep(path, now) if now and path.exists() else None
        replace_private(path.resolve(), text.encode())  # a symbolic link stays one
    except OSError as error:
        raise UserError(
            f"{path} cannot be written: {error.strerror}.",
            hint="Check the permissions of that directory, or name another file with --config.",
        ) from error
    return kept


def _private(name: str, flags: int) -> int:
    return os.open(name, flags, 0o600)


def _keep(path: Path, now: datetime) -> Path:
    kept = path.with_name(f"{path.name}.before-{now:%Y%m%dT%H%M%S}")
    with open(kept, "x", encoding="utf-8", opener=_private) as file:
        file.write(path.read_text(encoding="utf-8"))
    return kept


def name_in(address: str) -> str:
    """Return the name an address seems to spell: "Ana Ruiz" for ana.ruiz@…, else nothing."""
    local = address.partition("@")[0]
    words = re.split(r"[._-]+", local)
    spelled = len(words) > 1 and all(word.isalpha() and len(word) > 1 for word in words)
    return " ".join(word.capitalize() for word in words) if spelled else ""


def machine_zone(environment: Mapping[str, str], root: Path = Path("/")) -> str:
    """Return this machine's time zone by its IANA name, or nothing: TZ, /etc/localtime, /etc/timezone."""
    named = environment.get("TZ", "").lstrip(":")
    linked = _linked(root / "etc/localtime")
    written = root / "etc/timezone"
    candidates = (named, linked, written.read_text("utf-8", "replace").strip() if written.is_file() else "")
    return next((each for each in candidates if each in _countries_of_zones()), "")


def _linked(path: Path) -> str:
    return os.readlink(path).partition("zoneinfo/")[2] if path.is_symlink() else ""


def country_of(zone: str) -> str:
    """Return the country a time zone belongs to, by its code; nothing where there are several or none."""
    return _countries_of_zones().get(zone, "")


def _countries_of_zones() -> dict[str, str]:
    """Return the country of every zone people live in (the time zone database's zone.tab)."""
    table = importlib.resources.files("tzdata").joinpath("zoneinfo/zone.tab").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in table.splitlines() if line and not line.startswith("#"))
    return {"UTC": "", "Etc/UTC": ""} | {row[2]: row[0] for row in rows}


def machine_language(environment: Mapping[str, str]) -> str:
    """Return the language this machine speaks, English where afterword does not know it."""
    named = next(
        (environment[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if environment.get(name)), ""
    )
    return named[:2].lower() if named[:2].lower() in LANGUAGES else "en"
