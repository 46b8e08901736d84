"""Letters and the small pieces around them, as files a native speaker can correct.

`templates/<language>/<note>.txt` holds a subject and several whole letters, each below a heading line
`== tags`; `frame.txt` holds greetings, closings, dates and questions.  A directory of the user's own
replaces file by file (`filling.load`).  Nothing here knows a case, nor how a placeholder is filled.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

LANGUAGES = ("en", "de", "fr", "es", "nl", "pt", "it")
PACKAGED = Path(__file__).with_name("templates")
_HEADING = re.compile(r"^== *(.*?) *$", re.MULTILINE)


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
            if section.tags != ("subject",) and suits(frozenset(section.tags), wanted)
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


def suits(tags: frozenset[str], wanted: frozenset[str]) -> bool:
    """Whether a letter with these tags may be used where `wanted` is asked for."""
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


@lru_cache(maxsize=1)
def builtin() -> Templates:
    """Return the templates that come with the program."""
    return Templates(dict(read(PACKAGED, "afterword")))


def read(directory: Path, origin: str) -> Iterator[tuple[tuple[str, str], File]]:
    """Yield every template file of a directory; raises TemplateFault for one that is no text."""
    for path in sorted(directory.glob("*/*.txt")):
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise TemplateFault(f"{path} cannot be read as UTF-8 text ({error}).") from error
        yield (path.parent.name, path.stem), File(text, parse(text), origin)
