"""The new text of a mail, apart from what it quotes and how it is signed."""

from __future__ import annotations

import re

_ATTRIBUTION = re.compile(
    r"(On|Am|Le|El|Op|Em|Il) .{5,150}(wrote|schrieb.*|écrit|escribió|schreef.*|escreveu|scritto)\s?:\s*$"
)


def cut(text: str) -> tuple[str, str, str]:
    new: list[str] = []
    quoted: list[str] = []
    lines = text.split("\n")
    for index, line in enumerate(lines):
        if _ATTRIBUTION.match(line) or line.startswith("-----Original Message"):
            quoted += lines[index:]
            break
        if line == "-- ":
            return "\n".join(new), "\n".join(lines[index + 1 :]), "\n".join(quoted)
        (quoted if line.startswith(">") else new).append(line)
    return "\n".join(new), "", "\n".join(quoted)
