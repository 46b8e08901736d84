"""Read the configuration file and find every mistake in it at once, each with its line and a way out."""

from __future__ import annotations

import difflib
import importlib.resources
import ipaddress
import re
import stat
import tomllib
import types
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, get_args, get_type_hints
from zoneinfo import available_timezones

import msgspec

from daemon.config import Config, Drafts, Imap, Loaded, Log, Profile, State, default_path
from daemon.drafting.templates import TemplateFault, Templates, builtin
from daemon.errors import BadConfig
from policies.policy_files import PolicyError, preset
from policies.policy_files import load as load_policy_text
from policies.settings import Policy

TABLES: Mapping[str, type[msgspec.Struct]] = {
    "imap": Imap,
    "profile": Profile,
    "drafts": Drafts,
    "state": State,
    "log": Log,
}
_ADDRESS = re.compile(r"[^@\s<>]+@[^@\s<>]+\.[^@\s<>.]+")
_PASSWORD_SOURCES = ("password_file", "password_command", "password_credential", "password")


def load(path: Path | None = None) -> Loaded:
    """Return the configuration at `path`, else at the default place.  Raises BadConfig with all mistakes."""
    path = path or default_path()
    text = _text(path)
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadConfig([f"{path}: this is not TOML: {error}."], hint="See https://toml.io.") from error
    lines = _Lines(text)
    wrong = dict(_shape(table))
    loaded = _loaded(_without(table, wrong), path)
    senseless = [(key, what) for key, what in _sense(loaded) if key not in wrong]
    if problems := [lines.say(path, key, what) for key, what in (*wrong.items(), *senseless)]:
        raise BadConfig(problems, hint="docs/configuration.md describes every setting.")
    return loaded


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise BadConfig(
            [f"There is no configuration at {path}."],
            hint="Write one (docs/configuration.md has an example), or name another with --config.",
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise BadConfig([f"The configuration {path} cannot be read: {error}."]) from error


def _without(table: Mapping[str, Any], wrong: Mapping[str, str]) -> dict[str, Any]:
    """Return the table with harmless values for what is wrong, so that the rest can be checked as well."""
    tables = {name: dict(table[name]) for name in TABLES if name in table and name not in wrong}
    rest = {key: value for key, value in table.items() if key not in TABLES and key not in wrong}
    for name, values in tables.items():
        tables[name] = {key: value for key, value in values.items() if f"{name}.{key}" not in wrong}
    if "imap.host" in wrong:
        tables["imap"]["host"] = "localhost"
    return {"address": "nobody@nowhere.example", **rest, **tables}


def _loaded(table: Mapping[str, Any], path: Path) -> Loaded:
    values = msgspec.convert(table, Config)
    address = (values.address,) if isinstance(values.address, str) else values.address
    return Loaded(values, path.absolute(), tuple(a.strip().lower() for a in address))


class _Lines:
    """Where in the file each key stands."""

    def __init__(self, text: str) -> None:
        self.numbers: dict[str, int] = {}
        table = ""
        for number, line in enumerate(text.splitlines(), start=1):
            if header := re.match(r"\s*\[+\s*([\w.\"'-]+)\s*\]+", line):
                table = header[1].replace('"', "")
                self.numbers.setdefault(table, number)
            elif key := re.match(r"\s*[\"']?([\w.-]+)[\"']?\s*=", line):
                self.numbers.setdefault(f"{table}.{key[1]}" if table else key[1], number)

    def say(self, path: Path, key: str, what: str) -> str:
        line = self.numbers.get(key) or self.numbers.get(key.rpartition(".")[0])
        return f"{path}, line {line}: {what}" if line else f"{path}: {what}"


def _shape(table: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield (key, sentence) for unknown and missing keys and values of the wrong type."""
    yield from _table_shape("", {k: v for k, v in table.items() if k not in TABLES}, Config)
    for name, struct in TABLES.items():
        value = table.get(name)
        if isinstance(value, dict):
            yield from _table_shape(f"{name}.", value, struct)
        elif value is not None:
            yield name, f"`{name}` must be a table: a line `[{name}]` with its settings below it."


def _table_shape(
    prefix: str, table: Mapping[str, Any], struct: type[msgspec.Struct]
) -> Iterator[tuple[str, str]]:
    fields = {f.name: f for f in msgspec.structs.fields(struct)}
    hints = get_type_hints(struct, include_extras=True)
    for key, value in table.items():
        if key not in fields:
            yield prefix + key, f"`{prefix}{key}` is not a setting.{_nearest(key, prefix, fields)}"
            continue
        try:
            msgspec.convert(value, hints[key], strict=True)
        except msgspec.ValidationError as error:
            yield prefix + key, f"`{prefix}{key}` {_must(error, value, hints[key])}"
    for name, spec in fields.items():
        if spec.required and name not in table:
            yield prefix + name, f"`{prefix}{name}` is missing."


def _nearest(key: str, prefix: str, fields: Mapping[str, Any]) -> str:
    """Return a suggestion: the nearest key of this table, else of any other."""
    everywhere = {f.name: "" for f in msgspec.structs.fields(Config)}
    everywhere |= {f.name: f" in [{t}]" for t, s in TABLES.items() for f in msgspec.structs.fields(s)}
    if here := difflib.get_close_matches(key, fields, n=1, cutoff=0.6):
        return f" Did you mean `{prefix}{here[0]}`?"
    if there := difflib.get_close_matches(key, everywhere, n=1, cutoff=0.75):
        return f" Did you mean `{there[0]}`{everywhere[there[0]] or ' at the top of the file'}?"
    return f" Known here: {', '.join(sorted(fields))}."


_TYPES = {"str": "text in quotes", "int": "a whole number", "bool": "true or false", "array": "a list"}


def _must(error: msgspec.ValidationError, value: object, hint: Any) -> str:
    """Return what the value must be, and the nearest of a setting's fixed words where it has such."""
    words = [w for part in _flatten(hint) for w in get_args(part) if isinstance(w, str)]
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


def _sense(loaded: Loaded) -> Iterator[tuple[str, str]]:
    """Yield (key, sentence) for values that have the right type and make no sense."""
    values = loaded.values
    if not loaded.addresses:
        yield "address", "`address` is empty: name the address of the account."
    for address in loaded.addresses:
        if not _ADDRESS.fullmatch(address):
            yield "address", f"`address` holds {address!r}, which is not an e-mail address."
    yield from _zone(values.timezone)
    yield from _country(values.country)
    yield from (("policy", mistake) for mistake in _policy(loaded))
    yield from (("drafts.templates", mistake) for mistake in _templates(loaded))
    if isinstance(values.imap, Imap):
        yield from _imap(loaded, values.imap)


def load_policy(loaded: Loaded) -> Policy:
    """Return the chosen policy.  Raises PolicyError, or OSError for a file that cannot be read."""
    name = loaded.values.policy
    if not re.search(r"[./~]", name):
        return preset(name)
    path = loaded.resolve(name)
    return load_policy_text(path.read_text(encoding="utf-8"), file=str(path))


def _policy(loaded: Loaded) -> Iterator[str]:
    try:
        load_policy(loaded)
    except PolicyError as error:
        yield from error.mistakes
    except OSError as error:
        yield f"`policy` names {loaded.values.policy}, which cannot be read: {error.strerror}."


def load_templates(loaded: Loaded) -> Templates:
    """Return the user's templates in place of the packaged ones.  Raises TemplateFault."""
    directory = loaded.values.drafts.templates
    if not directory:
        return builtin()
    from daemon.drafting.filling import load  # jinja2, which only a draft needs

    return load(loaded.resolve(directory))


def _templates(loaded: Loaded) -> Iterator[str]:
    try:
        load_templates(loaded)
    except TemplateFault as fault:
        yield str(fault)


def _zone(name: str) -> Iterator[tuple[str, str]]:
    zones = available_timezones()
    if name not in zones:
        near = difflib.get_close_matches(name, zones, n=1)
        last = [z for z in sorted(zones) if z.rpartition("/")[2].lower() == name.lower().replace(" ", "_")]
        found = (last or near)[:1]
        hint = f" Did you mean `{found[0]}`?" if found else " It is written like `Europe/Berlin`."
        yield "timezone", f"`timezone` is {name!r}, which is no IANA time zone.{hint}"


def _country(code: str) -> Iterator[tuple[str, str]]:
    if not code:
        return
    country, _, subdivision = code.partition("-")
    if country not in countries() or (subdivision and not re.fullmatch(r"[A-Z0-9]{1,3}", subdivision)):
        yield (
            "country",
            f"`country` is {code!r}; it must be an ISO 3166 code in capitals such as `US` or `GB-ENG`.",
        )


def countries() -> frozenset[str]:
    """Return the ISO 3166 codes of all countries (from the time zone database's iso3166.tab)."""
    table = importlib.resources.files("tzdata").joinpath("zoneinfo/iso3166.tab").read_text(encoding="utf-8")
    return frozenset(line[:2] for line in table.splitlines() if line and not line.startswith("#"))


def _imap(loaded: Loaded, imap: Imap) -> Iterator[tuple[str, str]]:
    given = [name for name in _PASSWORD_SOURCES if getattr(imap, name)]
    if not given:
        yield (
            "imap",
            "`[imap]` says no password: set `password_file`, `password_command` or `password_credential`.",
        )
    if len(given) > 1:
        yield f"imap.{given[1]}", f"`[imap]` has several passwords ({', '.join(given)}): keep one."
    if imap.password and _open_to_others(loaded.path):
        yield (
            "imap.password",
            f"`imap.password` stands in a file others may read: `chmod 600 {loaded.path}`, or use"
            " `password_file`.",
        )
    if imap.password_file:
        yield from _file("imap.password_file", loaded.resolve(imap.password_file), _private)
    if imap.ca_file:
        yield from _file("imap.ca_file", loaded.resolve(imap.ca_file))
    if imap.security == "none" and not _loopback(imap.host):
        yield (
            "imap.security",
            f"`imap.security` is `none`, but {imap.host} is not this machine: the password would travel in"
            " the clear. Use `tls` or `starttls`.",
        )


def _file(key: str, path: Path, more: Callable[[Path], str] = lambda _: "") -> Iterator[tuple[str, str]]:
    if not path.is_file():
        yield key, f"`{key}` names {path}, which is not a file."
    elif fault := more(path):
        yield key, f"`{key}` names {path}, {fault}"


def _private(path: Path) -> str:
    return f"which others may read: `chmod 600 {path}`." if _open_to_others(path) else ""


def _open_to_others(path: Path) -> bool:
    return bool(path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO))


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
