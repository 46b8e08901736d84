"""The part of `afterword init` that asks about the person: name, zone, country, language, profile."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping

from daemon import setup
from daemon.cli.ask import Asker
from daemon.config_check import countries
from daemon.errors import UsageError
from daemon.policy_choice import checked_zone
from daemon.setup import Present
from daemon.toml_text import Key, Value

_BRING = """
Thank-you notes say why you fit. What do you bring? One sentence a line, in the first person
("I moved forty nightly jobs to a pipeline."); Enter ends. It can wait."""


def person(
    asker: Asker, given: Mapping[str, object], present: Present, address: str
) -> dict[Key, Value | None]:
    """Return the settings about the person: as given, as they were, or as this machine suggests."""
    settings: dict[Key, Value | None] = {}

    def ask(
        question: str, table: str, key: str, usual: str, wrong: Callable[[str], str] = lambda _: ""
    ) -> str:
        flag = given[key]
        usual = present.text_of(table, key) or usual
        said = asker.ask(question, f"--{key}", flag if isinstance(flag, str) else None, usual, wrong=wrong)
        settings[table, key] = said or None
        return said

    ask("Your name, as you sign", "", "name", setup.name_in(address))
    zone = ask("Time zone", "", "timezone", setup.machine_zone(os.environ) or "UTC", _no_zone)
    ask("Country, for its public holidays", "", "country", setup.country_of(zone), _no_country)
    ask("Language of your mails", "", "language", setup.machine_language(os.environ), _no_language)
    ask("Telephone for the signature (it can wait)", "profile", "phone", "")
    if strengths := _strengths(asker, texts(given, "strengths"), present):
        settings["profile", "strengths"] = strengths
    return settings


def texts(given: Mapping[str, object], name: str) -> tuple[str, ...]:
    """Return what a flag that may be repeated says."""
    found = given[name]
    return tuple(map(str, found)) if isinstance(found, tuple) else ()


def _strengths(asker: Asker, given: tuple[str, ...], present: Present) -> tuple[str, ...]:
    """Return what the user brings; nothing where it stands in the file already."""
    if given or not asker.talks or present.get("profile", "strengths"):
        return given
    asker.say(_BRING)
    while line := asker.ask("  I bring", "--strength", None):
        given = (*given, line)
    return given


def _no_zone(name: str) -> str:
    try:
        checked_zone(name)
    except UsageError as error:
        return f"{error} {error.hint}"
    return ""


def _no_country(code: str) -> str:
    known = code.partition("-")[0] in countries()
    return "" if known else "Write its ISO 3166 code in capitals, such as US, DE or GB-ENG."


def _no_language(code: str) -> str:
    return "" if code in setup.LANGUAGES else f"It has to be one of {', '.join(setup.LANGUAGES)}."
