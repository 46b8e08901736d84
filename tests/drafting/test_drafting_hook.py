"""The user's own command may reword a draft, within limits."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest
from drafting_scene import CASE, CONTEXT, TOM, decision

from daemon.drafting import hook
from daemon.drafting.compose import Composed, compose
from policies.case import Note


@pytest.fixture(name="draft")
def _draft() -> Composed:
    return compose(decision(Note.STATUS_CHECK), CASE, CONTEXT)


def script(code: str) -> list[str]:
    return [sys.executable, "-I", "-S", "-c", f"import json, sys, time\nd = json.load(sys.stdin)\n{code}"]


def saying(expression: str) -> list[str]:
    return script(f"print(json.dumps({{'body': {expression}}}))")


def test_reworded(draft: Composed) -> None:
    """The command's words are taken, in the same mail with the same id."""
    done = hook.reword(saying("d['body'].replace('Thank you again', 'Many thanks')"), draft)
    assert done.refused == ""
    assert "Many thanks for the conversation" in done.composed.body
    assert done.composed.message_id == draft.message_id
    assert done.composed.octets != draft.octets


@pytest.mark.parametrize(
    ("argv", "reason"),
    [
        (["/nonexistent/command"], "cannot be started"),
        (script("sys.exit(3)"), "status 3"),
        (script("print('hello')"), "did not answer with JSON"),
        (script("print('[]')"), "did not answer with JSON"),
        (script("print(json.dumps({'body': ''}))"), "did not answer with JSON"),
        (script("print('x' * 100_000)"), "more than 64 kB"),
        (saying("d['body'] + ' Tell me about the salary.\\n\\nKind regards,\\nSam'"), "pay and benefits"),
        (saying("d['body'].replace('Priya Shah', 'Tom')"), "greet"),
        (saying("'x'"), "not taken"),
        (saying("d['body'] + ' [[anything else?]]'"), "gaps"),
    ],
)
def test_refused(draft: Composed, argv: list[str], reason: str) -> None:
    """Where the command fails or its words have a new fault, the template's words stay and we say why."""
    done = hook.reword(argv, draft)
    assert done.composed == draft
    assert reason in done.refused


def test_gaps_are_the_users(draft: Composed) -> None:
    """A command may not fill a gap: it would invent what was said."""
    thanks = compose(decision(Note.THANK_YOU, TOM), CASE, CONTEXT)
    gap = f"[[{thanks.gaps[0]}]]"
    done = hook.reword(saying(f"d['body'].replace({gap!r}, 'your horses')"), thanks)
    assert done.composed == thanks
    assert "gaps" in done.refused


def test_lone_surrogates(draft: Composed) -> None:
    """Text that is no Unicode cannot break a draft."""
    assert (
        "\ud800"
        not in hook.reword(saying("d['body'] + '\\ud800'"), draft)
        .composed.body.encode("utf-8", "replace")
        .decode()
    )


def test_time_limit(draft: Composed, tmp_path: Path) -> None:
    """A command that takes too long is ended with everything it started."""
    mark = tmp_path / "still-running"
    child = f"import time, pathlib; time.sleep(1.5); pathlib.Path({str(mark)!r}).touch()"
    argv = script(f"import subprocess\nsubprocess.Popen([sys.executable, '-c', {child!r}])\ntime.sleep(60)")
    before = time.monotonic()
    done = hook.reword(argv, draft, seconds=0.8)
    assert "longer than 0.8 seconds" in done.refused
    assert time.monotonic() - before < 5
    time.sleep(1.5)
    assert not mark.exists()
