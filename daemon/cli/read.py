"""`afterword read` and `afterword timeline`: what mails and sentences mean.  Neither needs a mail account."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import IO, Any

import click

from daemon.cli.show import emit
from daemon.errors import UsageError, UserError


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH…", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line for each mail.")
@click.option("--address", "addresses", multiple=True, help="Your own address (may be given again).")
@click.option("--timezone", default="UTC", show_default=True, help="Your time zone.")
@click.option("--country", default="", help="Whose public holidays count, e.g. GB-ENG.")
@click.option("--language", default="en", show_default=True, help="Assumed where a mail's own is unclear.")
def read(
    paths: tuple[Path, ...],
    as_json: bool,
    addresses: tuple[str, ...],
    timezone: str,
    country: str,
    language: str,
) -> None:
    """Say what each mail means: kind, interviews, people, timelines, directions.

    PATH is a file with one mail, a folder of .eml files, a Maildir or an mbox.
    """
    from daemon.reading.model import Me
    from daemon.reading.read import as_json as shown
    from daemon.reading.read import read as read_mail

    me = Me(frozenset(a.strip().lower() for a in addresses), "", timezone, country, language)
    for path, octets in mails(paths):
        found = shown(read_mail(octets, me=me), str(path))
        if not octets:
            found["unreadable"] = "the file is empty or cannot be read"
        if as_json:
            emit(found)
        else:
            _show(found)


def mails(paths: tuple[Path, ...]) -> Iterator[tuple[Path, bytes]]:
    """Yield the mails in files, folders and mboxes, in order; no octets for a file that cannot be read.

    Raises UserError for paths without any mail, after all others.
    """
    from connectors.archive import mails_in
    from connectors.errors import Refused

    refused: list[Refused] = []
    for path in paths:
        try:
            yield from mails_in(path)
        except Refused as error:
            if path.is_file():
                yield path, b""
            else:
                refused.append(error)
    if refused:
        raise UserError("\n".join(map(str, refused)), hint=refused[-1].hint)


def _show(found: dict[str, Any]) -> None:
    click.secho(f"{found['path']}", bold=True)
    sure = f"{found['confidence']:.0%}"
    click.echo(
        f"  {found['kind']} ({sure})" + (f": {found['unreadable']}" if found.get("unreadable") else "")
    )
    for name in ("employer", "role"):
        if found.get(name):
            click.echo(f"  {name}: {found[name]}")
    for interview in found["interviews"]:
        click.echo(f"  interview: {interview['start']} to {interview['end'] or '?'}")
    for person in found["people"]:
        click.echo(f"  person: {person['name'] or ''} <{person['address'] or '?'}> {person['part'] or ''}")
    for timeline in found["timelines"]:
        click.echo(f"  says when: {_span(timeline)}  “{timeline['quote']}”")
    for direction in found["directions"]:
        click.echo(f"  asks: {direction if isinstance(direction, str) else direction.get('kind', direction)}")
    for evidence in found["evidence"]:
        click.echo(f"  because: {evidence['why']}  “{evidence['quote']}”")


def _span(timeline: dict[str, Any]) -> str:
    if timeline["earliest"] == timeline["latest"]:
        return f"{timeline['kind']} {timeline['latest'] or ''}"
    return f"{timeline['kind']} {timeline['earliest'] or '…'} to {timeline['latest'] or '…'}"


@click.command()
@click.argument("text", required=False)
@click.option("--json", "as_json", is_flag=True, help="A JSON array for each sentence.")
@click.option("--date", "at", metavar="ISO", help="When it was written, e.g. 2026-03-05T10:00+01:00.")
@click.option(
    "--lines", type=click.File("r", encoding="utf-8"), help="A file of lines DATE<TAB>TEXT; - is stdin."
)
@click.option("--country", default="", help="Whose public holidays count, e.g. GB-ENG.")
@click.option("--language", default="", help="The text's language; detected where it is left out.")
def timeline(
    text: str | None, as_json: bool, at: str | None, lines: IO[str] | None, country: str, language: str
) -> None:
    """Say when the employer means to act, from the sentence they wrote on a day."""
    if (text is None) == (lines is None):
        raise UsageError("Give either a TEXT or --lines FILE.")
    given = _lines(lines) if lines else [(at, text or "")]
    for date, words in given:
        if date is None:
            raise UsageError("Give --date: the same words mean another day on another day.")
        found = _timelines(words, _moment(date), country, language) if words else []
        if as_json:
            emit(found)
        else:
            for each in found:
                click.echo(f"{_span(each)}  “{each['quote']}”")
            if not found:
                click.echo("They do not say when.")


def _lines(file: IO[str]) -> Iterator[tuple[str, str]]:
    """Yield (date, text) for every line, so that there are as many answers as lines."""
    for number, line in enumerate(file, start=1):
        date, tab, text = line.rstrip("\r\n").partition("\t")
        if not tab and date:
            raise UsageError(f"Line {number} has no tab between the date and the text.")
        yield date, text


def _moment(text: str) -> datetime:
    """Return the ISO moment; a time without an offset is taken as UTC, a bare date as noon."""
    from datetime import UTC, time

    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise UsageError(
            f"{text!r} is not a date.", hint="Write it as 2026-03-05 or 2026-03-05T10:00+01:00."
        ) from error
    if len(text.strip()) <= len("2026-03-05"):
        at = datetime.combine(at.date(), time(12))
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _timelines(text: str, sent: datetime, country: str, language: str) -> list[dict[str, Any]]:
    from daemon.reading import language as languages
    from daemon.reading import sentences
    from daemon.reading.timeline import as_json as shown
    from daemon.reading.timeline import find

    spoken = language or languages.detect(text)
    found = find(sentences.split(text), sent, language=spoken, country=country).found
    return [dict(shown(each)) for each in found]
