"""The documentation is true: what can be printed from the code is, and every link leads somewhere."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from daemon.cli import afterword

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = ROOT / "docs" / "commands.md"
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])


def commands(command: click.Command, path: str) -> Iterator[tuple[str, click.Command]]:
    """Every command with its full name."""
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            found = command.get_command(context, name)
            assert found is not None
            yield f"{path} {name}", found
            yield from commands(found, f"{path} {name}")


def printed() -> str:
    """The reference of the command line, as the program itself explains it."""
    parts = ["# Commands\n\nPrinted from the program; `afterword COMMAND --help` says the same.\n"]
    for path, command in commands(afterword, "afterword"):
        context = click.Context(
            command,
            info_name=path,
            max_content_width=100,
            terminal_width=100,
            help_option_names=afterword.context_settings["help_option_names"],
        )
        parts.append(f"## {path}\n\n```\n{command.get_help(context)}\n```\n")
    return "\n".join(parts)


def test_the_command_reference_is_what_the_program_says() -> None:
    """docs/commands.md is printed from the commands."""
    if os.environ.get("AFTERWORD_EXPECT"):
        REFERENCE.write_text(printed(), "utf-8")
    assert REFERENCE.read_text("utf-8") == printed()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    """No page points to a file that is not there."""
    links = re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text("utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_every_command_in_the_readme_exists() -> None:
    """Each `afterword …` the README shows is a command the program has."""
    known = {path.split()[1] for path, _ in commands(afterword, "afterword")}
    readme = (ROOT / "README.md").read_text("utf-8")
    shown = {
        word for pair in re.findall(r"`afterword ([a-z]+)|^afterword ([a-z]+)", readme, re.M) for word in pair
    }
    assert shown - {""} <= known
