"""How well mails are understood, on labelled mail: kinds, interviews, people, employers; and at what cost.

    python -m bench reading

Reads the labelled mails of this repository: `dev` was written for the project and seen while building,
`own` by the author of the classifier.  Counts false alarms in `$AFTERWORD_DATA/mail/real-negatives` where
there is such a folder.  Cost is the ratio to
the standard library's own parse and text decoding of the same files, side by side.
"""

from __future__ import annotations

import json
import os
import time
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

from daemon.linking import OPENING, OPENS_AT
from daemon.reading.message import parse
from daemon.reading.model import Me, Reading
from daemon.reading.read import read
from policies.case import Kind, Part

DATA = Path(__file__).resolve().parent.parent / "tests" / "data" / "mail"
FAMILY = {
    Kind.INTERVIEW_INVITATION,
    Kind.SCHEDULING_REQUEST,
    Kind.INTERVIEW_RESCHEDULE,
    Kind.INTERVIEW_CANCELLATION,
}
ROUNDS = 3


@dataclass
class Score:
    """Counts over one folder of labelled mails."""

    right: Counter[str] = field(default_factory=Counter)
    confusion: Counter[tuple[str, str]] = field(default_factory=Counter)
    family: Counter[str] = field(default_factory=Counter)
    facts: defaultdict[str, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))

    def add(self, label: dict[str, Any], reading: Reading) -> None:
        """Count one mail."""
        wanted = label["kind"]
        found = wanted if reading.kind in (wanted, *label["also"]) else reading.kind.value
        self.right[wanted] += found == wanted
        self.confusion[wanted, found] += 1
        self.family[f"{wanted in FAMILY} {found in FAMILY}"] += 1
        if "interviews" in label:
            starts = [datetime.fromisoformat(one["start"]) for one in label["interviews"]]
            if starts or reading.interviews:
                self._fact(
                    "interview starts exact", sorted(starts) == sorted(i.start for i in reading.interviews)
                )
        known = {person.address for person in reading.people}
        for person in label.get("people", ()):
            if person["address"] and person["part"] == Part.INTERVIEWER:
                self._fact("interviewers' addresses", person["address"] in known)
        if label.get("employer"):
            self._fact("employer", (reading.employer or "").lower() == label["employer"].lower())
        if label.get("role"):
            self._fact("role", (reading.role or "").lower() == label["role"].lower())
        for direction in label.get("directions", ()):
            self._fact("directions", direction in {one.kind for one in reading.directions})

    def _fact(self, name: str, right: bool) -> None:
        self.facts[name][0] += right
        self.facts[name][1] += 1

    def show(self) -> None:
        """Print precision and recall per kind, the facts, and what was taken for what."""
        ratios = []
        for kind in sorted({wanted for wanted, _ in self.confusion}):
            wanted = sum(n for (w, _), n in self.confusion.items() if w == kind)
            found = sum(n for (_, f), n in self.confusion.items() if f == kind)
            hit = self.right[kind]
            ratios.append(2 * hit / (wanted + found))
            precision = hit / found if found else 0.0
            print(f"  {kind:28} precision {precision:6.1%}  recall {hit / wanted:6.1%}  of {wanted}")
        print(f"  {'macro-F1':28} {sum(ratios) / len(ratios):.3f}")
        hit, extra, lost = (self.family[k] for k in ("True True", "False True", "True False"))
        precision, recall = hit / (hit + extra), hit / (hit + lost)
        print(f"  {'interview family':28} precision {precision:6.1%}  recall {recall:6.1%}")
        for name, (right, of) in self.facts.items():
            print(f"  {name:28} {right / of:6.1%}  of {of}")
        wrong = [(n, w, f) for (w, f), n in self.confusion.items() if w != f]
        print("  taken for: " + ", ".join(f"{w} → {f} {n}" for n, w, f in sorted(wrong, reverse=True)[:12]))


def user(octets: bytes) -> Me:
    """Return the user a mail was delivered to."""
    message = parse(octets)
    delivered = message.fields.get("delivered-to", "").strip("<> ").lower()
    addresses = {delivered} if delivered else {one.address for one in message.to}
    return Me(frozenset(addresses))


def quality(folder: Path) -> None:
    """Print how well the labelled mails in a folder are understood."""
    score = Score()
    labels = [json.loads(line) for line in (folder / "labels.jsonl").read_text("utf-8").splitlines()]
    for label in labels:
        octets = (folder / label["file"]).read_bytes()
        score.add(label, read(octets, me=user(octets)))
    print(f"{folder.name}: {len(labels)} mails")
    score.show()


def false_alarms(mails: list[bytes]) -> None:
    """Print how many of these ordinary mails would open a case."""
    me = Me(frozenset({"nobody@mail.example"}))
    readings = [read(octets, me=me) for octets in mails]
    opened = Counter(r.kind.value for r in readings if r.kind in OPENING and r.confidence >= OPENS_AT)
    print(f"ordinary mail: {sum(opened.values())} of {len(mails)} would open a case {dict(opened) or ''}")


def cost(mails: list[bytes], name: str) -> None:
    """Print the time of `read` as a multiple of the standard library's parse and decoding."""
    me = Me(frozenset({"nobody@mail.example"}))
    best = {}
    for what, work in (
        ("standard library", standard),
        ("afterword read", lambda octets: read(octets, me=me)),
    ):
        best[what] = min(_timed(work, mails) for _ in range(ROUNDS))
    each = best["afterword read"] / len(mails) * 1000
    ratio = best["afterword read"] / best["standard library"]
    print(f"cost on {name}: {ratio:.1f} × the standard library's parse and decoding ({each:.2f} ms a mail)")


def standard(octets: bytes) -> None:
    """Parse and decode a mail's text with the standard library alone."""
    try:
        body = message_from_bytes(octets, policy=default).get_body(("plain", "html"))
        if body is not None:
            body.get_content()
    except (LookupError, ValueError, AttributeError, TypeError):
        return  # the standard library cannot read some of these mails


def _timed(work: Any, mails: Iterable[bytes]) -> float:
    start = time.perf_counter()
    for octets in mails:
        work(octets)
    return time.perf_counter() - start


def main() -> None:
    """Run the benchmark on what data there is."""
    more = Path(os.environ.get("AFTERWORD_DATA", "")) / "mail"
    for folder in (DATA / "dev", DATA / "own"):
        quality(folder)
    ordinary = [path.read_bytes() for path in sorted((more / "real-negatives").glob("*.eml"))]
    if ordinary:
        false_alarms(ordinary)
    cost(ordinary or [path.read_bytes() for path in sorted((DATA / "dev").glob("*.eml"))], "ordinary mail")


if __name__ == "__main__":
    main()
