"""A small HTTP proxy before the Gmail emulator: it makes the faults, and adds what the emulator lacks.

What the emulator (npm emulate 0.11.2) has of its own: messages, labels, threads, drafts, history, watch, the
OAuth endpoints, search by `after:`.  What this adds, as Google has it:

- tokens nobody issued, and tokens that were made to end, are answered with 401;
- `getProfile`, and search by `rfc822msgid:` (the emulator's own never finds anything);
- 404 for a history id older than `oldest_history`;
- 404 for a draft in a thread that is not there;
- another message id for a draft that was changed by PUT (the emulator keeps the id; Gmail does not);
- a pull subscription of Pub/Sub whose messages are `announced`;
- the faults in `faults`, each for as many requests as it says.

Every request is recorded, and whatever has `/send` in its path is refused and recorded in `sent`.
"""

from __future__ import annotations

import base64
import http.client
import json
import re
import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

Reply = tuple[int, dict[str, str], bytes]


class Loss(Enum):
    """How an answer gets lost."""

    FIN = "fin"  # the request is obeyed, then the line is closed
    RESET = "reset"  # the same, with an RST
    HALF = "half"  # the same, in the middle of the answer
    BEFORE = "before"  # the line is closed before the request is obeyed


@dataclass
class Fault:
    """What goes wrong with the next `times` requests whose "METHOD path" matches."""

    pattern: str
    status: int = 0
    reason: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | None = None
    loss: Loss | None = None
    times: int = 1
    seconds: float = 0.0


def google_error(status: int, reason: str) -> bytes:
    """Return an error as Google words it."""
    return json.dumps(
        {"error": {"code": status, "message": reason, "errors": [{"domain": "global", "reason": reason}]}}
    ).encode()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: Any) -> None:
        """Say nothing of clients that went away."""


def _sought(query: dict[str, list[str]]) -> str:
    """Return the Message-ID a search is for, or nothing."""
    name, _, value = query.get("q", [""])[0].partition(":")
    return value.strip("<>") if name == "rfc822msgid" else ""


class GmailProxy:
    """The peer the tests talk to."""

    def __init__(self, emulator_port: int) -> None:
        self.emulator_port = emulator_port
        self.requests: list[str] = []
        self.sent: list[str] = []
        self.faults: list[Fault] = []
        self.tokens: set[str] = set()
        self.oldest_history = 0
        self.announced: list[bytes] = []
        self.acknowledged: list[str] = []
        self._renamed: dict[str, str] = {}
        self._server = _Server(("127.0.0.1", 0), self._handler())
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def fail(self, pattern: str, status: int, reason: str = "", times: int = 1, **headers: str) -> None:
        """Answer the next matching requests with an error of Google's."""
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        self.faults.append(Fault(pattern, status, reason, names, times=times))

    def lose(self, pattern: str, loss: Loss = Loss.FIN, times: int = 1) -> None:
        """Lose the answers to the next matching requests."""
        self.faults.append(Fault(pattern, loss=loss, times=times))

    def answer(self, pattern: str, body: bytes, times: int = 1) -> None:
        """Answer the next matching requests with 200 and these octets."""
        self.faults.append(Fault(pattern, 200, body=body, times=times))

    def heal(self) -> None:
        """Let everything through again."""
        self.faults.clear()
        self.oldest_history = 0

    def asked(self, pattern: str) -> int:
        """Return how many requests matched."""
        return sum(1 for each in self.requests if re.search(pattern, each))

    def close(self) -> None:
        """End everything."""
        self._server.shutdown()
        self._server.server_close()

    def fault_for(self, line: str) -> Fault | None:
        """Return the fault of a request, and count it."""
        for fault in self.faults:
            if fault.times > 0 and re.search(fault.pattern, line):
                fault.times -= 1
                return fault
        return None

    def reply(self, method: str, target: str, headers: dict[str, str], body: bytes) -> Reply:
        """Return the answer to a request."""
        path, query = urlsplit(target).path, parse_qs(urlsplit(target).query)
        if "/send" in path:
            self.sent.append(f"{method} {path}")
            return 403, {}, google_error(403, "sendingIsForbiddenHere")
        ours = path.startswith(("/gmail/", "/v1/"))
        if ours and headers.get("authorization", "").removeprefix("Bearer ") not in self.tokens:
            return 401, {}, google_error(401, "authError")
        if path.startswith("/v1/projects/"):
            return self._pubsub(path, body)
        if path == "/gmail/v1/users/me/profile":
            return self._profile(headers)
        if path == "/gmail/v1/users/me/messages" and (wanted := _sought(query)):
            return self._by_message_id(wanted, headers)
        if path.endswith("/me/history") and int(query["startHistoryId"][0]) < self.oldest_history:
            return 404, {}, google_error(404, "notFound")
        if method == "POST" and path.endswith("/me/drafts") and not self._thread_known(headers, body):
            return 404, {}, google_error(404, "notFound")
        return self._forward(method, target, headers, body)

    def _forward(self, method: str, target: str, headers: dict[str, str], body: bytes) -> Reply:
        for real, shown in self._renamed.items():
            target = target.replace(shown, real)
        status, kept, answer = self._ask(method, target, headers, body)
        if method == "PUT" and status == 200 and "/drafts/" in target:
            real = json.loads(answer)["message"]["id"]
            self._renamed[real] = f"{real}.{len(self.requests)}"
        for real, shown in self._renamed.items():
            answer = answer.replace(f'"{real}"'.encode(), f'"{shown}"'.encode())
        if target.startswith("/oauth2/token") and status == 200:
            self.tokens.add(json.loads(answer)["access_token"])
        return status, kept, answer

    def _ask(self, method: str, target: str, headers: dict[str, str], body: bytes) -> Reply:
        line = http.client.HTTPConnection("127.0.0.1", self.emulator_port, timeout=20)
        passed = {name: headers[name] for name in ("authorization", "content-type") if name in headers}
        try:
            line.request(method, target, body or None, passed)
            response = line.getresponse()
            kept = {"Location": found} if (found := response.getheader("Location")) else {}
            return response.status, kept, response.read()
        finally:
            line.close()

    def _profile(self, headers: dict[str, str]) -> Reply:
        _, _, answer = self._ask(
            "GET", "/gmail/v1/users/me/history?startHistoryId=0&maxResults=1", headers, b""
        )
        said = {"emailAddress": "me@mail.example", "historyId": json.loads(answer)["historyId"]}
        return 200, {}, json.dumps(said).encode()

    def _by_message_id(self, wanted: str, headers: dict[str, str]) -> Reply:
        path = "/gmail/v1/users/me/messages"
        _, _, answer = self._ask("GET", f"{path}?includeSpamTrash=true&maxResults=500", headers, b"")
        found = []
        for each in json.loads(answer)["messages"]:
            _, _, read = self._ask("GET", f"{path}/{each['id']}?format=metadata", headers, b"")
            fields = {field["name"]: field["value"] for field in json.loads(read)["payload"]["headers"]}
            if fields.get("Message-ID", "").strip("<>") == wanted:
                found.append({"id": self._renamed.get(each["id"], each["id"]), "threadId": each["threadId"]})
        return 200, {}, json.dumps({"messages": found} if found else {"resultSizeEstimate": 0}).encode()

    def _thread_known(self, headers: dict[str, str], body: bytes) -> bool:
        thread = json.loads(body).get("message", {}).get("threadId")
        if not thread:
            return True
        return self._ask("GET", f"/gmail/v1/users/me/threads/{thread}?format=minimal", headers, b"")[0] == 200

    def _pubsub(self, path: str, body: bytes) -> Reply:
        if path.endswith(":acknowledge"):
            self.acknowledged += json.loads(body)["ackIds"]
            return 200, {}, b"{}"
        end = time.monotonic() + 2
        while not self.announced and time.monotonic() < end:
            time.sleep(0.02)
        found, self.announced = self.announced, []
        messages = [
            {"ackId": f"ack{n}", "message": {"data": base64.b64encode(each).decode(), "messageId": str(n)}}
            for n, each in enumerate(found)
        ]
        return 200, {}, json.dumps({"receivedMessages": messages} if messages else {}).encode()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def handle_any(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                line = f"{self.command} {self.path}"
                proxy.requests.append(line)
                fault = proxy.fault_for(line)
                if fault and fault.loss is Loss.BEFORE:
                    self._drop(fault.loss)
                    return
                if fault and fault.status:
                    time.sleep(fault.seconds)
                    said = fault.body if fault.body is not None else google_error(fault.status, fault.reason)
                    self._answer((fault.status, fault.headers, said))
                    return
                named = {name.lower(): value for name, value in self.headers.items()}
                reply = proxy.reply(self.command, self.path, named, body)
                if fault and fault.loss:
                    if fault.loss is Loss.HALF:
                        self.wfile.write(b'HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n{"id": ')
                    self._drop(fault.loss)
                    return
                self._answer(reply)

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = handle_any  # noqa: N815

            def _answer(self, reply: Reply) -> None:
                status, headers, body = reply
                self.send_response(status)
                for name, value in {"Content-Type": "application/json", **headers}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def _drop(self, how: Loss) -> None:
                self.close_connection = True
                with suppress(OSError):
                    if how is Loss.RESET:  # a linger of nothing makes close() send RST
                        self.connection.setsockopt(
                            socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
                        )
                    else:
                        self.connection.shutdown(socket.SHUT_RDWR)
                    self.connection.close()

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        return Handler


def proxies(emulator_port: int) -> Iterator[GmailProxy]:
    """Yield a proxy, and fail where anything was asked to be sent."""
    proxy = GmailProxy(emulator_port)
    yield proxy
    proxy.close()
    assert proxy.sent == [], "something was sent"
