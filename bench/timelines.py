"""How well stated times are read, side by side with plain dateparser, and at what cost.

    python -m bench timelines

Reads the statements of this repository, and `$AFTERWORD_DATA/timelines` where that is set.  `right` means
the right last date (or one that also counts); `early` is the costly error; `silent` is the share of
statements without a date in which nothing was found.
"""

from __future__ import annotations

import json
import os
import time
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

from daemon.reading import language, quotes, sentences, timeline
from policies.case import TimelineKind

DATA = Path(__file__).resolve().parent.parent / "tests" / "data" / "timelines"
Reader = Callable[[str, datetime], list[date]]


def ours(text: str, sent: datetime) -> list[date]:
    """Return the last dates afterword reads in a statement."""
    new = quotes.cut(text).text
    found = timeline.find(sentences.split(new), sent, language=language.detect(new))
    dated = [one for one in found.found if one.latest or one.kind is not TimelineKind.HOLD]
    return [day for one in dated for day in (one.latest or one.earliest, one.alternative) if day]


def plain(text: str, sent: datetime) -> list[date]:
    """Return the dates dateparser's search finds, with the settings that suit it best."""
    from dateparser.search import search_dates

    settings = {"RELATIVE_BASE": sent.replace(tzinfo=None), "PREFER_DATES_FROM": "future"}
    return [found.date() for _, found in search_dates(text, languages=["en"], settings=settings) or []]


def score(rows: list[dict[str, Any]], reader: Reader) -> tuple[Counter[str], float]:
    """Return how often a reader is right, early and so on, and its µs per statement."""
    counts: Counter[str] = Counter()
    began = time.perf_counter()
    answers = [reader(row["text"], datetime.fromisoformat(row["ref"])) for row in rows]
    spent = (time.perf_counter() - began) / len(rows) * 1e6
    for row, found in zip(rows, answers, strict=True):
        counts[verdict(row, found)] += 1
    return counts, spent


def verdict(row: dict[str, Any], found: list[date]) -> str:
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


def show(name: str, counts: Counter[str], spent: float) -> None:
    """Print one reader's line."""
    dated = sum(counts[one] for one in ("right", "early", "late", "missing")) or 1
    dateless = sum(counts[one] for one in ("silent", "noisy")) or 1
    shares = "  ".join(f"{one} {counts[one] / dated:6.1%}" for one in ("right", "early", "late", "missing"))
    print(f"  {name:11} {shares}  silent {counts['silent'] / dateless:6.1%}  {spent:8.0f} µs")


def main() -> None:
    """Run the benchmark on what statements there are."""
    folders = [
        DATA,
        *([Path(os.environ["AFTERWORD_DATA"]) / "timelines"] if "AFTERWORD_DATA" in os.environ else []),
    ]
    for path in (path for folder in folders for path in sorted(folder.glob("*.jsonl"))):
        rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
        if not all("expected_end" in row and "ref" in row for row in rows):
            continue  # another kind of data: expressions, ordinary mails
        print(f"{path.stem}: {len(rows)} statements")
        for name, reader in (("afterword", ours), ("dateparser", plain)):
            reader(rows[0]["text"], datetime.fromisoformat(rows[0]["ref"]))  # the cold start is not measured
            show(name, *score(rows, reader))


if __name__ == "__main__":
    main()
