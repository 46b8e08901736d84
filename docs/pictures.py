"""Make the pictures of the README: `make pictures`.

A terminal session of the demonstration as SVG, and the report it ends in as PNG, light and dark.  Nothing
is drawn by hand: both show what the program does now.  Needs Chromium.
"""

from __future__ import annotations

import os
import pty
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.text import Text

IMAGES = Path(__file__).parent / "images"
WIDTH, SHOWN_LINES = 112, 44
_FOREIGN_FONT = re.compile(
    r"@font-face \{.*?\}\s*", re.DOTALL
)  # fetched from elsewhere; ours is the reader's
SCHEMES = {"light": 1, "dark": 0}  # Blink's preferredColorScheme


def main() -> None:
    """Run the demonstration once and draw what it showed."""
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.html"
        shown = session(report)
        terminal(shown, IMAGES / "demo.svg")
        for scheme, number in SCHEMES.items():
            screenshot(report, IMAGES / f"report-{scheme}.png", number)


def session(report: Path) -> str:
    """Return what a terminal is shown by `afterword demo --fast`."""
    command = [sys.executable, "-m", "daemon", "demo", "--fast", "--report", str(report)]
    ours, theirs = pty.openpty()
    with subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs) as process:
        os.close(theirs)
        shown = b""
        while True:
            try:
                shown += (part := os.read(ours, 65536))
            except OSError:  # Linux says so when the other side has closed
                break
            if not part:
                break
    if process.returncode:
        sys.exit(shown.decode())
    return shown.decode().replace("\r\n", "\n")


def terminal(shown: str, target: Path) -> None:
    """Draw the beginning of a session."""
    console = Console(record=True, width=WIDTH, file=open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115
    console.print(Text.from_ansi("$ afterword demo\n" + "\n".join(shown.splitlines()[:SHOWN_LINES])))
    drawn = console.export_svg(title="afterword demo", font_aspect_ratio=0.61)
    target.write_text(_FOREIGN_FONT.sub("", drawn), encoding="utf-8")


def screenshot(page: Path, target: Path, scheme: int) -> None:
    """Photograph a page as a browser shows it."""
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    if browser is None:
        sys.exit("There is no Chromium here: apt-get install chromium")
    flags = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--window-size=900,1010"]
    colours = f"--blink-settings=preferredColorScheme={scheme}"
    subprocess.run(
        [browser, *flags, colours, f"--screenshot={target}", page.as_uri()],
        check=True,
        capture_output=True,
        timeout=120,
    )


if __name__ == "__main__":
    main()
