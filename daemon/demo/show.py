"""What the demonstration prints: each mail, what was understood and why, each decision and its sources."""

from __future__ import annotations

import textwrap
from datetime import datetime
from email import message_from_bytes
from email.policy import default
from zoneinfo import ZoneInfo

import click

from daemon.drafting.words import gaps
from daemon.reading.model import Reading
from daemon.step import Done
from policies.case import Interview, Kind, Part, Timeline
from policies.decision import Action, Finding

_INDENT = " " * 19
_WIDTH = 108
_SIGNS = {Action.DRAFT: "✎", Action.WITHDRAW: "↩", Action.ADVISE: "☞", Action.STOP: "■"}
_COLOURS = {Action.DRAFT: "green", Action.WITHDRAW: "yellow", Action.ADVISE: "cyan", Action.STOP: "magenta"}


class Screen:
    """Prints moments of the demonstration in the user's zone."""

    def __init__(self, zone: str) -> None:
        self._zone = ZoneInfo(zone)
        self._shown: set[object] = set()

    def title(self, text: str) -> None:
        """Print a heading."""
        click.secho(f"\n{text}", bold=True)

    def say(self, text: str, *, dim: bool = False) -> None:
        """Print a paragraph, wrapped."""
        for line in textwrap.wrap(text, _WIDTH - len(_INDENT)):
            click.secho(f"{_INDENT}{line}", dim=dim)

    def mail(self, reading: Reading) -> None:
        """Print a mail that arrived and what it says."""
        who = reading.sender.name or reading.sender.address if reading.sender else "somebody"
        click.echo()
        click.secho(f"{self._when(reading.date)}  ✉  {who}: {reading.subject}", bold=True)
        self.say(self._understood(reading))
        for line in self._facts(reading):
            self.say(line)
        reasons: dict[str, list[str]] = {}
        for evidence in reading.evidence:
            reasons.setdefault(_short(evidence.quote), []).append(evidence.why)
        for quote, why in [(q, w) for q, w in reasons.items() if q][:2]:
            self.say(f"“{quote}” ({', '.join(why)})", dim=True)

    def done(self, done: Done, octets: bytes | None) -> None:
        """Print a decision, its reasons, and the draft as the server gives it back."""
        action = done.decision.action
        text = f"{self._when(done.at)}  {_SIGNS[action]}  {_headline(done)}"
        click.echo()
        click.secho(text, fg=_COLOURS[action], bold=True)
        for finding in done.decision.because:
            self.say(_reason(finding, whole=finding.rule not in self._shown), dim=True)
            self._shown.add(finding.rule)
        if octets is not None:
            self._draft(octets, whole=done.decision.note not in self._shown)
            self._shown.add(done.decision.note)

    def _understood(self, reading: Reading) -> str:
        if reading.kind in (Kind.OTHER, Kind.JOB_ALERT):
            return f"understood: {reading.kind.replace('_', ' ')}; nothing to do with an application"
        about = " · ".join(filter(None, (reading.employer, reading.role)))
        sure = f"{reading.confidence:.0%}"
        return f"understood: {reading.kind.replace('_', ' ')} ({sure})" + (f" · {about}" if about else "")

    def _facts(self, reading: Reading) -> list[str]:
        return [
            *(self._interview(each) for each in reading.interviews),
            *(_timeline(each) for each in reading.timelines),
            *(f"direction: {d.kind.replace('_', ' ')} “{_short(d.quote)}”" for d in reading.directions),
        ]

    def _interview(self, interview: Interview) -> str:
        start = interview.start.astimezone(self._zone)
        end = f"–{interview.end.astimezone(self._zone):%H:%M}" if interview.end else ""
        people = ", ".join(
            p.name or p.address or "?" for p in interview.people if p.part is not Part.COORDINATOR
        )
        return f"interview: {start:%a %-d %b %H:%M}{end}" + (f" with {people}" if people else "")

    def _draft(self, octets: bytes, *, whole: bool) -> None:
        mail = message_from_bytes(octets, policy=default)
        body = mail.get_content()
        head = f"in \\Drafts: To: {mail['To']} · {mail['Subject']}"
        click.echo(f"{_INDENT}┌ {textwrap.shorten(head, _WIDTH - len(_INDENT) - 2, placeholder=' …')}")
        if not whole:
            click.echo(f"{_INDENT}└ in other words than the last one; gaps to fill: {len(gaps(body))}")
            return
        for line in body.rstrip().splitlines():
            for part in textwrap.wrap(line, _WIDTH - len(_INDENT) - 2) or [""]:
                click.echo(f"{_INDENT}│ {part}".rstrip())
        click.echo(f"{_INDENT}└")

    def _when(self, at: datetime) -> str:
        return f"{at.astimezone(self._zone):%a %d %b  %H:%M}"


def _headline(done: Done) -> str:
    decision = done.decision
    who = done.case.employer or done.case.id
    person = (decision.to.name or decision.to.address) if decision.to else done.entry.to if done.entry else ""
    match decision.action:
        case Action.DRAFT:
            return f"{who}: draft of a {decision.note} to {person}"
        case Action.WITHDRAW:
            return (
                f"{who}: the untouched {done.entry.note if done.entry else 'draft'} to {person} is taken back"
            )
        case Action.STOP:
            return f"{who}: stop, no reply"
        case _:
            return f"{who}: advice: {decision.text}"


def _reason(finding: Finding, *, whole: bool) -> str:
    """Return the rule's sentence, the employer's words it stands on, and who advises it."""
    quote = f" “{_short(finding.quote)}”" if finding.quote else ""
    sources = finding.sources if whole else [source.partition(":")[0] for source in finding.sources]
    return f"{finding.says}{quote} [{'; '.join(sources)}]"


def _timeline(timeline: Timeline) -> str:
    until = f"{timeline.latest:%a %-d %b %Y}" if timeline.latest else "no date"
    return f"timeline: until {until}: “{_short(timeline.quote)}”"


def _short(text: str) -> str:
    return textwrap.shorten(text, 110, placeholder=" …")
