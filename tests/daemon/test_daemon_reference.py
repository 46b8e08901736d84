"""The printed reference pages are what the code says."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

from daemon.config_check import load
from daemon.manual import commands
from daemon.reference import pages

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize("name", sorted(pages()))
def test_the_page_is_printed_from_the_code(name: str) -> None:
    """Whoever changes a setting or a record runs `python -m daemon.reference docs`."""
    assert (DOCS / name).read_text(encoding="utf-8") == f"{pages()[name]}\n"


def test_the_example_configuration_works(tmp_path: Path) -> None:
    """The smallest configuration of the page is accepted as it stands."""
    example = re.search(r"```toml\n(.*?)```", pages()["configuration.md"], re.DOTALL)
    assert example
    assert tomllib.loads(example[1])
    (tmp_path / "config.toml").write_text(example[1])
    (tmp_path / "password").write_text("open-sesame\n")
    os.chmod(tmp_path / "password", 0o600)
    assert load(tmp_path / "config.toml").account().addresses == ("ana@mail.example",)


def test_the_manual_page_is_one_that_man_can_show() -> None:
    """Every command has its place in it, and groff finds nothing to complain about."""
    text = pages()["afterword.1"]
    for path, _ in commands():
        assert f".SS {path}".replace("-", "\\-") in text
    if shutil.which("groff") is None:
        pytest.skip("no groff here: apt-get install groff-base")
    done = subprocess.run(
        ["groff", "-k", "-man", "-Tutf8", "-ww"],
        input=text.encode(),
        capture_output=True,
        timeout=30,
        check=True,
    )
    assert not [line for line in done.stderr.splitlines() if b"cannot break" not in line], done.stderr
