"""`afterword init`: from an address to a configuration that works, asking as little as can be."""

from __future__ import annotations

import re
import shlex
import sys
from collections.abc import Mapping
from pathlib import Path

import click

from daemon import setup
from daemon.cli.ask import Asker
from daemon.cli.init_account import Opened, opened
from daemon.cli.init_person import person, texts
from daemon.cli.init_place import Place, place
from daemon.cli.options import CONFIG
from daemon.clock import Clock
from daemon.config import Settings, default_path
from daemon.errors import UsageError
from daemon.setup import Present
from daemon.toml_text import Key, Value

_DAYS = 60

_PERMIT = ("authorize", "give the permission in your browser, if you have not yet")

_NEXT = (
    ("doctor", "check everything"),
    ("run --once", "look once; the first look only observes"),
    ("service install", "keep watching, also after a restart"),
)


@click.command()
@click.option("--address", "addresses", multiple=True, help="Your address; repeat it for every one you use.")
@click.option("--host", help="The IMAP server, or a provider's name; found from the address otherwise.")
@click.option("--port", type=click.IntRange(1, 65535), help="Its port, where it is not the usual one.")
@click.option(
    "--security", type=click.Choice(["tls", "starttls", "none"]), help="tls, unless it says otherwise."
)
@click.option("--user", help="The login name, where it is not the address.")
@click.option("--ca-file", help="Certificates to trust instead of the system's own.")
@click.option("--password-file", help="A file with the password (0600), or - to read it from standard input.")
@click.option("--password-command", help='A command that prints the password, e.g. "pass show mail".')
@click.option(
    "--client-id", help="The application's id, where a permission is given in the browser (Outlook)."
)
@click.option("--client-file", help="Google's client file: Gmail by its own API instead of an app password.")
@click.option("--drafts", help="The drafts mailbox, where the server does not say.")
@click.option("--sent", help="The sent mailbox, where the server does not say.")
@click.option("--name", help="Your name, as you sign.")
@click.option("--timezone", help="Your time zone, e.g. Europe/Berlin.")
@click.option("--country", help="Whose public holidays count, e.g. US, GB-ENG.")
@click.option("--language", type=click.Choice(setup.LANGUAGES), help="Assumed where a mail's own is unclear.")
@click.option("--phone", help="A telephone number for your signature.")
@click.option(
    "--strength", "strengths", multiple=True, help="What you bring, in a sentence; may be repeated."
)
@click.option(
    "--days", type=click.IntRange(0, 3650), default=_DAYS, show_default=True, help="Look back so far."
)
@click.option("--yes", is_flag=True, help="Ask nothing: take what is given, and what is usual.")
@click.option(
    "--account", default="", metavar="ID", help="For a second account and more: a short name of it."
)
@CONFIG
def init(config: Path | None, account: str, yes: bool, **given: object) -> None:
    """Set afterword up for a mailbox, or change what was set up.

    Finds the server of your address, tries the login, asks the little it has to know, shows what it will
    write, and says what it would have done with your mail of the last weeks.  The mailbox is only read.

    \b
    afterword init
    afterword init --address ana@mail.example --password-file - --yes < password
    """
    if not yes and not sys.stdin.isatty():
        raise UsageError("There is nobody to ask: standard input is no terminal.", hint="Add --yes.")
    path = (config or default_path()).expanduser().absolute()
    _Init(Asker(talks=not yes), path, place(path, account), given).run()


class _Init:
    """One run of the wizard over one file."""

    def __init__(self, asker: Asker, config: Path, at: Place, given: Mapping[str, object]) -> None:
        self._asker = asker
        self._config = config
        self._place = at
        self._present = at.present
        self._given = given
        self._clock = Clock()

    def run(self) -> None:
        """Ask, try, show, write, look back."""
        self._asker.say("afterword reads a mailbox and lays drafts in it. It never sends mail.")
        self._asker.say("Nothing is written before you have seen it.\n")
        addresses = self._addresses()
        account = opened(self._asker, self._given, self._present, addresses[0], self._place.password)
        address: Value = addresses[0] if len(addresses) == 1 else addresses
        about = person(self._asker, self._given, self._present, addresses[0])
        settings = {("", "address"): address, **account.settings, **about, **self._window()}
        if self._write(settings, account):
            if not account.by_permission or self._permitted():
                self._look_back()
            self._what_next(account)

    def _window(self) -> dict[Key, Value | None]:
        """Have the first look go back as far as the look back does, so that it knows what is shown there."""
        days = self._given["days"]
        said = self._present.get("", "observe_days") is not None
        if said or not isinstance(days, int) or days <= Settings().observe_days:
            return {}
        return {("", "observe_days"): days}

    def _addresses(self) -> tuple[str, ...]:
        known = self._present.addresses()
        given = texts(self._given, "addresses")
        for address in given:
            if said := _no_address(address):
                raise UsageError(f"--address {address!r}: {said}")
        if given:
            return given
        first = self._asker.ask(
            "Your e-mail address",
            "--address",
            None,
            known[0] if known else "",
            needed=True,
            wrong=_no_address,
        )
        return (first, *known[1:]) if known and first == known[0] else (first,)

    def _write(self, settings: Mapping[Key, Value | None], account: Opened) -> bool:
        """Show what would change and write it; return whether the user agreed."""
        changes = [*self._place.beside, (self._present, settings)]
        written = ((present, present.with_settings(wanted)) for present, wanted in changes)
        fresh = [(present, text) for present, text in written if text != present.text]
        for present, text in fresh:
            self._show(present, text)
        if fresh and not self._asker.agrees("Write it?"):
            click.echo("Nothing was written.")
            return False
        name, password = account.keep
        if password:
            setup.write(self._present.resolve(name), f"{password}\n")
            click.echo(f"The password is in {self._present.resolve(name)}, readable by you alone.")
        for present, text in sorted(fresh, key=lambda change: change[0].path == self._config):
            kept = setup.write(present.path, text, self._clock.now())
            click.echo(f"Written: {present.path}" + (f" (before: {kept.name})" if kept else ""))
        if not fresh:
            click.echo(f"{self._present.path} says all this already.")
        return True

    def _show(self, present: Present, text: str) -> None:
        self._asker.say(f"\n{present.path} {'will change' if present.text else 'will be'}:\n")
        for line in present.difference(text) if present.text else text.splitlines():
            self._asker.say(f"  {line}")
        self._asker.say()

    def _permitted(self) -> bool:
        """Have the user asked in their browser, if they want that now; return whether it was done."""
        if not self._asker.talks or not self._asker.agrees("\nAsk for the permission in the browser now?"):
            return False
        from daemon.cli.authorize import authorize

        nothing = {"paste": False, "device": False, "port": 0, "no_browser": False}
        click.get_current_context().invoke(
            authorize, config=self._config, account=self._place.account, **nothing
        )
        return True

    def _look_back(self) -> None:
        """Say what would have been done with the mail of the last days; the mailbox is only read."""
        days = self._given["days"]
        if not isinstance(days, int) or not days:
            return
        from daemon.cli.init_look_back import look_back

        look_back(self._config, self._place.account, days, self._clock.now())

    def _what_next(self, account: Opened) -> None:
        path = self._config
        named = "" if path == default_path().absolute() else f" --config {shlex.quote(str(path))}"
        click.echo("\nNext:")
        for command, why in (_PERMIT, *_NEXT) if account.by_permission else _NEXT:
            click.echo(f"  {f'afterword {command}{named}':<30}  {why}")


def _no_address(text: str) -> str:
    fine = re.fullmatch(r"[^@\s<>]+@[^@\s<>]+\.[^@\s<>.]+", text)
    return "" if fine else "That is no e-mail address; one looks like ana@mail.example."
