"""Every note in every language and register, word for word, as a reviewer has read it."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

from daemon.drafting.templates import LANGUAGES
from policies.case import Note

ROOT = Path(__file__).parents[2]


def bench() -> ModuleType:
    spec = importlib.util.spec_from_file_location("bench_drafts", ROOT / "bench" / "drafts.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module", name="drafts")
def _drafts() -> ModuleType:
    return bench()


@pytest.mark.parametrize("language", LANGUAGES)
def test_golden(language: str, drafts: ModuleType) -> None:
    """The drafts are those that were read; after a change run bench/drafts.py --write and read again."""
    golden = Path(__file__).with_name("golden") / f"{language}.txt"
    assert drafts.printed(language) == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_fault_but_gaps(language: str, drafts: ModuleType) -> None:
    """Our own words have no fault that wording.py knows, but for the gaps we leave."""
    for title, draft in drafts.drafts(language):
        assert [fault for fault in draft.faults if fault.code != "gap"] == [], title


@pytest.mark.parametrize("language", LANGUAGES)
def test_sound(language: str, drafts: ModuleType) -> None:
    """No draft shows an unfilled placeholder, a doubled blank, a lonely comma or an empty line too many."""
    for title, draft in drafts.drafts(language):
        if draft.note is not Note.DEBRIEF:
            assert not re.search(r"[{}]|  | [,.](?!\w)|,,|\.\.|\n\n\n|None", draft.body), title
            assert draft.body == draft.body.strip(), title
