"""The part of `afterword init` that finds the server, gets a password, and logs in."""

from __future__ import annotations

import re
import shlex
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import click

from connectors.connector import Mailbox, SpecialUse
from connectors.credentials import PasswordCommand, PasswordFile, PasswordText, Secret
from connectors.errors import ConnectorError, Refused
from connectors.imap import ImapConnector
from connectors.imap_settings import ImapSettings, Security
from daemon.cli.ask import Asker
from daemon.errors import CredentialsRefused, UsageError, UserError
from daemon.probe import first_that_greets
from daemon.providers import Provider, guesses, of_name
from daemon.setup import Present
from daemon.toml_text import Value

STANDARD_INPUT = "-"

ATTEMPTS = 3
"""How often a password is asked for before we ask about the server as well."""


@dataclass(frozen=True, slots=True)
class Given:
    """What the flags say about the account; None and empty where they say nothing."""

    host: str | None
    port: int | None
    security: str | None
    user: str | None
    ca_file: str | None
    password_file: str | None
    password_command: str | None
    drafts: str | None
    sent: str | None


@dataclass(frozen=True, slots=True)
class Password:
    """Where the password comes from: what the file says, how to have it now, and what to keep, if new."""

    settings: Mapping[str, Value]
    secret: Secret
    fresh: str = ""


@dataclass(frozen=True, slots=True)
class LoggedIn:
    """An account that let us in: how, and its mailboxes."""

    settings: ImapSettings
    password: Password
    mailboxes: tuple[Mailbox, ...]

    def use(self, use: SpecialUse) -> str:
        """Return the mailbox for a use, or nothing."""
        return next((each.name for each in self.mailboxes if each.use is use), "")


def server(
    asker: Asker, given: Given, present: Present, address: str, provider: Provider | None
) -> ImapSettings:
    """Return how to reach the account of an address: as given, as known, as it was, or as the user says."""
    host = _host(asker, given, present, address, provider)
    found = _usual(host, address)
    if address in present.addresses():
        found = _as_before(present, found)
    known_ca = present.text_of("imap", "ca_file")
    ca_file = Path(given.ca_file).expanduser().absolute() if given.ca_file else None
    found = replace(
        found,
        port=given.port or found.port,
        security=Security(given.security or ("starttls" if given.port == _STARTTLS else found.security)),
        user=given.user or found.user,
        ca_file=str(ca_file or (present.resolve(known_ca) if known_ca else "")),
        drafts=given.drafts or present.text_of("imap", "drafts"),
        sent=given.sent or present.text_of("imap", "sent"),
    )
    where, port = found.address
    asker.say(f"Server: {where}, port {port}, {_SECURITY[found.security]}; login name {found.user}.")
    return found


_STARTTLS = 143
"""The port that begins in the clear (RFC 9051 2.1)."""

_SECURITY = {Security.TLS: "TLS", Security.STARTTLS: "STARTTLS", Security.NONE: "no encryption"}


def _host(asker: Asker, given: Given, present: Present, address: str, provider: Provider | None) -> str:
    """Return the server's name, or that of somebody known who hosts the mail."""
    before = present.text_of("imap", "host") if address in present.addresses() else ""
    if given.host:
        return given.host
    if provider and provider.incoming:
        return before or provider.incoming.hostname
    if not before and asker.talks:
        asker.say(f"Looking for the mail server of {address.rpartition('@')[2]} …")
        before = first_that_greets(guesses(address))
    question = "IMAP server, or who hosts your mail (Gmail, Microsoft 365, Fastmail …)"
    return asker.ask(question, "--host", None, before, needed=True)


def _usual(host: str, address: str) -> ImapSettings:
    """Return what is known of a server, or usual.  Raises UserError where it takes no passwords."""
    known = of_name(host)
    if known is None or known.incoming is None:
        return ImapSettings(host, address)
    incoming = known.incoming
    if incoming.needs_oauth:
        raise UserError(known.says, hint=f"Run: afterword init --host {known.names[0]!r}")
    security = Security(incoming.security)
    return ImapSettings(incoming.hostname, incoming.user(address), incoming.port, security)


def _as_before(present: Present, found: ImapSettings) -> ImapSettings:
    """Return the settings with what the file says of the same server."""
    if present.text_of("imap", "host") != found.host:
        return found
    port = present.get("imap", "port")
    return replace(
        found,
        port=port if isinstance(port, int) else found.port,
        security=Security(present.text_of("imap", "security") or found.security),
        user=present.text_of("imap", "user") or found.user,
    )


def password(asker: Asker, given: Given, present: Present, kept_in: str) -> Password:
    """Return where the password comes from; `kept_in` is the file a new one goes to."""
    if given.password_file == STANDARD_INPUT:
        return _to_keep(sys.stdin.readline().strip("\r\n"), kept_in)
    if given.password_file:
        path = Path(given.password_file).expanduser().absolute()
        if not path.is_file():
            raise UsageError(f"--password-file: there is no file {path}.")
        return Password({"password_file": str(path)}, PasswordFile(path))
    if given.password_command:
        return _command(given.password_command)
    known = _known(present)
    if not asker.talks:
        if known is None:
            raise UsageError(
                "--password-file or --password-command is needed.",
                hint="`--password-file -` reads the password from standard input.",
            )
        return known
    keep = ", Enter to keep the present one" if known else ""
    typed = asker.secret(f"Password (it is not shown{keep}; ! for a command that prints it)")
    if typed == "!":
        return _command(
            asker.ask('Command, such as "pass show mail"', "--password-command", None, needed=True)
        )
    if not typed and known:
        return known
    return _to_keep(typed, kept_in) if typed else password(asker, given, present, kept_in)


def _to_keep(text: str, kept_in: str) -> Password:
    if re.fullmatch(r"[a-z]{4}( [a-z]{4}){3}", text):  # as Google shows it
        text = text.replace(" ", "")
    return Password({"password_file": kept_in}, PasswordText(text), fresh=text)


def _command(line: str) -> Password:
    try:
        argv = tuple(shlex.split(line))
    except ValueError as error:
        raise UsageError(f"The command {line!r} cannot be taken apart: {str(error).lower()}.") from error
    return Password({"password_command": argv}, PasswordCommand(argv))


def _known(present: Present) -> Password | None:
    """Return the source the file names, where it can be used here."""
    if name := present.text_of("imap", "password_file"):
        return Password({"password_file": name}, PasswordFile(present.resolve(name)))
    command = present.get("imap", "password_command")
    if isinstance(command, list) and command:
        argv = tuple(map(str, command))
        return Password({"password_command": argv}, PasswordCommand(argv))
    if text := present.text_of("imap", "password"):
        return Password({"password": text}, PasswordText(text))
    return None


def log_in(settings: ImapSettings, secret: Secret) -> tuple[Mailbox, ...]:
    """Return the account's mailboxes.  Raises what the connector raises."""
    connector = ImapConnector(settings, secret)
    try:
        return connector.mailboxes()
    finally:
        connector.close()


def logged_in(
    asker: Asker, given: Given, present: Present, address: str, provider: Provider | None, kept_in: str
) -> LoggedIn:
    """Return the account once it lets us in, asking again for what was wrong.

    Raises UserError, CredentialsRefused where nobody can be asked.
    """
    while True:
        settings = server(asker, given, present, address, provider)
        for attempt in range(1, ATTEMPTS + 1):
            chosen = password(asker, given, present, kept_in)
            asker.say(f"Logging in to {settings.host} …")
            try:
                return LoggedIn(settings, chosen, log_in(settings, chosen.secret))
            except ConnectorError as error:
                if not _again(asker, error, provider, last=attempt == ATTEMPTS):
                    break
        given = replace(given, host=None, port=None, user=None, security=None)
        given = replace(given, password_file=None, password_command=None)
        provider = None


def _again(asker: Asker, error: ConnectorError, provider: Provider | None, *, last: bool) -> bool:
    """Say what went wrong and what to do; return whether another password may help at the same server.

    Raises what went wrong where nobody is there to do anything about it.
    """
    refused = isinstance(error, Refused) and error.credentials
    hint = f"{provider.says} {provider.page}".rstrip() if refused and provider else error.hint
    if not asker.talks:
        raise (CredentialsRefused if refused else UserError)(str(error), hint=hint) from error
    click.secho(str(error), fg="red")
    asker.say(hint)
    if refused and not last:
        return True
    asker.say("Let us look at the server as well (Ctrl-C ends this; nothing was written).")
    return False


def drafts_of(asker: Asker, account: LoggedIn) -> str:
    """Return the name to write down for the drafts mailbox; nothing where the server says it itself.

    Raises UserError where there is none and nobody can be asked.
    """
    if account.use(SpecialUse.DRAFTS):
        return account.settings.drafts
    names = [each.name for each in account.mailboxes]
    there = f"There are: {', '.join(names[:30])}."
    asker.say(f"Which mailbox is for drafts? The server does not say. {there}")
    asker.say("Where there is none, make one in your mail program first; afterword never makes a second one.")
    if not asker.talks:
        raise UserError(
            "This account has no drafts mailbox that can be told from the others.",
            hint=f"Make one in your mail program, or name it: --drafts NAME. {there}",
        )
    return asker.ask(
        "Drafts mailbox",
        "--drafts",
        None,
        needed=True,
        wrong=lambda name: "" if name in names else "There is no such mailbox; capitals matter.",
    )
