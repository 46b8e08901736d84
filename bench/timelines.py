"""How well stated times are read, side by side with plain dateparser and chrono-node, and at what cost.

    python -m bench timelines

Reads the statements of this repository, and `$AFTERWORD_DATA/timelines` where that is set.  `right` means
the right last date (or one that also counts); `early` is the costly error; `silent` is the share of
statements without a date in which nothing was found.  The project's own statements are split in halves: the
held one was not looked at while the grammar was written.  chrono-node takes part where node finds it
(`npm install chrono-node`, then NODE_PATH); times include its start for a whole file.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from daemon.reading import sentences, timeline
from policies.case import TimelineKind

DATA = Path(__file__).resolve().parent.parent / "tests" / "data" / "timelines"
Row = dict[str, Any]
Answers = list[list[date]]
Reader = Callable[[Sequence[Row]], Answers]

CHRONO = """
const chrono = require('chrono-node');
const languages = {en: chrono.en, de: chrono.de, fr: chrono.fr, nl: chrono.nl, pt: chrono.pt, es: chrono.es};
const iso = d => d.toISOString().slice(0, 10);
for (const line of require('fs').readFileSync(0, 'utf8').split('\\n').filter(Boolean)) {
  const row = JSON.parse(line);
  const local = new Date(row.ref.slice(0, 19) + 'Z');
  const reader = (languages[row.language] || chrono.en);
  const found = reader.parse(row.text, {instant: local, timezone: 'UTC'}, {forwardDate: true});
  console.log(JSON.stringify(found.map(r => iso((r.end || r.start).date()))));
}
"""


def ours(rows: Sequence[Row]) -> Answers:
    """Return the last dates afterword reads in statements, and the other readings it keeps."""
    return [[*_ours(row)] for row in rows]


def _ours(row: Row) -> Iterator[date]:
    sent = datetime.fromisoformat(row["ref"])
    found = timeline.find(sentences.split(row["text"]), sent, language=row.get("language", "en")).found
    for one in found:
        if one.latest or one.kind is not TimelineKind.HOLD:
            yield from (day for day in (one.latest or one.earliest, one.alternative) if day)


def plain(rows: Sequence[Row]) -> Answers:
    """Return the dates dateparser's search finds, with the settings that suit it best."""
    from dateparser.search import search_dates

    answers: Answers = []
    for row in rows:
        base = datetime.fromisoformat(row["ref"]).replace(tzinfo=None)
        settings = {"RELATIVE_BASE": base, "PREFER_DATES_FROM": "future"}
        found = search_dates(row["text"], languages=[row.get("language", "en")], settings=settings)
        answers.append([moment.date() for _, moment in found or []])
    return answers


def chrono(rows: Sequence[Row]) -> Answers:
    """Return the dates chrono-node finds (Italian is not among its languages)."""
    lines = "\n".join(json.dumps(row) for row in rows)
    done = subprocess.run(["node", "-e", CHRONO], input=lines, capture_output=True, text=True, check=True)
    return [[date.fromisoformat(day) for day in json.loads(line)] for line in done.stdout.splitlines()]


def has_chrono() -> bool:
    """Whether node is there and finds chrono-node."""
    if not shutil.which("node"):
        return False
    asked = subprocess.run(["node", "-e", "require('chrono-node')"], check=False, capture_output=True)
    return asked.returncode == 0


def verdict(row: Row, found: list[date]) -> str:
    """Return what one answer is worth."""
    wanted = row["expected_end"] or (row["expected_start"] if row["kind"] == "window" else None)
    if wanted is None:
        return "noisy" if found else "silent"
    if not found:
        return "missing"
    right = {date.fromisoformat(day) for day in (wanted, row.get("alt_end")) if day}
    if right & set(found):
        return "right"
    return "early" if max(found) < min(right) else "late"


def show(name: str, rows: Sequence[Row], reader: Reader) -> None:
    """Print how often a reader is right, early and so on, and its µs per statement."""
    reader(rows[:1])  # the cold start is not measured
    began = time.perf_counter()
    answers = reader(rows)
    spent = (time.perf_counter() - began) / len(rows) * 1e6
    counts = Counter(verdict(row, found) for row, found in zip(rows, answers, strict=True))
    dated = sum(counts[one] for one in ("right", "early", "late", "missing")) or 1
    dateless = sum(counts[one] for one in ("silent", "noisy")) or 1
    shares = "  ".join(f"{one} {counts[one] / dated:6.1%}" for one in ("right", "early", "late", "missing"))
    print(f"  {name:11} {shares}  silent {counts['silent'] / dateless:6.1%}  {spent:8.0f} µs")


def expressions(rows: Sequence[Row]) -> None:
    """Print the share of bare expressions of other parsers' test suites whose last day is right."""
    right = 0
    for row in rows:
        sent = datetime.fromisoformat(row["ref"] + "+00:00")
        found = timeline.resolve(row["text"], sent, language="en")
        ends = {str(found.latest), str(found.alternative)} if found else set()
        right += str(row["end"]) in ends
    print(f"  afterword   right {right / len(rows):6.1%}")


def statements(rows: Sequence[Row]) -> None:
    """Print every reader's line for a set of statements."""
    readers: dict[str, Reader] = {"afterword": ours, "dateparser": plain}
    if has_chrono():
        readers["chrono-node"] = chrono
    for name, reader in readers.items():
        show(name, rows, reader)


def main() -> None:
    """Run the benchmark on what statements there are."""
    more = os.environ.get("AFTERWORD_DATA")
    print("  (of the project's own statements the held half was not looked at while the grammar was written)")
    folders = [DATA, *([Path(more) / "timelines"] if more else [])]
    for path in (path for folder in folders for path in sorted(folder.glob("*.jsonl"))):
        rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
        if all("expected_end" in row for row in rows):
            for half in sorted({row.get("half", "") for row in rows}):
                part = [row for row in rows if row.get("half", "") == half]
                print(f"{path.stem} {half}: {len(part)} statements")
                statements(part)
        elif all("end" in row for row in rows):
            print(f"{path.stem}: {len(rows)} bare expressions")
            expressions(rows)


if __name__ == "__main__":
    main()
