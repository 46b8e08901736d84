"""Questions on a terminal, each of which a flag can answer beforehand.  What is asked is not known here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import click

from daemon.errors import UsageError


@dataclass(frozen=True, slots=True)
class Asker:
    """Asks a person, or where there is none (`talks` false) takes what is given and what is usual."""

    talks: bool

    def say(self, text: str = "") -> None:
        """Explain something to the person, where there is one."""
        if self.talks:
            click.echo(text)

    def ask(
        self,
        question: str,
        flag: str,
        given: str | None,
        usual: str = "",
        *,
        needed: bool = False,
        wrong: Callable[[str], str] = lambda _: "",
    ) -> str:
        """Return the answer; `wrong` returns a sentence where one will not do, `usual` is taken for Enter.

        Raises UsageError where there is nobody to ask and the flag is missing or wrong.
        """
        if given is not None:
            if given and (said := wrong(given)):
                raise UsageError(f"{flag} {given!r}: {said}")
            return given
        if not self.talks:
            if needed and not usual:
                raise UsageError(
                    f"{flag} is needed.", hint="`afterword init --help` lists what can be given."
                )
            return usual
        while True:
            answer = str(click.prompt(question, default=usual, show_default=bool(usual))).strip()
            if needed and not answer:
                click.echo("  This one is needed.")
            elif answer and (said := wrong(answer)):
                click.echo(f"  {said}")
            else:
                return answer

    def secret(self, question: str) -> str:
        """Return what is typed without showing it; nothing where there is nobody to ask."""
        if not self.talks:
            return ""
        return str(click.prompt(question, hide_input=True, default="", show_default=False)).strip()

    def agrees(self, question: str, *, usual: bool = True) -> bool:
        """Return whether the person says yes; where nobody is there, what is usual."""
        return click.confirm(question, default=usual) if self.talks else usual
