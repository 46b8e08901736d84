"""The documentation is true: what can be printed from the code is, and every link leads somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from daemon.manual import commands

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    """No page points to a file that is not there."""
    links = re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text("utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_every_command_in_the_readme_exists() -> None:
    """Each `afterword …` the README shows is a command the program has."""
    known = {path.split()[1] for path, _ in commands()}
    readme = (ROOT / "README.md").read_text("utf-8")
    shown = {
        word for pair in re.findall(r"`afterword ([a-z]+)|^afterword ([a-z]+)", readme, re.M) for word in pair
    }
    assert shown - {""} <= known
