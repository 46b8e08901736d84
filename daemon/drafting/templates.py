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
from jinja2.meta import find_undeclared_variables
from jinja2.sandbox import ImmutableSandboxedEnvironment

LANGUAGES = ("en", "de", "fr", "es", "nl", "pt", "it")
PACKAGED = Path(__file__).with_name("templates")
_NAMES = frozenset(
    "name first last title degree employer role phone me when decided others country job at reach talk "
    "strength panel names day month date author".split()
)
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
class File:
    """A template file: its whole text, its sections, and where it came from."""

    text: str
    sections: tuple[Section, ...]
    origin: str


@dataclass(frozen=True, slots=True)
class Templates:
    """All template files by language and name (`thank-you`, `frame`)."""

    files: Mapping[tuple[str, str], File]

    def letters(self, language: str, note: str, *tags: str) -> tuple[str, ...]:
        """Return the letters for a note that suit all `tags`; a letter that names no register suits both."""
        wanted = frozenset(tags)
        return tuple(
            section.text
            for section in self._sections(language, note)
            if section.tags != ("subject",) and _suits(frozenset(section.tags), wanted)
        )

    def piece(self, language: str, name: str, *tags: str) -> str:
        """Return the text of the section headed `tags`; raises TemplateFault where there is none."""
        for section in self._sections(language, name):
            if section.tags == tags:
                return section.text
        raise TemplateFault(f"{language}/{name}.txt has no section “== {' '.join(tags)}”; add one.")

    def speaks(self, language: str) -> bool:
        """Whether there is every note in that language."""
        return all((language, name) in self.files for of, name in self.files if of == "en")

    def show(self, language: str, name: str) -> str:
        """Return the text of a file; raises TemplateFault naming those there are."""
        if (language, name) not in self.files:
            known = ", ".join(f"{one}/{other}" for one, other in self.files)
            raise TemplateFault(f"There is no template {language}/{name}. There are: {known}.")
        return self.files[language, name].text

    def _sections(self, language: str, name: str) -> tuple[Section, ...]:
        file = self.files.get((language, name))
        return file.sections if file else ()


def _suits(tags: frozenset[str], wanted: frozenset[str]) -> bool:
    registers = {"formal", "informal"}
    apart = registers | {"any"}
    return tags - apart == wanted - apart and not (tags & registers) - wanted


def parse(text: str) -> tuple[Section, ...]:
    """Return the sections of a template file; what stands before the first heading is a comment."""
    parts = _HEADING.split(text.replace("\r\n", "\n"))
    return tuple(
        Section(tuple(heading.split()), body.strip("\n"))
        for heading, body in zip(parts[1::2], parts[2::2], strict=True)
    )


def load(directory: Path | None = None) -> Templates:
    """Return the packaged templates with the files of `directory` (if any) in place of theirs.

    Raises TemplateFault with everything that is wrong with them.
    """
    if directory is None:
        return builtin()
    own = dict(_read(directory, str(directory)))
    if wrong := [fault for key, file in own.items() for fault in check(*key, file)]:
        raise TemplateFault(" ".join(wrong))
    return Templates({**builtin().files, **own})


@lru_cache(maxsize=1)
def builtin() -> Templates:
    """Return the templates that come with the program."""
    return Templates(dict(_read(PACKAGED, "afterword")))


def _read(directory: Path, origin: str) -> Iterator[tuple[tuple[str, str], File]]:
    for path in sorted(directory.glob("*/*.txt")):
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise TemplateFault(f"{path} cannot be read as UTF-8 text ({error}).") from error
        yield (path.parent.name, path.stem), File(text, parse(text), origin)


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
        any(_suits(frozenset(tags), frozenset(one.tags)) for tags in theirs)
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
        filled = _environment().from_string(text).render(values)
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


@lru_cache(maxsize=1)
def _environment() -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False)
    environment.filters["de"] = elided
    environment.filters["con"] = articled
    return environment
