"""Settings are changed in a file somebody wrote, and nothing else in it is."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemon.toml_text import NotChanged, changed

FILE = """# my own notes
address = "ana@mail.example"   # the one employers know

mailboxes_of_mine = ["a", # not ours
  "b"]

[imap]
host = "imap.mail.example"  # 993
# the password is beside this file
password_file = "password"

# who I am
[profile]
phone = "123"

[[profile.strengths]]
claim = "I build."
"""


def test_one_setting_changes_one_line() -> None:
    """Comments, order and what we do not know stay; the changed line keeps its comment."""
    after = changed(FILE, {("imap", "host"): "mail.other.example"})
    assert after == FILE.replace('"imap.mail.example"', '"mail.other.example"')


def test_a_new_setting_stands_at_the_end_of_its_table() -> None:
    """It does not slip below the comment that belongs to the next table."""
    after = changed(FILE, {("imap", "port"): 1143, ("", "name"): "Ana", ("state", "directory"): "here"})
    assert 'password_file = "password"\nport = 1143\n\n# who I am\n[profile]' in after
    assert '  "b"]\nname = "Ana"\n' in after
    assert after.endswith('\n[state]\ndirectory = "here"\n')


def test_a_setting_is_taken_out_with_all_its_lines() -> None:
    """A list over several lines goes as a whole."""
    after = changed(FILE, {("", "mailboxes_of_mine"): None})
    assert '"b"' not in after
    assert tomllib.loads(after)["address"] == "ana@mail.example"


@pytest.mark.parametrize("text", ['imap = { host = "a" }\n', 'imap.host = "a"\n', 'imap = "a"\n'])
def test_what_cannot_be_changed_line_by_line_is_left_alone(text: str) -> None:
    """An inline table or a dotted key is refused, not turned into something else."""
    with pytest.raises(NotChanged):
        changed(text, {("imap", "host"): "b"})


words = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=20)
values = words | st.integers(-(2**40), 2**40) | st.booleans() | st.lists(words, max_size=3).map(tuple)
keys = st.sampled_from(["address", "host", "phone", "claim", "new-one", "b"])
tables = st.sampled_from(["", "imap", "profile", "state"])


@given(st.dictionaries(st.tuples(tables, keys), st.none() | values, max_size=5))
def test_the_result_says_what_was_asked_and_nothing_else(settings: dict[tuple[str, str], object]) -> None:
    """Whatever the values hold, the file reads back as the old settings with the new ones."""
    wanted = tomllib.loads(FILE)
    after = tomllib.loads(changed(FILE, settings))  # type: ignore[arg-type]
    for (table, key), value in settings.items():
        found = (after.get(table, {}) if table else after).get(key)
        assert found == (list(value) if isinstance(value, tuple) else value)
        (wanted.setdefault(table, {}) if table else wanted).pop(key, None)
        (after.setdefault(table, {}) if table else after).pop(key, None)
    assert {k: v for k, v in after.items() if v != {}} == {k: v for k, v in wanted.items() if v != {}}
