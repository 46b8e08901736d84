"""Many accounts in one configuration: tables, a directory of files, defaults, and mistakes."""

from __future__ import annotations

from pathlib import Path

import pytest

from daemon.config import Imap, Loaded
from daemon.config_check import load
from daemon.errors import BadConfig, UsageError

TOP = """
name = "Ana Ruiz"
timezone = "Europe/Madrid"
accounts = "accounts.d"

[imap]
host = "imap.mail.example"
password_command = ["pass", "mail"]

[profile]
phone = "+34 600 000 000"

[[account]]
id = "ana"
address = "Ana@Mail.example"

[[account]]
id = "ben"
address = "ben@mail.example"
name = "Ben Ode"
country = "PT"

[account.imap]
port = 1993
password_credential = "ben"

[account.profile]
signature = "Ben"
"""


class Place:
    """A directory with a configuration and account files."""

    def __init__(self, directory: Path) -> None:
        self.config = directory / "config.toml"
        self.files = directory / "accounts.d"
        self.files.mkdir()
        self.write(TOP)

    def write(self, text: str) -> None:
        self.config.write_text(text)

    def add(self, name: str, text: str) -> Path:
        (self.files / name).write_text(text)
        return self.files / name

    def load(self, *, forgiving: bool = False) -> Loaded:
        return load(self.config, forgiving=forgiving)

    def problems(self) -> str:
        with pytest.raises(BadConfig) as caught:
            self.load()
        return "\n".join(caught.value.problems)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def test_accounts_take_from_the_top_what_they_do_not_say(place: Place) -> None:
    """Setting by setting, also within tables; an own source of the password replaces the common one."""
    ana, ben = place.load().accounts
    assert (ana.id, ana.address, ana.values.name, ana.values.timezone) == (
        "ana",
        "ana@mail.example",
        "Ana Ruiz",
        "Europe/Madrid",
    )
    assert (ben.values.name, ben.values.country, ben.values.timezone) == ("Ben Ode", "PT", "Europe/Madrid")
    assert isinstance(ben.values.imap, Imap)
    assert (ben.values.imap.host, ben.values.imap.port) == ("imap.mail.example", 1993)
    assert (ben.values.imap.password_credential, ben.values.imap.password_command) == ("ben", ())
    assert (ben.values.profile.phone, ben.values.profile.signature) == ("+34 600 000 000", "Ben")


def test_an_account_may_have_a_file_of_its_own(place: Place) -> None:
    """It is called by the file's name; relative paths still start at the main file."""
    place.add("cleo.toml", 'address = "cleo@mail.example"\n[imap]\nmailboxes = ["INBOX"]\n')
    place.add(".hidden.toml", "nonsense")
    place.add("notes.txt", "nonsense")
    cleo = place.load().account("cleo")
    assert cleo.address == "cleo@mail.example"
    assert cleo.values.timezone == "Europe/Madrid"
    assert cleo.resolve("secrets/cleo") == place.config.parent / "secrets/cleo"


def test_a_mistake_in_one_file_costs_that_account_only(place: Place) -> None:
    """A check names it; a daemon that runs goes on with the others and knows what is wrong."""
    place.add("cleo.toml", 'address = "cleo@mail.example"\ntimezone = "Lisbon"\n')
    place.add("dora.toml", "address = \n")
    place.add("emil.toml", 'address = "emil@mail.example"\n')
    said = place.problems()
    assert "cleo.toml, line 2: `timezone` is 'Lisbon'" in said
    assert "dora.toml: this is not TOML" in said
    loaded = place.load(forgiving=True)
    assert [account.id for account in loaded.accounts] == ["ana", "ben", "emil"]
    assert set(loaded.refused) == {"cleo", "dora"}
    with pytest.raises(BadConfig, match="Lisbon"):
        loaded.account("cleo")


def test_a_mistake_at_the_top_is_named_once_and_is_nobodys_alone(place: Place) -> None:
    """What every account takes from the top is the file's own mistake, also for a daemon that runs."""
    place.write(TOP.replace("Europe/Madrid", "Madrid"))
    place.add("cleo.toml", 'address = "cleo@mail.example"\n')
    said = place.problems()
    assert said.count("Europe/Madrid") == 1
    assert "config.toml, line 3" in said
    with pytest.raises(BadConfig):
        place.load(forgiving=True)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (('id = "ben"', 'id = "ana"'), "line 18: There are two accounts called ana."),
        (('id = "ben"\n', ""), "line 17: `id` is missing"),
        (('id = "ben"', 'id = "ben@mail"'), "line 18: 'ben@mail' is no id"),
        (("ben@mail.example", "ana@mail.example"), "line 19: There are two accounts with the address"),
        (('address = "ben@mail.example"\n', ""), "line 17: `address` is missing"),
        (("port = 1993", "prot = 1993"), "line 24: `imap.prot` is not a setting. Did you mean `imap.port`?"),
        (("port = 1993", 'security = "none"'), "line 24: `imap.security` is `none`"),
        (('host = "imap.mail.example"\n', ""), "`imap.host` is missing"),
        (('accounts = "accounts.d"', 'accounts = "nowhere"'), "nowhere, which is not a directory"),
        (('accounts = "accounts.d"', 'address = "me@mail.example"'), "`address` stands in each account"),
        (("[account.profile]", "[account.log]"), "line 27: `log` is not a setting"),
    ],
)
def test_each_mistake_has_its_line(place: Place, change: tuple[str, str], said: str) -> None:
    """Mistakes in the n-th table are told with the line of that table."""
    place.write(TOP.replace(*change))
    assert said in place.problems()


def test_a_file_is_named_by_its_name_alone(place: Place) -> None:
    """Two ids for one account would be one too many; and a name has to be fit for an id."""
    place.add("cleo.toml", 'id = "c"\naddress = "cleo@mail.example"\n')
    place.add("dora at home.toml", 'address = "dora@mail.example"\n')
    said = place.problems()
    assert "`id` is the name of the file here" in said
    assert "'dora at home' is no id" in said


def test_which_account_is_meant_has_to_be_said_where_there_are_several(place: Place) -> None:
    """By id or address; the only one is meant where there is one."""
    loaded = place.load()
    assert loaded.account("ben").id == loaded.account("ben@mail.example").id == "ben"
    with pytest.raises(UsageError, match="ana, ben"):
        loaded.account()
    with pytest.raises(UsageError, match="'carl'"):
        loaded.account("carl")


def test_a_directory_may_still_be_empty(place: Place) -> None:
    """A host for others' accounts starts with none."""
    place.write('accounts = "accounts.d"\n')
    loaded = place.load()
    assert loaded.accounts == ()
    assert loaded.several
