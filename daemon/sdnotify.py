"""Tell systemd how we are (sd_notify(3)); does nothing where there is no systemd."""

from __future__ import annotations

import os
import socket


def notify(state: str) -> None:
    """Send `state` ("READY=1", "STATUS=…", "WATCHDOG=1", "STOPPING=1") to the service manager."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as peer:
        peer.connect("\0" + address[1:] if address.startswith("@") else address)
        peer.sendall(state.encode())
