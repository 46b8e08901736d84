"""`afterword note` and `afterword case`: what the user tells us, and corrects.

A daemon that runs notices within a lap; it need not be stopped.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from daemon.cli.completion import cases
from daemon.cli.look import known_case
from daemon.cli.options import ACCOUNT, CONFIG, chosen
from daemon.clock import Clock
from daemon.errors import UsageError

if TYPE_CHECKING:
    from daemon.audit import Audit
    from daemon.drafting.profile import Fact
    from daemon.reading.model import Me, Reading
    from daemon.store_book import Book

ABOUT = ("talked", "when", "asked", "interested", "note")


@dataclass(frozen=True, slots=True)
class Changing:
    """The state of the account meant, opened for writing."""

    book: Book
    audit: Audit
    now: datetime
    me: Me

    def case(self, wanted: str) -> str:
        """Return the id of the case meant."""
        return known_case([row.id for row in self.book.cases()], wanted)

    def note(self, case_id: str, fact: Fact) -> None:
        """Keep a fact; what it tells of the employer's words counts like them."""
        from daemon.cases import fold
        from daemon.drafting.facts import to_pair
        from daemon.drafting.profile import About
        from daemon.told import noted

        if fact.about is About.TALKED:
            met = fold(case_id, self.book.case_readings(case_id)).interviews
            days = [i.start.astimezone(ZoneInfo(self.me.zone)) for i in met if i.start <= self.now]
            fact = replace(fact, day=max(days).date().isoformat() if days else "")
        self.book.add_fact(case_id, *to_pair(fact), self.now)
        said = noted(f"note|{case_id}|{self.now.isoformat()}", [fact], self.now, self.me)
        if said.timelines or said.directions or said.people:
            self.book.note_down(said, case_id, self.now)

    def record(self, command: str, case_id: str, about: str = "") -> None:
        """Write into the audit log that the user said something, without their words."""
        from daemon.audit_records import UserSaid

        self.audit.record(self.now, UserSaid(command=command, case=case_id, about=about))


@contextmanager
def changing(config: Path | None, account: str) -> Iterator[Changing]:
    """Open the state for one change, committed as a whole."""
    from daemon.assembly import audit_directory, user_of
    from daemon.audit import Audit
    from daemon.store import Store

    (loaded, meant), now = chosen(config, account), Clock().now()
    Store.look(loaded.state_directory).close()  # says so where there is none yet
    store = Store.open(loaded.state_directory, now)
    try:
        audit = Audit(store, audit_directory(loaded), keep=loaded.values.log.keep)
        with store.transaction():
            yield Changing(store.account(meant.address), audit, now, user_of(meant, store, now.year).me)
    finally:
        store.close()


@click.command()
@click.argument("case_id", metavar="CASE", shell_complete=cases)
@click.argument("text")
@click.option(
    "--about",
    type=click.Choice(ABOUT),
    default="note",
    show_default=True,
    help="What it tells: what you talked about, when they decide, what they asked for, whether you want it.",
)
@click.option("--person", default="", help="Whom it concerns: a name or an address.")
@CONFIG
@ACCOUNT
def note(case_id: str, text: str, about: str, person: str, config: Path | None, account: str) -> None:
    """Tell afterword something about a case, for the notes it drafts and the decisions it takes.

    `--about interested` with the text "no" says that you want to be out of this one.  What they said about
    when they decide (`when`) or about keeping in touch (`asked`) counts like a mail of theirs; times count
    from today.  An address in the text (`--person Kim "she is kim@acme.example"`) may be written to.
    """
    from daemon.drafting.profile import About, Fact

    if about == "interested" and text.strip().lower() not in ("yes", "no"):
        raise UsageError('`--about interested` takes "yes" or "no".')
    with changing(config, account) as at:
        found = at.case(case_id)
        at.note(found, Fact(About(about), text.strip(), person.strip()))
        at.record("note", found, about)
    click.echo(f"Noted for {found}.")


@click.group()
def case() -> None:
    """Merge, split or move what was put into the wrong case."""


@case.command()
@click.argument("kept")
@click.argument("merged")
@CONFIG
@ACCOUNT
def merge(kept: str, merged: str, config: Path | None, account: str) -> None:
    """Put everything of the case MERGED into the case KEPT."""
    with changing(config, account) as at:
        into, gone = at.case(kept), at.case(merged)
        if into == gone:
            raise UsageError("A case cannot be merged with itself.")
        for link in tuple(at.book.links(gone)):
            at.book.link(link.reading.key, into, f"merged from {gone}", at.now, by_hand=True)
        at.book.inherit(gone, into)
        at.record("case merge", into, gone)
    click.echo(f"{gone} is now part of {into}.")


@case.command()
@click.argument("case_id", metavar="CASE", shell_complete=cases)
@click.argument("mails", nargs=-1, required=True, metavar="MAIL…")
@CONFIG
@ACCOUNT
def split(case_id: str, mails: tuple[str, ...], config: Path | None, account: str) -> None:
    """Take mails out of a case and make them a case of their own.

    MAIL is a Message-ID, or its beginning, as `afterword explain --json` shows it.
    """
    from daemon.linking import case_id_for

    with changing(config, account) as at:
        found = at.case(case_id)
        chosen = [_mail(at.book, found, wanted) for wanted in mails]
        fresh = case_id_for(min(chosen, key=lambda r: r.date))
        if at.book.case(fresh):
            fresh = f"{fresh}-2"
        for reading in chosen:
            at.book.link(reading.key, fresh, f"split from {found}", at.now, by_hand=True)
        at.book.touch(found)
        at.record("case split", found, fresh)
    click.echo(f"{len(mails)} mail(s) of {found} are now {fresh}.")


@case.command()
@click.argument("mail")
@click.argument("from_case", metavar="FROM")
@click.argument("to_case", metavar="TO")
@CONFIG
@ACCOUNT
def move(mail: str, from_case: str, to_case: str, config: Path | None, account: str) -> None:
    """Move one mail from a case into another."""
    with changing(config, account) as at:
        source, target = at.case(from_case), at.case(to_case)
        reading = _mail(at.book, source, mail)
        at.book.link(reading.key, target, f"moved from {source}", at.now, by_hand=True)
        at.book.touch(source)
        at.record("case move", target, source)
    click.echo(f"One mail of {source} now belongs to {target}.")


def _mail(book: Book, case_id: str, wanted: str) -> Reading:
    """Return the reading of the mail meant by (the beginning of) its Message-ID."""
    wanted = wanted.strip().strip("<>")
    found = [r for r in book.case_readings(case_id) if r.key.startswith(wanted)]
    if len(found) != 1:
        what = "no mail" if not found else f"{len(found)} mails"
        raise UsageError(
            f"{what.capitalize()} of {case_id} has the Message-ID {wanted!r}.",
            hint=f"`afterword explain {case_id} --json` shows them.",
        )
    return found[0]
