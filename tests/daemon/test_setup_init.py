"""`afterword init`: from an address to a configuration that works, tried at a terminal on a real server."""

from __future__ import annotations

import shlex
import tomllib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from daemon_process import invitation, reply
from servers.dovecot import PASSWORD, Dovecot, Layout
from servers.pymap_server import PymapServer
from terminal import afterword, at_a_terminal

HOUR = timedelta(hours=1)


def config(home: Path) -> Path:
    return home / ".config/afterword/config.toml"


def written(home: Path) -> dict[str, object]:
    return tomllib.loads(config(home).read_text())


def at(server: Dovecot, user: str) -> list[str]:
    """Return the flags that name a test server."""
    place = ["--host", server.host, "--port", str(server.tls_port), "--user", user]
    return [*place, "--ca-file", str(server.certificate.ca)]


def test_a_few_questions_lead_to_a_configuration_that_works(dovecot: Dovecot, tmp_path: Path) -> None:
    """Address, password, name: the login is tried, everything shown before it is written, and the
    mail of the last weeks told as afterword would have seen it."""
    user = dovecot.new_user()
    past = datetime.now(UTC) - timedelta(days=30)
    dovecot.deliver(user, invitation(past), internal_date=past)
    said = "It was a pleasure to meet you. You will hear from us within three days."
    dovecot.deliver(user, reply("Re: Interview", said, past + HOUR), internal_date=past + HOUR)
    status, screen = at_a_terminal(
        *("init", *at(dovecot, user)),
        home=tmp_path,
        answers=[
            ("e-mail address", "ana"),
            ("no e-mail address.*\n.*e-mail address", "ana@mail.example"),
            ("Password", "not-it"),
            ("refused the login(.|\n)*Password", PASSWORD),
            ("Your name", "Ana Ruiz"),
            (r"Time zone \[Europe/Berlin\]", "Europe/Madird"),
            ("no time zone(.|\n)*Time zone", "Europe/Madrid"),
            (r"Country.*\[ES\]", ""),
            (r"Language.*\[de\]", "en"),
            ("Telephone", "+34 910 000 000"),
            ("I bring", "I moved forty jobs to a pipeline."),
            ("I bring", ""),
            ("Write it", "y"),
        ],
    )
    assert status == 0, screen
    assert PASSWORD not in screen
    assert written(tmp_path) == {
        "address": "ana@mail.example",
        "name": "Ana Ruiz",
        "timezone": "Europe/Madrid",
        "country": "ES",
        "language": "en",
        "observe_days": 60,
        "imap": {
            "host": dovecot.host,
            "port": dovecot.tls_port,
            "user": user,
            "password_file": "password",
            "ca_file": str(dovecot.certificate.ca),
        },
        "profile": {"phone": "+34 910 000 000", "strengths": ["I moved forty jobs to a pipeline."]},
    }
    home = config(tmp_path).parent
    assert {path.name: path.stat().st_mode & 0o777 for path in home.iterdir()} == {
        "config.toml": 0o600,
        "password": 0o600,
    }
    assert home.stat().st_mode & 0o777 == 0o700
    assert "Acme: draft a thank-you to Kim Lee" in screen
    assert "Acme: draft a status-check to Lou Park" in screen
    assert "Acme: stop" in screen
    with dovecot.client(user) as client:
        client.select_folder("Drafts", readonly=True)
        assert client.search() == []
    assert afterword("run", "--once", home=tmp_path).returncode == 0


def test_everything_can_be_said_by_flags(dovecot: Dovecot, tmp_path: Path) -> None:
    """With --yes nothing is asked; the password comes from standard input and lands in a private file."""
    done = afterword(
        *("init", "--address", "ana.ruiz@mail.example", "--yes", "--password-file", "-", *at(dovecot, "x")),
        home=tmp_path,
        given=f"{PASSWORD}\n",
    )
    assert done.returncode == 0, done.stderr
    found = written(tmp_path)
    assert (found["name"], found["timezone"], found["country"]) == ("Ana Ruiz", "Europe/Berlin", "DE")
    assert (config(tmp_path).parent / "password").read_text() == f"{PASSWORD}\n"
    assert PASSWORD not in done.stdout + done.stderr + config(tmp_path).read_text()
    assert "No mail about an interview was seen" in done.stdout


def test_running_it_again_changes_and_destroys_nothing(dovecot: Dovecot, tmp_path: Path) -> None:
    """Comments and settings of the user's own stay, the old file is kept, what is the same is not written."""
    command = ["init", "--yes", "--days", "0"]
    first = [*command, "--address", "ana@mail.example", "--password-file", "-", *at(dovecot, "x")]
    assert afterword(*first, home=tmp_path, given=PASSWORD).returncode == 0
    path = config(tmp_path)
    mine = path.read_text().replace(
        'language = "de"', 'language = "de"  # they write German\nobserve_days = 90'
    )
    path.write_text(mine + "\n# the end\n")
    assert "says all this already" in afterword(*command, home=tmp_path).stdout
    done = afterword(*command, "--phone", "+49 1", home=tmp_path)
    assert done.returncode == 0, done.stderr
    after = path.read_text()
    assert "# they write German\nobserve_days = 90\n" in after
    assert "# the end" in after
    assert written(tmp_path)["profile"] == {"phone": "+49 1"}
    (kept,) = path.parent.glob("config.toml.before-*")
    assert kept.read_text() == mine + "\n# the end\n"
    assert kept.stat().st_mode & 0o777 == 0o600


def test_a_no_writes_nothing(dovecot: Dovecot, tmp_path: Path) -> None:
    """Who does not agree to what is shown keeps everything as it was."""
    flags = ["init", "--address", "ana@mail.example", "--name", "Ana", "--timezone", "UTC", "--country", ""]
    flags += ["--language", "en", "--phone", "", "--strength", "I build.", *at(dovecot, "x")]
    status, screen = at_a_terminal(*flags, home=tmp_path, answers=[("Password", PASSWORD), ("Write it", "n")])
    assert status == 0
    assert "Nothing was written." in screen
    assert not config(tmp_path).parent.exists()


@pytest.mark.parametrize(
    ("flags", "status", "says", "remedy"),
    [
        ("ana@gmail.com", 2, "--password-file or --password-command is needed", "standard input"),
        ("ana@tuta.com", 1, "no IMAP", "another address"),
        ("nobody", 2, "no e-mail address", "ana@mail.example"),
        ("a@b.example", 2, "--host is needed", "--help"),
        ("a@b.example --host mail.invalid --password-command true", 1, "cannot be reached", "`host`"),
        ("a@b.example --host localhost --password-file missing", 2, "no file", "--password-file"),
        ("a@b.example --host localhost --password-command '\"'", 2, "cannot be taken apart", "quotation"),
    ],
)
def test_every_mistake_names_its_remedy(
    tmp_path: Path, flags: str, status: int, says: str, remedy: str
) -> None:
    """Nothing is written, nothing is a traceback, and the last line says what to do."""
    done = afterword("init", "--yes", "--address", *shlex.split(flags), home=tmp_path)
    assert done.returncode == status, done.stderr
    assert says in done.stderr
    assert remedy in done.stderr
    assert "Traceback" not in done.stderr
    assert not config(tmp_path).exists()


def test_a_refused_password_is_77_with_the_servers_words(dovecot: Dovecot, tmp_path: Path) -> None:
    """A script can tell a wrong password from everything else; the password is not repeated."""
    flags = ["--address", "ana@mail.example", "--password-file", "-", *at(dovecot, "x")]
    done = afterword("init", "--yes", *flags, home=tmp_path, given="hunter-2\n")
    assert done.returncode == 77
    assert "refused the login" in done.stderr
    assert "hunter-2" not in done.stderr


def test_an_untrusted_certificate_is_not_passed_over(dovecot: Dovecot, tmp_path: Path) -> None:
    """TLS that proves nothing is refused, and the way to trust one's own server is named."""
    flags = ["--address", "a@mail.example", "--host", dovecot.host, "--port", str(dovecot.tls_port)]
    done = afterword("init", "--yes", *flags, "--password-command", "echo x", home=tmp_path)
    assert done.returncode == 1
    assert "not trusted" in done.stderr
    assert "ca_file" in done.stderr


def test_a_second_account_gets_a_file_of_its_own_and_so_does_the_first(
    dovecot: Dovecot, tmp_path: Path
) -> None:
    """With --account the configuration becomes one for several: what is the person's stays for all, what is
    the account's goes with it, and both can be watched and looked after by name."""
    users = [dovecot.new_user(), dovecot.new_user()]
    common = ["init", "--yes", "--days", "0", "--password-file", "-"]
    first = [*common, "--address", "ana.ruiz@mail.example", *at(dovecot, users[0])]
    assert afterword(*first, home=tmp_path, given=PASSWORD).returncode == 0
    second = [*common, "--account", "work", "--address", "ruiz@firm.example", *at(dovecot, users[1])]
    done = afterword(*second, home=tmp_path, given=PASSWORD)
    assert done.returncode == 0, done.stderr
    top = written(tmp_path)
    assert {key: top.get(key) for key in ("name", "accounts", "address", "imap")} == {
        "name": "Ana Ruiz",
        "accounts": "accounts",
        "address": None,
        "imap": None,
    }
    folder = config(tmp_path).parent / "accounts"
    assert tomllib.loads((folder / "main.toml").read_text())["imap"]["user"] == users[0]
    own = tomllib.loads((folder / "work.toml").read_text())
    assert own.keys() == {"address", "imap"}, "what is as at the top is not said again"
    assert own["imap"]["password_file"] == "password-work"
    done = afterword("run", "--once", home=tmp_path)
    assert done.returncode == 0, done.stderr
    assert (
        "Say which: --account ID, a new one or one of main, work" in afterword(*first, home=tmp_path).stderr
    )
    done = afterword("init", "--yes", "--days", "0", "--account", "work", "--phone", "+49 1", home=tmp_path)
    assert done.returncode == 0, done.stderr
    assert tomllib.loads((folder / "work.toml").read_text())["profile"] == {"phone": "+49 1"}
    assert afterword("doctor", "--account", "work", home=tmp_path).returncode == 0


def test_a_drafts_mailbox_nobody_can_tell_is_asked_for(
    dovecot_server: Callable[[Layout], Dovecot], tmp_path: Path
) -> None:
    """Its name is taken only where it exists, and written down; by itself none is made."""
    server = dovecot_server(Layout(boxes=(("Unfertig", ""), ("Weg", ""))))
    flags = ["init", "--address", "ana@mail.example", "--password-file", "-", "--yes", *at(server, "x")]
    done = afterword(*flags, home=tmp_path, given=PASSWORD)
    assert done.returncode == 1
    assert "--drafts NAME" in done.stderr
    assert "Unfertig" in done.stderr
    done = afterword(*flags, "--drafts", "Unfertig", home=tmp_path, given=PASSWORD)
    assert done.returncode == 0, done.stderr
    imap = written(tmp_path)["imap"]
    assert isinstance(imap, dict)
    assert imap["drafts"] == "Unfertig"


@pytest.mark.parametrize(
    "flags", ["--address ana@outlook.com", "--address ana@ruiz.example --host 'Microsoft 365'"]
)
def test_where_no_password_is_taken_a_permission_is_prepared(tmp_path: Path, flags: str) -> None:
    """Microsoft: the client's id is all that is needed; `afterword authorize` is the next step named."""
    done = afterword("init", "--yes", *shlex.split(flags), home=tmp_path)
    assert done.returncode == 2
    assert "--client-id is needed" in done.stderr
    done = afterword("init", "--yes", *shlex.split(flags), "--client-id", "0123-4567", home=tmp_path)
    assert done.returncode == 0, done.stderr
    assert written(tmp_path)["imap"] == {
        "host": "outlook.office365.com",
        "auth": "xoauth2",
        "client_id": "0123-4567",
    }
    assert "afterword authorize" in done.stdout
    assert "Looking back" not in done.stdout
    again = afterword("init", "--yes", "--phone", "+34 1", home=tmp_path)
    assert again.returncode == 0, again.stderr
    assert written(tmp_path)["imap"]["client_id"] == "0123-4567"  # type: ignore[index]
    assert afterword("doctor", "--offline", home=tmp_path).returncode == 0


def test_gmail_by_its_own_api_takes_a_client_file(tmp_path: Path) -> None:
    """With --client-file there is no password to ask for; the file has to be there."""
    client = tmp_path / "client.json"
    flags = ["init", "--yes", "--address", "ana@gmail.com", "--client-file", str(client)]
    assert "docs/how-to/gmail.md" in afterword(*flags, home=tmp_path).stderr
    client.write_text('{"installed": {"client_id": "a", "client_secret": "b"}}')
    client.chmod(0o600)
    done = afterword(*flags, home=tmp_path)
    assert done.returncode == 0, done.stderr
    assert written(tmp_path)["gmail"] == {"client_file": str(client)}
    assert "imap" not in written(tmp_path)


def test_a_poor_server_will_do(pymap_server: PymapServer, tmp_path: Path) -> None:
    """Without TLS on this machine, without special uses: the names of the mailboxes are enough."""
    user = pymap_server.new_user()
    flags = ["--host", "127.0.0.1", "--port", str(pymap_server.port), "--security", "none", "--user", user]
    done = afterword(
        *("init", "--address", "ana@mail.example", "--password-file", "-", "--yes", *flags),
        home=tmp_path,
        given=PASSWORD,
    )
    assert done.returncode == 0, done.stderr
    assert afterword("doctor", home=tmp_path).returncode == 0
