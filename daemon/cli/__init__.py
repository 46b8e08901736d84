"""The command line: `afterword COMMAND`.

Each command lives in a module of its own and is imported when it is asked for, so that `afterword --help`
and `afterword read` start fast.  Here: what all share.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Mapping, Sequence
from types import MappingProxyType

import click
from click.shell_completion import CompletionItem

from daemon import VERSION
from daemon.errors import UserError

SECTIONS: Mapping[str, Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "See what it does": {
            "demo": ("daemon.cli.simulate", "Play six weeks of a job search on a real IMAP server."),
            "simulate": ("daemon.cli.simulate", "Replay mails under a simulated clock."),
            "policy": ("daemon.cli.policy", "Show, compare and check policies."),
        },
        "Set it up": {
            "init": ("daemon.cli.init", "Set it up for your mailbox, or change what was set up."),
            "authorize": ("daemon.cli.authorize", "Log in to Gmail or Outlook, by your yes in the browser."),
            "doctor": ("daemon.cli.doctor", "Check everything, and say what to do where something is amiss."),
            "run": ("daemon.cli.run", "Watch the mailbox and lay drafts; --once for a single look."),
            "service": ("daemon.cli.service", "Keep it running: a systemd unit of your own."),
            "completion": ("daemon.cli.completion", "Let your shell complete commands, options and cases."),
        },
        "Every day": {
            "status": ("daemon.cli.look", "Show every case: where it stands and what comes next."),
            "explain": ("daemon.cli.look", "Tell the whole story of one case, with rules and sources."),
            "report": ("daemon.cli.report", "Draw every case as a line over time, in one HTML page."),
            "note": ("daemon.cli.change", "Tell afterword something about a case."),
            "case": ("daemon.cli.change", "Merge, split or move what was put into the wrong case."),
            "proofread": ("daemon.cli.words", "Say what a note should not be sent with."),
            "templates": (
                "daemon.cli.words",
                "The texts your notes are made from; make them yours.",
            ),
        },
        "Look behind it": {
            "read": ("daemon.cli.read", "Say what mails mean; touches no mailbox."),
            "timeline": ("daemon.cli.read", "Say when an employer means to answer, from their sentence."),
            "export": ("daemon.cli.data", "Take everything that is stored with you."),
            "forget": ("daemon.cli.data", "Remove what is stored about a case, or about all."),
            "audit": ("daemon.cli.audit", "Show the record of every decision, or prove it complete."),
        },
    }
)
"""The commands in the order one meets them: each with its module and the line `afterword --help` shows."""

COMMANDS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {name: command for section in SECTIONS.values() for name, command in section.items()}
)


class _Commands(click.Group):
    """A group that imports a command's module only when the command is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        found = getattr(importlib.import_module(COMMANDS[cmd_name][0]), cmd_name)
        return found if isinstance(found, click.Command) else None

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Return the commands that begin so, without importing any of them."""
        if incomplete.startswith("-"):
            return super().shell_complete(ctx, incomplete)
        found = [(name, says) for name, (_, says) in COMMANDS.items() if name.startswith(incomplete)]
        return [CompletionItem(name, help=says) for name, says in found]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        for title, section in SECTIONS.items():
            with formatter.section(title):
                formatter.write_dl([(name, says) for name, (_, says) in section.items()], col_max=14)


def _version(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted:
        click.echo(f"afterword {VERSION}")
        ctx.exit()


@click.command(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_version, help="Show it."
)
def afterword() -> None:
    """Watch a job seeker's mailbox, remember when employers said they would answer, and lay the right
    follow-up in Drafts.  It never sends anything.

    \b
    To see it work:  afterword demo
    To set it up:    afterword init, then afterword service install
    Every day:       afterword status, afterword explain CASE
    When in doubt:   afterword doctor

    Every command has its own --help.
    """


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; every UserError becomes its sentences and its exit status."""
    try:
        afterword.main(args=arguments, prog_name="afterword")
    except UserError as error:
        for line in error.lines():
            click.echo(f"afterword: {line}", err=True)
        sys.exit(error.status)
    except BrokenPipeError:
        sys.stderr.close()  # the reader of our output went away: nothing to say
        sys.exit(0)
