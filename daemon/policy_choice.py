"""The policy a user chose, at home where they live: its file read, its public holidays filled in."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from daemon.errors import BadConfig, UsageError, reason
from policies.policy_files import PRESETS, PolicyError, load, preset
from policies.settings import Policy


def chosen_policy(name: str, zone: str, country: str, years: tuple[int, int]) -> Policy:
    """Return a preset by name, or the policy in a file, for somebody in `zone` and `country`.

    Public holidays are filled in for the first to the last of `years`, and one more.  Raises BadConfig
    with every mistake in the file, UsageError for a country that is not known.
    """
    from daemon.holidays_of import holiday_dates

    try:
        policy = preset(name) if name in PRESETS else _from_file(name)
    except PolicyError as error:
        raise BadConfig(
            error.mistakes,
            hint="`afterword policy list` shows what there is; a file is named by its path, as ./mine.toml.",
        ) from error
    try:
        free = holiday_dates(country, range(years[0], years[1] + 2)) if country else frozenset()
    except ValueError as error:
        raise UsageError(str(error)) from error
    return policy.located(zone, country, free)


def _from_file(name: str) -> Policy:
    path = Path(name).expanduser()
    if path.suffix != ".toml" and not path.exists():
        return preset(name)  # says which name is nearest
    try:
        return load(path.read_text("utf-8"), file=str(path))
    except (OSError, UnicodeDecodeError) as error:
        raise BadConfig((f"The policy {path} cannot be read: {reason(error)}.",)) from error


def checked_zone(name: str) -> ZoneInfo:
    """Return the time zone of that name.  Raises UsageError where there is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise UsageError(
            f"There is no time zone {name!r}.", hint="Name one as Europe/Berlin or America/New_York."
        ) from None
