"""`afterword proofread` and `afterword templates`: the words of your notes."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from daemon.cli.look import known_case, looking
from daemon.cli.options import ACCOUNT, CONFIG, JSON, chosen
from daemon.cli.show import emit
from daemon.errors import UsageError, UserError
from policies.case import Note

if TYPE_CHECKING:
    from connectors.connector import StoredMessage
    from daemon.drafting.templates import File
    from daemon.looking import Looking
    from daemon.store_drafts import Entry
    from policies.case import Case
    from policies.decision import Decision
    from policies.wording import Fault, Setting


@click.command()
@click.argument("what", metavar="CASE|FILE")
@click.option(
    "--note",
    type=click.Choice([note.value for note in Note]),
    default=Note.THANK_YOU.value,
    show_default=True,
    help="What kind of note the FILE holds.",
)
@click.option("--language", default="", help="The FILE's language; detected where it is left out.")
@click.option(
    "--case", "case_id", default="", help="The case the FILE is for: its names and facts are checked."
)
@CONFIG
@ACCOUNT
@JSON
def proofread(
    what: str, note: str, language: str, case_id: str, config: Path | None, account: str, as_json: bool
) -> None:
    """Say what a note should not be sent with: gaps, stock phrases, length, pleading, wrong names.

    CASE means the drafts that wait for you in a case, as they lie in your account now; FILE is any text or
    a mail (.eml), - standard input.  The exit status is 1 where there is something to mend.
    """
    if what == "-" or Path(what).is_file():
        found = {what: _faults_of(_octets(what), Note(note), language, case_id, config, account)}
    else:
        with looking(config, account) as at:
            found = dict(_faults_in(at, what, partial(_drafts, config, account)))
    if as_json:
        emit([{"where": where, "faults": faults} for where, faults in found.items()])
    else:
        if not found:
            click.echo("No draft waits here, so there is nothing to read.")
        for where, faults in found.items():
            click.secho(f"{where}:{'' if faults else ' nothing to mend'}", bold=True)
            for fault in faults:
                click.echo(f"  {fault.says}" + (f"  “{fault.quote}”" if fault.quote else ""))
    if any(found.values()):
        sys.exit(1)


def _octets(name: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as error:
        raise UserError(f"{name} cannot be read: {error.strerror}.") from error


def _faults_of(
    octets: bytes, note: Note, language: str, case_id: str, config: Path | None, account: str
) -> tuple[Fault, ...]:
    """Return what is wrong with a text or a mail; with a case, also by what is known there."""
    from daemon.reading.language import detect
    from daemon.reading.message import read_header
    from daemon.told import whole_text
    from policies.decision import Action, Decision
    from policies.wording import faults

    header = read_header(octets).message
    text = whole_text(octets) if header.sender and header.to else octets.decode("utf-8", "replace")
    if not case_id:
        return faults(text, note, language or detect(text))
    with looking(config, account) as at:
        case = at.shell.case(known_case(at.ids(), case_id))
        to = next((p for p in case.people if p.address in {a.address for a in header.to}), None)
        around = _around(at, case, Decision(Action.DRAFT, note=note, to=to))
        return faults(text, note, language or detect(text, case.language), around)


def _around(at: Looking, case: Case, decision: Decision) -> Setting:
    from daemon.drafting.compose import setting

    return setting(decision.to, case, at.mind.context(decision, case, at.now, at.shell.book))


def _faults_in(
    at: Looking, wanted: str, drafts: Callable[[], Sequence[StoredMessage]]
) -> Iterator[tuple[str, tuple[Fault, ...]]]:
    """Yield each draft that waits in the case, and what is wrong with it; `drafts` looks into the account."""
    from daemon.drafting.mail import body
    from daemon.reading.language import detect
    from daemon.store_drafts import LIVE, UNPLACED
    from policies.case import DraftState
    from policies.wording import faults

    case = at.shell.case(known_case(at.ids(), wanted))
    entries = [e for e in at.shell.drafts.of_case(case.id) if e.decision and e.note is not Note.DEBRIEF]
    edited = [entry for entry in entries if entry.state is DraftState.EDITED]
    texts = {e.key: body(e.octets) for e in entries if e.octets and e.state in (*LIVE, *UNPLACED)}
    texts |= dict(_edited(edited, drafts(), at)) if edited else {}
    for entry in entries:
        if entry.decision and (text := texts.get(entry.key)):
            note, language = entry.draft().note, detect(text, case.language)
            found = faults(text, note, language, _around(at, case, entry.decision))
            yield f"{entry.note} to {entry.to}", found


def _drafts(config: Path | None, account: str) -> Sequence[StoredMessage]:
    """Return what lies in the account's drafts mailbox."""
    from daemon.assembly import connector_for

    connector = connector_for(chosen(config, account)[1])
    try:
        return connector.drafts()
    finally:
        connector.close()


def _edited(
    entries: Sequence[Entry], lying: Sequence[StoredMessage], at: Looking
) -> Iterator[tuple[str, str]]:
    """Yield the keys of the drafts the user changed with the text each has now."""
    from daemon.drafting import life
    from daemon.ledger import row
    from daemon.told import whole_text

    listed = [life.seen(stored) for stored in lying]
    for entry in entries:
        found = life.follow(row(entry), listed, (), frozenset(), at.now).ref
        yield from ((entry.key, whole_text(one.octets)) for one in lying if found and one.uid == found.uid)


@click.group()
def templates() -> None:
    """The texts your notes are made from; copy one and change it to make it yours."""


@templates.command(name="list")
@CONFIG
def list_(config: Path | None) -> None:
    """Name every template file and where it comes from."""
    for (language, name), file in sorted(_files(config).items()):
        click.echo(f"{language}/{name}  ({file.origin})")


@templates.command()
@click.argument("name", metavar="LANGUAGE/NOTE")
@CONFIG
def show(name: str, config: Path | None) -> None:
    """Print a template file, to be copied and changed."""
    language, _, note = name.removesuffix(".txt").partition("/")
    file = _files(config).get((language, note))
    if file is None:
        raise UsageError(f"There is no template {name!r}.", hint="`afterword templates list` names them.")
    click.echo(file.text, nl=False)


@templates.command()
@click.argument("directory", type=click.Path(path_type=Path, exists=True, file_okay=False))
def check(directory: Path) -> None:
    """Check the template files in DIRECTORY (LANGUAGE/NOTE.txt) and say what is wrong with each."""
    from daemon.drafting import filling, templates
    from daemon.drafting.templates import TemplateFault

    try:
        found = dict(templates.read(directory, str(directory)))
    except TemplateFault as fault:
        raise UserError(str(fault)) from fault
    if not found:
        raise UserError(f"There is no template file in {directory}.", hint="Name one as en/thank-you.txt.")
    if wrong := [fault for key, file in found.items() for fault in filling.check(*key, file)]:
        raise UserError("\n".join(wrong))
    click.echo(f"{len(found)} template file(s), nothing wrong.")


def _files(config: Path | None) -> dict[tuple[str, str], File]:
    """Return the template files in force, without needing a configuration."""
    from daemon.config import default_path
    from daemon.config_check import load, load_templates
    from daemon.drafting.templates import builtin

    files = load_templates(load(config).account()) if config or default_path().exists() else builtin()
    return dict(files.files)
