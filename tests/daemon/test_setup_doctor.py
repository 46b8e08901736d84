"""`afterword doctor`: what is amiss is found, said in a sentence, and so is what to do."""

from __future__ import annotations

import json
import os
import sqlite3
import stat
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from daemon_process import ADDRESS, Home, eventually
from servers.dovecot import Dovecot, Layout
from servers.gmail_peer import CLIENT_ID, GmailUser
from servers.gmail_proxy import GmailProxy
from servers.pymap_server import PymapServer

from connectors.connector import Mailbox, SpecialUse
from connectors.gmail_settings import scopes
from connectors.imap_settings import ImapSettings, Security
from connectors.imap_survey import Survey
from connectors.tokens import Token, TokenFile
from daemon.doctor import Result, Verdict, clock, disk, watched
from daemon.doctor_account import extensions, mailboxes, protection
from daemon.store import Store

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def results(home: Home, *flags: str) -> tuple[int, dict[str, dict[str, str]]]:
    """Return the exit status and the checks by name, the worst of each."""
    done = home.run("doctor", "--json", *flags)
    assert "Traceback" not in done.stderr
    found: dict[str, dict[str, str]] = {}
    for line in map(json.loads, done.stdout.splitlines()):
        worse = found.get(line["check"], {}).get("verdict") in ("fault", "notice")
        if not worse:
            found[line["check"]] = line
    return done.returncode, found


def test_a_healthy_account_gets_a_good_word_for_everything(dovecot: Dovecot, home: Home) -> None:
    """Configuration, TLS, login, extensions, mailboxes, state, daemon: nothing to mend, status 0."""
    user = dovecot.new_user()
    home.configure(dovecot, user)
    with home.running():
        eventually(lambda: "watching" in home.log())
        status, found = results(home, "--write-test")
    assert status == 0
    wanted = "configuration credentials server TLS login extensions mailboxes drafts state daemon permissions"
    assert {found[check]["verdict"] for check in (*wanted.split(), "audit log", "write test")} == {"good"}
    assert "byte for byte, and removed" in found["write test"]["says"]
    with dovecot.client(user) as client:
        client.select_folder("Drafts", readonly=True)
        assert client.search() == []


def test_offline_no_server_is_asked(home: Home, dovecot: Dovecot) -> None:
    """The checks of this machine are there, those of the server are not."""
    home.configure(dovecot, "nobody")
    status, found = results(home, "--offline")
    assert status == 0
    assert {"configuration", "clock", "disk", "state"} <= found.keys()
    assert not {"login", "TLS", "server"} & found.keys()


def test_a_wrong_configuration_is_78_with_every_mistake(home: Home) -> None:
    """Each mistake is a line of its own; nothing else can be checked."""
    home.config.write_text('address = "ana"\ntimezon = "UTC"\n')
    done = home.run("doctor")
    assert done.returncode == 78
    assert "not an e-mail address" in done.stdout
    assert "Did you mean `timezone`?" in done.stdout


def test_a_refused_login_is_77_and_says_what_to_do(dovecot: Dovecot, home: Home) -> None:
    """The password itself is said nowhere."""
    home.configure(dovecot, "ana", password="hunter-2")
    status, found = results(home)
    assert status == 77
    assert found["login"]["verdict"] == "fault"
    assert "app password" in found["login"]["do"]
    assert "hunter-2" not in json.dumps(found)


def test_a_missing_drafts_mailbox_is_a_fault(dovecot_server: Callable[[Layout], Dovecot], home: Home) -> None:
    """It is said which mailboxes there are, and how to name one."""
    server = dovecot_server(Layout(boxes=(("Unfertig", ""),)))
    home.configure(server, server.new_user())
    status, found = results(home)
    assert status == 1
    assert "Unfertig" in found["drafts"]["do"]


def test_drafts_nobody_is_subscribed_to_are_pointed_out(
    dovecot_server: Callable[[Layout], Dovecot], home: Home
) -> None:
    """Mail programs that show subscribed mailboxes only would hide what afterword lays there."""
    server = dovecot_server(Layout(boxes=()))
    user = server.new_user()
    home.configure(server, user)
    with server.client(user) as client:
        client.create_folder("Drafts")
        client.subscribe_folder("INBOX")
    status, found = results(home)
    assert status == 0
    assert found["drafts"]["verdict"] == "notice"
    assert "Subscribe" in found["drafts"]["do"]


def test_a_damaged_state_and_open_files_are_faults(dovecot: Dovecot, home: Home) -> None:
    """What others may read, and what SQLite cannot read, is said with the command that helps."""
    user = dovecot.new_user()
    home.configure(dovecot, user)
    assert home.run("run", "--once").returncode == 0
    database = home.path / "state" / "afterword.db"
    database.chmod(0o644)
    status, found = results(home, "--offline")
    assert status == 1
    assert "chmod" in found["permissions"]["do"]
    database.chmod(0o600)
    whole = database.read_bytes()
    database.write_bytes(whole[:4096] + bytes(len(whole) - 4096))
    status, found = results(home, "--offline")
    assert status == 1
    assert found["state"]["verdict"] == "fault"
    assert stat.S_IMODE(database.stat().st_mode) == 0o600


def test_a_line_cut_out_of_the_audit_log_is_found(dovecot: Dovecot, home: Home) -> None:
    """The chain is checked as `audit verify` does it."""
    home.configure(dovecot, dovecot.new_user())
    assert home.run("run", "--once").returncode == 0
    log = home.path / "state" / "audit" / "audit.jsonl"
    log.write_text("".join(log.read_text().splitlines(keepends=True)[1:]))
    status, found = results(home, "--offline")
    assert status == 1
    assert "audit verify" in found["audit log"]["do"]


def test_a_server_without_extensions_works_and_is_told_so(pymap_server: PymapServer, home: Home) -> None:
    """What is lacking is said with what follows from it."""
    user = pymap_server.new_user()
    (home.path / "password").write_text("open-sesame\n")
    (home.path / "password").chmod(0o600)
    home.config.write_text(
        f'address = "{ADDRESS}"\n[imap]\nhost = "127.0.0.1"\nport = {pymap_server.port}\nsecurity = "none"\n'
        f'user = "{user}"\npassword_file = "password"\n[state]\ndirectory = "state"\n'
    )
    status, found = results(home)
    assert status == 0
    assert found["extensions"]["verdict"] == "notice"
    assert "known by their names" in found["extensions"]["says"]
    assert found["server"]["verdict"] == "good"
    assert found["country"]["verdict"] == "notice"


def test_gmail_is_asked_who_we_are(gmail_user: GmailUser, gmail_proxy: GmailProxy, home: Home) -> None:
    """The permission's account and age are told; without a permission it is 77 and `afterword authorize`."""
    home.config.write_text(
        'address = "me@mail.example"\ncountry = "ES"\n[gmail]\n'
        f'api = "{gmail_proxy.url}"\npubsub = "{gmail_proxy.url}"\n[state]\ndirectory = "state"\n'
    )
    status, found = results(home)
    assert status == 77
    assert "afterword authorize" in found["login"]["do"]
    refresh = gmail_user.emulator.refresh_token(gmail_user.number)
    file = home.path / "state" / "login-main.json"
    TokenFile(file).write(Token(CLIENT_ID, f"{gmail_proxy.url}/oauth2/token", refresh, scopes=scopes()))
    status, found = results(home, "--write-test")
    assert status == 0, found
    assert {found[check]["verdict"] for check in ("login", "mailboxes", "permission", "write test")} == {
        "good"
    }
    week = file.stat().st_mtime - 8 * 86400
    os.utime(file, (week, week))
    assert "testing" in results(home)[1]["permission"]["do"]


def surveyed(**more: object) -> Survey:
    known: dict[str, object] = {
        "tls": "TLSv1.3",
        "valid_until": NOW + timedelta(days=60),
        "capabilities": frozenset({"IDLE", "UIDPLUS", "SPECIAL-USE"}),
        "mailboxes": (Mailbox("INBOX", SpecialUse.INBOX), Mailbox("Sent", SpecialUse.SENT)),
        "watched": ("INBOX", "Sent"),
        "drafts": "Drafts",
        "drafts_subscribed": True,
        "drafts_writable": True,
    }
    return Survey(**{**known, **more})  # type: ignore[arg-type]


def worst(found: list[Result]) -> Result:
    order = (Verdict.GOOD, Verdict.NOTICE, Verdict.FAULT)
    return max(found, key=lambda each: order.index(each.verdict))


def test_what_a_survey_means() -> None:
    """Read-only drafts are a fault; an ending certificate and an unknown sent mailbox are worth a word."""
    assert worst(list(mailboxes(surveyed()))).verdict is Verdict.GOOD
    assert worst(list(mailboxes(surveyed(drafts_writable=False)))).verdict is Verdict.FAULT
    assert worst(list(mailboxes(surveyed(mailboxes=())))).check == "sent"
    assert worst(list(extensions(surveyed(capabilities=frozenset())))).verdict is Verdict.NOTICE
    server = ImapSettings("mail.example", "ana")
    assert protection(server, surveyed(), NOW).verdict is Verdict.GOOD
    ending = surveyed(valid_until=NOW + timedelta(days=3))
    assert protection(server, ending, NOW).verdict is Verdict.NOTICE
    open_line = ImapSettings("localhost", "ana", security=Security.NONE)
    assert protection(open_line, surveyed(tls=""), NOW).verdict is Verdict.NOTICE


def test_a_clock_before_the_programs_own_time_is_wrong() -> None:
    """A machine without a battery wakes up in 1970, and nothing would ever be due."""
    assert clock(NOW).verdict is Verdict.GOOD
    assert clock(datetime(1970, 1, 1, tzinfo=UTC)).verdict is Verdict.FAULT


def test_the_disk_is_measured_where_the_state_will_be(tmp_path: Path) -> None:
    """Also before its directory exists."""
    assert disk(tmp_path / "not" / "yet").check == "disk"


def test_a_mailbox_without_job_mail_for_weeks_may_be_the_wrong_one() -> None:
    """In the first weeks nothing is said; after them the question is asked, with what to look at."""
    store = Store.memory()
    book = store.account(ADDRESS, NOW)
    early = list(watched(book, NOW + timedelta(days=3)))
    assert {each.verdict for each in early} == {Verdict.GOOD}
    late = worst(list(watched(book, NOW + timedelta(days=30))))
    assert late.check == "job mail"
    assert "mailbox employers write to" in late.do


def test_the_last_trouble_of_the_daemon_is_told() -> None:
    """What the service wrote down about a refused login is repeated with its hint."""
    store = Store.memory()
    book = store.account(ADDRESS, NOW)
    book.set_status({"state": "auth_failed", "at": NOW, "reason": "refused", "hint": "Make an app password."})
    (told, _) = watched(book, NOW)
    assert told.verdict is Verdict.NOTICE
    assert told.do == "Make an app password."


def test_what_only_the_service_can_do_is_not_called_wrong(home: Home) -> None:
    """A systemd credential is not there on the command line: no fault; a lost notification command is one."""
    text = f'address = "{ADDRESS}"\n[imap]\nhost = "localhost"\npassword_credential = "password"\n'
    home.config.write_text(f'{text}[state]\ndirectory = "state"\n')
    status, found = results(home)
    assert status == 0
    assert found["login"]["verdict"] == "notice"
    home.config.write_text(home.config.read_text() + '[notify]\ncommand = ["/no/such/command"]\n')
    status, found = results(home)
    assert status == 1
    assert "/no/such/command" in found["notify"]["says"]


def test_looking_changes_nothing(dovecot: Dovecot, home: Home) -> None:
    """The state is opened for reading: not a row is different after it."""
    home.configure(dovecot, dovecot.new_user())
    assert home.run("run", "--once").returncode == 0

    def dump() -> list[str]:
        with sqlite3.connect(f"file:{home.path}/state/afterword.db?mode=ro", uri=True) as db:
            return list(db.iterdump())

    before = dump()
    assert home.run("doctor").returncode == 0
    assert dump() == before
    assert "config.toml" in os.listdir(home.path)
