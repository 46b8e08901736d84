"""`afterword export` and `afterword forget`: what is stored is the user's, to take and to remove."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from daemon.cli.completion import cases
from daemon.cli.look import known_case, looking, story_lines
from daemon.cli.options import ACCOUNT, CONFIG, chosen
from daemon.cli.show import emit
from daemon.clock import Clock
from daemon.errors import UsageError

if TYPE_CHECKING:
    from daemon.audit import Audit
    from daemon.config import Loaded
    from daemon.looking import Looking
    from daemon.store import Store
    from daemon.store_forget import Stored


@click.command()
@click.argument("case_id", metavar="[CASE]", default="", shell_complete=cases)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line for each case.")
@click.option(
    "--to", "target", type=click.Path(path_type=Path, file_okay=False), help="A new directory to write."
)
@CONFIG
@ACCOUNT
def export(case_id: str, as_json: bool, target: Path | None, config: Path | None, account: str) -> None:
    """Show or write everything that is stored about a CASE, or about all of them.

    --to writes a directory only you can read: for each case its story, everything as JSON, and its drafts
    as mails any program opens.
    """
    from daemon.export import exported

    with looking(config, account) as at:
        found = [known_case(at.ids(), case_id)] if case_id else at.ids()
        if target:
            click.echo(f"Written: {_write(at, found, target)} files below {target}.")
        elif as_json:
            for each in found:
                emit(exported(at, each))
        else:
            for line in _lines(at, found):
                click.echo(_harmless(line))


def _write(at: Looking, case_ids: list[str], target: Path) -> int:
    from daemon.export import exported, files
    from daemon.setup import write
    from daemon.store import private_directory

    if target.exists() and any(target.iterdir()):
        raise UsageError(f"{target} is not empty.", hint="Name a directory that does not exist yet.")
    private_directory(target)
    count = 0
    for case_id in case_ids:
        story = click.unstyle("\n".join(story_lines(at.seen(case_id), at.zone))) + "\n"
        for name, text in files(exported(at, case_id), story):
            write(target / case_id.replace("/", "_") / name, text)
            count += 1
    return count


def _lines(at: Looking, case_ids: list[str]) -> Iterator[str]:
    """Yield everything about the cases for a terminal: story, notes, the texts of mails and drafts."""
    from daemon.drafting.mail import body
    from daemon.export import exported

    for case_id in case_ids:
        found = exported(at, case_id)
        yield from story_lines(at.seen(case_id), at.zone)
        yield from (f"You noted ({name}): {value}" for name, value in found.told)
        for mail in found.mails:
            yield f"\n--- mail of {mail.reading.date:%Y-%m-%d}: {mail.reading.subject}\n{mail.text}"
        for draft in found.drafts:
            text = body(draft.octets.encode()) if draft.octets else ""
            yield f"\n--- {draft.note} to {draft.to}: {draft.state}\n{draft.subject}\n\n{text}"
        yield ""


def _harmless(text: str) -> str:
    """Return text from mails without the control characters a terminal would obey."""
    shown = click.unstyle(text)
    return "".join(c if c.isprintable() or c in "\n\t" else "\N{REPLACEMENT CHARACTER}" for c in shown)


@click.command()
@click.argument("case_id", metavar="[CASE]", default="", shell_complete=cases)
@click.option("--all", "everything", is_flag=True, help="Every case, and the audit log.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@CONFIG
@ACCOUNT
def forget(case_id: str, everything: bool, yes: bool, config: Path | None, account: str) -> None:
    """Remove what is stored about a CASE, or with --all about every one of them.

    Mail and drafts in your mailbox stay as they are, and no mail is read a second time.  The audit log says
    that something was forgotten, not what; what it said of a case before (ids, dates, domains) goes with
    --all only, for which no daemon may be running.
    """
    if bool(case_id) == everything:
        raise UsageError("Name a CASE, or --all.", hint="`afterword status` lists the cases.")
    if everything:
        _forget_all(config, yes=yes)
    else:
        _forget_case(case_id, config, account, yes=yes)


def _forget_case(wanted: str, config: Path | None, account: str, *, yes: bool) -> None:
    from daemon.audit_records import Forgotten
    from daemon.store_forget import forget_case, overwriting, scrub, stored

    loaded, meant = chosen(config, account)
    store, audit = _opened(loaded)
    try:
        book = store.account(meant.address)
        found = known_case([row.id for row in book.cases()], wanted)
        what = stored(book, found)
        _confirm(f"Forget {found}: {_counted(what)}?", yes=yes)
        overwriting(store)
        with store.transaction():
            forget_case(book, found)
            audit.record(
                Clock().now(),
                Forgotten(what="case", case=audit.hash(found), cases=1, mails=what.mails, drafts=what.drafts),
            )
        scrub(store)
    finally:
        store.close()
    click.echo(f"Forgotten: {_counted(what)}. Drafts in your mailbox are yours now.")


def _forget_all(config: Path | None, *, yes: bool) -> None:
    from daemon.audit_records import Forgotten
    from daemon.config_check import load
    from daemon.store import only_one
    from daemon.store_forget import Stored, forget_all, overwriting, remove_damaged, scrub, stored

    loaded = load(config, forgiving=True)
    with only_one(loaded.state_directory):
        store, audit = _opened(loaded)
        try:
            books = [store.account(name) for name in store.accounts()]
            each = [stored(book) for book in books]
            what = Stored(*(sum(getattr(one, name) for one in each) for name in ("cases", "mails", "drafts")))
            _confirm(f"Forget everything: {_counted(what)}, and the audit log?", yes=yes)
            overwriting(store)
            with store.transaction():
                for book in books:
                    forget_all(book)
            audit.begin_anew()
            audit.record(
                Clock().now(),
                Forgotten(what="everything", cases=what.cases, mails=what.mails, drafts=what.drafts),
            )
            audit.flush()
            scrub(store)
        finally:
            store.close()
        remove_damaged(loaded.state_directory)
    click.echo(f"Forgotten: {_counted(what)}, and the audit log. Only new mail will be read.")
    click.echo(f"To leave for good: afterword service uninstall, then remove {loaded.state_directory}.")


def _opened(loaded: Loaded) -> tuple[Store, Audit]:
    """Open the state for writing.  Raises UserError where there is none."""
    from daemon.assembly import audit_directory
    from daemon.audit import Audit
    from daemon.store import Store

    Store.look(loaded.state_directory).close()
    store = Store.open(loaded.state_directory, Clock().now())
    return store, Audit(store, audit_directory(loaded), keep=loaded.values.log.keep)


def _confirm(question: str, *, yes: bool) -> None:
    if yes:
        return
    if not sys.stdin.isatty():
        raise UsageError("There is nobody to ask: standard input is no terminal.", hint="Add --yes.")
    click.confirm(question, abort=True)


def _counted(what: Stored) -> str:
    parts = ((what.cases, "case"), (what.mails, "mail"), (what.drafts, "draft"))
    return ", ".join(f"{count} {word}{'s' * (count != 1)}" for count, word in parts)
