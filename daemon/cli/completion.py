"""`afterword completion`: let the shell complete commands, options and the names of cases."""

from __future__ import annotations

from pathlib import Path

import click
from click.shell_completion import CompletionItem, get_completion_class

from daemon.errors import UserError

SHELLS = ("bash", "zsh", "fish")


@click.command()
@click.argument("shell", type=click.Choice(SHELLS))
def completion(shell: str) -> None:
    """Print what makes your SHELL complete commands, options and the names of cases.

    \b
    bash:  afterword completion bash > ~/.local/share/bash-completion/completions/afterword
    zsh:   afterword completion zsh > ~/.zfunc/_afterword     (with fpath+=~/.zfunc before compinit)
    fish:  afterword completion fish > ~/.config/fish/completions/afterword.fish
    """
    from daemon.cli import afterword

    made = get_completion_class(shell)
    assert made is not None
    click.echo(made(afterword, {}, "afterword", "_AFTERWORD_COMPLETE").source())


def cases(ctx: click.Context, _: click.Parameter, begun: str) -> list[CompletionItem]:
    """Return the cases whose names begin so; none where the state cannot be looked into."""
    from daemon.cli.options import chosen
    from daemon.store import Store

    config, account = ctx.params.get("config"), ctx.params.get("account") or ""
    try:
        loaded, meant = chosen(Path(config) if config else None, str(account))
        store = Store.look(loaded.state_directory)
    except UserError:
        return []
    try:
        known = [row.id for row in store.account(meant.address).cases()]
    except UserError:
        return []
    finally:
        store.close()
    return [CompletionItem(each) for each in known if each.startswith(begun)]
