"""The command line explained, printed from the commands themselves: a page for the web and one for `man`."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator

import click

from daemon import VERSION
from daemon.cli import SECTIONS, afterword

_WIDTH = 100
_NAME = "afterword \\- remembers when employers said they would answer, and drafts the follow-up"


def commands(
    command: click.Command = afterword, path: str = "afterword"
) -> Iterator[tuple[str, click.Command]]:
    """Yield every command below `command` with its full name, in the order one meets them."""
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            if found := command.get_command(context, name):
                yield f"{path} {name}", found
                yield from commands(found, f"{path} {name}")


def reference() -> str:
    """Return `docs/commands.md`."""
    parts = ["# Commands\n\nPrinted from the program; `afterword COMMAND --help` says the same.\n"]
    for path, command in commands():
        context = _context(command, path, max_content_width=_WIDTH, terminal_width=_WIDTH)
        parts.append(f"## {path}\n\n```\n{command.get_help(context)}\n```\n")
    return "\n".join(parts).rstrip()


def manual() -> str:
    """Return the manual page in the macros of man(7)."""
    lines = [f'.TH AFTERWORD 1 "" "afterword {VERSION}" "User Commands"']
    lines += [".SH NAME", _NAME]
    lines += [".SH SYNOPSIS", ".B afterword", ".I COMMAND", "[OPTION...]"]
    lines += [".SH DESCRIPTION", _text(afterword.help or "")]
    known = dict(commands())
    for section, names in SECTIONS.items():
        lines.append(f".SH {section.upper()}")
        for path in (path for path in known if path.split()[1] in names):
            lines += _command(path, known[path])
    return "\n".join([*lines, *_ENDING.splitlines()])


def _command(path: str, command: click.Command) -> Iterator[str]:
    context = _context(command, path)
    yield f".SS {_line(command.get_usage(context).removeprefix('Usage: '))}"
    yield _text(command.help or "")
    for parameter in command.get_params(context):
        if (record := parameter.get_help_record(context)) and record[1]:
            yield from (".TP", f".B {_line(record[0])}", _text(record[1]))


def _context(command: click.Command, path: str, **more: int) -> click.Context:
    helps = afterword.context_settings["help_option_names"]
    return click.Context(
        command,
        info_name=path,
        help_option_names=helps,
        max_content_width=more.get("max_content_width"),
        terminal_width=more.get("terminal_width", 10_000),
    )


def _line(text: str) -> str:
    """Return text that man(7) takes literally, on one line."""
    return re.sub(r"\s+", " ", text).strip().replace("\\", "\\e").replace("-", "\\-")


def _text(text: str) -> str:
    """Return paragraphs; what click shows line by line (after \\b) stays so."""
    parts = []
    for paragraph in re.split(r"\n\s*\n", inspect.cleandoc(text)):
        if paragraph.startswith("\b"):
            kept = "\n".join(_escaped(line) for line in paragraph.splitlines()[1:])
            parts.append(f".nf\n{kept}\n.fi")
        else:
            parts.append(_escaped(_line(paragraph).replace("\\-", "-").replace("\\e", "\\")))
    return "\n.PP\n".join(parts)


def _escaped(line: str) -> str:
    line = line.strip().replace("\\", "\\e").replace("-", "\\-")
    return f"\\&{line}" if line.startswith((".", "'")) else line


_ENDING = """.SH FILES
.TP
.I ~/.config/afterword/config.toml
The configuration; AFTERWORD_CONFIG or \\-\\-config name another.
.TP
.I ~/.local/state/afterword
The state and the audit log; under systemd, $STATE_DIRECTORY.
.SH EXIT STATUS
0 done; 1 failed; 2 wrong usage; 77 the account refused the login; 78 the configuration is wrong.
.SH NOTES
afterword never sends mail. It reads, and it adds drafts; you press send.
"""
