"""Letters and the small pieces around them, as files a native speaker can correct.

`templates/<language>/<note>.txt` holds a subject and several whole letters, each below a heading line
`== tags`; `frame.txt` holds greetings, closings, dates and questions.  A directory of the user's own
replaces file by file.  Text is jinja2, sandboxed and strict: an unknown name is an error, not a hole.
Nothing here knows a case.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError
from jinja2.sandbox import ImmutableSandboxedEnvironment

LANGUAGES = ("en", "de", "fr", "es", "nl", "pt", "it")
PACKAGED = Path(__file__).with_name("templates")
_HEADING = re.compile(r"^== *(.*?) *$", re.MULTILINE)
_BLANK_LINES = re.compile(r"\n(?:[ \t]*\n){2,}")
_TAGS = frozenset(("any", "formal", "informal", "fresh", "late", "relay", "first", "second"))


class TemplateFault(ValueError):
    """A template file that cannot be used; the message names the file and what to do."""


@dataclass(frozen=True, slots=True)
class Section:
    """One part of a template file: the words of its heading and its text."""

    tags: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Templates:
    """All template files by language and name (`thank-you`, `frame`), and where each came from."""

    files: Mapping[tuple[str, str], tuple[Section, ...]]
    origins: Mapping[tuple[str, str], str]

    def letters(self, language: str, note: str, *tags: str) -> tuple[str, ...]:
        """Return the letters for a note that suit all `tags`; a letter that names no register suits both."""
        wanted = frozenset(tags)
        return tuple(
            section.text
            for section in self.files.get((language, note), ())
            if section.tags != ("subject",) and _suits(frozenset(section.tags), wanted)
        )

    def piece(self, language: str, name: str, *tags: str) -> str:
        """Return the text of the section headed `tags`; raises TemplateFault where there is none."""
        for section in self.files.get((language, name), ()):
            if section.tags == tags:
                return section.text
        raise TemplateFault(f"{language}/{name}.txt has no section “== {' '.join(tags)}”; add one.")


def _suits(tags: frozenset[str], wanted: frozenset[str]) -> bool:
    registers = {"formal", "informal"}
    return tags - registers - {"any"} == wanted - registers and not (tags & registers) - wanted


def parse(text: str) -> tuple[Section, ...]:
    """Return the sections of a template file; what stands before the first heading is a comment."""
    parts = _HEADING.split(text.replace("\r\n", "\n"))
    return tuple(
        Section(tuple(heading.split()), body.strip("\n"))
        for heading, body in zip(parts[1::2], parts[2::2], strict=True)
    )


def load(directory: Path | None = None) -> Templates:
    """Return the packaged templates with the files of `directory` (if any) in place of theirs.

    Raises TemplateFault for a file that cannot be read or parsed.
    """
    base = builtin()
    if directory is None:
        return base
    files, origins = dict(base.files), dict(base.origins)
    for key, path in _found(directory):
        files[key], origins[key] = _read(path), str(path)
    templates = Templates(files, origins)
    if wrong := check(templates):
        raise TemplateFault(" ".join(wrong))
    return templates


@lru_cache(maxsize=1)
def builtin() -> Templates:
    """Return the templates that come with the program."""
    found = dict(_found(PACKAGED))
    return Templates({key: _read(path) for key, path in found.items()}, dict.fromkeys(found, "afterword"))


def _found(directory: Path) -> Iterator[tuple[tuple[str, str], Path]]:
    for path in sorted(directory.glob("*/*.txt")):
        yield (path.parent.name, path.stem), path


def _read(path: Path) -> tuple[Section, ...]:
    try:
        return parse(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise TemplateFault(f"{path} cannot be read as UTF-8 text ({error}).") from error


def check(templates: Templates) -> tuple[str, ...]:
    """Return what is wrong with the templates, one sentence each: syntax, and unknown headings."""
    wrong: list[str] = []
    for key, sections in templates.files.items():
        where = "{}/{}.txt".format(*key)
        for section in sections:
            if key[1] != "frame" and section.tags != ("subject",) and (odd := set(section.tags) - _TAGS):
                wrong.append(
                    f"{where}: unknown tag {', '.join(sorted(odd))}; known: {', '.join(sorted(_TAGS))}."
                )
            try:
                _environment().parse(section.text)
            except TemplateSyntaxError as error:
                wrong.append(f"{where}, “== {' '.join(section.tags)}”, line {error.lineno}: {error.message}.")
    return tuple(wrong)


def render(text: str, values: Mapping[str, object]) -> str:
    """Return `text` with its placeholders filled; raises TemplateFault naming what it lacks."""
    try:
        filled = _environment().from_string(text).render(values)
    except (TemplateError, ArithmeticError, LookupError, TypeError, ValueError) as error:
        raise TemplateFault(
            f"A template cannot be filled: {error}. Its first words: “{text[:60]}”."
        ) from error
    return _BLANK_LINES.sub("\n\n", filled).strip("\n")


def elided(words: str) -> str:
    """Return French "de " or "d'" before `words`, with them."""
    return ("d’" if words[:1].lower() in "aàâeéèêëiîïoôuùûyœæ" else "de ") + words if words else ""


@lru_cache(maxsize=1)
def _environment() -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False)
    environment.filters["de"] = elided
    return environment
