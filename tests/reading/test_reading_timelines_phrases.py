"""Every phrase of the timeline lexicons is a promise: its example sentence reads as the file says."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from daemon.reading import timeline
from daemon.reading.timeline_words import LANGUAGES, Group, lexicon

WEDNESDAY = dt.datetime.fromisoformat("2026-03-11T10:00:00+01:00")
TABLES = {
    "number",
    "ordinal",
    "weekday",
    "month",
    "unit",
    "day",
    "quarter",
    "period_end",
    "holiday",
    "repeated",
}
SAID = [
    pytest.param(language, group, id=f"{language}-{group.means}-{at}")
    for language in LANGUAGES
    for at, group in enumerate(lexicon(language).groups)
    if group.example and (group.means.partition(":")[0] not in TABLES or " " in group.means)
]
LISTED = [
    pytest.param(language, group, id=f"{language}-{group.means}")
    for language in LANGUAGES
    for group in lexicon(language).groups
    if group.means.partition(":")[0] in {"weekday", "month", "day", "number"} and " " not in group.means
]
ANY_TABLE = {
    "en": "We will decide on {}.",
    "de": "Wir entscheiden am {}.",
    "fr": "Nous déciderons le {}.",
    "es": "Decidiremos el {}.",
    "nl": "We beslissen op {}.",
    "pt": "Decidiremos na {}.",
    "it": "Decideremo il {}.",
}
MONTHS = {
    "en": "We will decide on 20 {}.",
    "de": "Wir entscheiden am 20. {}.",
    "fr": "Nous déciderons le 20 {}.",
    "es": "Decidiremos el 20 de {}.",
    "nl": "We beslissen op 20 {}.",
    "pt": "Decidiremos a 20 de {}.",
    "it": "Decideremo il 20 {}.",
}


def sentence(group: Group, form: str) -> str:
    """Return the example with a form in it, its gap closed and its endings cut."""
    said = re.sub(r"^\*", "ab", form.removesuffix("?")).replace("*", "").replace(" …", "").replace("… ", "")
    text = group.example.replace("{}", said)
    return text[0].upper() + text[1:]


def reads(text: str, language: str) -> str:
    """Return "first..last" of the latest timeline in a sentence, "" where there is none."""
    found = timeline.find([text], WEDNESDAY, language=language).found
    dated = [one for one in found if one.latest]
    if dated:
        last = max(dated, key=lambda one: one.latest or dt.date.min)
        return f"{last.earliest}..{last.latest}"
    open_ended = [one for one in found if one.kind != "hold"]
    return f"{open_ended[0].earliest}.." if open_ended else ""


@pytest.mark.parametrize(("language", "group"), SAID)
def test_reading_timelines_every_form_reads_as_its_example_says(language: str, group: Group) -> None:
    """Whichever form of a phrase an employer uses, the sentence means the same days."""
    wrong = {
        text: got
        for form in group.forms
        if (got := reads(text := sentence(group, form), language)) != group.reads
    }
    assert not wrong, f"expected {group.reads!r}"


@pytest.mark.parametrize(("language", "group"), LISTED)
def test_reading_timelines_every_name_of_a_day_or_month_is_read(language: str, group: Group) -> None:
    """Every way to write a weekday, a month or a day like "tomorrow" names that day."""
    kind, _, value = group.means.partition(":")
    for form in group.forms:
        name = form.removesuffix("?").strip()
        text = (MONTHS if kind == "month" else ANY_TABLE)[language].format(name)
        if kind == "number":
            text = group.example.format(name)
        found = timeline.resolve(text, WEDNESDAY, language=language)
        assert found is not None, text
        assert found.latest is not None
        if kind == "weekday":
            assert found.latest.weekday() == int(value), text
        elif kind == "month":
            assert (found.latest.day, found.latest.month) == (20, int(value)), text
        else:
            assert found.latest == WEDNESDAY.date() + dt.timedelta(days=int(value)), text


@pytest.mark.parametrize("language", LANGUAGES)
def test_reading_timelines_every_language_has_the_same_meanings(language: str) -> None:
    """A meaning the grammar knows has words in every language, so that none is read worse."""
    kinds = {
        "edge": "by within before after not_before in at_least since",
        "part": "early mid late h1 h2",
        "rel": "this next following last",
        "ref": "interview closing now",
        "cue": "tell contact will process round ask task meet start terms keep close past office back hold "
        "silence invite once cond neg neutral vague footer return",
    }
    needed = {f"{kind}:{value}" for kind, values in kinds.items() for value in values.split()}
    assert needed <= {group.means.split()[0] for group in lexicon(language).groups}
