"""The tutorial is true: what it tells a new user to type works, in the order it is told, on a real server."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
import pytest
from servers.dovecot import PASSWORD, Dovecot

from daemon.cli import afterword

DOCS = Path(__file__).parents[2] / "docs"
PAGES = sorted([DOCS.parent / "README.md", *DOCS.glob("*.md"), *(DOCS / "how-to").glob("*.md")])
ADDRESS = "sam.rivera@mail.example"


def _typed(page: Path, kind: str) -> list[str]:
    """The commands of ours in a page's blocks of a kind, without prompts and comments."""
    blocks = re.findall(rf"^```{kind}\n(.*?)^```", page.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    lines = (
        line.removeprefix("$ ").split("   #")[0].strip() for block in blocks for line in block.splitlines()
    )
    return [line for line in lines if line.startswith("afterword ")]


SHOWN = [(page.name, line) for page in PAGES for kind in ("sh", "console") for line in _typed(page, kind)]


@pytest.mark.parametrize(("page", "line"), SHOWN, ids=[f"{page}:{line}" for page, line in SHOWN])
def test_a_command_in_the_documentation_can_be_typed(page: str, line: str) -> None:
    """It exists, and its options and arguments are ones it takes."""
    words = shlex.split(line.split(" | ")[0].split(" < ")[0])[1:]
    command: click.Command = afterword
    context = click.Context(command)
    while isinstance(command, click.Group):
        found = command.get_command(context, words.pop(0))
        assert found is not None, line
        command = found
    command.make_parser(context).parse_args(args=words)


def _invitation(now: datetime) -> bytes:
    start = now - timedelta(hours=2)
    when = f"{start:%A, %B} {start.day} from {start:%H:%M} to {start + timedelta(hours=1):%H:%M} UTC"
    return f"""From: Maya Ruiz <maya.ruiz@northwind.example>
To: Sam Rivera <{ADDRESS}>
Subject: Interview for Senior Data Engineer at Northwind Analytics
Date: {start - timedelta(days=2):%a, %d %b %Y %H:%M:%S +0000}
Message-ID: <tutorial@northwind.example>
Content-Type: text/plain; charset=utf-8

Dear Sam,

we would like to invite you to a video interview for the Senior Data Engineer position at Northwind
Analytics on {when}. You will be meeting with Priya Shah
(priya.shah@northwind.example).

Best regards,
Maya Ruiz
Northwind Analytics
""".replace("\n", "\r\n").encode()


class Newcomer:
    """Somebody with an empty home directory, a mailbox, and the tutorial."""

    def __init__(self, home: Path, server: Dovecot) -> None:
        self.home = home
        self.server = server
        self.user = server.new_user()
        (home / "afterword").write_text(f'#!/bin/sh\nexec {sys.executable} -m daemon "$@"\n')
        (home / "afterword").chmod(0o755)

    def types(self, line: str, given: str = "") -> subprocess.CompletedProcess[str]:
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "AFTERWORD_"))
        }
        path = f"{self.home}:{os.environ['PATH']}"
        return subprocess.run(
            ["sh", "-c", line],
            cwd=self.home,
            env={**kept, "HOME": str(self.home), "PATH": path, "PYTHONPATH": str(DOCS.parent)},
            input=given,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def sets_up(self) -> None:
        """Answer the questions of `afterword init`."""
        server = self.server
        done = self.types(
            f"afterword init --yes --address {ADDRESS} --host {server.host} --port {server.tls_port}"
            f" --user {self.user} --ca-file {server.certificate.ca} --password-file -"
            " --name 'Sam Rivera' --timezone America/New_York --country US",
            given=PASSWORD,
        )
        assert done.returncode == 0, done.stderr + done.stdout


def test_a_first_evening_goes_as_the_tutorial_says(tmp_path: Path, dovecot: Dovecot) -> None:
    """Every command of the tutorial, typed in its order, works; the draft learns what was told."""
    newcomer = Newcomer(tmp_path, dovecot)
    now = datetime.now(UTC)
    dovecot.deliver(newcomer.user, _invitation(now), internal_date=now - timedelta(days=2))
    newcomer.sets_up()
    said = {}
    for line in _typed(DOCS / "tutorial.md", "sh"):
        done = newcomer.types(line)
        fine = (0, 1) if line.split()[1] == "proofread" else (0,)
        assert done.returncode in fine, f"{line}\n{done.stdout}\n{done.stderr}"
        said.setdefault(line, done.stdout)
    assert "thank-you to priya.shah@northwind.example" in said["afterword status"]
    assert "the move to streaming" not in said["afterword run --once"]
    assert (tmp_path / "cases.html").stat().st_size > 5000
    assert "none cut out" in said["afterword audit verify"]
    assert (tmp_path / "everything").is_dir()
    with dovecot.client(newcomer.user) as client:
        client.select_folder("Drafts", readonly=True)
        drafts = client.fetch(client.search(), ["BODY.PEEK[]"])
    texts = [bytes(each[b"BODY[]"]) for each in drafts.values()]
    assert any(b"priya.shah@northwind.example" in text and b"streaming" in text for text in texts)
