"""The values of the Gmail connector, and the line under it, against whatever may come."""

from __future__ import annotations

import base64
import email.policy
import socket
import time
from collections.abc import Iterator
from contextlib import suppress
from email.parser import BytesParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_httpserver import HTTPServer

from connectors import gmail_cursor, gmail_errors, gmail_mail
from connectors.connector import Cursor
from connectors.errors import ConnectorError, Refused, Unavailable, Vanished
from connectors.gmail_cursor import Place, Reach
from connectors.oauth import google_client
from connectors.tokens import Token, TokenFile, decoded
from connectors.web import TooLarge, Web, checked_url

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
NAMES = st.sampled_from(
    "id threadId labelIds internalDate raw payload headers name value mimeType body data parts".split()
)
MESSAGES = st.recursive(
    st.none() | st.integers() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=8),
    max_leaves=30,
).filter(lambda value: isinstance(value, dict))


@given(
    st.from_regex(r"[0-9]{1,20}", fullmatch=True),
    st.none()
    | st.dictionaries(
        st.text(min_size=1), st.builds(Reach, st.integers(0, 1 << 50), st.frozensets(st.text(), max_size=4))
    ),
)
def test_a_place_is_read_as_it_was_written(history: str, window: dict[str, Reach] | None) -> None:
    """Whatever the labels and ids are called, the cursor brings the very place back."""
    place = Place(history, window)
    assert gmail_cursor.read(place.cursor()) == place


@given(st.text() | ANYTHING.map(str))
def test_no_other_text_is_taken_for_a_place(text: str) -> None:
    """Text that is not ours is told as Vanished, and never as another error."""
    try:
        place = gmail_cursor.read(Cursor(text))
    except Vanished:
        return
    assert place is not None
    assert place.history.isdigit()


@given(st.lists(st.tuples(st.integers(0, 5), st.text(min_size=1, max_size=3)), max_size=20))
def test_a_reach_holds_what_it_passed(mails: list[tuple[int, str]]) -> None:
    """In the order of arrival, nothing that was passed is ever read again."""
    reach = Reach(0)
    for at, name in sorted(mails):
        reach = reach.passed(at, name)
    assert all(reach.holds(at, name) for at, name in mails)
    assert not reach.holds(6, "later")


@given(MESSAGES)
def test_a_message_of_any_shape_is_read_without_an_error(message: dict) -> None:
    """What Gmail says may be anything: octets and facts come out, no header can grow another line."""
    whole = gmail_mail.rebuilt(message)
    gmail_mail.stored(message, whole, partial=True)
    gmail_mail.stored(message, gmail_mail.octets(message))
    gmail_mail.message_id(message)
    gmail_mail.calendars(message)
    gmail_mail.whereabouts(message)
    head = whole.partition(b"\r\n\r\n")[0]
    assert b"\n" not in head.replace(b"\r\n", b"")
    BytesParser(policy=email.policy.compat32).parsebytes(whole)


def test_a_header_value_cannot_become_a_field() -> None:
    """Line ends in what Gmail gives as a field's value do not begin another field."""
    fields = [{"name": "Subject", "value": "x\r\nBcc: a@b.example"}, {"name": "A\r\nB", "value": "y"}]
    mail = BytesParser().parsebytes(gmail_mail.rebuilt({"payload": {"headers": fields}}))
    assert mail["Bcc"] is None
    assert mail["B"] is None


def test_parts_within_parts_are_capped() -> None:
    """Two thousand levels and ten thousand parts are read in a moment, and not to their end."""
    deep: dict = {"mimeType": "text/plain", "body": {"data": "eA"}}
    for _ in range(2000):
        deep = {"mimeType": "multipart/mixed", "parts": [deep]}
    wide = {"parts": [{"mimeType": "text/plain", "body": {"data": "eA"}}] * 10_000}
    huge = {"mimeType": "text/plain", "body": {"data": base64.b64encode(b"x" * 5_000_000).decode()}}
    began = time.monotonic()
    for payload in (deep, wide, huge):
        assert len(gmail_mail.rebuilt({"payload": payload})) < 2_000_000
    assert time.monotonic() - began < 5


@given(st.binary() | ANYTHING.map(lambda value: repr({"error": value}).replace("'", '"').encode()))
def test_reasons_are_found_in_any_body(body: bytes) -> None:
    """An error's body may be anything; what comes out has a meaning."""
    for status in (400, 401, 403, 404, 408, 429, 500, 503):
        assert isinstance(gmail_errors.meaning(status, gmail_errors.reasons(body)), ConnectorError)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("7", 7),
        (" 120 ", 120),
        ("999999999999", 86400),
        ("-5", None),
        ("1.5", None),
        ("", None),
        ("soon", None),
        ("٣", None),
        ("Wed, 04 Mar 2026 09:31:00 GMT", 60),
        ("Wed, 04 Mar 2026 09:00:00 GMT", 0),
    ],
)
def test_retry_after(value: str, seconds: float | None) -> None:
    """Seconds or a date, by the server's own clock; nonsense is nothing, nobody waits for over a day."""
    headers = {"retry-after": value, "date": "Wed, 04 Mar 2026 09:30:00 GMT"}
    assert gmail_errors.retry_after(headers) == seconds


@given(st.binary() | ANYTHING.map(repr).map(str.encode))
def test_no_file_is_taken_for_a_login(octets: bytes) -> None:
    """Whatever lies in a token file, it is a login or Refused, never another error."""
    with suppress(Refused):
        assert decoded(octets, Path("login.json")).refresh_token


def test_a_login_keeps_through_its_file(tmp_path: Path) -> None:
    """Written privately in a directory that is made, read back whole, replaced in one go."""
    file = TokenFile(tmp_path / "new" / "login.json")
    for number in range(2):
        token = Token("id", "https://t.example", f"refresh{number}", "secret", ("a", "b"))
        file.write(token)
        assert file.read() == token
    assert file.path.stat().st_mode & 0o777 == 0o600
    assert file.path.parent.stat().st_mode & 0o777 == 0o700
    assert [each.name for each in file.path.parent.iterdir()] == ["login.json"]
    assert "refresh" not in repr(file.read())
    assert "secret" not in repr(file.read()).replace("client_secret", "")


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"installed": 3}', '{"installed": {}}', '{"web": {"x": 1}}']
)
def test_no_other_json_is_taken_for_a_client(tmp_path: Path, text: str) -> None:
    """What is not the file of an OAuth client is told, with where to get it."""
    (tmp_path / "client.json").write_text(text)
    with pytest.raises(Refused, match="not the JSON file") as error:
        google_client(tmp_path / "client.json")
    assert "Download" in error.value.hint


@pytest.mark.parametrize(
    "url", ["http://mail.example/x", "ftp://127.0.0.1/", "//127.0.0.1/", "", "http://127.0.0.1.evil.example/"]
)
def test_nothing_leaves_without_tls(url: str) -> None:
    """Plain HTTP is for this machine only."""
    with pytest.raises(Refused, match="not protected by TLS"):
        checked_url(url)


@pytest.fixture
def web() -> Iterator[Web]:
    web = Web(connect_timeout=2, read_timeout=1)
    yield web
    web.close()


def test_no_redirect_is_followed(httpserver: HTTPServer, web: Web) -> None:
    """A redirect is an answer like any other: the token does not go where a server points."""
    httpserver.expect_request("/").respond_with_data("", 302, {"Location": httpserver.url_for("/other")})
    assert web.request("GET", httpserver.url_for("/"), headers={"Authorization": "x"}).status == 302
    assert len(httpserver.log) == 1


def test_an_answer_larger_than_asked_for_is_not_read_to_its_end(httpserver: HTTPServer, web: Web) -> None:
    """The line is dropped, and the next question goes over another one."""
    httpserver.expect_request("/").respond_with_data(b"x" * 2000)
    with pytest.raises(TooLarge):
        web.request("GET", httpserver.url_for("/"), cap=1999)
    assert len(web.request("GET", httpserver.url_for("/"), cap=2000).body) == 2000


def test_a_server_that_says_nothing_is_waited_for_a_second_only(web: Web) -> None:
    """Silence ends with the read timeout, as Unavailable, and nothing is asked twice."""
    with socket.create_server(("127.0.0.1", 0)) as mute:
        began = time.monotonic()
        with pytest.raises(Unavailable, match="no answer in time"):
            web.request("POST", f"http://127.0.0.1:{mute.getsockname()[1]}/", b"x")
        assert 0.9 < time.monotonic() - began < 10
        mute.accept()[0].close()
        mute.settimeout(0.1)
        with pytest.raises(TimeoutError):
            mute.accept()
    assert web.answered() is False
