"""All advice of the five articles, by theme and by id; rules cite it by its id.

What must not be known here: the rules' code.
"""

from __future__ import annotations

from policies.advice_how import CHANNEL, CONTENT
from policies.advice_when import TO_WHOM, WHEN, WHETHER

OURS = "OURS"
"""Cited by a choice of ours that no article makes."""

THEMES = (
    ("When", WHEN),
    ("Whether", WHETHER),
    ("To whom", TO_WHOM),
    ("By what channel", CHANNEL),
    ("What it says", CONTENT),
)
ADVICE = {advice.id: advice for _, theme in THEMES for advice in theme}
