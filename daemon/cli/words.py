"""`afterword proofread` and `afterword templates`: the words of your notes."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from daemon.cli.look import known_case, looking
from daemon.cli.options import ACCOUNT, CONFIG, JSON
from daemon.cli.show import emit
from daemon.errors import UsageError, UserError
from policies.case import Note

if TYPE_CHECKING:
    from daemon.drafting.templates import File
    from daemon.looking import Looking
    from policies.wording import Fault


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
@CONFIG
@ACCOUNT
@JSON
def proofread(what: str, note: str, language: str, config: Path | None, account: str, as_json: bool) -> None:
    """Say what a note should not be sent with: gaps, stock phrases, length, pleading, wrong names.

    CASE means the drafts that wait for you in a case; FILE is any text, - standard input.  The exit status
    is 1 where there is something to mend.
    """
    if what == "-" or Path(what).is_file():
        found = {what: _faults_of(_text(what), Note(note), language)}
    else:
        with looking(config, account) as at:
            found = dict(_faults_in(at, what))
    if as_json:
        emit([{"where": where, "faults": faults} for where, faults in found.items()])
    else:
        for where, faults in found.items():
            click.secho(f"{where}: {'nothing to mend' if not faults else ''}", bold=True)
            for fault in faults:
                click.echo(f"  {fault.says}" + (f"  “{fault.quote}”" if fault.quote else ""))
    if any(found.values()):
        sys.exit(1)


def _text(name: str) -> str:
    try:
        return sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"{name} cannot be read: {error}.") from error


def _faults_of(text: str, note: Note, language: str) -> tuple[Fault, ...]:
    from daemon.reading.language import detect
    from policies.wording import faults

    return faults(text, note, language or detect(text))


def _faults_in(at: Looking, wanted: str) -> Iterator[tuple[str, tuple[Fault, ...]]]:
    """Yield each draft that waits in the case, and what is wrong with it."""
    from daemon.drafting.compose import setting
    from daemon.drafting.mail import body
    from policies.wording import faults

    book = at.shell.book
    case = at.shell.case(known_case(at.ids(), wanted))
    for entry in at.shell.drafts.of_case(case.id):
        if entry.octets and entry.decision:
            around = setting(entry.decision.to, case, at.mind.context(entry.decision, case, at.now, book))
            text = body(entry.octets)
            yield f"{entry.note} to {entry.to}", faults(text, entry.note, case.language, around)


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

    chosen = load_templates(load(config).account()) if config or default_path().exists() else builtin()
    return dict(chosen.files)
