"""The tables of the state, as migrations that build them up.  Every table but two belongs to an account."""

from __future__ import annotations

import sqlite3
import sys

from sqlite_utils import Database, Migrations

migrations = Migrations("afterword")


def migrate(connection: sqlite3.Connection, version: int) -> None:
    """Build the tables up to what the program works with, and write down that it was done."""
    migrations.apply(Database(connection, execute_plugins=False))
    connection.execute(f"pragma user_version = {version}")


@migrations()
def first(db: Database) -> None:
    """Create every table; moments are ISO 8601 text in UTC, so that they sort as text."""
    for statement in _FIRST:
        db.execute(statement)


@migrations()
def signals(db: Database) -> None:
    """Create the table of what the user is told of, so that each thing is told once."""
    db.execute(
        """create table signals (
            account integer, key text, topic text not null, case_id text not null, about text not null,
            at text not null, attempts integer not null default 0, told_at text,
            primary key (account, key)) without rowid"""
    )


_FIRST = (
    # What holds for the whole state: the head of the audit chain, when it was rebuilt.
    "create table meta (name text primary key, value text not null) without rowid",
    # Audit lines committed with what they tell of, not yet written to the file.
    "create table audit_outbox (seq integer primary key, line blob not null)",
    """create table accounts (
        id integer primary key, name text not null unique, created_at text not null,
        observed_from text not null, cursor text, status blob)""",
    # Sixteen octets for each mail ever looked at, so that none is read twice.
    "create table seen (account integer, mail blob, primary key (account, mail)) without rowid",
    # How often a mail ended the process that read it.
    """create table failures (
        account integer, mail blob, count integer not null, primary key (account, mail)) without rowid""",
    """create table quarantine (
        account integer, mail blob, mailbox text not null, uid text not null, reason text not null,
        at text not null, primary key (account, mail)) without rowid""",
    # state: pending (not yet linked), loose (belongs to no case yet), linked
    """create table readings (
        account integer, key text, date text not null, state text not null, case_id text,
        why text not null default '', by_hand integer not null default 0, taken_at text not null,
        thread_id text not null, body text not null, reading blob not null, primary key (account, key))""",
    "create index readings_by_case on readings (account, case_id, date)",
    "create index readings_by_state on readings (account, state, date)",
    """create table cases (
        account integer, id text, opened_at text not null, due text, touched integer not null default 1,
        said text not null default '', primary key (account, id)) without rowid""",
    "create index cases_by_due on cases (account, due) where due is not null",
    "create index cases_touched on cases (account) where touched = 1",
    """create table drafts (
        account integer, key text, case_id text not null, note text not null, recipient text not null,
        state text not null, answers text not null, message_id text not null, thread_id text not null,
        subject text not null, octets blob, digest blob not null, ref blob, reason text not null,
        intended_at text not null, changed_at text not null, attempts integer not null,
        again_at text, decision blob not null, primary key (account, key))""",
    "create index drafts_by_case on drafts (account, case_id)",
    "create index drafts_by_state on drafts (account, state)",
    "create index drafts_by_message_id on drafts (account, message_id)",
    """create table raised (
        account integer, key text, case_id text not null, action text not null, text text not null,
        at text not null, primary key (account, key)) without rowid""",
    "create index raised_by_case on raised (account, case_id)",
    """create table facts (
        id integer primary key, account integer not null, case_id text not null, name text not null,
        value text not null, at text not null)""",
    "create index facts_by_case on facts (account, case_id)",
)


if __name__ == "__main__":
    migrate(sqlite3.connect(sys.argv[1], timeout=10, isolation_level=None), int(sys.argv[2]))
