"""`afterword authorize`: the user's yes in a browser becomes a login, and nothing else does."""

from __future__ import annotations

import html
import http.client
import json
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from daemon_process import Home, eventually
from pytest_httpserver import HTTPServer
from servers.gmail_peer import CLIENT_ID, GmailUser
from servers.gmail_proxy import GmailProxy

from connectors.errors import Refused
from connectors.oauth import Client, Consent, Strange, google_client, microsoft_client, redirect_for
from connectors.tokens import TokenFile
from daemon.config_check import load
from daemon.device_code import device_login
from daemon.permission import wanted

CONFIG = """address = "{address}"
[gmail]
client_file = "client.json"
api = "{url}"
pubsub = "{url}"
[state]
directory = "state"
"""


@pytest.fixture
def home(tmp_path: Path, gmail_user: GmailUser, gmail_proxy: GmailProxy) -> Home:
    """A user with an OAuth client, who has not logged in yet."""
    home = Home(tmp_path)
    home.config.write_text(CONFIG.format(address=gmail_user.address, url=gmail_proxy.url))
    client = {
        "client_id": CLIENT_ID,
        "client_secret": "GOCSPX-invented",
        "auth_uri": f"{gmail_proxy.url}/o/oauth2/v2/auth",
        "token_uri": f"{gmail_proxy.url}/oauth2/token",
        "redirect_uris": ["http://localhost"],
    }
    (tmp_path / "client.json").write_text(json.dumps({"installed": client}))
    return home


@dataclass
class Running:
    process: subprocess.Popen[str]
    home: Home

    def said(self) -> str:
        return (self.home.path / "out").read_text()

    def page(self) -> str:
        """Return the address of the consent page."""
        found = eventually(lambda: re.search(r"^http\S+/o/oauth2/v2/auth\?\S+$", self.said(), re.M))
        return str(found[0])


@contextmanager
def authorizing(home: Home, *arguments: str) -> Iterator[Running]:
    """Run the command, with its output in a file."""
    with (home.path / "out").open("w") as out:
        process = subprocess.Popen(
            home.command("authorize", "--config", str(home.config), *arguments),
            stdin=subprocess.PIPE,
            stdout=out,
            stderr=subprocess.STDOUT,
            text=True,
        )
        try:
            yield Running(process, home)
        finally:
            process.kill()
            process.communicate()


def get(url: str) -> tuple[int, str]:
    """Visit a page as a browser does."""
    where = urlsplit(url)
    line = http.client.HTTPConnection(where.hostname or "", where.port, timeout=20)
    line.request("GET", f"{where.path or '/'}?{where.query}")
    response = line.getresponse()
    body = response.read().decode()
    line.close()
    return response.status, body


def say_yes(user: GmailUser, url: str) -> str:
    """Look at the consent page, press the user's button, and return where the browser is sent."""
    status, page = get(url)
    assert status == 200
    (form,) = [part for part in page.split("<form")[1:] if f'value="{user.address}"' in part]
    fields = re.findall(r'<input[^>]*name="([^"]*)"[^>]*value="([^"]*)"', form)
    return user.emulator.submit({name: html.unescape(value) for name, value in fields})


def test_a_yes_in_the_browser_becomes_a_login(gmail_user: GmailUser, home: Home) -> None:
    """The least is asked for, with state and PKCE; the login is private and opens the account at once."""
    with authorizing(home, "--no-browser") as running:
        asked = {k: v[0] for k, v in parse_qs(urlsplit(running.page()).query).items()}
        assert asked["scope"].split() == [
            "https://www.googleapis.com/auth/gmail.readonly",
            "https://www.googleapis.com/auth/gmail.compose",
        ]
        assert asked["code_challenge_method"] == "S256"
        assert asked["access_type"] == "offline"
        assert len(asked["state"]) >= 20
        assert urlsplit(asked["redirect_uri"]).hostname == "127.0.0.1"
        back = say_yes(gmail_user, running.page())
        status, page = get(back)
        assert status == 200
        assert "close this page" in page
        assert running.process.wait(20) == 0, running.said()
        assert "It opens the Gmail account" in running.said()
    file = home.path / "state" / "login-main.json"
    assert file.stat().st_mode & 0o777 == 0o600
    token = TokenFile(file).read()
    assert token.refresh_token not in running.said()
    assert "GOCSPX" not in running.said()
    assert home.run("run", "--once").returncode == 0


def test_an_answer_to_another_question_is_not_taken(gmail_user: GmailUser, home: Home) -> None:
    """A page that sends its own code with another state gets 400, and the real answer is still awaited."""
    with authorizing(home, "--no-browser") as running:
        redirect = parse_qs(urlsplit(running.page()).query)["redirect_uri"][0]
        assert get(f"{redirect}/?code=stolen&state=other")[0] == 400
        assert get(f"{redirect}/?code=stolen")[0] == 400
        assert get(f"{redirect}/favicon.ico")[0] == 404
        assert running.process.poll() is None
        assert get(say_yes(gmail_user, running.page()))[0] == 200
        assert running.process.wait(20) == 0, running.said()


def test_a_no_is_taken_for_an_answer(home: Home) -> None:
    """The user says no: status 1, a sentence, and no login."""
    with authorizing(home, "--no-browser") as running:
        asked = parse_qs(urlsplit(running.page()).query)
        refused = urlencode({"error": "access_denied", "state": asked["state"][0]})
        get(f"{asked['redirect_uri'][0]}/?{refused}")
        assert running.process.wait(20) == 1
        assert "was not given" in running.said()
        assert "Traceback" not in running.said()
    assert not (home.path / "state" / "login-main.json").exists()


@pytest.mark.parametrize("whole", [True, False])
def test_without_a_browser_the_answer_is_pasted(gmail_user: GmailUser, home: Home, whole: bool) -> None:
    """On another machine the browser ends at an address out of reach; that, or its code, is pasted."""
    with authorizing(home, "--paste") as running:
        back = say_yes(gmail_user, running.page())
        answer = back if whole else parse_qs(urlsplit(back).query)["code"][0]
        assert running.process.stdin is not None
        running.process.stdin.write(answer + "\n")
        running.process.stdin.flush()
        assert running.process.wait(20) == 0, running.said()
    assert (home.path / "state" / "login-main.json").exists()


def test_the_scopes_follow_the_configuration(home: Home) -> None:
    """Labels need one more permission, push another; each is explained in words."""
    text = home.config.read_text()
    more = 'stopped_label = "Afterword/Stopped"\ntopic = "projects/p/topics/t"\n'
    more += 'subscription = "projects/p/subscriptions/s"\n[state]'
    home.config.write_text(text.replace("[state]", more))
    with authorizing(home, "--no-browser") as running:
        scope = parse_qs(urlsplit(running.page()).query)["scope"][0]
        assert {each.rpartition("/")[2] for each in scope.split()} == {
            "gmail.modify",
            "gmail.compose",
            "pubsub",
        }
        assert "mark conversations that are over" in running.said()
        assert "never sends" in running.said()


def test_a_box_left_unticked_is_told(gmail_user: GmailUser, home: Home) -> None:
    """Google lets users take single permissions away: then nothing is kept, and it says what is missing."""
    with authorizing(home, "--no-browser") as running:
        url = running.page().replace("gmail.compose", "userinfo.email")
        get(say_yes(gmail_user, url))
        assert running.process.wait(20) == 1
        assert "does not include https://www.googleapis.com/auth/gmail.compose" in running.said()
    assert not (home.path / "state" / "login-main.json").exists()


def test_another_account_is_noticed(gmail_user: GmailUser, home: Home) -> None:
    """The login of an address that is not configured is kept, and said."""
    home.config.write_text(home.config.read_text().replace(gmail_user.address, "other@mail.example"))
    with authorizing(home, "--no-browser") as running:
        get(say_yes(gmail_user, running.page()))
        assert running.process.wait(20) == 0
        assert "is not in `address`" in running.said()


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ('address = "a@b.example"\n[gmail]\n', "names no OAuth client"),
        ('address = "a@b.example"\n[gmail]\nclient_file = "config.toml"\n', "is not the JSON file"),
        (
            'address = "a@b.example"\n[imap]\nhost = "imap.b.example"\npassword_command = ["true"]\n',
            "nothing to authorize",
        ),
        (
            'address = "a@b.example"\n[imap]\nhost = "outlook.office365.com"\nauth = "xoauth2"\n',
            "names no OAuth client",
        ),
    ],
)
def test_what_is_missing_is_said_with_what_to_do(tmp_path: Path, config: str, said: str) -> None:
    """Each way a configuration can lack what is needed: status 1, a sentence, a hint, no traceback."""
    home = Home(tmp_path)
    home.config.write_text(config)
    done = home.run("authorize")
    assert done.returncode == 1
    assert said in done.stderr
    assert len(done.stderr.splitlines()) >= 2
    assert "Traceback" not in done.stderr


def test_outlook_in_a_browser(tmp_path: Path, httpserver: HTTPServer) -> None:
    """Microsoft: a public client without a secret, sent back to localhost, with its own scopes and PKCE."""
    home = Home(tmp_path)
    home.config.write_text(
        f"""address = "ana@outlook.example"
[imap]
host = "outlook.office365.com"
auth = "xoauth2"
client_id = "app-id"
authority = "{httpserver.url_for("/common")}"
[state]
directory = "state"
"""
    )
    granted = {"access_token": "a", "refresh_token": "r1", "expires_in": 3600, "scope": SCOPES[0]}
    httpserver.expect_request("/common/oauth2/v2.0/token", "POST").respond_with_json(granted)
    with authorizing(home, "--no-browser") as running:
        page = eventually(
            lambda: re.search(r"^http\S+/common/oauth2/v2.0/authorize\?\S+$", running.said(), re.M)
        )
        asked = {k: v[0] for k, v in parse_qs(urlsplit(page[0]).query).items()}
        assert asked["scope"].split() == list(SCOPES)
        assert asked["login_hint"] == "ana@outlook.example"
        back = urlsplit(asked["redirect_uri"])
        assert (back.scheme, back.hostname) == ("http", "localhost")
        assert (
            get(f"http://127.0.0.1:{back.port}/?{urlencode({'code': 'c', 'state': asked['state']})}")[0]
            == 200
        )
        assert running.process.wait(30) == 0, running.said()
    form = parse_qs(httpserver.log[0][0].get_data(as_text=True))
    assert set(form) == {"grant_type", "code", "redirect_uri", "client_id", "code_verifier"}
    token = TokenFile(tmp_path / "state" / "login-main.json").read()
    assert (token.client_id, token.refresh_token, token.client_secret) == ("app-id", "r1", "")


def test_gmail_over_imap_asks_for_the_whole_account(tmp_path: Path) -> None:
    """Google has one scope for IMAP; the words say that its API would do with less."""
    home = Home(tmp_path)
    home.config.write_text(
        'address = "ana@gmail.example"\n[imap]\nhost = "imap.gmail.com"\nauth = "xoauth2"\nclient_id = "id"\n'
    )
    (account,) = load(home.config).accounts
    permission = wanted(account)
    assert permission.provider == "Google"
    assert permission.scopes == ("https://mail.google.com/",)
    assert "[gmail]" in permission.meaning(permission.scopes[0])
    assert permission.file.path.name == "login-main.json"


def test_state_and_verifier_are_new_each_time() -> None:
    """No two questions share a state or a verifier, and neither stands in a representation."""
    consents = [
        Consent(Client("id", "https://a.example", "https://t.example"), ("s",), "r") for _ in range(9)
    ]
    assert len({consent.state for consent in consents}) == 9
    assert len({consent.verifier for consent in consents}) == 9
    assert consents[0].verifier not in repr(consents[0])
    assert 43 <= len(consents[0].verifier) <= 128  # RFC 7636 4.1


@pytest.mark.parametrize("answer", ["", "?", "http://127.0.0.1/", "http://127.0.0.1/?code=x", "a b", "x=y"])
def test_nonsense_is_no_answer(answer: str) -> None:
    """What is no code and has not our state is refused."""
    consent = Consent(Client("id", "https://a.example", "https://t.example"), ("s",), "r")
    with pytest.raises(Strange):
        consent.code(answer)


def test_a_redirect_of_the_clients_own_is_kept(tmp_path: Path) -> None:
    """A client registered with one loopback port is sent there, others to any port."""
    client = Client("id", "a", "t", redirects=("http://localhost:8080/done", "urn:x"))
    assert redirect_for(client, 0) == ("http://localhost:8080/done", 8080)
    assert redirect_for(Client("id", "a", "t", redirects=("http://localhost",)), 9) == (
        "http://127.0.0.1:9",
        9,
    )
    with pytest.raises(Refused, match="cannot be read"):
        google_client(tmp_path / "nothing.json")


class Microsoft:
    """Microsoft's endpoints as its library speaks to them, yes after the second question."""

    def __init__(self, error: str = "") -> None:
        self.error = error
        self.polls = 0

    def get(self, url: str, **_: Any) -> Any:
        base = "https://login.microsoftonline.com/common/oauth2/v2.0"
        return _Response(
            {
                "authorization_endpoint": f"{base}/authorize",
                "token_endpoint": f"{base}/token",
                "device_authorization_endpoint": f"{base}/devicecode",
                "issuer": "https://login.microsoftonline.com/{tenantid}/v2.0",
            }
        )

    def post(self, url: str, data: Any = None, **_: Any) -> Any:
        if url.endswith("/devicecode"):
            assert "IMAP.AccessAsUser.All" in data["scope"]
            assert "offline_access" in data["scope"]
            said = {"user_code": "ABCD1234", "device_code": "secret", "expires_in": 60, "interval": 0}
            return _Response({**said, "message": "Go to the page and enter ABCD1234."})
        self.polls += 1
        if self.error:
            return _Response({"error": self.error}, 400)
        if self.polls == 1:
            return _Response({"error": "authorization_pending"}, 400)
        scope = "https://outlook.office.com/IMAP.AccessAsUser.All"
        granted = {"access_token": "a", "refresh_token": "r", "expires_in": 3600, "scope": scope}
        return _Response({**granted, "token_type": "Bearer"})

    def close(self) -> None:
        """Nothing is open."""


class _Response:
    def __init__(self, said: dict[str, Any], status: int = 200) -> None:
        self.status_code, self.text, self.headers = status, json.dumps(said), {}

    def raise_for_status(self) -> None:
        assert self.status_code == 200


SCOPES = ("https://outlook.office.com/IMAP.AccessAsUser.All", "offline_access")
AUTHORITY = "https://login.microsoftonline.com/common"


def test_a_code_typed_elsewhere_becomes_a_login_at_microsoft() -> None:
    """The user is told the code; the login has the refresh token and where it is renewed."""
    heard: list[str] = []
    client = microsoft_client("app-id", AUTHORITY)
    token = device_login(client, SCOPES, AUTHORITY, heard.append, Microsoft())
    assert heard == ["Go to the page and enter ABCD1234."]
    assert (token.client_id, token.refresh_token) == ("app-id", "r")
    assert token.token_uri == f"{AUTHORITY}/oauth2/v2.0/token"


def test_a_no_at_microsoft_is_refused() -> None:
    """The user, or their administrator, says no."""
    client = microsoft_client("app-id", AUTHORITY)
    with pytest.raises(Refused, match="access_denied"):
        device_login(client, SCOPES, AUTHORITY, lambda _: None, Microsoft("access_denied"))
