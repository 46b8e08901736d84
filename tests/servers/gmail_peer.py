"""A Gmail to test against: the emulator of npm `emulate`, on loopback, behind the project's own proxy.

One emulator serves all tests of a process; each test takes a user of its own, and a proxy of its own.
"""

from __future__ import annotations

import base64
import http.client
import itertools
import json
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from servers.gmail_proxy import GmailProxy, proxies

HERE = Path(__file__).resolve().parent
HOME = Path(os.environ.get("AFTERWORD_GMAIL_EMULATOR") or HERE.parents[1] / ".gmail-emulator")
MISSING = (
    "The Gmail emulator is not installed; get it with node 20 or newer and: "
    "npm install --prefix .gmail-emulator emulate@0.11.2"
)
CLIENT_ID = "client.apps.googleusercontent.example"
USERS = 400
_LABELS = {"INBOX": ["INBOX", "UNREAD"], "Sent": ["SENT"], "Drafts": ["DRAFT"], "Trash": ["TRASH"]}
_users = itertools.count()


class Emulator:
    """One running emulator."""

    def __init__(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as held:
            self.port = held.getsockname()[1]
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start, and wait until it answers."""
        api = HOME / "node_modules" / "emulate" / "dist" / "api.js"
        arguments = [api, str(self.port), str(USERS)]
        self._process = subprocess.Popen(
            [node(), "--require", HERE / "gmail_loopback.cjs", HERE / "gmail_emulator.mjs", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,  # node may be started by another program, which ends alone
        )
        assert self._process.stdout is not None
        if self._process.stdout.readline().strip() != b"ready":
            raise RuntimeError("The Gmail emulator did not start.")
        end = time.monotonic() + 10
        while not self._answers():
            if time.monotonic() > end:
                raise RuntimeError("The Gmail emulator does not answer.")
            time.sleep(0.02)

    def _answers(self) -> bool:
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 2):
            return True
        return False

    def stop(self) -> None:
        """End it; what it had is gone."""
        if self._process:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.communicate(timeout=10)

    def ask(self, method: str, path: str, token: str, body: Any = None) -> Any:
        """Ask the emulator itself, as the user's browser would; return what it says."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        line.request(method, path, json.dumps(body) if body is not None else None, headers)
        response = line.getresponse()
        octets = response.read()
        line.close()
        assert response.status < 300, (response.status, octets)
        return json.loads(octets) if octets else {}

    def refresh_token(self, user: int) -> str:
        """Log a user in, as they would in their browser, and return the refresh token."""
        redirect = "http://127.0.0.1/"
        form = {"email": f"user{user}@mail.example", "redirect_uri": redirect, "client_id": CLIENT_ID}
        code = parse_qs(urlsplit(self.submit(form)).query)["code"][0]
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        asked = {"grant_type": "authorization_code", "code": code, "client_id": CLIENT_ID}
        line.request(
            "POST", "/oauth2/token", urlencode(asked), {"Content-Type": "application/x-www-form-urlencoded"}
        )
        granted = json.loads(line.getresponse().read())
        line.close()
        return str(granted["refresh_token"])

    def submit(self, form: dict[str, str]) -> str:
        """Press the user's button on the consent page; return where the browser is sent then."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        line.request("POST", "/o/oauth2/v2/auth/callback", urlencode(form), headers)
        response = line.getresponse()
        response.read()
        line.close()
        return response.getheader("Location") or ""


@dataclass
class GmailUser:
    """A user of the emulator and their account, seen past the proxy, as they see it in a browser."""

    emulator: Emulator
    number: int

    @property
    def token(self) -> str:
        return f"token{self.number}"

    @property
    def address(self) -> str:
        return f"user{self.number}@mail.example"

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        return self.emulator.ask(method, f"/gmail/v1/users/me/{path}", self.token, body)

    def deliver(self, octets: bytes, at: datetime, mailbox: str = "INBOX", thread_id: str = "") -> str:
        """Let a mail arrive; return its thread's id."""
        body = {
            "raw": base64.urlsafe_b64encode(octets).decode(),
            "labelIds": _LABELS[mailbox],
            "internalDate": str(int(at.timestamp() * 1000)),
            **({"threadId": thread_id} if thread_id else {}),
        }
        return str(self.ask("POST", "messages", body)["threadId"])

    def messages(self, mailbox: str) -> list[dict[str, Any]]:
        """Return the messages with a label, raw, oldest first; what is in Trash is nowhere else."""
        label = _LABELS[mailbox][0]
        found = self.ask("GET", f"messages?labelIds={label}&includeSpamTrash=true&maxResults=500")["messages"]
        read = [self.ask("GET", f"messages/{each['id']}?format=raw") for each in reversed(found)]
        return [each for each in read if mailbox == "Trash" or "TRASH" not in each["labelIds"]]

    def stored(self, mailbox: str) -> list[bytes]:
        return [base64.urlsafe_b64decode(each["raw"] + "==") for each in self.messages(mailbox)]

    def message_id(self, octets: bytes, mailbox: str) -> str:
        """Return the id of a message of exactly these octets."""
        ids = [each["id"] for each in self.messages(mailbox)]
        return str(ids[self.stored(mailbox).index(octets)])

    def draft_id(self, octets: bytes) -> str:
        """Return the id of a draft of exactly these octets."""
        wanted = self.message_id(octets, "Drafts")
        drafts = self.ask("GET", "drafts?maxResults=500")["drafts"]
        return str(next(each["id"] for each in drafts if each["message"]["id"] == wanted))

    def move(self, octets: bytes, source: str, target: str) -> None:
        """Do what the user's clicks do: send a draft (it becomes a sent mail), or throw something away."""
        found = self.message_id(octets, source)
        if target == "Trash":
            self.ask("POST", f"messages/{found}/trash")
        else:
            change = {"addLabelIds": _LABELS[target], "removeLabelIds": _LABELS[source]}
            self.ask("POST", f"messages/{found}/modify", change)

    def replace_draft(self, old: bytes, new: bytes) -> None:
        """Do what a mail program does that speaks IMAP to Gmail: store the new one, expunge the old one."""
        before = self.draft_id(old)
        self.ask("POST", "drafts", {"message": {"raw": base64.urlsafe_b64encode(new).decode()}})
        self.ask("DELETE", f"drafts/{before}")


def node() -> str | None:
    """Return a node of version 20 or newer, or None."""
    for found in (HOME / "node" / "bin" / "node", shutil.which("node")):
        if found and Path(found).exists():
            said = subprocess.run([found, "--version"], capture_output=True, text=True, check=False).stdout
            if said.startswith("v") and int(said[1:].partition(".")[0]) >= 20:
                return str(found)
    return None


@pytest.fixture(scope="session")
def gmail_emulator() -> Iterator[Emulator]:
    """A running emulator."""
    if not node() or not (HOME / "node_modules" / "emulate").is_dir():
        pytest.skip(MISSING)
    emulator = Emulator()
    emulator.start()
    yield emulator
    emulator.stop()


@pytest.fixture
def gmail_user(gmail_emulator: Emulator) -> GmailUser:
    """A user with an empty account."""
    return GmailUser(gmail_emulator, next(_users))


@pytest.fixture
def gmail_proxy(gmail_emulator: Emulator, gmail_user: GmailUser) -> Iterator[GmailProxy]:
    """A proxy that knows the user's token."""
    for proxy in proxies(gmail_emulator.port):
        proxy.tokens.add(gmail_user.token)
        yield proxy
