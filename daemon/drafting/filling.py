"""Filling the placeholders of templates, and finding mistakes in templates before they are filled.

The text is jinja2, sandboxed and strict: an unknown name is an error, not a hole.  This is the only module
that imports jinja2, which is dear (11 MB): a daemon that has nothing to write need not load it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path

from jinja2 import StrictUndefined, Template, TemplateError, TemplateSyntaxError
from jinja2.meta import find_undeclared_variables
from jinja2.sandbox import ImmutableSandboxedEnvironment

from daemon.drafting.templates import File, Section, TemplateFault, Templates, builtin, read, suits

_NAMES = frozenset(
    "name first last title degree employer role phone me when decided others country job at reach talk "
    "strength panel names day month date author".split()
)
_BLANK_LINES = re.compile(r"\n(?:[ \t]*\n){2,}")
_TAGS = frozenset(("any", "formal", "informal", "fresh", "late", "relay", "first", "second"))


def load(directory: Path | None = None) -> Templates:
    """Return the packaged templates with the files of `directory` (if any) in place of theirs.

    Raises TemplateFault with everything that is wrong with them.
    """
    if directory is None:
        return builtin()
    own = dict(read(directory, str(directory)))
    if wrong := [fault for key, file in own.items() for fault in check(*key, file)]:
        raise TemplateFault(" ".join(wrong))
    return Templates({**builtin().files, **own})


def check(language: str, name: str, file: File) -> tuple[str, ...]:
    """Return what is wrong with a template file, one sentence each: headings, syntax, unknown names."""
    packaged = builtin().files.get((language, name)) or builtin().files.get(("en", name))
    if packaged is None:
        return (f"{language}/{name}.txt: no note is called {name}; see `afterword templates list`.",)
    if name == "frame":
        missing = {one.tags for one in packaged.sections} - {one.tags for one in file.sections}
        wrong = [f"has no section “== {' '.join(tags)}”" for tags in sorted(missing)]
    else:
        wrong = [fault for section in file.sections for fault in _odd_tags(section)]
        wrong += (
            [] if _answers_all(packaged, file) else ["lacks a letter for an occasion the packaged one has"]
        )
    wrong += [fault for section in file.sections for fault in _unfillable(section)]
    return tuple(f"{language}/{name}.txt: {one}." for one in wrong)


def _odd_tags(section: Section) -> Iterator[str]:
    for tag in section.tags:
        if tag not in _TAGS and section.tags != ("subject",):
            yield f"unknown tag {tag}; known are {', '.join(sorted(_TAGS))}"


def _answers_all(packaged: File, file: File) -> bool:
    """Whether `file` has a letter wherever the packaged one has, and a subject."""
    theirs = {one.tags for one in file.sections}
    return ("subject",) in theirs and all(
        any(suits(frozenset(tags), frozenset(one.tags)) for tags in theirs)
        for one in packaged.sections
        if one.tags != ("subject",)
    )


def _unfillable(section: Section) -> Iterator[str]:
    where = f"“== {' '.join(section.tags)}”"
    try:
        unknown = find_undeclared_variables(_environment().parse(section.text)) - _NAMES
    except TemplateSyntaxError as error:
        yield f"{where}, line {error.lineno}: {error.message}"
        return
    if unknown:
        names, known = ", ".join(sorted(unknown)), ", ".join(sorted(_NAMES))
        yield f"{where}: nothing is called {names}; there are {known}"


def render(text: str, values: Mapping[str, object]) -> str:
    """Return `text` with its placeholders filled; raises TemplateFault naming what it lacks."""
    try:
        filled = _compiled(text).render(values)
    except (TemplateError, ArithmeticError, LookupError, TypeError, ValueError) as error:
        raise TemplateFault(
            f"A template cannot be filled: {error}. Its first words: “{text[:60]}”."
        ) from error
    return _BLANK_LINES.sub("\n\n", filled).strip("\n")


def elided(words: str) -> str:
    """Return French "de " or "d'" before `words`, with them."""
    return ("d’" if words[:1].lower() in "aàâeéèêëiîïoôuùûyœæ" else "de ") + words if words else ""


def articled(day: str, article: str) -> str:
    """Return an Italian date with "il", "al" or "del" before it, elided before the 8th and the 11th."""
    if day.split(" ")[0] not in ("8", "11"):
        return f"{article} {day}"
    return {"il": "l’", "al": "all’", "del": "dell’"}[article] + day


@lru_cache(maxsize=512)
def _compiled(text: str) -> Template:
    return _environment().from_string(text)


@lru_cache(maxsize=1)
def _environment() -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False)
    environment.filters["de"] = elided
    environment.filters["con"] = articled
    return environment
