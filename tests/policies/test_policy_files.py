"""Policy files: presets, a user's own, and every mistake in them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from policies import explain
from policies.policy_files import PRESETS, PolicyError, load, preset, preset_text
from policies.settings import Policy, choices, worded


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_loads(name: str) -> None:
    """Each preset is a file that loads and says what it is."""
    assert preset(name).name == name
    assert preset(name).says


def test_the_default_file_lists_every_setting_as_it_is() -> None:
    """default.toml can be copied: it names every setting with the value the program has."""
    text = preset_text("default")
    assert all(f"\n{name} = " in text for name in choices())
    assert replace(preset("default"), says="") == Policy()


def test_the_default_policy_exactly() -> None:
    """The numbers of the default policy are the agreed ones."""
    policy = preset("default")
    assert (policy.status_after_stated, policy.status_after_silence, policy.status_after_hold) == (3, 10, 20)
    assert (policy.status_checks, policy.status_checks_welcome, policy.status_checks_agency) == (1, 1, 1)
    assert (policy.stop_after_status, policy.stop_after_unsent) == (10, 10)
    assert (policy.stop_no_contact_after_stated, policy.stop_no_contact_after_silence) == (10, 20)
    assert (policy.thank_you_late_after, policy.thank_you_window, policy.thank_you_lies) == (48, 3, 7)
    assert (policy.rejection_thanks_after, policy.status_after_new_year) == (4, 3)


def test_a_file_of_ones_own() -> None:
    """A file changes what it names, for everybody and for one employer, and the rest stays."""
    policy = load(
        'based_on = "patient"\nstop_after_status = 15\n[employer."Acme Ltd"]\nsuggest_a_card = false\n',
        file="mine.toml",
    )
    assert (policy.name, policy.status_after_stated, policy.stop_after_status) == ("mine", 5, 15)
    assert policy.suggest_a_card
    acme = policy.at("ACME ltd")
    assert (acme.suggest_a_card, acme.stop_after_status) == (False, 15)
    assert policy.at("Other") is policy
    assert policy.at(None) is policy


def test_every_mistake_at_once() -> None:
    """All mistakes are told in one go, with file, key and the nearest valid name."""
    text = "status_after_state = 3\nsuggest_a_card = 3\nstatus_hour = 99\nstatus_checks = true\n"
    with pytest.raises(PolicyError) as caught:
        load(text + 'based_on = "promt"\n' + "[employer.Acme]\nstop_after_statu = 2\n", file="mine.toml")
    told = caught.value.mistakes
    assert len(told) == 6
    assert all(mistake.startswith("mine.toml: ") for mistake in told)
    assert any("Did you mean status_after_stated?" in mistake for mistake in told)
    assert any("Did you mean prompt?" in mistake for mistake in told)
    assert any('employer."Acme".stop_after_statu' in mistake for mistake in told)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("status_hour = ", "is not TOML"),
        ("employer = 3", "employer must be tables"),
        ("[employer]\nAcme = 3", "must be a table"),
        ("says = 3", "must be a text"),
        ("status_after_stated = 2.5", "must be a whole number of business days"),
    ],
)
def test_wrong_files(text: str, part: str) -> None:
    """What is not even a policy is said so."""
    with pytest.raises(PolicyError, match=part):
        load(text)


def test_an_unknown_preset() -> None:
    """A name that does not exist is an error with the nearest one."""
    with pytest.raises(PolicyError, match="Did you mean patient"):
        preset("pacient")


def test_the_version_tells_policies_apart() -> None:
    """A changed number, zone or employer changes the version; the same choices have the same one."""
    policy = preset("default")
    assert load(preset_text("default"), file="default.toml").version == policy.version
    others = (
        replace(policy, status_after_stated=4),
        policy.located("Europe/Berlin"),
        load('name = "default"\n[employer.Acme]\nstatus_checks = 2\n'),
    )
    assert len({policy.version, *(other.version for other in others)}) == 4


def test_a_file_is_known_by_its_last_name_and_keeps_its_base() -> None:
    """A policy is named as its file without the folders; also one named default is what it is based on."""
    mine = load('based_on = "prompt"\n', file="/home/sam/policies/default.toml")
    assert mine.name == "default"
    assert mine.status_after_silence == preset("prompt").status_after_silence


def test_a_comparison_names_what_one_employer_has_of_its_own() -> None:
    """Two policies that differ for a single employer only are not said to be one and the same."""
    mine = load('[employer."Acme Ltd"]\nstatus_after_stated = 7\n', file="mine.toml")
    said = explain.diff(preset("default"), mine)
    assert "For acme ltd under mine" in said
    assert "7 business days instead of 3 business days" in said


def test_home_is_where_the_employers_policies_live_too() -> None:
    """Zone and holidays reach the policies of single employers."""
    policy = load("[employer.Acme]\nstatus_checks = 2\n").located(
        "Asia/Tokyo", "JP", frozenset({date(2026, 1, 1)})
    )
    assert policy.at("acme").zone == "Asia/Tokyo"
    assert policy.at("acme").closed == (date(2026, 1, 1),)


def test_numbers_in_words() -> None:
    """Numbers are told with their units, in the singular, as ordinals, or as times."""
    policy = replace(Policy(), status_after_stated=1, status_after_silence=11, status_checks=2)
    text = "{status_after_stated}, {status_after_silence:th}, {status_checks:times}, {status_after_hold:th}"
    assert worded(text, policy) == "1 business day, 11th business day, twice, 20th business day"


def test_check_tells_what_a_file_changes() -> None:
    """`policy check` tells the differences in words."""
    told = explain.check("status_after_stated = 5\n[employer.Acme]\nstatus_checks = 2\n", "mine.toml")
    assert "5 business days under mine" in told
    assert "For acme" in told
