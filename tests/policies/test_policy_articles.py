"""The advice, the conflicts, and the documentation printed from them hold together."""

from __future__ import annotations

import inspect
import os
from pathlib import Path

import pytest

from policies import explain
from policies.advice import ARTICLES, Advice, Fate
from policies.articles import ADVICE
from policies.conflicts import CONFLICTS
from policies.policy_files import PRESETS, PolicyError, preset
from policies.rules import POLICY
from policies.settings import Policy, choices

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "policy.md"
RULES = {rule.name for rule in POLICY.rules}
ELSEWHERE = {"decide", "drafting", "wording"}
IDS = [
    *(f"W{n}" for n in range(1, 11)),
    *(f"Q{n}" for n in range(1, 11)),
    *(f"T{n}" for n in range(1, 5)),
    *(f"C{n}" for n in range(1, 7)),
    *(f"S{n}" for n in range(1, 17)),
]


def test_no_advice_is_lost() -> None:
    """Every rule of the five articles is there, in order, once."""
    assert list(ADVICE) == IDS


@pytest.mark.parametrize("advice", ADVICE.values(), ids=lambda a: a.id)
def test_each_advice_has_its_fate(advice: Advice) -> None:
    """Followed or offered by rules that exist, or decided against with a reason; quotations are short."""
    assert advice.quotes
    assert all(len(quote.words.split()) <= 12 for quote in advice.quotes)
    assert set(advice.by) <= ELSEWHERE
    citing = [rule for rule in POLICY.rules if any(s.startswith(f"{advice.id} ") for s in rule.sources)]
    if advice.fate is Fate.AGAINST:
        assert advice.why
        assert not citing
    else:
        assert citing or advice.by


def test_every_rule_says_where_it_comes_from() -> None:
    """Each rule has a sentence and a source; its body is eight lines at most."""
    for rule in POLICY.rules:
        assert rule.says.endswith("."), rule.name
        assert rule.sources, rule.name
        source = inspect.getsource(rule.body)
        body = source[source.index("\ndef ") :].strip().splitlines()[1:]
        assert len(body) <= 8, rule.name


def test_optional_rules_are_the_switches() -> None:
    """Each switch of the settings turns on the rule of its name."""
    optional = {rule.name for rule in POLICY.rules if rule.optional}
    assert optional == {name for name, choice in choices().items() if choice.type == "bool"}


def test_conflicts_name_rules_presets_and_articles() -> None:
    """Whatever a conflict names exists."""
    for conflict in CONFLICTS:
        assert set(conflict.by) <= RULES, conflict.question
        assert set(conflict.presets) <= set(PRESETS), conflict.question
        assert {article for article, _ in conflict.positions} <= set(ARTICLES)
        assert len(conflict.positions) > 1


def test_the_page_on_the_policy_is_printed_from_the_code() -> None:
    """docs/policy.md is what the code says."""
    if os.environ.get("AFTERWORD_EXPECT"):
        DOCUMENT.write_text(explain.document(), "utf-8")
    assert DOCUMENT.read_text("utf-8") == explain.document()


def test_the_policy_in_force_is_shown_in_sentences() -> None:
    """`policy show` gives every rule with the numbers in force and marks what is switched off."""
    shown = explain.show(preset("prompt"))
    assert "1st business day after it" in " ".join(shown.split())
    assert "switched off" in shown
    assert all(f"[{name}]" in shown for name in RULES)


def test_policies_are_compared() -> None:
    """`policy diff` names each setting that differs, with both values."""
    found = explain.differences(preset("prompt"), preset("patient"))
    assert [d.setting for d in found] == ["status_after_stated", "status_after_silence"]
    assert "1 business day under prompt, 5 business days under patient" in explain.diff(
        preset("prompt"), preset("patient")
    )
    assert "choose the same" in explain.diff(Policy(), Policy())


@pytest.mark.parametrize(
    "name", ["ask_no_more_than_allowed", "thank_once", "w7", "C6", "status_after_stated"]
)
def test_why(name: str) -> None:
    """`policy why` knows rules, advice and settings."""
    assert explain.why(name, Policy())


def test_why_names_the_nearest() -> None:
    """What does not exist is an error with the nearest name."""
    with pytest.raises(PolicyError, match="Did you mean thank_once"):
        explain.why("thank_onse", Policy())


def test_the_policy_as_values() -> None:
    """`policy show --json` has the settings and the rules, and names what an employer has of its own."""
    shown = explain.as_json(preset("persistent"))
    assert shown["settings"]["status_checks_welcome"] == 2
    assert {rule["name"] for rule in shown["rules"]} == RULES
