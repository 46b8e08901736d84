"""Microsoft's login by a short code that is typed on any device (RFC 8628), through Microsoft's own library.

The library is only needed here, once; what it gets is renewed without it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from connectors.errors import Refused, Unavailable
from connectors.oauth import Client, login
from connectors.tokens import Token
from daemon.errors import UserError

_RESERVED = frozenset({"offline_access", "openid", "profile"})  # the library asks for these by itself


def device_login(
    client: Client,
    scopes: tuple[str, ...],
    authority: str,
    say: Callable[[str], object],
    http: Any = None,
) -> Token:
    """Say where to type which code, wait for it, and return the login.

    `http` speaks for the library instead of its own client.  Raises UserError where the library is not
    installed, Refused where the user said no, Unavailable where Microsoft cannot be reached.
    """
    try:
        import msal
    except ImportError:
        raise UserError(
            "Logging in by a code needs Microsoft's library.",
            hint='Install it: pip install "afterword[outlook]", or use --paste instead.',
        ) from None
    asked = [scope for scope in scopes if scope not in _RESERVED]
    try:
        app = msal.PublicClientApplication(client.client_id, authority=authority, http_client=http)
        flow = app.initiate_device_flow(asked)
        if "user_code" not in flow:
            raise _refused(flow)
        say(str(flow["message"]))
        granted = app.acquire_token_by_device_flow(flow)
    except (OSError, ValueError) as error:  # requests' errors are OSErrors
        raise Unavailable(
            "Microsoft's login service cannot be reached.", hint="Check `authority`."
        ) from error
    if "access_token" not in granted:
        raise _refused(granted)
    return login(granted, client, scopes)


def _refused(said: Any) -> Refused:
    code = "".join(c for c in str(said.get("error", "unknown")) if c.isalnum() or c == "_")[:60]
    return Refused(
        f"Microsoft did not give the permission: {code}.",
        hint="Check `client_id`, and that the app allows public client flows (docs/how-to/outlook.md).",
        credentials=True,
    )
