"""What the Gmail connector does when Gmail, the line or the login fails, each fault made for real."""

from __future__ import annotations

import base64
import json
import time
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from connectors_accounts import LONG_AGO, NOW, GmailAccount, everything, mail
from servers.gmail_peer import CLIENT_ID, GmailUser
from servers.gmail_proxy import GmailProxy, Loss

from connectors.connector import Cursor, SpecialUse
from connectors.errors import Refused, Unavailable, Vanished
from connectors.gmail import GmailConnector, GmailSettings
from connectors.tokens import AccessTokens, Token, TokenFile
from connectors.web import Web
from daemon.reading import message

DRAFT, DRAFT_ID = mail("draft"), "<draft@mail.example>"


@pytest.fixture
def account(gmail_user: GmailUser, gmail_proxy: GmailProxy) -> GmailAccount:
    return GmailAccount(gmail_user, gmail_proxy)


@pytest.fixture
def login(gmail_user: GmailUser, gmail_proxy: GmailProxy, tmp_path: Path) -> TokenFile:
    """A login as `afterword authorize` leaves it."""
    file = TokenFile(tmp_path / "login" / "gmail.json")
    refresh = gmail_user.emulator.refresh_token(gmail_user.number)
    file.write(Token(CLIENT_ID, f"{gmail_proxy.url}/oauth2/token", refresh))
    return file


def logged_in(proxy: GmailProxy, login: TokenFile) -> GmailConnector:
    return GmailConnector(GmailSettings(api=proxy.url, pubsub=proxy.url, read_timeout=5), AccessTokens(login))


def test_an_old_history_is_told_and_the_window_read_again(account: GmailAccount) -> None:
    """404 from history means Vanished; the window's mails come again, and history goes on after them."""
    account.deliver(mail("old"), NOW - timedelta(days=60))
    account.deliver(mail("one"))
    connector = account.connector()
    _, cursor = everything(connector)
    account.proxy.oldest_history = 1 << 80
    with pytest.raises(Vanished, match="does not reach back"):
        everything(connector, cursor)
    account.proxy.heal()
    found, cursor = everything(connector, since=NOW - timedelta(days=30))
    assert [b"<one@" in each.octets for each in found] == [True]
    account.deliver(mail("two"))
    found, _ = everything(connector, cursor)
    assert [b"<two@" in each.octets for each in found] == [True]


def test_a_history_gone_twice_in_an_hour_is_not_asked_for_a_day(account: GmailAccount) -> None:
    """The second error says that listing takes over; each mail still comes once, at the slow pace."""
    account.deliver(mail("one"))
    connector = account.connector()
    _, cursor = everything(connector)
    account.proxy.oldest_history = 1 << 80
    for said in ("does not reach back", "twice within an hour"):
        with pytest.raises(Vanished, match=said):
            everything(connector, cursor)
    assert connector.usage["mode"] == "window"
    assert connector.usage["interval"] == 0.4
    asked = account.proxy.asked("/history")
    found, cursor = everything(connector, since=NOW)
    assert [b"<one@" in each.octets for each in found] == [True]
    assert everything(connector, cursor, since=NOW) == ([], cursor)
    account.deliver(mail("two"), NOW + timedelta(minutes=1))
    account.deliver(mail("out"), NOW + timedelta(minutes=2), "Sent")
    found, later = everything(connector, cursor, since=NOW)
    assert sorted(each.use or "" for each in found) == ["inbox", "sent"]
    assert everything(connector, later, since=NOW)[0] == []
    assert account.proxy.asked("/history") == asked
    account.proxy.heal()
    assert everything(account.connector(), later, since=NOW)[0] == [], "another process goes on from there"


@pytest.mark.parametrize("path", ["messages", "drafts", "profile", "labels"])
def test_only_a_404_of_the_history_means_that_it_is_gone(account: GmailAccount, path: str) -> None:
    """A 404 anywhere else never makes us read everything again."""
    connector = account.connector()
    account.proxy.fail(f"GET .*/me/{path}", 404, "notFound", times=9)
    for ask in (lambda: everything(connector), connector.drafts, connector.mailboxes):
        try:
            ask()
        except Vanished:
            pytest.fail("a 404 elsewhere was taken for a lost history")
        except Refused:
            pass


def test_a_mail_that_is_gone_when_it_is_fetched_costs_nothing(account: GmailAccount) -> None:
    """Deleted between the list and the look: the others come, and the cursor passes it."""
    for name in ("one", "two", "three"):
        account.deliver(mail(name))
    connector = account.connector()
    account.proxy.fail(r"GET .*/messages/msg", 404, "notFound")
    found, cursor = everything(connector)
    assert len(found) == 2
    assert everything(connector, cursor)[0] == []


def test_a_token_that_ended_is_renewed_once_and_nobody_notices(
    account: GmailAccount, login: TokenFile
) -> None:
    """401 in the middle of the work: one refresh, the question is asked again, and the answer comes."""
    account.deliver(mail("one"))
    connector = logged_in(account.proxy, login)
    everything(connector)
    account.proxy.tokens.clear()
    assert len(everything(connector)[0]) == 1
    assert account.proxy.asked("/oauth2/token") == 2
    assert connector.usage["refreshes"] == 1


def test_a_login_that_gmail_never_accepts_is_not_a_loop(account: GmailAccount, login: TokenFile) -> None:
    """401 although the token is new: Refused with credentials, after one refresh."""
    connector = logged_in(account.proxy, login)
    account.proxy.fail("/gmail/", 401, "authError", times=99)
    with pytest.raises(Refused, match="does not accept the login") as error:
        everything(connector)
    assert error.value.credentials
    assert account.proxy.asked("/oauth2/token") == 2
    assert account.proxy.asked("/gmail/") == 2


def test_invalid_grant_asks_the_user_to_log_in_again(account: GmailAccount, login: TokenFile) -> None:
    """A refresh token that was taken back: Refused with credentials, what to do, and no secret told."""
    login.write(Token(CLIENT_ID, f"{account.proxy.url}/oauth2/token", "taken-back"))
    with pytest.raises(Refused, match="has ended") as error:
        logged_in(account.proxy, login).mailboxes()
    assert error.value.credentials
    assert "afterword authorize" in error.value.hint
    assert "taken-back" not in f"{error.value} {error.value.hint}"
    assert account.proxy.asked("/gmail/") == 0


def test_a_login_service_out_of_order_is_no_refusal(account: GmailAccount, login: TokenFile) -> None:
    """500, 429 or nonsense from the token endpoint is a pause, not a login that ended."""
    for status, body in ((500, b"oops"), (429, b"{}"), (200, b"<html>"), (200, b"[]"), (200, b"{}")):
        account.proxy.faults.clear()
        account.proxy.answer("/oauth2/token", body)
        account.proxy.faults[0].status = status
        with pytest.raises(Unavailable, match="out of order"):
            logged_in(account.proxy, login).mailboxes()


@pytest.mark.parametrize("octets", [b"", b"{", b"[]", b"{}", b"\xff\xfe", b'{"client_id": 3}', b"null"])
def test_a_damaged_login_file_is_told_with_what_to_do(
    account: GmailAccount, login: TokenFile, octets: bytes
) -> None:
    """Whatever lies in the file: Refused with credentials, and none of its content in the text."""
    login.path.write_bytes(octets)
    with pytest.raises(Refused, match="damaged") as error:
        logged_in(account.proxy, login).mailboxes()
    assert error.value.credentials


def test_a_login_others_may_read_is_refused(account: GmailAccount, login: TokenFile) -> None:
    """A token file is a password: 0600 or nothing."""
    assert login.path.stat().st_mode & 0o777 == 0o600
    login.path.chmod(0o644)
    with pytest.raises(Refused, match="can be read by others"):
        logged_in(account.proxy, login).mailboxes()


@pytest.mark.parametrize(
    ("reason", "kind", "credentials", "said"),
    [
        ("rateLimitExceeded", Unavailable, False, "too often"),
        ("userRateLimitExceeded", Unavailable, False, "too often"),
        ("dailyLimitExceeded", Unavailable, False, "too often"),
        ("insufficientPermissions", Refused, True, "does not allow"),
        ("accessNotConfigured", Refused, False, "switched off"),
        ("domainPolicy", Refused, False, "administrators"),
        ("forbidden", Refused, False, "forbidden"),
    ],
)
def test_a_403_is_told_by_its_reason(
    account: GmailAccount, reason: str, kind: type[Exception], credentials: bool, said: str
) -> None:
    """Limits are waited out, missing rights are told to whoever can mend them."""
    account.proxy.fail("/me/labels", 403, reason)
    with pytest.raises(kind, match=said) as error:
        account.connector().mailboxes()
    assert getattr(error.value, "credentials", False) is credentials


def test_retry_after_is_kept(account: GmailAccount) -> None:
    """429 with Retry-After: until then nothing is asked at all, afterwards all is well."""
    connector = account.connector()
    account.proxy.fail("/me/labels", 429, "rateLimitExceeded", Retry_After="1")
    with pytest.raises(Unavailable, match="too often"):
        connector.mailboxes()
    asked = len(account.proxy.requests)
    for ask in (connector.mailboxes, connector.drafts, lambda: everything(connector)):
        with pytest.raises(Unavailable, match="left alone"):
            ask()
    assert len(account.proxy.requests) == asked
    time.sleep(1.05)
    assert connector.mailboxes()


def test_a_server_in_maintenance_is_left_alone_as_long_as_it_says(account: GmailAccount) -> None:
    """503 with Retry-After is kept like 429."""
    connector = account.connector()
    account.proxy.fail("/me/labels", 503, Retry_After="20")
    for said in ("out of order", "left alone for another (20|19)"):
        with pytest.raises(Unavailable, match=said):
            connector.mailboxes()


@pytest.mark.parametrize("status", [500, 502, 503, 504, 408])
def test_an_error_of_the_servers_own_is_a_pause(account: GmailAccount, status: int) -> None:
    """5xx means later, and says nothing about the user."""
    account.proxy.fail("/me/history|/me/profile", status)
    with pytest.raises(Unavailable, match="out of order"):
        everything(account.connector())


@pytest.mark.parametrize("loss", [Loss.FIN, Loss.RESET, Loss.HALF])
def test_a_lost_answer_to_a_draft_is_never_asked_for_again(account: GmailAccount, loss: Loss) -> None:
    """The draft is there, unknown to us: Unavailable after one request, then `locate` finds the one draft."""
    connector = account.connector()
    account.proxy.lose("POST .*/drafts", loss)
    with pytest.raises(Unavailable):
        connector.append_draft(DRAFT, DRAFT_ID)
    assert account.proxy.asked("POST .*/drafts") == 1
    assert connector.locate(DRAFT_ID) == {SpecialUse.DRAFTS}
    assert connector.find_draft(DRAFT_ID) is not None
    assert account.user.stored("Drafts") == [DRAFT]


def test_a_draft_that_never_arrived_is_nowhere(account: GmailAccount) -> None:
    """The line broke before the draft was stored: Unavailable too, and `locate` says that it may be tried."""
    connector = account.connector()
    connector.drafts()
    account.proxy.lose("POST .*/drafts", Loss.BEFORE)
    with pytest.raises(Unavailable):
        connector.append_draft(DRAFT, DRAFT_ID)
    assert connector.locate(DRAFT_ID) == frozenset()
    connector.append_draft(DRAFT, DRAFT_ID)
    assert account.user.stored("Drafts") == [DRAFT]


def test_an_idle_line_that_died_is_opened_again_for_questions_only(account: GmailAccount) -> None:
    """A question over a line the server has closed meanwhile is asked once more; a fresh line is not."""
    connector = account.connector()
    connector.mailboxes()
    account.proxy.lose("/me/labels", Loss.BEFORE)
    assert connector.mailboxes()
    account.proxy.lose("/me/labels", Loss.BEFORE)
    with pytest.raises(Unavailable, match="cannot be reached"):
        account.connector().mailboxes()


def test_a_thread_that_is_gone_does_not_cost_the_draft(account: GmailAccount) -> None:
    """404 for the thread: nothing was stored, so the draft is stored outside of it."""
    ref = account.connector().append_draft(DRAFT, DRAFT_ID, "thr_that_is_gone")
    assert ref.thread_id not in {"", "thr_that_is_gone"}
    assert account.user.stored("Drafts") == [DRAFT]


def test_a_draft_gmail_cannot_take_is_refused(account: GmailAccount) -> None:
    """400: certainly not stored, and the user is told."""
    account.proxy.fail("POST .*/drafts", 400, "invalidArgument", times=2)
    with pytest.raises(Refused, match="did not store"):
        account.connector().append_draft(DRAFT, DRAFT_ID)
    assert account.user.stored("Drafts") == []


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[1]", b'"x"', b"\xff", b'{"messages": 3, "drafts": {}, "labels": "x", "history": 1}'],
)
def test_an_answer_that_makes_no_sense_is_a_pause_or_nothing(account: GmailAccount, body: bytes) -> None:
    """Whatever comes with a 200, only our own errors come out."""
    connector = account.connector()
    account.proxy.answer("/gmail/", body, times=99)
    for ask in (
        connector.mailboxes,
        connector.drafts,
        lambda: everything(connector),
        lambda: everything(connector, Cursor('{"history": "5"}')),
        lambda: connector.locate(DRAFT_ID),
        lambda: connector.append_draft(DRAFT, DRAFT_ID),
    ):
        with suppress(Unavailable):
            ask()


def test_a_large_mail_is_read_without_what_is_attached(account: GmailAccount) -> None:
    """Beyond 2 MB of answer the texts and calendars are fetched alone; the mail says that it is partial."""
    attached = b"\r\n".join([b"QUJD" * 19] * 30_000)
    octets = mail("large", MIME_Version="1.0", Content_Type='multipart/mixed; boundary="b"', body="")
    parts = b"--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nWe decide by Friday.\r\n--b\r\n"
    parts += b"Content-Type: text/calendar; method=REQUEST; name=invite.ics\r\n"
    parts += b"Content-Disposition: attachment; filename=invite.ics\r\n\r\nBEGIN:VCALENDAR\r\n--b\r\n"
    parts += b"Content-Type: application/pdf; name=x.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    account.deliver(octets + parts + attached + b"\r\n--b--\r\n")
    account.deliver(mail("small"), NOW + timedelta(minutes=1))
    large, small = everything(account.connector())[0]
    assert large.partial
    assert not small.partial
    assert len(large.octets) < 2000
    assert b"Message-ID: <large@mail.example>" in large.octets
    assert base64.b64encode(b"BEGIN:VCALENDAR") in large.octets.replace(b"\r\n", b"")
    assert "We decide by Friday." in str(message.parse(large.octets))


def test_a_service_that_tells_less_is_read_all_the_same(account: GmailAccount) -> None:
    """Without a profile and without labels in the history, as lesser doubles of Gmail have it."""
    account.deliver(mail("one"))
    account.proxy.fail("/me/profile", 404, "notFound", times=99)
    connector = account.connector()
    assert len(everything(connector)[0]) == 1
    cursor = everything(connector)[1]
    account.deliver(mail("two"))
    added = {"messagesAdded": [{"message": {"id": account.user.message_id(mail("two"), "INBOX")}}]}
    account.proxy.answer(
        "/me/history", json.dumps({"history": [{"id": "9", **added}], "historyId": "9"}).encode()
    )
    found, _ = everything(connector, cursor)
    assert [each.octets for each in found] == [mail("two")]
    ref = connector.append_draft(DRAFT, DRAFT_ID)
    put(account, ref.draft_id, mail("draft", "Edited."))
    assert connector.drafts()[0].octets == mail("draft", "Edited.")


def test_the_network_gone_for_days_is_one_question_a_time(tmp_path: Path) -> None:
    """Nobody listens: each look fails within a moment as Unavailable, and the next one works when they do."""
    file = TokenFile(tmp_path / "login.json")
    file.write(Token("client", "http://127.0.0.1:9/token", "refresh"))
    connector = GmailConnector(GmailSettings(api="http://127.0.0.1:9"), AccessTokens(file))
    for _ in range(3):
        with pytest.raises(Unavailable, match="cannot be reached") as error:
            everything(connector)
    assert "online" in error.value.hint


def test_an_edited_draft_is_the_users_though_its_id_stays(account: GmailAccount) -> None:
    """Gmail keeps the draft's id and changes the message's: the edit is seen, and never removed."""
    connector = account.connector()
    ref = connector.append_draft(DRAFT, DRAFT_ID)
    assert connector.drafts()[0].octets == DRAFT
    edited = mail("draft", "Hello, edited.")
    account.user.ask("GET", "drafts")
    put(account, ref.draft_id, edited)
    (lying,) = connector.drafts()
    assert lying.octets == edited
    assert lying.uid != ref.uid
    assert lying.draft_id == ref.draft_id
    assert connector.remove_draft(ref, DRAFT).value == "changed"
    assert account.user.stored("Drafts") == [edited]


def put(account: GmailAccount, draft_id: str, octets: bytes) -> None:
    """Save a draft as Gmail's own page does."""
    raw = base64.urlsafe_b64encode(octets).decode()
    headers = {"Authorization": f"Bearer {account.user.token}", "Content-Type": "application/json"}
    url = f"{account.proxy.url}/gmail/v1/users/me/drafts/{draft_id}"
    assert Web().request("PUT", url, json.dumps({"message": {"raw": raw}}).encode(), headers).status == 200


def test_a_trace_gmail_puts_on_a_draft_does_not_make_it_the_users(account: GmailAccount) -> None:
    """The API may write a Received field before what it was given; the rest is compared octet for octet."""
    trace = (
        b"Received: from 123456 named unknown\r\n\tby gmailapi.google.com with HTTPREST;\r\n"
        b"\tWed, 4 Mar 2026 09:30:00 +0000\r\n"
    )
    connector = account.connector()
    ref = connector.append_draft(DRAFT, DRAFT_ID)
    put(account, ref.draft_id, trace + DRAFT)
    assert connector.drafts()[0].octets == DRAFT
    assert connector.remove_draft(ref, DRAFT).value == "removed"


def test_nothing_is_fetched_while_the_account_stands_still(account: GmailAccount) -> None:
    """Looking at unchanged drafts costs one unit; a look for news two."""
    connector = account.connector()
    connector.append_draft(DRAFT, DRAFT_ID)
    _, cursor = everything(connector)
    connector.drafts()
    before = connector.usage["units"]
    connector.drafts()
    assert connector.usage["units"] - before == 1
    everything(connector, cursor)
    assert connector.usage["units"] - before == 3


def test_spam_and_drafts_do_not_come_and_rescued_mail_does(account: GmailAccount) -> None:
    """What is spam or a draft is no news; moved to the inbox by the user it is."""
    connector = account.connector()
    _, cursor = everything(connector)
    connector.append_draft(DRAFT, DRAFT_ID)
    account.deliver(mail("lost"))
    found = account.user.message_id(mail("lost"), "INBOX")
    account.user.ask(
        "POST", f"messages/{found}/modify", {"addLabelIds": ["SPAM"], "removeLabelIds": ["INBOX"]}
    )
    came, cursor = everything(connector, cursor)
    assert came == []
    account.user.ask(
        "POST", f"messages/{found}/modify", {"addLabelIds": ["INBOX"], "removeLabelIds": ["SPAM"]}
    )
    came, _ = everything(connector, cursor)
    assert [each.octets for each in came] == [mail("lost")]


def test_a_label_of_the_users_is_watched_too(account: GmailAccount) -> None:
    """Mail a filter keeps out of the inbox comes by its label; a mail with two watched labels comes once."""
    label = account.user.ask("POST", "labels", {"name": "Jobs"})["id"]
    account.deliver(mail("filtered"))
    found = account.user.message_id(mail("filtered"), "INBOX")
    account.user.ask(
        "POST", f"messages/{found}/modify", {"addLabelIds": [label], "removeLabelIds": ["INBOX"]}
    )
    account.deliver(mail("plain"))
    assert len(everything(account.connector(), since=LONG_AGO)[0]) == 1
    came, _ = everything(account.connector(labels=("jobs",)), since=LONG_AGO)
    assert sorted(each.octets for each in came) == sorted([mail("filtered"), mail("plain")])
    with pytest.raises(Refused, match="no label 'Work'") as error:
        everything(account.connector(labels=("Work",)))
    assert "Jobs" in error.value.hint or "jobs" in error.value.hint


def test_threads_that_are_over_get_the_label_where_one_is_wanted(account: GmailAccount) -> None:
    """The label is made once; a thread that is gone costs nothing; without a label nothing is asked."""
    thread = account.user.deliver(mail("one"), NOW)
    account.connector().label_stopped((thread,))
    assert account.proxy.requests == []
    connector = account.connector(stopped="Afterword/Stopped")
    connector.label_stopped((thread, "thr_gone"))
    connector.label_stopped((thread,))
    names = [each["name"] for each in account.user.ask("GET", "labels")["labels"]]
    assert names.count("Afterword/Stopped") == 1
    assert len(everything(account.connector(labels=("Afterword/Stopped",)))[0]) == 1
    account.proxy.fail("POST .*/threads/", 403, "insufficientPermissions")
    with pytest.raises(Refused, match="does not allow"):
        connector.label_stopped((thread,))
