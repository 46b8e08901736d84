"""What sentences do: the lexicons show what they say, and a turn of the sentence turns its meaning."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from least_time import least_time

from daemon.reading.acts import TOPICS, Does, compare, lexicon, listen
from daemon.reading.acts_phrase import PhraseBook, compile_phrase, plain
from daemon.reading.acts_similar import Examples
from daemon.reading.language import LANGUAGES

ESSENTIAL = frozenset(Does) - TOPICS


def does(sentence: str, language: str = "en") -> set[Does]:
    return {said.does for said in listen((sentence,), language)}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_phrase_finds_its_example(language: str) -> None:
    """The sentence beside a phrase shows it: the phrase is found in it, and means what it is filed under."""
    spoken = lexicon(language)
    missed = [
        (phrase.name, phrase.source)
        for book, subject in ((spoken.book, False), (spoken.subjects, True))
        for phrase in book.phrases
        if phrase.name
        not in {
            said.does
            for said in listen(
                () if subject else (phrase.example,), language, subject=phrase.example if subject else ""
            )
        }
    ]
    assert not missed


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_can_say_everything(language: str) -> None:
    """No language lacks an act: each has a phrase or an example sentence for it."""
    spoken = lexicon(language)
    known = {phrase.name for phrase in spoken.phrases} | {name for name, _ in spoken.examples.known}
    assert {act.value for act in ESSENTIAL} <= known


@pytest.mark.parametrize(
    ("sentence", "not_done"),
    [
        ("If your profile matches, we will invite you to an interview.", Does.INVITES),
        ("Should your application be successful we will invite you to an interview.", Does.INVITES),
        ("Shortlisted candidates will be invited to interview.", Does.INVITES),
        ("Should you need to reschedule your interview, use the link.", Does.MOVES),
        ("You can reschedule up to 24 hours before.", Does.MOVES),
        ("If you need to cancel the interview, let us know.", Does.CANCELS),
        ("We are not able to offer you the role.", Does.OFFERS),
        ("If you are not selected, we will keep your CV on file.", Does.DECLINES),
        ("If you have not heard from us, please assume that you have not been successful.", Does.DECLINES),
        ("After a short task we would make you an offer.", Does.OFFERS),
        ("The decision was pushed to the end of March.", Does.MOVES),
        ("We won't be inviting you to an interview.", Does.INVITES),
        ("We would like to offer you an interview.", Does.OFFERS),
    ],
)
def test_conditions_and_negations_undo_what_they_govern(sentence: str, not_done: Does) -> None:
    """What would happen if, or does not happen, is not done."""
    assert not_done not in does(sentence)


@pytest.mark.parametrize(
    ("sentence", "done"),
    [
        ("If that suits you, we would like to invite you to an interview on Monday.", Does.INVITES),
        ("Please do not hesitate to book a slot in my calendar.", Does.BOOKS),
        ("We have decided not to proceed; if you would like feedback, call me.", Does.DECLINES),
        ("Mind if we move our call to Friday?", Does.MOVES),
        (
            "Unfortunately it is filled, but we would like to invite you to interview for another.",
            Does.INVITES,
        ),
    ],
)
def test_courtesies_undo_nothing(sentence: str, done: Does) -> None:
    """A condition that sets none, and a negation that negates nothing, leave the meaning as it is."""
    assert done in does(sentence)


@pytest.mark.parametrize(
    ("sentence", "language", "not_done"),
    [
        ("Wenn Ihr Profil passt, laden wir Sie zu einem Vorstellungsgespräch ein.", "de", Does.INVITES),
        ("Falls Sie den Termin verschieben müssen, rufen Sie an.", "de", Does.MOVES),
        ("Si votre profil correspond, nous vous inviterons à un entretien.", "fr", Does.INVITES),
        ("Si tu perfil encaja, te invitaremos a una entrevista.", "es", Does.INVITES),
        ("Caso o seu perfil seja selecionado, vamos convidá-la para uma entrevista.", "pt", Does.INVITES),
        ("Qualora il profilo fosse in linea, La inviteremo a un colloquio.", "it", Does.INVITES),
        ("Als je profiel past, nodigen we je uit voor een gesprek.", "nl", Does.INVITES),
    ],
)
def test_conditions_are_understood_in_every_language(sentence: str, language: str, not_done: Does) -> None:
    """In each language an invitation under a condition invites nobody."""
    assert not_done not in does(sentence, language)


@pytest.mark.parametrize(
    "sentence", ["Your loan application was received.", "Your visa interview is confirmed."]
)
def test_the_words_of_another_business_are_its_own(sentence: str) -> None:
    """An application for a loan is none for a job."""
    assert not does(sentence) & {Does.JOB, Does.APPLYING}


def test_what_resembles_a_known_sentence_is_a_hint() -> None:
    """A sentence no phrase was written for is taken for what it is most like, but only as a hint."""
    sentence = ("The owners took somebody on yesterday, sorry.",)
    said = compare(listen(sentence, "en"), sentence, "en")
    assert Does.DECLINES in {one.does for one in said}
    (hint,) = [one for one in said if one.words.startswith("reads like")]
    assert hint.weak


def test_examples_answer_with_the_example() -> None:
    """A likeness says which example it stands on, and nothing is like what shares no word with it."""
    known = Examples([("no", "we chose another candidate"), ("yes", "we would like to hire you")])
    like = known.like(plain("They chose another candidate today"))
    assert like is not None
    assert (like.name, like.example) == ("no", "we chose another candidate")
    assert known.like(plain("zebra quagga okapi")) is None


@pytest.mark.parametrize(
    ("source", "text", "found"),
    [
        ("invite you .. interview", "We invite you to an interview", True),
        ("invite you .. interview", "We invite you to have some tea before the interview", False),
        ("invite you ... interview", "We invite you to have some tea before the interview", True),
        ("(meet|see) you", "Good to see you", True),
        ("candidat*", "Dear candidates", True),
        ("*gespräch", "Zum Vorstellungsgespraech", True),
        ("~you would like", "If you would like to talk", False),
        ("~you would like", "We would like to talk", True),
        ("will not offer", "We won't offer", True),
        ("<who> decided", "The board decided", True),
        ("the role|the job", "THE JOB!", True),
    ],
)
def test_the_notation(source: str, text: str, found: bool) -> None:
    """The notation means what the head of acts_phrase.py says."""
    phrase = compile_phrase("x", source, text, {"who": "the panel|the board"})
    assert bool(list(PhraseBook([phrase]).search(plain(text)))) is found


@pytest.mark.parametrize("source", ["(open", "shut)", "<nothing> there"])
def test_a_phrase_written_wrongly_is_named(source: str) -> None:
    """A mistake in a lexicon is told with the phrase it stands in."""
    with pytest.raises(ValueError, match="the phrase"):
        compile_phrase("x", source, "", {})


@given(st.text(max_size=400))
def test_plain_words_stay_plain(text: str) -> None:
    """Plain words have one blank around each and no capital letters."""
    words = plain(text)
    assert words.strip() == " ".join(words.split())
    assert words == words.casefold()


@given(st.lists(st.text(max_size=200), max_size=5), st.sampled_from(LANGUAGES))
@settings(deadline=None)  # the first of a language reads its lexicon
def test_anything_can_be_listened_to(sentences: list[str], language: str) -> None:
    """No text makes the ear raise, and every quotation stands in what was said."""
    for said in compare(listen(sentences, language), sentences, language):
        assert said.quote in sentences[said.place]


@pytest.mark.parametrize(
    "text", ["we would like to " * 6_000, "(" * 100_000, "a" * 100_000, "invite you , " * 8_000]
)
def test_hostile_sentences_take_no_time(text: str) -> None:
    """A hundred kilobytes without a full stop are heard in a moment."""
    listen(("warm up",), "en")
    assert least_time(lambda: listen((text,) * 3, "en")) < 0.5
