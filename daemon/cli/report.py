"""`afterword report`: every case as a picture, in one page to open in a browser.  Only reads."""

from __future__ import annotations

from pathlib import Path

import click

from daemon.cli.look import looking
from daemon.cli.options import ACCOUNT, CONFIG


@click.command()
@click.option(
    "--html",
    "target",
    type=click.Path(path_type=Path),
    default=Path("afterword.html"),
    show_default=True,
    help="The file to write; - for standard output.",
)
@CONFIG
@ACCOUNT
def report(target: Path, config: Path | None, account: str) -> None:
    """Draw every case as a line over time, in one page that needs no network.

    The page holds words from your mail; the file is readable by you alone.
    """
    from daemon.report.document import document, write_private

    with looking(config, account) as at:
        text = document(at)
    if str(target) == "-":
        click.echo(text)
    else:
        write_private(target, text)
        click.echo(f"Written: {target}. Open it in a browser.")
