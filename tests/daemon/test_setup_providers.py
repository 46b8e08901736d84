"""What is known of mail providers is well-formed, found by address and by name, and says what to do."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from daemon.cli.ask import Asker
from daemon.cli.init_login import Given, server
from daemon.providers import Provider, guesses, of_address, of_name, providers
from daemon.setup import Present


@pytest.mark.parametrize(
    ("address", "host", "user"),
    [
        ("ana@gmail.com", "imap.gmail.com", "ana@gmail.com"),
        ("ana@googlemail.com", "imap.gmail.com", "ana@googlemail.com"),
        ("ana@hotmail.co.uk", "outlook.office365.com", "ana@hotmail.co.uk"),
        ("Ana@ICLOUD.com", "imap.mail.me.com", "Ana"),
        ("ana@fastmail.fm", "imap.fastmail.com", "ana@fastmail.fm"),
        ("ana@yahoo.com.br", "imap.mail.yahoo.com", "ana@yahoo.com.br"),
        ("ana@gmx.de", "imap.gmx.net", "ana@gmx.de"),
        ("ana@gmx.com", "imap.gmx.com", "ana@gmx.com"),
        ("ana@web.de", "imap.web.de", "ana"),
        ("ana@mailbox.org", "imap.mailbox.org", "ana@mailbox.org"),
        ("ana@posteo.net", "posteo.de", "ana@posteo.net"),
    ],
)
def test_the_server_and_login_name_of_an_address_are_known(address: str, host: str, user: str) -> None:
    """The domain says which server it is, and whether one logs in with the whole address."""
    found = of_address(address)
    assert found is not None
    assert found.incoming is not None
    assert found.incoming.hostname == host
    assert found.incoming.user(address) == user


def test_an_address_of_its_own_domain_is_not_guessed_at() -> None:
    """Nobody's mail is taken for a provider's; what a server there may be called is only suggested."""
    assert of_address("ana@ruiz.example") is None
    assert guesses("ana@ruiz.example") == ("imap.ruiz.example", "mail.ruiz.example", "ruiz.example")


@pytest.mark.parametrize("name", ["Gmail", "google workspace", "imap.gmail.com"])
def test_a_provider_is_found_by_what_people_call_it(name: str) -> None:
    """Whose domain is hosted somewhere may answer with the host's name."""
    found = of_name(name)
    assert found is not None
    assert found.name == "Gmail"


NOTHING = Given(None, None, None, None, None, None, None, None, None)


def reached(address: str, given: Given = NOTHING, text: str = "") -> tuple[str, int, str, str]:
    """Return host, port, security and login name `init` would use, where nobody can be asked."""
    path = Path("/c/config.toml")
    present = Present(path, path.parent, text, tomllib.loads(text))
    found = server(Asker(talks=False), given, present, address, of_address(address))
    return found.host, found.address[1], found.security, found.user


def test_the_table_the_file_and_the_flags_say_where_the_server_is() -> None:
    """The flags count most, then what the file says of the same account, then what is known."""
    assert reached("ana@web.de") == ("imap.web.de", 993, "tls", "ana")
    before = 'address = "ana@web.de"\n[imap]\nhost = "imap.web.de"\nuser = "ana@web.de"\nport = 1993\n'
    assert reached("ana@web.de", text=before) == ("imap.web.de", 1993, "tls", "ana@web.de")
    own = 'address = "ana@web.de"\n[imap]\nhost = "proxy.example"\n'
    assert reached("ana@web.de", text=own) == ("proxy.example", 993, "tls", "ana@web.de")
    assert reached("ben@web.de", text=before) == ("imap.web.de", 993, "tls", "ben"), "another account"
    flags = replace(NOTHING, host="Fastmail", port=143)
    assert reached("ana@ruiz.example", flags) == ("imap.fastmail.com", 143, "starttls", "ana@ruiz.example")


def test_microsoft_takes_no_passwords_and_tuta_no_programs() -> None:
    """Where a password would be refused, or nothing can be fetched at all, the table says so."""
    outlook, tuta = of_address("ana@outlook.com"), of_address("ana@tuta.com")
    assert outlook is not None
    assert outlook.incoming is not None
    assert outlook.incoming.needs_oauth
    assert tuta is not None
    assert tuta.incoming is None


@pytest.mark.parametrize("provider", providers(), ids=lambda each: each.name)
def test_every_provider_says_in_one_or_two_sentences_how_to_get_in(provider: Provider) -> None:
    """An app password comes with the way to get it; everything is short; servers are names, not patterns."""
    assert provider.domains or provider.names
    assert 1 <= len(re.findall(r"[.!](?:\s|$)", provider.says)) <= 3
    assert len(provider.says) < 260
    assert provider.page == "" or provider.page.startswith("https://")
    if provider.incoming and provider.password == "app":
        assert "password" in provider.says or "code" in provider.says or "key" in provider.says
    if provider.incoming:
        assert re.fullmatch(r"[a-z0-9.-]+", provider.incoming.hostname)


def test_no_two_providers_claim_the_same_domain_or_name() -> None:
    """The table is unambiguous."""
    for claimed in ((d for p in providers() for d in p.domains), (n for p in providers() for n in p.names)):
        assert [each for each, count in Counter(claimed).items() if count > 1] == []
