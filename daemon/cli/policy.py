"""`afterword policy`: what is in force and where it comes from."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from daemon.cli.options import CONFIG, JSON
from daemon.cli.show import emit
from daemon.errors import BadConfig, UsageError, UserError, reason

if TYPE_CHECKING:
    from policies.settings import Policy


@click.group()
def policy() -> None:
    """Show, compare and check policies: when to write, when to wait, when to stop.

    A policy is named by a preset's name or by the path of a policy file.
    """


def _named(name: str) -> Policy:
    """Return the policy of that name or file, without a place."""
    from daemon.policy_choice import chosen_policy

    return chosen_policy(name, "UTC", "", (0, 0))


def _chosen(name: str | None, config: Path | None) -> Policy:
    """Return the policy named, else the configured one, else the default."""
    from daemon.config import default_path
    from daemon.config_check import load, load_policy

    if name:
        return _named(name)
    if config or default_path().exists():
        return load_policy(load(config).account())
    return _named("default")


@policy.command(name="list")
@JSON
def list_(as_json: bool) -> None:
    """Name the policies that come with the program."""
    from policies.explain import presets
    from policies.policy_files import PRESETS, preset

    if as_json:
        emit([{"name": name, "says": preset(name).says} for name in PRESETS])
    else:
        click.echo(presets(), nl=False)


@policy.command()
@click.argument("name", required=False)
@CONFIG
@JSON
def show(name: str | None, config: Path | None, as_json: bool) -> None:
    """Show a policy rule by rule.  The configured one where no NAME is given."""
    from policies import explain

    chosen = _chosen(name, config)
    if as_json:
        emit(explain.as_json(chosen))
    else:
        click.echo(explain.show(chosen), nl=False)


@policy.command()
@click.argument("one")
@click.argument("other", required=False)
@CONFIG
@JSON
def diff(one: str, other: str | None, config: Path | None, as_json: bool) -> None:
    """Show what two policies choose otherwise.  With one NAME: what it changes in the configured one."""
    from policies import explain

    first, second = (_named(one), _named(other)) if other else (_chosen(None, config), _named(one))
    if as_json:
        emit(explain.differences(first, second))
    else:
        click.echo(explain.diff(first, second), nl=False)


@policy.command()
@click.argument("file", type=click.Path(path_type=Path))
def check(file: Path) -> None:
    """Check a policy FILE: say what it changes.  Exit status 78, and every mistake, where there is one."""
    from policies import explain
    from policies.policy_files import PolicyError

    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        hint = (
            "Give the path of your own file; `afterword policy list` shows those that come with the program."
        )
        raise UserError(f"The policy {file} cannot be read: {reason(error)}.", hint=hint) from error
    try:
        click.echo(explain.check(text, file=str(file)), nl=False)
    except PolicyError as error:
        raise BadConfig(error.mistakes) from error


@policy.command()
@click.argument("name", metavar="RULE")
@CONFIG
def why(name: str, config: Path | None) -> None:
    """Say where a rule, advice or setting comes from.

    Advice is named as in docs/policy.md: W1, Q3 …
    """
    from policies import explain
    from policies.policy_files import PolicyError

    try:
        click.echo(explain.why(name, _chosen(None, config)), nl=False)
    except PolicyError as error:
        raise UsageError("\n".join(error.mistakes)) from error
