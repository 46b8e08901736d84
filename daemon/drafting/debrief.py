"""Reading the answers of a debrief, the draft with questions to oneself.

Pure: text and names in, answers out.  What the employer is said to have said is left in its words; the
reading of timelines and directions is done elsewhere.  The shape of the questions is that of
`templates/*/debrief.txt`: a letter and a number, a dot before the question, a colon before the answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from daemon.drafting.names import addressee, clean
from daemon.drafting.profile import About, Fact

_CAP = 20_000
_MARK = re.compile(r"(?:^[\s>|*•·_-]{0,12}|(?<=\s))([A-Za-z])(\d{1,2})[*_]{0,2}\s?([.:：])", re.MULTILINE)
_NO = frozenset("no nope nein nee nem non não nao not nicht".split())
_YES = frozenset("yes yep yeah sure ja jo oui si sí sì sim definitely absolutely natürlich klar".split())
_NOTHING = frozenset(("", "-", "–", "—", "?", "n/a", "no", "none", "nothing", "nein", "nichts", "non", "rien",
                      "nada", "nee", "niets", "não", "niente", "…", "..."))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Debrief:
    """What was answered; empty where nothing was.

    `talked` are facts about one person each, or about nobody in particular.  `when` is when they said
    they would decide, `asked` what they asked for about contact, both in the user's words for theirs:
    read them as the employer's word.  `interested` is None where the user did not say.
    """

    talked: tuple[Fact, ...] = ()
    when: str = ""
    asked: str = ""
    interested: bool | None = None

    @property
    def answered(self) -> bool:
        """Whether anything was answered at all."""
        return bool(self.talked or self.when or self.asked or self.interested is not None)

    def facts(self, language: str) -> tuple[Fact, ...]:
        """Return everything as facts of the case, written in that language."""
        still = {True: "yes", False: "no", None: ""}[self.interested]
        plain = ((About.WHEN, self.when), (About.ASKED, self.asked), (About.INTERESTED, still))
        others = tuple(Fact(about, text, language=language) for about, text in plain if text)
        return tuple(Fact(one.about, one.text, one.person, language) for one in self.talked) + others


def read(text: str, names: Sequence[str]) -> Debrief:
    """Return the answers in a debrief as it came back: edited, rewrapped, or quoted in a mail to oneself.

    `text` is the whole of it, what a reader would take for quotation included.  `names` are those the
    questions were asked about.  The last three questions are always the same; a question that names one
    of `names`, or stands before those three, is about the conversation.
    """
    answers = tuple(_answers(text[:_CAP].replace("\r\n", "\n")))
    if len(answers) < 3:
        return Debrief()
    people = tuple(addressee(name).full for name in names)
    *talks, (_, when), (_, asked), (_, interested) = answers
    return Debrief(tuple(_talked(talks, people)), _said(when), _said(asked), _interested(interested))


def _answers(text: str) -> Iterator[tuple[str, str]]:
    """Yield each question with its answer, in order; a question taken out is empty."""
    marks = _marks(text)
    ends = [begin for _, _, begin, _ in marks[1:]] + [len(text)]
    parts: dict[int, list[str]] = {}
    for (number, answer, _, begins), end in zip(marks, ends, strict=False):
        parts.setdefault(number, ["", ""])[answer] = _unquoted(text[begins:end])
    yield from ((question, answer) for question, answer in parts.values())


def _marks(text: str) -> list[tuple[int, bool, int, int]]:
    """Return number, whether it is an answer's, begin and end of each mark that stands in its order.

    Out of order it is no mark: "by the end of Q1." is an answer.
    """
    found: list[tuple[int, bool, int, int]] = []
    number, answered = 0, True
    for mark in _MARK.finditer(text):
        own, answer = int(mark[2]), mark[3] != "."
        begins_line = text[max(mark.start() - 1, 0) : mark.start()] in ("", "\n")
        answers = answer and not answered and own == number
        if answers or (own == number + 1 and (answer or begins_line)):
            found.append((own, answer, mark.start(), mark.end()))
            number, answered = own, answer
    return found


def _unquoted(text: str) -> str:
    lines = (re.sub(r"^[\s>|]{0,12}", "", line) for line in text.split("\n"))
    return " ".join(" ".join(lines).split())


def _said(answer: str) -> str:
    """Return an answer, or "" for one that says there is nothing to say."""
    text = clean(answer, 300).strip(' "“”„«»')
    return "" if text.casefold().rstrip(".") in _NOTHING else text


def _talked(talks: Sequence[tuple[str, str]], names: Sequence[str]) -> Iterator[Fact]:
    for index, (question, answer) in enumerate(talks):
        if said := _said(answer):
            named = next((name for name in names if name and name in question), "")
            in_order = names[index] if index < len(names) and not question else ""
            yield Fact(About.TALKED, said, named or in_order)


def _interested(answer: str) -> bool | None:
    """Return yes or no by the first word that says either; anything else is no answer."""
    for word in re.findall(r"[^\W\d_]+", answer.casefold())[:8]:
        if word in _NO:
            return False
        if word in _YES:
            return True
    return None
