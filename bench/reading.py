"""How well mail is read, and what it costs: precision and recall per kind, times, people, employers.

    python bench/reading.py [FOLDER…] [--real FOLDER]

A folder holds .eml files and labels.jsonl; without one the repository's own mails are read, which were all
looked at while the phrases and examples were written: how well mail never seen is read, only a folder of
others' mail tells.  `--real` names ordinary mail, nearly none of which may open a case; what reading it
costs is told as a multiple of the standard library's parsing and decoding of the same octets.
"""

from __future__ import annotations

import argparse
import email
import json
import os
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from time import process_time
from typing import Any

from daemon.reading.classify import SURE
from daemon.reading.message import parse
from daemon.reading.model import Me, Reading
from daemon.reading.read import read
from policies.case import Kind

OWN = Path(__file__).parents[1] / "tests" / "data" / "mail"
FAMILY = frozenset(
    {
        Kind.INTERVIEW_INVITATION,
        Kind.SCHEDULING_REQUEST,
        Kind.INTERVIEW_RESCHEDULE,
        Kind.INTERVIEW_CANCELLATION,
    }
)
ASIDE = frozenset({Kind.OTHER, Kind.JOB_ALERT, Kind.AUTO_REPLY, Kind.RECRUITER_OUTREACH})
EMPLOYERS = frozenset(Kind) - ASIDE


@dataclass(frozen=True)
class Mail:
    """A labelled mail and what was read in it; `kind` is the kind it counts as (`also` is as good)."""

    label: dict[str, Any]
    octets: bytes
    reading: Reading

    @property
    def wanted(self) -> Kind:
        return Kind(self.label["kind"])

    @property
    def kind(self) -> Kind:
        read_as = self.reading.kind
        return self.wanted if read_as in self.label.get("also", ()) else read_as


def load(folder: Path) -> list[Mail]:
    """Return the labelled mails of a folder, read for the user they were delivered to."""
    labels = [json.loads(line) for line in (folder / "labels.jsonl").read_text("utf-8").splitlines()]
    users = frozenset().union(*(user(parse((folder / label["file"]).read_bytes())) for label in labels))
    mails = []
    for label in labels:
        octets = (folder / label["file"]).read_bytes()
        mails.append(Mail(label, octets, read(octets, me=Me(user(parse(octets)) or users))))
    return mails


def user(message: Any) -> frozenset[str]:
    """Return the address a mail was delivered to."""
    delivered = message.fields.get("delivered-to", "").strip("<> ").lower()
    return frozenset({delivered} if delivered else {one.address for one in message.to[:1]})


def show(title: str, mails: Sequence[Mail]) -> None:
    """Print how well the mails were read."""
    right = sum(mail.kind is mail.wanted for mail in mails)
    print(f"\n{title}: {right} of {len(mails)} kinds right ({right / len(mails):.1%})")
    scores = [score(mails, frozenset({kind})) for kind in Kind if any(mail.wanted is kind for mail in mails)]
    kinds = [kind for kind in Kind if any(mail.wanted is kind for mail in mails)]
    for kind, (precision, recall, f1) in zip(kinds, scores, strict=True):
        print(f"  {kind:28} precision {precision:.3f}  recall {recall:.3f}  F1 {f1:.3f}")
    print(f"  macro-F1 {sum(f1 for *_, f1 in scores) / len(scores):.3f}")
    for name, group in (("interview family", FAMILY), ("employers' replies", EMPLOYERS)):
        precision, recall, _ = score(mails, group)
        print(f"  {name:28} precision {precision:.3f}  recall {recall:.3f}")
    for (wanted, found), count in Counter(
        (m.wanted, m.kind) for m in mails if m.wanted is not m.kind
    ).most_common():
        print(f"    {count} {wanted} read as {found}")
    facts(mails)


def score(mails: Iterable[Mail], group: frozenset[Kind]) -> tuple[float, float, float]:
    """Return precision, recall and F1 of telling the kinds of a group from the others."""
    told = Counter((mail.wanted in group, mail.kind in group) for mail in mails)
    hits, missed, false = told[True, True], told[True, False], told[False, True]
    precision = hits / (hits + false) if hits + false else 1.0
    recall = hits / (hits + missed) if hits + missed else 1.0
    return precision, recall, 2 * hits / max(2 * hits + missed + false, 1)


def facts(mails: Sequence[Mail]) -> None:
    """Print how many of the facts beside the kind are right, of the mails that have them."""
    for name, (right, of) in {
        "interviews' starts exact": starts(mails),
        "interviewers' addresses complete": addresses(mails),
        "employer": told_employer(mails),
    }.items():
        if of:
            print(f"  {name:33} {right} of {of} ({right / of:.1%})")


def starts(mails: Iterable[Mail]) -> tuple[int, int]:
    wanted = [(m, m.label["interviews"]) for m in mails if m.label.get("interviews")]
    right = sum(
        {datetime.fromisoformat(one["start"]) for one in found}
        == {one.start for one in mail.reading.interviews}
        for mail, found in wanted
    )
    return right, len(wanted)


def addresses(mails: Iterable[Mail]) -> tuple[int, int]:
    right = of = 0
    for mail in mails:
        wanted = {p["address"] for p in mail.label.get("people", ()) if p["part"] == "interviewer"} - {None}
        of += bool(wanted)
        right += bool(wanted) and wanted <= {person.address for person in mail.reading.people}
    return right, of


def told_employer(mails: Iterable[Mail]) -> tuple[int, int]:
    wanted = [mail for mail in mails if mail.label.get("employer")]
    right = sum((m.reading.employer or "").casefold() == m.label["employer"].casefold() for m in wanted)
    return right, len(wanted)


def real(folder: Path) -> None:
    """Print what of ordinary mail would open a case, and what reading it costs."""
    labels = [json.loads(line) for line in (folder / "labels.jsonl").read_text("utf-8").splitlines()]
    octets = {label["file"]: (folder / label["file"]).read_bytes() for label in labels}
    ordinary = [label["file"] for label in labels if label["kind"] == Kind.OTHER]
    readings = {name: read(octets[name], me=Me(frozenset())) for name in ordinary}
    opening = [n for n, r in readings.items() if r.kind in EMPLOYERS and r.confidence >= SURE]
    print(f"\n{folder.name}: {len(opening)} of {len(ordinary)} ordinary mails would open a case")
    for name in opening:
        print(f"  {name}: {readings[name].kind} {readings[name].confidence}")
    base = best(standard, octets.values())
    ours = best(lambda one: read(one, me=Me(frozenset())), octets.values())
    print(f"  reading costs {ours / base:.1f} × the standard library's parsing and decoding")


def standard(octets: bytes) -> None:
    """Parse and decode with the standard library alone."""
    for part in email.message_from_bytes(octets).walk():
        if part.get_content_maintype() == "text":
            payload = part.get_payload(decode=True)
            charset = part.get_content_charset() or "utf-8"
            try:
                payload.decode(charset, "replace") if isinstance(payload, bytes) else ""
            except LookupError:
                payload.decode("latin-1")


def best(task: Any, of: Iterable[bytes], rounds: int = 3) -> float:
    """Return the seconds of CPU the quickest of some rounds took."""
    of = list(of)
    took = []
    for _ in range(rounds):
        began = process_time()
        for one in of:
            task(one)
        took.append(process_time() - began)
    return min(took)


def main() -> None:
    """Read the folders named on the command line, else the repository's own."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("folders", nargs="*", type=Path)
    arguments.add_argument("--real", type=Path, default=os.environ.get("AFTERWORD_REAL_MAIL"))
    chosen = arguments.parse_args(sys.argv[1:])
    for folder in chosen.folders:
        show(str(folder), load(folder))
    if not chosen.folders:
        for folder in sorted(OWN.iterdir()):
            show(f"{folder.name} (looked at)", load(folder))
    if chosen.real:
        real(Path(chosen.real))


if __name__ == "__main__":
    main()
