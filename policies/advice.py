"""What an article is, what a piece of advice is, and the five articles the policy is made of.

What must not be known here: the advice itself (`advice_when.py`, `advice_how.py`), and the rules.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Article:
    """One source, with the two letters it is cited by."""

    id: str
    title: str
    author: str

    def __call__(self, words: str) -> Quote:
        """Return a short quotation from the article."""
        return Quote(self, words)


@dataclass(frozen=True, slots=True)
class Quote:
    """A few of an article's own words."""

    article: Article
    words: str

    def __str__(self) -> str:
        return f"{self.article.id} “{self.words}”"


class Fate(StrEnum):
    """What we made of a piece of advice."""

    FOLLOWED = "followed"
    OFFERED = "offered"
    AGAINST = "decided against"


@dataclass(frozen=True, slots=True)
class Advice:
    """One piece of advice.  `why` is our reason; `by` is what carries it out besides rules that cite it."""

    id: str
    says: str
    quotes: tuple[Quote, ...]
    fate: Fate
    why: str = ""
    by: tuple[str, ...] = ()

    def __str__(self) -> str:
        articles = dict.fromkeys(q.article.id for q in self.quotes)
        return f"{self.id} {', '.join(articles)}: “{self.quotes[0].words}”"


CP = Article("CP", "Five options for following up, compared", "The Contingent Plan")
LS = Article("LS", "How to Follow Up After a Job Interview", "LifeSavvy, E. Hauser")
IG = Article("IG", "A careers guide on interview follow-up", "untitled")
HB = Article("HB", "How To: Follow Up After a Job Interview", "HR Bartender, two recruiters, and readers")
MA = Article("MA", "The Who, How and When of Following Up", "Malone")
ARTICLES = (CP, LS, IG, HB, MA)

FOLLOWED, OFFERED, AGAINST = Fate.FOLLOWED, Fate.OFFERED, Fate.AGAINST
