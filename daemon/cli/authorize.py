"""`afterword authorize`: get a login from Google or Microsoft, by the user's yes in their browser."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from daemon.cli.options import ACCOUNT, CONFIG, chosen
from daemon.errors import CredentialsRefused, UserError

if TYPE_CHECKING:
    from connectors.oauth import Consent
    from connectors.tokens import Token
    from daemon.config import Account
    from daemon.permission import Permission

PATIENCE = 600.0
"""Seconds the user has for saying yes."""

PASTED_PORT = 8765
"""Where the browser is sent if nobody listens anyway; any number would do."""


@click.command()
@CONFIG
@ACCOUNT
@click.option("--paste", is_flag=True, help="Open the page on another machine, and paste the answer here.")
@click.option("--device", is_flag=True, help="Type a short code on another device (Microsoft only).")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Listen on this port, to forward it.")
@click.option("--no-browser", is_flag=True, help="Only print the page's address.")
def authorize(
    config: Path | None, account: str, paste: bool, device: bool, port: int, no_browser: bool
) -> None:
    """Let Google or Microsoft ask you whether afterword may work with your mail, and keep the answer.

    The login is kept in a file only you can read; you can take it back in your account's settings.
    """
    from connectors.errors import ConnectorError, Refused
    from daemon.permission import wanted

    _, meant = chosen(config, account)
    try:
        permission = wanted(meant)
        _explain(permission, meant)
        if device:
            token = _by_device(permission)
        else:
            token = _by_browser(permission, paste=paste, port=port, browse=not no_browser)
        permission.keep(token)
        click.echo(f"The login is kept in {permission.file.path}.")
        _try_out(meant)
    except Refused as error:
        raise (CredentialsRefused if error.credentials else UserError)(str(error), hint=error.hint) from error
    except ConnectorError as error:
        raise UserError(str(error), hint=error.hint) from error
    except OSError as error:
        raise UserError(f"The login cannot be kept: {error}.") from error


def _explain(permission: Permission, account: Account) -> None:
    """Say in plain words what the provider will ask, and what afterword does with it."""
    click.echo(f"{permission.provider} will ask you whether afterword may do this for {account.address}:")
    for scope in permission.scopes:
        if words := permission.meaning(scope):
            click.echo(f"  - {words}\n    ({scope})")
    click.echo("afterword never sends mail, though the provider's page may say that it could.\n")


def _by_browser(permission: Permission, *, paste: bool, port: int, browse: bool) -> Token:
    from connectors.web import Web
    from daemon.loopback import Doorbell

    redirect, listening = permission.redirect(port)
    if paste:
        consent = permission.consent(redirect if listening else permission.redirect(PASTED_PORT)[0])
        return consent.token(_pasted(consent, permission), Web())
    bell = Doorbell(listening)
    consent = permission.consent(permission.redirect(bell.port)[0])
    url = consent.url(permission.extra)
    click.echo(f"Open this page in a browser on this machine:\n\n{url}\n")
    if browse and _has_display():
        click.launch(url)
    else:
        click.echo(f"(From another machine: ssh -L {bell.port}:127.0.0.1:{bell.port} …, or use --paste.)")
    return consent.token(bell.answer(consent.code, PATIENCE), Web())


def _pasted(consent: Consent, permission: Permission) -> str:
    click.echo(f"Open this page in any browser:\n\n{consent.url(permission.extra)}\n")
    click.echo(
        "Once you have said yes, the browser shows an error: it cannot reach 127.0.0.1. That is right."
    )
    return consent.code(str(click.prompt("Copy the address from its address bar and paste it here")))


def _has_display() -> bool:
    return sys.platform == "darwin" or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _by_device(permission: Permission) -> Token:
    from daemon.device_code import device_login

    if permission.provider != "Microsoft":
        raise UserError(
            "Google does not let programs read mail by a code typed on another device.",
            hint="Use --paste on a machine without a browser.",
        )
    return device_login(permission.client, permission.scopes, permission.authority, say=click.echo)


def _try_out(account: Account) -> None:
    """Say whose account the login opens, where the account's own service can tell."""
    from connectors.errors import ConnectorError
    from daemon.access import gmail_connector
    from daemon.config import Gmail

    gmail = account.values.gmail
    if not isinstance(gmail, Gmail):
        click.echo("Now try: afterword doctor")
        return
    connector = gmail_connector(account, gmail)
    try:
        address = connector.address()
    except ConnectorError as error:
        click.echo(f"Gmail could not be asked with it: {error} {error.hint}".rstrip(), err=True)
        return
    finally:
        connector.close()
    click.echo(f"It opens the Gmail account {address}.")
    if address.lower() not in account.addresses:
        click.echo(f"That address is not in `address`, which says {', '.join(account.addresses)}.", err=True)
