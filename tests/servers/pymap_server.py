"""A second, different IMAP server for the tests: pymap, in a thread of this process, mail in RAM.

It has neither SPECIAL-USE nor CONDSTORE, and shows what Dovecot hides.  Every user has INBOX, Drafts, Sent
and Trash.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import socket
import ssl
import threading
from argparse import Namespace
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from datetime import datetime
from typing import Any

import pytest
from imapclient import IMAPClient
from proxyprotocol.reader import ProxyProtocolReader
from pymap.backend.dict import DictBackend
from pymap.imap import IMAPServer
from pymap.user import Passwords, UserMetadata
from pysasl.hashing import BuiltinHash

from connectors.imap import ImapConnector, ImapSettings, Security

PASSWORD = "open-sesame"

_names = itertools.count(1)


class PymapServer:
    """One running server."""

    def __init__(self, *, idle: bool = True, tls: ssl.SSLContext | None = None) -> None:
        self._tls = tls
        self.host = "127.0.0.1"
        self.port = self.tls_port = 0
        self._idle = idle
        self._loop = asyncio.new_event_loop()
        self._stop = asyncio.Event()
        self._ready = threading.Event()
        self._backend: Any = None
        self._thread = threading.Thread(
            target=self._loop.run_until_complete, args=(self._serve(),), daemon=True
        )

    def start(self) -> None:
        """Start, and wait until it listens."""
        os.environ.setdefault("FQDN", "localhost")  # else it asks the network for its name
        self._thread.start()
        if not self._ready.wait(20):
            raise RuntimeError("pymap did not start")

    def stop(self) -> None:
        """Stop the server."""
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)
        self._loop.close()

    async def _serve(self) -> None:
        args = Namespace(
            debug=False,
            host=self.host,
            port="0",
            cert=None,
            key=None,
            tls=False,
            proxy_protocol=None,
            passlib_cfg=None,
            inherited_sockets=None,
            demo_data=False,
            demo_user="demo",
            demo_password="demo",
        )
        self._backend, config = await DictBackend.init(
            args, disable_idle=not self._idle, hash_context=BuiltinHash(rounds=1)
        )
        config.apply_context()
        serve = ProxyProtocolReader(config.proxy_protocol).get_callback(
            IMAPServer(self._backend.login, config)
        )
        async with AsyncExitStack() as stack:
            await self._backend.start(stack)
            server = await stack.enter_async_context(await asyncio.start_server(serve, self.host, 0))
            self.port = server.sockets[0].getsockname()[1]
            if self._tls:
                safe = await asyncio.start_server(serve, self.host, 0, ssl=self._tls, backlog=1000)
                self.tls_port = (await stack.enter_async_context(safe)).sockets[0].getsockname()[1]
            self._ready.set()
            await self._stop.wait()
            server.close()
        talking = asyncio.all_tasks() - {asyncio.current_task()}
        for task in talking:
            task.cancel()
        await asyncio.gather(*talking, return_exceptions=True)

    def new_user(self) -> str:
        """Return the name of a user with four empty mailboxes."""
        user = f"user{next(_names)}"
        asyncio.run_coroutine_threadsafe(self._register(user), self._loop).result(10)
        with self.client(user) as client:
            for name in ("Drafts", "Sent", "Trash"):
                client.create_folder(name)
        return user

    async def _register(self, user: str) -> None:
        login = self._backend.login
        password = await Passwords(login.config).hash_password(PASSWORD)
        login.users_dict[user] = UserMetadata(login.config, user, password=password)

    def settings(self, user: str, **more: object) -> ImapSettings:
        """Return how to reach the user's account."""
        known = {"host": self.host, "port": self.port, "security": Security.NONE}
        return ImapSettings(**{**known, "user": user, **more})  # type: ignore[arg-type]

    plain = settings

    def connector(self, user: str, **more: object) -> ImapConnector:
        """Return a connector to the user's account."""
        return ImapConnector(self.settings(user, **more), lambda: PASSWORD)

    @contextmanager
    def client(self, user: str) -> Iterator[IMAPClient]:
        """Log in as another mail program of the user."""
        with IMAPClient(self.host, self.port, ssl=False, timeout=20) as client:
            client.socket().setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            client.login(user, PASSWORD)
            yield client

    def deliver(
        self, user: str, octets: bytes, mailbox: str = "INBOX", internal_date: datetime | None = None
    ) -> None:
        """Let a mail arrive."""
        with self.client(user) as client:
            client.append(mailbox, octets, msg_time=internal_date)


@pytest.fixture(scope="session")
def pymap_server() -> Iterator[PymapServer]:
    """A pymap that any number of users share."""
    server = PymapServer()
    server.start()
    yield server
    server.stop()
