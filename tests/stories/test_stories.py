"""Stories: mails in, decisions out.  Add one by dropping a folder in here; see CONTRIBUTING.md.

A story is a folder with mails (`*.eml`) and a `story.toml` that says who reads them, until when to play
and what to expect.  `make expect` rewrites the expectations for review.
"""

from __future__ import annotations

import os
import re
import tomllib
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from daemon.policy_choice import chosen_policy
from daemon.reading.model import Me
from daemon.simulate import Assume, Simulation, gather

STORIES = sorted(path.parent for path in Path(__file__).parent.glob("*/story.toml"))


def told(folder: Path, story: dict[str, Any]) -> list[str]:
    """What afterword does in the story, one readable line each."""
    zone = ZoneInfo(story["timezone"])
    address = story["address"]
    until = datetime.fromisoformat(story["until"]).replace(hour=23, minute=59, tzinfo=zone)
    me = Me(frozenset({address}), "", story["timezone"], story.get("country", ""))
    archive = gather((path.read_bytes() for path in sorted(folder.glob("*.eml"))), me)
    years = (until.year - 1, until.year)
    policy = chosen_policy(story.get("policy", "default"), story["timezone"], me.country, years)
    simulation = Simulation(archive, me, address, policy, Assume(story.get("assume", "sent")))
    return [_line(each, zone) for each in simulation.done(until)]


def _line(done: Any, zone: ZoneInfo) -> str:
    decision, entry = done.decision, done.entry
    note = decision.note or (entry.note if entry else "")
    to = decision.to.address if decision.to else entry.to if entry else ""
    late = " (late)" if decision.late else ""
    what = f"{decision.action} {note}".strip() + (f" to {to}" if to and note else "")
    if decision.action == "advise":
        what = f"advise: {decision.text}"
    return f"{done.at.astimezone(zone):%Y-%m-%d %H:%M}  {what}{late}"


@pytest.mark.parametrize("folder", STORIES, ids=lambda path: path.name)
def test_story(folder: Path) -> None:
    """The decisions in a story are the ones its `story.toml` expects, no more and no fewer."""
    file = folder / "story.toml"
    story = tomllib.loads(file.read_text("utf-8"))
    found = told(folder, story)
    if os.environ.get("AFTERWORD_EXPECT"):
        _rewrite(file, found)
    else:
        assert found == story["expect"], story["says"]


def _rewrite(file: Path, found: list[str]) -> None:
    quoted = "".join(f'    "{line}",\n' for line in (text.replace('"', "'") for text in found))
    text = re.sub(
        r"expect = \[.*?^\]|expect = \[\]",
        lambda _: f"expect = [\n{quoted}]",
        file.read_text("utf-8"),
        flags=re.S | re.M,
    )
    file.write_text(text, "utf-8")
