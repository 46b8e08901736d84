"""Templates are files a user may replace, and mistakes in them are said before they reach a draft."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from drafting_scene import CASE, CONTEXT, decision

from daemon.drafting import filling, templates
from daemon.drafting.compose import compose
from daemon.drafting.mail import DraftFault
from daemon.drafting.templates import LANGUAGES, PACKAGED, TemplateFault
from policies.case import Note

WITHDRAWAL = "My way.\n\n== subject\nGoodbye\n\n== any\nI thank you, {{ first }}, and wish you well.\n"


def own(directory: Path, text: str, name: str = "withdrawal", language: str = "en") -> Path:
    (directory / language).mkdir(exist_ok=True)
    (directory / language / f"{name}.txt").write_text(text, encoding="utf-8")
    return directory


def test_packaged_are_sound() -> None:
    """The packaged templates have every note in every language, and nothing is wrong with them."""
    packaged = templates.builtin()
    assert all(packaged.speaks(language) for language in LANGUAGES)
    assert [fault for key, file in packaged.files.items() for fault in filling.check(*key, file)] == []
    assert {str(note) for note in Note} == {name for of, name in packaged.files if of == "en"} - {"frame"}


def test_own_words(tmp_path: Path) -> None:
    """A file of the user's own takes the place of ours; all others stay."""
    ours = filling.load(own(tmp_path, WITHDRAWAL))
    draft = compose(decision(Note.WITHDRAWAL), CASE, replace(CONTEXT, templates=ours))
    assert "I thank you, Priya, and wish you well." in draft.body
    assert ours.files["en", "withdrawal"].origin == str(tmp_path)
    assert ours.files["en", "thank-you"].origin == "afterword"
    assert ours.show("en", "withdrawal") == WITHDRAWAL


@pytest.mark.parametrize(
    ("text", "name", "says"),
    [
        (WITHDRAWAL.replace("first", "frist"), "withdrawal", "nothing is called frist"),
        (WITHDRAWAL.replace("{{ first", "{{ first {{"), "withdrawal", "line 1"),
        (WITHDRAWAL.replace("any", "anny"), "withdrawal", "unknown tag anny"),
        ("== subject\nx\n", "withdrawal", "lacks a letter"),
        (WITHDRAWAL, "resignation", "no note is called resignation"),
        ("== closing formal\nYours,\n", "frame", "has no section “== at”"),
    ],
)
def test_mistakes(tmp_path: Path, text: str, name: str, says: str) -> None:
    """A mistake in a template is told with file and place, when it is loaded."""
    with pytest.raises(TemplateFault, match=says):
        filling.load(own(tmp_path, text, name))


def test_not_utf8(tmp_path: Path) -> None:
    """A file that is no UTF-8 text is named."""
    own(tmp_path, "x")
    (tmp_path / "en" / "withdrawal.txt").write_bytes(b"\xff\xfe")
    with pytest.raises(TemplateFault, match=r"withdrawal\.txt cannot be read"):
        filling.load(tmp_path)


@pytest.mark.parametrize(
    "evil", ["{{ ''.__class__.__mro__ }}", "{% for x in range(10**9) %}{% endfor %}", "{{ 1/0 }}"]
)
def test_sandbox(evil: str) -> None:
    """A template can neither reach into the program nor run for ever."""
    with pytest.raises(TemplateFault, match="cannot be filled"):
        filling.render(evil, {})


def test_received_text_is_never_a_template() -> None:
    """What an employer calls itself is text, also when it looks like a placeholder."""
    draft = compose(decision(Note.WITHDRAWAL), replace(CASE, employer="{{ phone }}"), CONTEXT)
    assert "+44" not in draft.body.split("Kind regards")[0]


def test_unknown_template() -> None:
    """Asking for a template there is not names those there are."""
    with pytest.raises(TemplateFault, match="en/thank-you"):
        templates.builtin().show("en", "thanks")


def test_files_are_short() -> None:
    """Every template begins with a line that says to a native speaker what it is."""
    for path in PACKAGED.glob("*/*.txt"):
        assert not path.read_text(encoding="utf-8").startswith("=="), path


@pytest.mark.parametrize(
    ("day", "article", "written"),
    [("8 marzo", "il", "l’8 marzo"), ("11 marzo", "al", "all’11 marzo"), ("13 marzo", "del", "del 13 marzo")],
)
def test_italian_days(day: str, article: str, written: str) -> None:
    """Italian articles are elided before the 8th and the 11th."""
    assert filling.articled(day, article) == written


@pytest.mark.parametrize(("role", "written"), [("Architecte", "d’Architecte"), ("Chef", "de Chef"), ("", "")])
def test_french_of(role: str, written: str) -> None:
    """French “de” is elided before a vowel."""
    assert filling.elided(role) == written


def test_jinja_is_not_loaded_in_vain() -> None:
    """The values of a profile and the template files need no jinja2: an idle daemon stays small."""
    code = "import sys, daemon.drafting.profile; sys.exit('jinja2' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=PACKAGED.parents[2], check=False).returncode == 0


def test_template_that_fails_late(tmp_path: Path) -> None:
    """A template that can only be seen to fail while it is filled stops the draft, with a sentence."""
    ours = filling.load(own(tmp_path, WITHDRAWAL.replace("{{ first }}", "{{ 1 / (first | length - 5) }}")))
    with pytest.raises(DraftFault, match="cannot be filled"):
        compose(decision(Note.WITHDRAWAL), CASE, replace(CONTEXT, templates=ours))
