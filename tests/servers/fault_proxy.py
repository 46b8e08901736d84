"""A TCP proxy that breaks the line on purpose, to see what a client does about it.

It stands before a real server without TLS and can go silent, cut, reset, dribble, delay and forge.
"""

from __future__ import annotations

import re
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from enum import Enum, auto

import pytest


class Cut(Enum):
    """How a line ends."""

    FIN = auto()
    RESET = auto()
    HOLE = auto()  # it does not: nothing comes any more, in either direction


Edit = Callable[[bytes], bytes | Cut]
"""What becomes of one line of the server's: another line, or the end."""


class FaultProxy:
    """A proxy to one server.  Attributes may be set at any time; they hold from the next octets on."""

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._lines: list[socket.socket] = []
        self._open = True
        self.host, self.port = self._listener.getsockname()
        self.edit: Edit | None = None
        self.edit_client: Callable[[bytes], bytes] | None = None
        self.dribble = False
        self.delay = 0.0
        self.silent = False
        self.sent = bytearray()
        """Everything clients have sent."""
        threading.Thread(target=self._accept, daemon=True).start()

    def replacing(self, pattern: bytes, by: bytes | Cut) -> None:
        """From now on replace in every line of the server's what matches, or end there."""
        found = re.compile(pattern)

        def edit(line: bytes) -> bytes | Cut:
            if not found.search(line):
                return line
            return by if isinstance(by, Cut) else found.sub(lambda _: by, line)

        self.edit = edit

    def heal(self) -> None:
        """Let everything through again."""
        self.edit = self.edit_client = None
        self.dribble, self.delay, self.silent = False, 0.0, False

    def cut(self, how: Cut = Cut.FIN) -> None:
        """End all lines that are open now; new ones may come."""
        if how is Cut.HOLE:
            self.silent = True
            return
        lines, self._lines = self._lines, []
        for line in lines:
            _end(line, how)

    def say(self, octets: bytes) -> None:
        """Say something to the clients in the server's name."""
        for line in self._lines[::2]:
            with suppress(OSError):
                line.sendall(octets)

    def close(self) -> None:
        """End everything."""
        self._open = False
        self._listener.close()
        self.cut()

    def _accept(self) -> None:
        while self._open:
            try:
                client, _ = self._listener.accept()
                server = socket.create_connection(self._target, 10)
            except OSError:
                continue
            server.settimeout(None)  # ten seconds are for connecting: silence may last
            for line in (client, server):
                line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._lines += [client, server]
            for pump in (self._upwards, self._downwards):
                threading.Thread(target=pump, args=(client, server), daemon=True).start()

    def _upwards(self, client: socket.socket, server: socket.socket) -> None:
        with suppress(OSError):
            while data := client.recv(65536):
                self.sent += data
                data = self.edit_client(data) if self.edit_client else data
                if not self.silent:
                    server.sendall(data)
        _end(server, Cut.FIN)

    def _downwards(self, client: socket.socket, server: socket.socket) -> None:
        with suppress(OSError):
            held = b""
            while data := server.recv(65536):
                held += data
                if self.edit:
                    *lines, held = held.split(b"\n")
                    chunks = [line + b"\n" for line in lines]
                else:
                    chunks, held = [held], b""
                for chunk in chunks:
                    if not self._forward(client, chunk):
                        return
        _end(client, Cut.FIN)

    def _forward(self, client: socket.socket, chunk: bytes) -> bool:
        """Pass something on; return whether the line goes on."""
        edited = self.edit(chunk) if self.edit else chunk
        if self.silent or edited is Cut.HOLE:
            self.silent = True
            return True
        if isinstance(edited, Cut):
            _end(client, edited)
            return False
        time.sleep(self.delay)
        pieces = [edited[i : i + 1] for i in range(len(edited))] if self.dribble else [edited]
        for piece in pieces:
            client.sendall(piece)
        return True


def _end(line: socket.socket, how: Cut) -> None:
    with suppress(OSError):
        if how is Cut.RESET:  # a linger of nothing makes close() send RST
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            line.shutdown(socket.SHUT_RD)  # a thread that reads it would keep it open
        else:
            line.shutdown(socket.SHUT_RDWR)
        line.close()


@pytest.fixture
def fault_proxy() -> Iterator[Callable[[str, int], FaultProxy]]:
    """Make proxies before servers: `fault_proxy(host, port)`."""
    made: list[FaultProxy] = []

    def make(host: str, port: int) -> FaultProxy:
        made.append(FaultProxy(host, port))
        return made[-1]

    yield make
    for proxy in made:
        proxy.close()
