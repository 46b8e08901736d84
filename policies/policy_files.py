"""Policies as texts: the presets that come with the program, and a user's own file.

A file is TOML.  It says on which preset it is `based_on` and sets any number or switch anew; a table
`[employer."Acme"]` does so for one employer.  What must not be known here: where a user's file lies.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from difflib import get_close_matches
from functools import cache
from importlib import resources
from pathlib import PurePath
from typing import Any

from policies.settings import Policy, choices

PRESETS = (
    "default",
    "prompt",
    "patient",
    "persistent",
    "contingent-plan",
    "lifesavvy",
    "careers-guide",
    "hr-bartender",
    "malone",
)
HEAD = ("name", "says", "based_on", "employer")


class PolicyError(ValueError):
    """A policy cannot be used; `mistakes` are finished sentences, one for each thing that is wrong."""

    def __init__(self, mistakes: tuple[str, ...]) -> None:
        super().__init__("\n".join(mistakes))
        self.mistakes = mistakes


def preset_text(name: str) -> str:
    """Return the file of a preset.  Raises PolicyError where there is none of that name."""
    if name not in PRESETS:
        raise PolicyError((f"There is no policy “{name}”.{_nearest(name, PRESETS)} {_there_are(PRESETS)}",))
    return resources.files("policies").joinpath("presets", f"{name}.toml").read_text("utf-8")


@cache
def preset(name: str) -> Policy:
    """Return a preset by its name.  Raises PolicyError where there is none of that name."""
    return load(preset_text(name), file=f"{name}.toml")


def load(text: str, *, file: str = "policy.toml") -> Policy:
    """Return the policy a file describes.  Raises PolicyError with every mistake at once."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise PolicyError((f"{file} is not TOML: {error}.",)) from error
    mistakes = tuple(f"{file}: {mistake}" for mistake in _mistakes(table))
    if mistakes:
        raise PolicyError(mistakes)
    name = table.get("name", PurePath(file).stem)
    first = name == "default" and "based_on" not in table
    base = Policy() if first else preset(table.get("based_on", "default"))
    policy = replace(base, name=name, says=table.get("says", ""), **_chosen(table))
    return replace(
        policy,
        employers=tuple(
            (employer.casefold(), replace(policy, **_chosen(own)))
            for employer, own in table.get("employer", {}).items()
        ),
    )


def _chosen(table: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in table.items() if key in choices()}


def _mistakes(table: Mapping[str, Any]) -> Iterator[str]:
    for key in ("name", "says", "based_on"):
        if not isinstance(table.get(key, ""), str):
            yield f"{key} must be a text in quotes."
    base = table.get("based_on", "default")
    if isinstance(base, str) and base not in PRESETS:
        yield f"based_on: there is no policy “{base}”.{_nearest(base, PRESETS)} {_there_are(PRESETS)}"
    yield from _wrong_choices({k: v for k, v in table.items() if k not in HEAD}, "", HEAD)
    employers = table.get("employer", {})
    if not isinstance(employers, dict):
        yield 'employer must be tables, one for each: [employer."Acme"].'
        return
    for employer, own in employers.items():
        if isinstance(own, dict):
            yield from _wrong_choices(own, f'employer."{employer}".', ())
        else:
            yield f'employer.{employer} must be a table: [employer."{employer}"].'


def _wrong_choices(table: Mapping[str, Any], path: str, others: tuple[str, ...]) -> Iterator[str]:
    for key, value in table.items():
        known = choices().get(key)
        if known is None:
            yield f"{path}{key} is not a setting.{_nearest(key, (*choices(), *others))}"
        elif known.type == "bool":
            if not isinstance(value, bool):
                yield f"{path}{key} must be true or false, not {value!r}."
        elif isinstance(value, bool) or not isinstance(value, int):
            yield f"{path}{key} must be a whole number of {known.metadata['unit']}, not {value!r}."
        elif not known.metadata["low"] <= value <= known.metadata["high"]:
            low, high = known.metadata["low"], known.metadata["high"]
            yield f"{path}{key} must be between {low} and {high} {known.metadata['unit']}, not {value}."


def _nearest(word: str, known: tuple[str, ...]) -> str:
    close = get_close_matches(word, known, n=1, cutoff=0.6)
    return f" Did you mean {close[0]}?" if close else ""


def _there_are(names: tuple[str, ...]) -> str:
    return f"There are: {', '.join(names)}."
