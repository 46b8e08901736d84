"""The contract, kept by every kind of account."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from connectors_accounts import (
    Account,
    EmlAccount,
    GmailAccount,
    ImapAccount,
    MaildirAccount,
    MboxAccount,
    MemoryAccount,
    Writable,
    mail,
)
from connectors_contract import DraftsContract, ReadingContract
from servers.dovecot import Dovecot
from servers.gmail_peer import GmailUser
from servers.gmail_proxy import GmailProxy
from servers.pymap_server import PymapServer

from connectors.errors import Unavailable


class TestMemory(DraftsContract):
    @pytest.fixture
    def account(self) -> Account:
        return MemoryAccount()


class TestDovecot(DraftsContract):
    @pytest.fixture
    def account(self, dovecot: Dovecot) -> Iterator[Account]:
        made = ImapAccount(dovecot)
        yield made
        made.close()


class TestPymap(DraftsContract):
    @pytest.fixture
    def account(self, pymap_server: PymapServer) -> Iterator[Account]:
        made = ImapAccount(pymap_server)
        yield made
        made.close()

    @pytest.mark.parametrize("odd", ["(a@x", ") ALL ("])
    def test_odd_message_id(self, account: Writable, odd: str) -> None:
        """A server that breaks on a Message-ID (pymap reads it as a regular expression) does no harm."""
        connector = account.connector()
        octets = mail("draft", Message_ID=f"<{odd}>")
        connector.append_draft(octets, f"<{odd}>")
        with pytest.raises(Unavailable):
            connector.locate(odd)
        assert account.stored("Drafts") == [octets]


class TestGmail(DraftsContract):
    @pytest.fixture
    def account(self, gmail_user: GmailUser, gmail_proxy: GmailProxy) -> Account:
        return GmailAccount(gmail_user, gmail_proxy)


class TestArchive(ReadingContract):
    @pytest.fixture(params=[EmlAccount, MaildirAccount, MboxAccount])
    def account(self, request: pytest.FixtureRequest, tmp_path: Path) -> Account:
        return request.param(tmp_path)
