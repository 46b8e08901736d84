"""The part of `afterword init` that opens the account: by a password, or by a permission in the browser."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from connectors.connector import SpecialUse
from daemon.cli.ask import Asker
from daemon.cli.init_login import Given, LoggedIn, drafts_of, logged_in
from daemon.errors import UserError
from daemon.providers import Provider, of_address, of_name
from daemon.setup import Present
from daemon.toml_text import Key, Value

SOURCES = ("password_file", "password_command", "password_credential", "password")

_CLIENT = """
You register afterword there once as a program of your own, which takes about five minutes; then a page in
your browser asks you whether it may read mail. docs/how-to/outlook.md shows every click."""


@dataclass(frozen=True, slots=True)
class Opened:
    """How the account is reached: what the file is to say, and a password to keep, by its file's name.

    `by_permission`: nobody has logged in yet, `afterword authorize` has to ask in the browser first.
    """

    settings: Mapping[Key, Value | None]
    keep: tuple[str, str] = field(default=("", ""), repr=False)
    by_permission: bool = False


def opened(
    asker: Asker, given: Mapping[str, object], present: Present, address: str, password_file: str
) -> Opened:
    """Return how the account is reached, after a login where a password does it.

    `password_file` is what a new password's file is called, where the configuration does not say.
    Raises UserError, CredentialsRefused where nobody can be asked.
    """
    provider = _provider(asker, given, address)
    if given["client_file"]:
        return _gmail(present, str(given["client_file"]))
    if provider and provider.incoming and provider.incoming.needs_oauth:
        return _permission(asker, given, present, address, provider)
    if _permitted(present) and not (given["password_file"] or given["password_command"]):
        return Opened({}, by_permission=True)
    flags = Given(**{name: given[name] for name in Given.__slots__})  # type: ignore[arg-type]
    named = Path(str(present.get("imap", "password_file") or password_file))
    kept_in = password_file if named.is_absolute() else str(named)  # elsewhere it is the user's own
    account = logged_in(asker, flags, present, address, provider, kept_in)
    drafts = drafts_of(asker, account)
    asker.say(
        f"Logged in. Drafts go to {account.use(SpecialUse.DRAFTS) or drafts}; read are INBOX and"
        f" {account.use(SpecialUse.SENT) or 'no sent mailbox (it is not to be told from the others)'}.\n"
    )
    account = replace(account, settings=replace(account.settings, drafts=drafts))
    fresh = account.password.fresh
    return Opened(_by_password(account, given, present, address), (kept_in, fresh) if fresh else ("", ""))


def _permitted(present: Present) -> bool:
    """Return whether the file says that the account is opened by a permission."""
    return "gmail" in present.table or present.text_of("imap", "auth") not in ("", "password")


def _provider(asker: Asker, given: Mapping[str, object], address: str) -> Provider | None:
    """Return the provider of the address, or the one named instead of a server; say how one gets in."""
    host = given["host"]
    provider = of_name(str(host)) if host else of_address(address)
    if provider is None:
        return None
    asker.say(f"\n{provider.name}. {provider.says}")
    if provider.page:
        asker.say(f"  {provider.page}")
    if provider.incoming is None:
        raise UserError(provider.says)
    if len(provider.incoming.authentication) > 1:
        asker.say("  (Or by a permission in the browser: docs/how-to/gmail.md, and --client-file.)")
    return provider


def _by_password(
    account: LoggedIn, given: Mapping[str, object], present: Present, address: str
) -> dict[Key, Value | None]:
    server = account.settings
    usual = (0, 993 if server.security == "tls" else 143)
    imap: dict[str, Value | None] = {
        "host": server.host,
        "port": server.port if server.port not in usual else None,
        "security": str(server.security) if server.security != "tls" else None,
        "user": server.user if server.user != address else None,
        "auth": None,
        **{source: account.password.settings.get(source) for source in SOURCES},
        "ca_file": (server.ca_file if given["ca_file"] else present.text_of("imap", "ca_file")) or None,
        "drafts": server.drafts or None,
        "sent": server.sent or None,
    }
    return {("imap", key): value for key, value in imap.items()}


def _permission(
    asker: Asker, given: Mapping[str, object], present: Present, address: str, provider: Provider
) -> Opened:
    """Return the settings of an account that takes no password (Microsoft)."""
    assert provider.incoming is not None
    asker.say(_CLIENT)
    known = given["client_id"]
    client = asker.ask(
        "The application (client) ID from there",
        "--client-id",
        str(known) if known else None,
        present.text_of("imap", "client_id"),
        needed=True,
    )
    user = provider.incoming.user(address)
    imap: dict[str, Value | None] = {
        "host": provider.incoming.hostname,
        "user": user if user != address else None,
        "auth": "xoauth2",
        "client_id": client,
        **dict.fromkeys(SOURCES),
    }
    return Opened({("imap", key): value for key, value in imap.items()}, by_permission=True)


def _gmail(present: Present, client_file: str) -> Opened:
    """Return the settings of a Gmail account over Google's own API."""
    if "imap" in present.table:
        raise UserError(
            f"{present.path} reaches the account by IMAP already.",
            hint="Take its [imap] table out, then run `afterword init --client-file …` again.",
        )
    path = Path(client_file).expanduser().absolute()
    if not path.is_file():
        raise UserError(f"There is no file {path}.", hint="docs/how-to/gmail.md shows how to download it.")
    return Opened({("gmail", "client_file"): str(path)}, by_permission=True)
