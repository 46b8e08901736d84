"""Whether a mail server answers at a name, before anybody logs in there."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterable

PATIENCE = 5.0
"""Seconds a server may take to say hello."""


def greets(host: str, port: int = 993) -> bool:
    """Return whether an IMAP server with a certificate to trust says hello there (RFC 9051 7.1.5)."""
    try:
        with (
            socket.create_connection((host, port), PATIENCE) as line,
            ssl.create_default_context().wrap_socket(line, server_hostname=host) as safe,
        ):
            return safe.recv(16).startswith(b"* ")
    except (OSError, ValueError):  # ValueError: a name no certificate can have
        return False


def first_that_greets(hosts: Iterable[str]) -> str:
    """Return the first of the names at which a server says hello, or nothing."""
    return next((host for host in hosts if greets(host)), "")
