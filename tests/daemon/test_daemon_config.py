"""Every mistake in the configuration is named at once, with its line and a way out."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from daemon.config import default_path, default_state_directory
from daemon.config_check import countries, load
from daemon.errors import BadConfig

GOOD = """
address = ["Ana@Mail.example", "ana.ruiz@work.example"]
name = "Ana Ruiz"
timezone = "Europe/Madrid"
country = "ES-MD"
policy = "patient"

[imap]
host = "imap.mail.example"
password_command = ["pass", "mail"]

[profile]
phone = "+34 600 000 000"
strengths = ["I turn data into decisions.", { claim = "I have led a team of six.", words = ["lead"] }]
"""


def write(directory: Path, text: str, mode: int = 0o600) -> Path:
    path = directory / "config.toml"
    path.write_text(text)
    path.chmod(mode)
    return path


def problems(directory: Path, text: str, mode: int = 0o600) -> tuple[str, ...]:
    with pytest.raises(BadConfig) as caught:
        load(write(directory, text, mode))
    assert caught.value.status == 78
    return caught.value.problems


def test_a_good_configuration_is_taken_as_it_is(tmp_path: Path) -> None:
    """Addresses become lower-case, everything else stays as it was written."""
    loaded = load(write(tmp_path, GOOD))
    (account,) = loaded.accounts
    assert account.addresses == ("ana@mail.example", "ana.ruiz@work.example")
    assert account.values.timezone == "Europe/Madrid"
    assert account.values.observe_days == 30
    assert not loaded.several


def test_all_mistakes_are_named_at_once(tmp_path: Path) -> None:
    """One run shows everything: unknown and missing keys, wrong types, words and numbers, and no sense."""
    found = problems(
        tmp_path,
        """adress = "ana@mail.example"
timezone = "Madrid"
country = "Spain"
language = "eng"
policy = "pasient"
observe_days = 0

[imap]
hots = "imap.mail.example"
port = 99999
security = "ssl"
password_command = "pass mail"

[profil]
name = 3
""",
    )
    text = "\n".join(found)
    for line, words in {
        1: "Did you mean `address`?",
        2: "Did you mean `Europe/Madrid`?",
        3: "ISO 3166",
        4: "Did you mean `en`?",
        5: "Did you mean patient?",
        6: "at least 1",
        9: "Did you mean `imap.host`?",
        10: "at most 65535",
        11: "one of tls, starttls, none",
        12: "a list",
        14: "Did you mean `profile`?",
    }.items():
        assert any(f"line {line}:" in each and words in each for each in found), (line, words, text)
    assert "`address` is missing" in text
    assert "`imap.host` is missing" in text


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("password_command", "passwrd_command"), "imap.password_command"),
        (('host = "imap.mail.example"', "host = 3"), "text in quotes"),
        (("[imap]", "[imap\n"), "not TOML"),
        (('["pass", "mail"]', "[]"), "says no password"),
        (('["pass", "mail"]', '["pass"]\npassword_credential = "x"'), "several passwords"),
        (('["pass", "mail"]', '["pass"]\nsecurity = "none"'), "in the clear"),
        (('["pass", "mail"]', '["pass"]\nca_file = "nowhere.pem"'), "nowhere.pem, which is not a file"),
        (('password_command = ["pass", "mail"]', 'password_file = "pw"'), "pw, which is not a file"),
        (("Ana@Mail.example", "Ana at mail"), "not an e-mail address"),
        (('policy = "patient"', 'policy = "./mine.toml"'), "cannot be read"),
        (("claim =", "clam ="), "profile.strengths"),
        (("[imap]", "imap = 3\n[other]"), "must be a table"),
    ],
)
def test_each_mistake_says_what_to_do(tmp_path: Path, change: tuple[str, str], said: str) -> None:
    """A mistake is one sentence that names the key and what was expected."""
    assert said in "\n".join(problems(tmp_path, GOOD.replace(*change)))


def test_a_password_in_the_file_needs_a_private_file(tmp_path: Path) -> None:
    """The clear password is accepted in a 0600 file only."""
    text = GOOD.replace('password_command = ["pass", "mail"]', 'password = "open-sesame"')
    assert load(write(tmp_path, text)).accounts[0].values.imap
    found = problems(tmp_path, text, 0o644)
    assert any("chmod 600" in each for each in found)
    assert not any("open-sesame" in each for each in found)


def test_a_password_file_others_may_read_is_refused(tmp_path: Path) -> None:
    """The message says which command mends it."""
    (tmp_path / "pw").write_text("open-sesame")
    (tmp_path / "pw").chmod(0o640)
    text = GOOD.replace('password_command = ["pass", "mail"]', 'password_file = "pw"')
    assert any("chmod 600" in each for each in problems(tmp_path, text))


def test_no_configuration_says_where_one_was_looked_for(tmp_path: Path) -> None:
    """Status 78 and the path that was tried."""
    with pytest.raises(BadConfig) as caught:
        load(tmp_path / "config.toml")
    assert str(tmp_path / "config.toml") in str(caught.value)
    assert caught.value.hint


def test_a_plain_connection_to_this_machine_is_allowed(tmp_path: Path) -> None:
    """Loopback may be spoken to without TLS: nothing leaves the machine."""
    text = GOOD.replace('host = "imap.mail.example"', 'host = "127.0.0.1"\nsecurity = "none"')
    assert load(write(tmp_path, text))


def test_relative_paths_start_at_the_file(tmp_path: Path) -> None:
    """A password file beside the configuration is found from anywhere."""
    assert load(write(tmp_path, GOOD)).resolve("pw") == tmp_path / "pw"


def test_the_places_follow_the_xdg_base_directories(tmp_path: Path) -> None:
    """AFTERWORD_CONFIG wins, then XDG's variables; relative values of those are ignored, as XDG demands."""
    child = os.fork()
    if not child:
        os.environ.update(HOME="/home/ana", XDG_CONFIG_HOME="/etc/ana", XDG_STATE_HOME="relative")
        os.environ.pop("AFTERWORD_CONFIG", None)
        os.environ.pop("STATE_DIRECTORY", None)
        right = default_path() == Path("/etc/ana/afterword/config.toml")
        right &= default_state_directory() == Path("/home/ana/.local/state/afterword")
        os.environ.update(AFTERWORD_CONFIG="/tmp/x.toml", STATE_DIRECTORY="/var/lib/afterword/ana")
        right &= default_path() == Path("/tmp/x.toml")
        right &= default_state_directory() == Path("/var/lib/afterword/ana")
        os._exit(0 if right else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_countries_are_known() -> None:
    """The ISO codes come with the time zone database."""
    assert {"ES", "US", "GB", "DE"} <= countries()
    assert "UK" not in countries()
    assert len(countries()) > 200
