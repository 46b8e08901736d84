"""Nothing is ever sent: proved on the source, on the gate, and on every method Gmail has."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import googleapiclient
import pytest
from connectors_accounts import GmailAccount
from hypothesis import given
from hypothesis import strategies as st
from servers.gmail_peer import GmailUser
from servers.gmail_proxy import GmailProxy

from connectors.errors import Refused, Unavailable
from connectors.gmail import GmailConnector
from connectors.gmail_gate import ALLOWED, LABELLING, WATCHING, Gate
from connectors.gmail_quota import BURST, COSTS, RATE, Budget, Pace
from connectors.gmail_settings import API, PUBSUB
from connectors.web import Web

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("connectors", "daemon", "policies")
BELLS = {  # what the word means where it is used
    "connectors/alarm.py": {"send"},  # an octet into a pair of sockets
    "connectors/imap_wire.py": {"send"},  # the line DONE, to end an IDLE
    "daemon/reader.py": {"_send"},  # a mail to the process that reads it
    "daemon/replay.py": {"send_draft", "_send"},  # the simulated user, in the account in memory
    "daemon/sdnotify.py": {"sendall"},  # READY=1 to systemd
}
ANSWERS = {"send_response", "send_header", "send_error"}  # of a web server on this machine


def sends(source: str) -> Iterator[str]:
    """Yield the names of everything called that has to do with sending, and addresses that would send."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute | ast.Name):
            name = node.attr if isinstance(node, ast.Attribute) else node.id
            if re.match(r"_*(send(all|to|msg|mail|_\w+)?$|smtplib|smtp_ssl|lmtp)", name, re.I):
                yield name
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if re.search(r"/send\b|\bsendmail\b|smtp://", node.value):
                yield node.value


def test_no_call_site_of_any_send_exists() -> None:
    """In the whole program the word means something else, in the few places named here."""
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            name = str(path.relative_to(ROOT))
            found = set(sends(path.read_text(encoding="utf-8"))) - BELLS.get(name, set()) - ANSWERS
            assert not found, f"{name}: {found}"


@pytest.mark.parametrize(
    "planted",
    [
        "service.users().drafts().send(userId='me', body={})",
        "users.messages().send(userId='me')",
        "getattr(users, 'x')(); web.request('POST', base + '/drafts/send')",
        "from smtplib import SMTP_SSL\nSMTP_SSL('x')",
        "import smtplib\nsmtplib.SMTP('x')",
        "client.send_message(mail)",
        "subprocess.run(['/usr/sbin/sendmail', '-t'])",
    ],
)
def test_a_planted_send_is_caught(planted: str) -> None:
    """The check above sees each way somebody might send."""
    assert list(sends(planted))


def asked_methods() -> set[str]:
    """Return every method of Google's client that our source asks, as Google names them."""
    source = (ROOT / "connectors" / "gmail_client.py").read_text(encoding="utf-8")
    chains = re.findall(r"self\._users((?:\.\w+(?:\(\))?)+)", source)
    return {"users." + ".".join(re.findall(r"\w+", chain)) for chain in chains}


def test_only_what_has_a_price_is_asked() -> None:
    """The source asks of Google's client what stands in the table of costs, no more and no less."""
    assert asked_methods() == set(COSTS)
    assert not any("send" in method or "import" in method or "insert" in method for method in COSTS)


def gmail_methods() -> Iterator[tuple[str, str, str]]:
    """Yield (id, HTTP method, path) of everything Gmail can do, uploads included, as it says itself."""
    where = Path(googleapiclient.__file__).parent / "discovery_cache" / "documents" / "gmail.v1.json"
    document = json.loads(where.read_text(encoding="utf-8"))

    def below(resource: dict) -> Iterator[tuple[str, str, str]]:
        for method in resource.get("methods", {}).values():
            upload = method.get("mediaUpload", {}).get("protocols", {})
            for path in (method["path"], *(each["path"] for each in upload.values())):
                filled = re.sub(r"\{\+?(\w+)\}", lambda m: "me" if m[1] == "userId" else "x1", path)
                yield method["id"].removeprefix("gmail."), method["httpMethod"], "/" + filled.lstrip("/")
        for each in resource.get("resources", {}).values():
            yield from below(each)

    yield from below(document)


class Deaf(Web):
    """A line nobody answers on, which remembers what was asked."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    def request(self, method: str, url: str, *_: object, **__: object):  # type: ignore[override]
        self.asked.append(f"{method} {url}")
        raise Unavailable("Nobody answers.")


class Token:
    def __call__(self) -> str:
        return "token"

    renewed = __call__


LABEL = b'{"addLabelIds": ["Label_1"]}'


def lets_through(gate: Gate, method: str, url: str, body: bytes = LABEL) -> bool:
    try:
        gate.request(url, method, body)
    except Refused:
        return False
    except Unavailable:
        return True
    raise AssertionError("nobody was there to answer")


def test_of_all_gmail_can_do_the_gate_lets_only_this_through() -> None:
    """Of 79 methods: reading, listing, one draft at a time; nothing that sends, imports or throws away."""
    web = Deaf()
    gate = Gate((API, PUBSUB), Token(), ALLOWED, make=lambda: web)
    wide = Gate((API, PUBSUB), Token(), ALLOWED + LABELLING + WATCHING, make=lambda: web)
    methods = list(gmail_methods())
    assert len({name for name, _, _ in methods}) > 70
    passed = {name for name, method, path in methods if lets_through(gate, method, API + path)}
    assert passed == {
        "users.getProfile",
        "users.labels.list",
        "users.history.list",
        "users.messages.list",
        "users.messages.get",
        "users.messages.attachments.get",
        "users.drafts.list",
        "users.drafts.get",
        "users.drafts.create",
        "users.drafts.delete",
    }
    widely = {name for name, method, path in methods if lets_through(wide, method, API + path)}
    assert widely - passed == {"users.labels.create", "users.threads.modify", "users.watch"}
    assert not any("send" in asked or "/upload/" in asked for asked in web.asked)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"[]",
        b"{",
        b'{"addLabelIds": ["TRASH"]}',
        b'{"addLabelIds": ["Label_1", "SPAM"]}',
        b'{"removeLabelIds": ["INBOX"]}',
        b'{"addLabelIds": ["Label_1"], "removeLabelIds": ["INBOX"]}',
        b'{"addLabelIds": 3}',
    ],
)
def test_a_label_is_all_a_conversation_can_get(body: bytes) -> None:
    """Also with labels switched on nothing is thrown away, archived or marked as read."""
    web = Deaf()
    gate = Gate((API,), Token(), ALLOWED + LABELLING, make=lambda: web)
    url = f"{API}/gmail/v1/users/me/threads/x1/modify"
    assert lets_through(gate, "POST", url)
    assert not lets_through(gate, "POST", url, body)
    assert len(web.asked) == 1


@given(
    st.sampled_from(["GET", "POST", "PUT", "PATCH", "DELETE", "post", "POST "]),
    st.sampled_from(
        ["drafts/send", "messages/send", "drafts/send/", "drafts//send", "drafts/%73end", "drafts/a/../send"]
    ),
    st.sampled_from(
        ["/gmail/v1/users/me/", "/upload/gmail/v1/users/me/", "/batch/gmail/v1/", "//gmail/v1/users/me/"]
    ),
    st.sampled_from(
        [API, "https://www.googleapis.com", "https://evil.example", "http://gmail.googleapis.com"]
    ),
    st.sampled_from(["", "?alt=json", "#x", "?userId=me/drafts"]),
)
def test_no_spelling_of_send_passes(method: str, path: str, root: str, base: str, end: str) -> None:
    """However the address is written: a POST to it does not leave, nor does anything to another host."""
    web = Deaf()
    gate = Gate((API,), Token(), ALLOWED + LABELLING + WATCHING, make=lambda: web)
    lets_through(gate, method, base + root + path + end)
    assert all(
        asked.startswith(("GET ", "DELETE ")) and asked.split()[1].startswith(API) for asked in web.asked
    )


def test_the_peer_fails_where_something_is_sent(gmail_user: GmailUser, gmail_proxy: GmailProxy) -> None:
    """The proxy refuses and remembers a request to send; each test with it ends by asking for these."""
    account = GmailAccount(gmail_user, gmail_proxy)
    connector = account.connector()
    assert isinstance(connector, GmailConnector)
    url = f"{gmail_proxy.url}/gmail/v1/users/me/drafts/send"
    assert Web().request("POST", url, b"{}", {"Authorization": f"Bearer {gmail_user.token}"}).status == 403
    assert gmail_proxy.sent == ["POST /gmail/v1/users/me/drafts/send"]
    gmail_proxy.sent.clear()


def test_the_budget_holds_back_what_asks_too_much() -> None:
    """A minute's worth may be taken at once, after that a fixed rate; a pause earns it back, and no more."""
    budget = Budget()
    waits = [budget.take(100, 0.0) for _ in range(int(BURST) // 100 + 2)]
    assert waits[: int(BURST) // 100] == [0.0] * (int(BURST) // 100)
    assert waits[-2:] == [100 / RATE, 200 / RATE]
    assert budget.take(0, 1e6) == 0.0
    assert budget.left == BURST


def test_the_pace_follows_what_comes() -> None:
    """Fast after something came, ever slower while nothing does, never beyond its bounds."""
    pace = Pace(15, 300)
    seen = []
    for _ in range(20):
        pace.looked(found=False)
        seen.append(pace.seconds)
    assert seen == sorted(seen)
    assert seen[-1] == 300
    assert seen[0] < 20
    pace.looked(found=True)
    assert pace.seconds == 15
