"""The new text of a mail, apart from what it quotes and how it is signed.

One pass over the lines, each looked at a bounded number of times: quotation libraries need seconds for
odd mail (7 s for 8 kB of blank lines).  The words of the clients are data (lexicon/quotes.toml).  A
quotation that is the point of the mail, a forwarded one, is content.  Knows lines, not MIME.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from daemon.reading import quotes_lexicon, quotes_signature

_PREFIX = re.compile(r"(?:[ \t]{0,3}>)++ ?")
_RULED = re.compile(
    r"[ \t]{0,20}[-_—–=*]{2,}\s{0,3}([^\W\d_][^\n]{3,160}?)[ \t]{0,3}[-_—–=*:]{1,}[ \t]{0,10}$"
)
_LONG_RULED = re.compile(r"[ \t]{0,20}[-_=*]{8,}\s{0,3}([^\W\d_][^\n]{3,160})$")  # broken by a mailer
_RULE_ONLY = re.compile(r"[ \t]{0,10}[-_—–=*]{3,}[ \t]{0,10}$")
_LABEL = re.compile(
    r"[ \t]{0,20}\*{0,2}([^\W\d_][^:*\n]{0,20}?)[ \t]{0,2}\*{0,2}[ \t]{0,2}:\*{0,2}(?:[ \t]+(.*)|)$"
)
_RULES = frozenset("-_—–=*")
_NO_LETTERS = re.compile(r"[\W_]+")
_DEPTH_COLUMNS = 60
_ATTRIBUTION_LINES = 4
_ATTRIBUTION_CHARS = 400
_HEADER_LINES = 12
_SEGMENTS = 300
_WRAP_COLUMNS = 60


@dataclass(frozen=True, slots=True)
class Cut:
    """The three parts of a text, each as lines."""

    text: str
    signature: str
    quoted: str


def cut(text: str, *, forwarded: bool = False, author: tuple[str, ...] = ()) -> Cut:
    """Return new text, signature and quotation of `text` (LF line ends).

    `forwarded`: the Subject says that the first copied header begins content.  `author` are the
    lower-case words of the sender's name, which tell a name below the text from text.
    """
    segments, quoted = [text.split("\n")], []
    if quotes_lexicon.load().telltale.search(text):
        scanner = _Scanner(segments[0], forwarded)
        scanner.run()
        segments, quoted = scanner.segments, scanner.quoted
    kept: list[str] = []
    signatures: list[str] = []
    for segment in segments:
        new, signature = quotes_signature.split(segment, author, first=not any(kept))
        kept += [*new, ""]
        signatures += signature
    return Cut(_tidy(kept), _tidy(signatures), _tidy(quoted))


def _tidy(lines: list[str]) -> str:
    """Join lines with at most one blank line between two, none around."""
    out: list[str] = []
    for line in lines:
        line = line.rstrip()
        if line or (out and out[-1]):
            out.append(line)
    return "\n".join(out).strip("\n")


class _Scanner:
    """Reads the lines once, from top to bottom, and lays each to the new ones or the quoted ones."""

    def __init__(self, lines: list[str], forwarded: bool) -> None:
        self.lines = lines
        self.depths = [_depth(line) for line in lines]
        self.forwarded = forwarded
        self.base = 0  # the depth of ">" at which the content stands
        self.at = 0
        self.new: list[str] = []
        self.segments: list[list[str]] = [self.new]
        self.quoted: list[str] = []
        self.has_new = False  # whether anything but blank lines is new so far
        self.labels: dict[int, tuple[frozenset[str], str]] = {}
        self.lexicon = quotes_lexicon.load()

    def run(self) -> None:
        while self.at < len(self.lines):
            line, depth = self.lines[self.at], self.depths[self.at]
            if depth < self.base and line.strip():
                self.base = depth
            if depth > self.base or self._is_stray():
                self._quote_line()
            else:
                self._read_line(_strip(line, self.base) if self.base else line)

    def _quote_line(self) -> None:
        line = self.lines[self.at]
        if self._is_forward_mark(_strip(line, self.depths[self.at])) and not (self.has_new and self.quoted):
            self._enter_forwarded()
            return
        self.quoted.append(line)
        self.at += 1
        if self.new and len(self.segments) < _SEGMENTS:
            self.new = []
            self.segments.append(self.new)

    def _read_line(self, line: str) -> None:
        if ":" not in line and line.lstrip()[:1] not in _RULES:  # no mark, label or attribution: nearly all
            self._keep(line)
        elif self._is_forward_mark(line):
            self._enter_forwarded()
        elif self._is_original_mark(line) or self._is_copied_header():
            if self.forwarded or not self.has_new:
                self.forwarded = False
                self._enter_forwarded()
            else:
                self._quote_rest()
        elif line.rstrip().endswith(":") and (length := self._attribution(line)):
            self._take_attribution(line, length)
        else:
            self._keep(line)

    def _keep(self, line: str) -> None:
        self.new.append(line)
        self.has_new = self.has_new or bool(line.strip())
        self.at += 1

    # What a line is

    def _is_forward_mark(self, line: str) -> bool:
        return _starts_ruled(line, self.lexicon.forwarded) or (
            line.rstrip().endswith(":")
            and line.strip().lower().rstrip(" :").startswith(self.lexicon.forwarded)
            and len(line) < 60
        )

    def _is_original_mark(self, line: str) -> bool:
        return _starts_ruled(line, self.lexicon.original)

    def _is_copied_header(self) -> bool:
        """Whether a header copied by Outlook and its kin begins here: From, then two of Sent, To, Subject."""
        label, value = self._label(self.at)
        if "from" not in label or not any(one.isalpha() for one in value) or value[:1].isdigit():
            return False
        seen: set[str] = set()
        for index in range(self.at + 1, min(self.at + _HEADER_LINES, len(self.lines))):
            seen |= self._label(index)[0]
        return len(seen & {"sent", "to", "subject"}) >= 2 and bool(seen & {"sent", "subject"})

    def _label(self, index: int) -> tuple[frozenset[str], str]:
        """Return which header fields the label of a line may stand for, and its value."""
        found = self.labels.get(index)
        if found is None:
            match = _LABEL.match(_strip(self.lines[index], self.depths[index])[:300])
            fields = self.lexicon.labels.get(match[1].strip().lower(), frozenset()) if match else frozenset()
            found = self.labels[index] = (fields, (match[2] or "").strip() if match else "")
        return found

    def _attribution(self, line: str) -> int:
        """Return how many lines the "… wrote:" that ends here takes, 0 where it is none."""
        above = self.new[-_ATTRIBUTION_LINES + 1 :]
        follows = self._quotation_follows(self.at + 1)
        joined, weak = "", 0
        for length, piece in enumerate([line, *reversed(above)], 1):
            if not piece.strip() or len(joined) + len(piece) > _ATTRIBUTION_CHARS:
                break
            if length > 1 and piece.rstrip()[-1] in ".!?:":
                break
            joined = f"{piece.strip()} {joined}"
            lower = joined.lower().lstrip("-*_ ").rstrip(": ")
            wrote = not self.lexicon.wrote.isdisjoint(_NO_LETTERS.split(lower))
            dated = any(one.isdigit() for one in lower)
            if wrote and dated and lower.startswith(self.lexicon.begins):
                return length
            addressed = "@" in lower or "<" in lower
            if (follows and ((wrote and len(lower) < 200) or (dated and addressed))) or (
                wrote and dated and "@" in lower
            ):
                weak = length
        return weak

    def _quotation_follows(self, index: int) -> bool:
        """Whether the next line that is not blank is quoted."""
        for one in range(index, min(index + 4, len(self.lines))):
            if self.lines[one].strip():
                return self.depths[one] > self.base
        return False

    def _is_stray(self) -> bool:
        """Whether a short line is the wrapped end of the quoted line above it."""
        index = self.at
        if not 0 < index < len(self.lines) - 1 or self.depths[index - 1] <= self.base:
            return False
        line = self.lines[index].strip()
        return (
            0 < len(line) <= 25
            and line[0].islower()
            and self.depths[index] == self.base < self.depths[index + 1]
            and len(self.lines[index - 1]) >= _WRAP_COLUMNS
        )

    # What is done with it

    def _take_attribution(self, line: str, length: int) -> None:
        start = len(self.new) - length + 1
        self.quoted += [*self.new[start:], line]
        del self.new[start:]
        self.at += 1
        if not self._quotation_follows(self.at):
            self._quote_rest()

    def _quote_rest(self) -> None:
        while self.new and (not self.new[-1].strip() or _RULE_ONLY.match(self.new[-1])):
            self.new.pop()
        self.quoted += self.lines[self.at :]
        self.at = len(self.lines)

    def _enter_forwarded(self) -> None:
        """Lay the mark and the copied header aside; what follows at the depth of the header is content."""
        self.quoted.append(self.lines[self.at])
        self.at += 1
        ahead = range(self.at, min(self.at + 9, len(self.lines)))
        self.base = next((self.depths[one] for one in ahead if self.lines[one].strip()), 0)
        labelled = [one for one in ahead if self._label(one)[0]]
        end = self._end_of_header(labelled[0]) if len(labelled) > 1 else 0
        self.quoted += self.lines[self.at : end]
        self.at = max(self.at, end)
        self.new.append("")

    def _end_of_header(self, first: int) -> int:
        """Return the line after the copied header whose first label stands on line `first`."""
        labels = end = 0
        for index in range(first, min(first + 60, len(self.lines))):
            line = _strip(self.lines[index], self.base)
            if self._label(index)[0]:
                labels += 1
            elif not line.strip():
                if labels > 1:
                    break
                continue
            elif line[0] not in " \t" and not self.lines[index - 1].rstrip().endswith((",", ";")):
                break
            end = index + 1
        return end


def _depth(line: str) -> int:
    """Return how many ">" stand before a line; mbox's ">From " is none."""
    if ">" not in line[:4] or line.startswith(">From "):
        return 0
    match = _PREFIX.match(line, 0, _DEPTH_COLUMNS)
    return match[0].count(">") if match else 0


def _strip(line: str, depth: int) -> str:
    """Return a line without its first `depth` marks of quotation."""
    for _ in range(depth):
        mark, found, rest = line.partition(">")
        if not found or mark.strip():
            break
        line = rest.removeprefix(" ")
    return line


def _starts_ruled(line: str, phrases: tuple[str, ...]) -> bool:
    """Whether a line is one of the phrases between dashes: "----- Original Message -----"."""
    if line.lstrip()[:2].strip("-_—–=*"):
        return False
    match = _RULED.match(line[:240]) or _LONG_RULED.match(line[:240])
    return bool(match and match[1].lower().startswith(phrases))
