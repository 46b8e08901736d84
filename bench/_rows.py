"""What a benchmark found out, a row each, and the page that keeps the latest of all of them.

A benchmark that has a function `rows()` is run by it; each run renews its own section of results.md.
"""

from __future__ import annotations

import os
import platform
import re
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

PAGE = Path(__file__).with_name("results.md")
_TITLE = "# What `make bench` measured\n"


@dataclass(frozen=True, slots=True)
class Row:
    """One thing measured, in words: the value, what it is compared with, and the target."""

    what: str
    measured: str
    against: str
    target: str
    met: bool


def show(row: Row) -> str:
    """Return the row as a line for the terminal."""
    sign = "ok  " if row.met else "MISS"
    return f"{sign} {row.what}: {row.measured} against {row.against} (target {row.target})"


def write(name: str, rows: Iterable[Row]) -> None:
    """Put the rows into the page, in place of what the benchmark of that name found before."""
    page = PAGE.read_text("utf-8") if PAGE.exists() else _TITLE
    head, *sections = re.split(r"(?m)^(?=## )", page)
    kept = {section.partition("\n")[0]: section for section in sections}
    kept[f"## {name}"] = _section(name, rows)
    PAGE.write_text(
        head.rstrip() + "\n\n" + "\n".join(kept[each].rstrip() + "\n" for each in sorted(kept)), "utf-8"
    )


def _section(name: str, rows: Iterable[Row]) -> str:
    lines = [
        f"## {name}",
        "",
        machine(),
        "",
        "| what | measured | against | target | met |",
        "|---|---|---|---|---|",
    ]
    lines += [
        f"| {r.what} | {r.measured} | {r.against} | {r.target} | {'yes' if r.met else 'no'} |" for r in rows
    ]
    return "\n".join(lines) + "\n"


def machine() -> str:
    """Return one line about the machine, its programs, and the day."""
    cpu = next(iter(re.findall(r"model name\s*: (.*)", _read("/proc/cpuinfo"))), platform.machine())
    memory = next(iter(re.findall(r"MemTotal:\s*(\d+)", _read("/proc/meminfo"))), "0")
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, {platform.system()} {platform.release().partition('-')[0]}, "
        f"{os.cpu_count()} cores ({cpu}), {int(memory) / 1e6:.0f} GB, Python {platform.python_version()}"
        f"{_server()}, load {os.getloadavg()[0]:.1f} at the end"
    )


def _server() -> str:
    try:
        found = subprocess.run(["dovecot", "--version"], capture_output=True, text=True, check=False)
    except OSError:
        return ""
    return f", Dovecot {found.stdout.partition(' ')[0]}"


def _read(path: str) -> str:
    try:
        return Path(path).read_text()
    except OSError:
        return ""
