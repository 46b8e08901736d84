"""The least an IMAP client can do: a socket and a few lines of protocol, to measure against."""

from __future__ import annotations

import socket

_CHUNK = 1 << 20
_TAIL = 4096


class Raw:
    """A logged-in connection that understands nothing of what it receives."""

    def __init__(self, host: str, port: int, user: str, password: str) -> None:
        self._line = socket.create_connection((host, port), 60)
        self._line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._room = bytearray(_CHUNK)
        self._number = 0
        self._until(b"\r\n")
        self.ask(f"LOGIN {user} {password}")

    def ask(self, command: str) -> bytes:
        """Send a command and return the last octets of its answer."""
        self._number += 1
        tag = f"r{self._number}"
        self._line.sendall(f"{tag} {command}\r\n".encode())
        return self._until(f"\r\n{tag} ".encode(), f"{tag} ".encode())

    def fetch_whole(self, count: int, batch: int = 500) -> None:
        """Fetch mails 1 to `count` whole, and throw them away."""
        for first in range(1, count + 1, batch):
            self.ask(f"FETCH {first}:{min(first + batch - 1, count)} (BODY.PEEK[])")

    def idle(self) -> None:
        """Begin an IDLE."""
        self._number += 1
        self._line.sendall(f"r{self._number} IDLE\r\n".encode())
        self._until(b"+ ")

    def told(self, seconds: float = 30.0) -> bool:
        """Wait in an IDLE until something is announced; return whether it was a new mail."""
        self._line.settimeout(seconds)
        return b"EXISTS" in self._line.recv(_CHUNK)

    def done(self) -> None:
        """End the IDLE."""
        self._line.sendall(b"DONE\r\n")
        self._until(f"r{self._number} ".encode())

    def close(self) -> None:
        """End the connection."""
        self._line.close()

    def _until(self, end: bytes, whole: bytes = b"") -> bytes:
        """Read until a line that begins with `end`; keep no more than what the end may lie in."""
        tail = b""
        while True:
            size = self._line.recv_into(self._room)
            if not size:
                raise ConnectionError("the server closed the connection")
            seen = tail + bytes(self._room[max(0, size - _TAIL) : size])
            if (end in seen or (whole and seen.startswith(whole))) and seen.endswith(b"\r\n"):
                return seen
            tail = seen[-_TAIL:]
