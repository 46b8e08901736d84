"""Public holidays for a program that runs for years in little memory.

The library that knows them takes 26 MB once it is imported, so a child process asks it, once, and the
answer is kept in the state.
"""

from __future__ import annotations

import subprocess
import sys
from datetime import date

import msgspec

from daemon.errors import BadConfig
from daemon.store import Store

AHEAD = 4
"""For so many years to come they are worked out at once."""


def kept_holidays(store: Store, country: str, year: int) -> frozenset[date]:
    """Return the public holidays from the year before `year` on; none without a country."""
    if not country:
        return frozenset()
    key = f"holidays {country} {year}"
    kept = store.meta(key)
    if not kept:
        kept = _asked(country, year)
        if not store.read_only:
            store.set_meta(key, kept)
    return frozenset(msgspec.json.decode(kept, type=list[date]))


def _asked(country: str, year: int) -> str:
    """Return the dates as JSON, asked of a child process."""
    command = [sys.executable, "-m", "daemon.public_holidays", country, str(year - 1), str(year + AHEAD)]
    child = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    if child.returncode:
        reason = child.stderr.strip().splitlines() or [f"The public holidays of {country} cannot be told."]
        hint = "Mend `country` in the configuration; leave it out to count Monday to Friday."
        raise BadConfig([f"`country`: {reason[-1]}"], hint=hint)
    return child.stdout.strip()


def _main() -> None:
    from daemon.holidays_of import holiday_dates

    country, first, last = sys.argv[1:]
    try:
        found = holiday_dates(country, range(int(first), int(last) + 1))
    except ValueError as error:
        sys.exit(str(error))
    print(msgspec.json.encode(sorted(found)).decode())


if __name__ == "__main__":
    _main()
