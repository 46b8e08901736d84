"""What a note must and must not say: faults in any text, ours or one the user has edited.

Pure: text in, faults out.  It knows no template, no mail field and no case; what it needs to know of
them comes in `Setting`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from policies.case import Note

_GAP = re.compile(r"\[\[(.*?)\]\]", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Fault:
    """Something a note should not be sent with: its code, a sentence, the words, the rule of advice.md."""

    code: str
    says: str
    quote: str = ""
    source: str = ""


def faults(text: str, note: Note, language: str) -> tuple[Fault, ...]:
    """Return the faults of a note's whole text (greeting to signature), in the order of the rules."""
    return tuple(
        Fault("gap", "Fill this gap before you send it.", f"[[{gap}]]", "S5") for gap in _GAP.findall(text)
    )
