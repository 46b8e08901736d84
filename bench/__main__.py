"""`make bench`: every benchmark in turn; `python -m bench NAME…` for some of them.

AFTERWORD_DATA names a folder with more labelled data (`mail/`, `timelines/`) where there is one; without
it the repository's own is used.
"""

from __future__ import annotations

import runpy
import sys
from pathlib import Path


def main() -> None:
    """Run the benchmarks named on the command line, else all."""
    found = {path.stem: path for path in sorted(Path(__file__).parent.glob("[a-z]*.py"))}
    wanted = sys.argv[1:] or list(found)
    if unknown := [name for name in wanted if name not in found]:
        sys.exit(f"There is no benchmark {', '.join(unknown)}; there are: {', '.join(found)}.")
    sys.argv[1:] = []
    for name in wanted:
        print(f"\n== {name}", flush=True)
        runpy.run_path(str(found[name]), run_name="__main__")


if __name__ == "__main__":
    main()
