"""What is known of mail providers: their server, the form of the login name, how one gets a password.

The facts are in providers.toml, in the shape of autoconfiguration files.  Nobody is asked over the network.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Literal

import msgspec
from msgspec import Struct

from daemon.config import Security

_SECURITY: Mapping[str, Security] = {"SSL": "tls", "STARTTLS": "starttls"}


class Incoming(Struct, frozen=True, forbid_unknown_fields=True):
    """An IMAP server, as autoconfiguration files describe it."""

    hostname: str
    port: int = 993
    socketType: Literal["SSL", "STARTTLS"] = "SSL"  # noqa: N815  # the file format's own name
    username: Literal["%EMAILADDRESS%", "%EMAILLOCALPART%"] = "%EMAILADDRESS%"
    authentication: tuple[Literal["password-cleartext", "OAuth2"], ...] = ("password-cleartext",)

    @property
    def security(self) -> Security:
        """Return how the connection is protected, in the configuration's words."""
        return _SECURITY[self.socketType]

    @property
    def needs_oauth(self) -> bool:
        """Return whether the server takes no password at all."""
        return self.authentication == ("OAuth2",)

    def user(self, address: str) -> str:
        """Return the login name of an address."""
        return address if self.username == "%EMAILADDRESS%" else address.rpartition("@")[0]


class Provider(Struct, frozen=True, forbid_unknown_fields=True):
    """A provider.  `domains` may end in `.*`; without `incoming` its mail cannot be fetched."""

    displayName: str  # noqa: N815  # the file format's own name
    domains: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    incoming: Incoming | None = None
    password: Literal["own", "app"] = "own"  # noqa: S105  # a kind of password
    says: str = "Use the password you log in to your mail with."
    page: str = ""

    @property
    def name(self) -> str:
        """Return what to call it."""
        return self.displayName


@cache
def providers() -> tuple[Provider, ...]:
    """Return every provider of the table."""
    table = tomllib.loads(files("daemon").joinpath("providers.toml").read_text(encoding="utf-8"))
    return msgspec.convert(table["provider"], tuple[Provider, ...])


def of_address(address: str) -> Provider | None:
    """Return the provider whose domain the address has."""
    domain = address.rpartition("@")[2].lower()
    brand = f"{domain.partition('.')[0]}.*"
    by_domain = {each: provider for provider in providers() for each in provider.domains}
    return by_domain.get(domain) or by_domain.get(brand)


def of_name(name: str) -> Provider | None:
    """Return the provider people call so, or whose server has this name."""
    wanted = name.strip().lower()
    for provider in providers():
        server = provider.incoming.hostname if provider.incoming else ""
        if wanted in (provider.name.lower(), server, *provider.names):
            return provider
    return None


def guesses(address: str) -> tuple[str, ...]:
    """Return the names a server of the address's own domain usually has."""
    domain = address.rpartition("@")[2].lower()
    return (f"imap.{domain}", f"mail.{domain}", domain)
