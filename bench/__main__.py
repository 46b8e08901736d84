"""`make bench`: every benchmark in turn; `python -m bench NAME… [options]` for some of them.

Options go to the benchmarks named.  AFTERWORD_DATA names a folder with more labelled data (`mail/`,
`timelines/`) where there is one; without it the repository's own is used.  What benchmarks with rows find
out is kept in results.md.
"""

from __future__ import annotations

import importlib
import runpy
import sys
from pathlib import Path

from bench import _rows


def main() -> None:
    """Run the benchmarks named on the command line, else all."""
    found = {path.stem: path for path in sorted(Path(__file__).parent.glob("[a-z]*.py"))}
    options = next((n for n, word in enumerate(sys.argv) if n and word.startswith("-")), len(sys.argv))
    wanted = sys.argv[1:options] or list(found)
    if unknown := [name for name in wanted if name not in found]:
        sys.exit(f"There is no benchmark {', '.join(unknown)}; there are: {', '.join(found)}.")
    sys.argv[1:] = sys.argv[options:]
    for name in wanted:
        print(f"\n== {name}", flush=True)
        benchmark = importlib.import_module(f"bench.{name}")
        if not hasattr(benchmark, "rows"):
            runpy.run_path(str(found[name]), run_name="__main__")
            continue
        kept = []
        for row in benchmark.rows():
            print(_rows.show(row), flush=True)
            kept.append(row)
        _rows.write(name, kept)


if __name__ == "__main__":
    main()
