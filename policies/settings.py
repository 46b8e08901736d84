"""Every number and every switch of the policy, with its unit and its sentence; and how a file changes them.

A `Policy` is a value: what a user may choose, and where they live (zone, country, public holidays).  What
must not be known here: the rules themselves, and where files lie; texts come in, values go out.
"""

from __future__ import annotations

import hashlib
from dataclasses import Field, dataclass, field, fields, replace
from datetime import UTC, date, datetime, time
from functools import cache, lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from policies import workdays


def number(default: int, unit: str, says: str, *, low: int = 0, high: int = 250) -> Any:
    """Return a field for a number: its default, its unit in the plural, its sentence, its bounds."""
    return field(default=default, metadata={"unit": unit, "says": says, "low": low, "high": high})


def switch(default: bool, says: str) -> Any:
    """Return a field for a switch; it has the name of the optional rule it turns on and off."""
    return field(default=default, metadata={"unit": "", "says": says})


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What was chosen.  `version` is made of the name and the content; it is part of every decision.

    `zone` is an IANA name; due moments are in that zone.  `holidays` are the public holidays of `country`
    and `closed` those of them that take a weekday away.  `employers` holds a whole policy for each employer
    (case-folded name) that has its own.
    """

    name: str = "default"
    says: str = ""
    zone: str = "UTC"
    country: str = ""
    holidays: frozenset[date] = field(default=frozenset(), repr=False)
    employers: tuple[tuple[str, Policy], ...] = ()
    version: str = field(init=False, default="")
    closed: tuple[date, ...] = field(init=False, default=(), repr=False)

    interview_length: int = number(
        60, "minutes", "An interview lasts this long where nobody said when it ends.", low=5, high=600
    )
    thank_you_after: int = number(
        0, "minutes", "A thank-you is laid this long after the interview's end.", high=720
    )
    thank_you_late_after: int = number(
        48, "hours", "A thank-you later than this begins with other words.", low=1, high=720
    )
    thank_you_window: int = number(
        3, "days", "A thank-you is not raised later than this after the interview.", low=1, high=30
    )
    thank_you_lies: int = number(
        7, "days", "A thank-you that still lies untouched after this is taken back.", low=1, high=90
    )
    status_after_stated: int = number(
        3, "business days", "A status check falls due this long after the latest day they named.", low=1
    )
    status_after_silence: int = number(
        10, "business days", "Where they named no day, it falls due this long after the last word.", low=1
    )
    status_after_hold: int = number(
        20, "business days", "Where the position is on hold without a date, it falls due after this.", low=1
    )
    status_after_new_year: int = number(
        3, "working days", "“After the holidays” means this working day of January.", low=1, high=20
    )
    status_hour: int = number(
        9, "o'clock", "Status checks and stops fall due at this hour of the day.", high=23
    )
    status_checks: int = number(1, "status checks", "So many unanswered status checks are allowed.", high=5)
    status_checks_welcome: int = number(
        1, "status checks", "So many where they said that checking in is welcome.", high=5
    )
    status_checks_agency: int = number(1, "status checks", "So many where an agency arranges.", high=5)
    status_between: int = number(
        5, "business days", "There are at least so many between two status checks.", low=2
    )
    stop_after_status: int = number(
        10,
        "business days",
        "The case is over when the last allowed question stays unanswered this long.",
        low=1,
    )
    stop_after_unsent: int = number(
        10, "business days", "The case is over when a status check stays unsent this long.", low=1
    )
    stop_no_contact_after_stated: int = number(
        10,
        "business days",
        "Where they want no contact, it is over this long after the day they named.",
        low=1,
    )
    stop_no_contact_after_silence: int = number(
        20,
        "business days",
        "Where they want no contact and named no day, this long after the last word.",
        low=1,
    )
    stop_hour: int = number(
        18, "o'clock", "A day after which silence means no ends for us at this hour.", high=23
    )
    rejection_thanks_after: int = number(
        4, "hours", "Thanks after a rejection wait this long: mistakes are taken back within hours.", high=72
    )
    rejection_thanks_window: int = number(
        3, "days", "Thanks after a rejection are not raised later than this.", low=1, high=30
    )
    cross_off_after: int = number(
        40,
        "business days",
        "A process drags on when they still write, and decide nothing, this long after the first interview.",
        low=5,
    )
    look_back: int = number(
        3, "days", "Nothing is raised for a moment this long before afterword began to watch.", high=30
    )

    thank_every_interviewer: bool = switch(True, "Thank-yous after interviews.")
    thank_after_rejection: bool = switch(True, "Thanks after a rejection.")
    thank_for_a_second_chance: bool = switch(False, "Thanks for a rejection that was taken back.")
    tell_them_you_are_out: bool = switch(True, "A note that takes you out, when you said you want to be.")
    cross_it_off: bool = switch(True, "A word when a process drags on.")
    suggest_a_call: bool = switch(True, "A hint to call, where calls are welcome.")
    suggest_the_portal: bool = switch(True, "A hint to look into their portal, where they named it.")
    suggest_a_card: bool = switch(True, "A hint to post a card to a hiring manager, where there is time.")
    suggest_linkedin: bool = switch(False, "A hint to thank on LinkedIn, where no address is known.")
    debrief: bool = switch(
        False, "A draft to yourself with a few questions after an interview; `[drafts] debrief` decides it."
    )

    def __post_init__(self) -> None:
        object.__setattr__(self, "version", f"{self.name}-{_digest(self)}")
        object.__setattr__(self, "closed", workdays.closed(self.holidays))

    def __hash__(self) -> int:
        return hash(self.version)

    def at(self, employer: str | None) -> Policy:
        """Return the policy for that employer: its own where there is one, else this."""
        if not self.employers or employer is None:
            return self
        return dict(self.employers).get(employer.casefold(), self)

    def located(self, zone: str, country: str = "", holidays: frozenset[date] = frozenset()) -> Policy:
        """Return the same policy for somebody who lives there."""
        employers = tuple((name, p.located(zone, country, holidays)) for name, p in self.employers)
        return replace(self, zone=zone, country=country, holidays=holidays, employers=employers)

    def asking(self, debrief: bool) -> Policy:
        """Return the same policy with questions after interviews, or without, for every employer."""
        employers = tuple((name, p.asking(debrief)) for name, p in self.employers)
        return replace(self, debrief=debrief, employers=employers)

    def day(self, moment: datetime) -> date:
        """Return the user's local date of that moment."""
        return _day(self.zone, moment)

    def moment(self, day: date, hour: int) -> datetime:
        """Return that full hour of that day where the user lives, in UTC."""
        return _moment(self.zone, day, hour)

    def workday_of_january(self, year: int, nth: int) -> date:
        """Return the `nth` working day of that year."""
        return workdays.of_january(year, nth, self.closed)

    def workday(self, day: date, count: int) -> date:
        """Return the `count`-th business day after that day."""
        return _workday(self, day, count)


@cache
def choices() -> dict[str, Field[Any]]:
    """Return the fields a policy file may set, by name, in the order of their being declared."""
    return {f.name: f for f in fields(Policy) if "says" in f.metadata}


@dataclass(frozen=True, slots=True)
class Amount:
    """A number and its unit: `{x}` is "3 business days", `{x:th}` "3rd business day", `{x:times}` "once"."""

    value: int
    unit: str

    def __format__(self, spec: str) -> str:
        one = self.unit.removesuffix("s")
        if spec == "times":
            return ("never", "once", "twice")[self.value] if self.value < 3 else f"{self.value} times"
        if spec == "th":
            ending = {1: "st", 2: "nd", 3: "rd"}.get(self.value % 10, "th")
            return f"{self.value}{'th' if 10 < self.value % 100 < 14 else ending} {one}"
        return f"{self.value} {one if self.value == 1 else self.unit}"


@lru_cache(maxsize=1024)
def worded(text: str, policy: Policy) -> str:
    """Return the text with the names of numbers in braces replaced by what the policy chose."""
    return text.format_map(_Words(policy))


class _Words(dict[str, Amount]):
    """The numbers of one policy as words, made when asked for."""

    def __init__(self, policy: Policy) -> None:
        super().__init__()
        self.policy = policy

    def __missing__(self, name: str) -> Amount:
        return Amount(getattr(self.policy, name), choices()[name].metadata["unit"])


_zone = cache(ZoneInfo)


@lru_cache(maxsize=4096)
def _day(zone: str, moment: datetime) -> date:
    return moment.astimezone(_zone(zone)).date()


@lru_cache(maxsize=4096)
def _moment(zone: str, day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), _zone(zone)).astimezone(UTC)


@lru_cache(maxsize=4096)
def _workday(policy: Policy, day: date, count: int) -> date:
    return workdays.add(day, count, policy.closed)


def _digest(policy: Policy) -> str:
    chosen = [(name, getattr(policy, name)) for name in choices()]
    place = (policy.zone, policy.country, [(name, p.version) for name, p in policy.employers])
    return hashlib.sha256(repr((chosen, place)).encode()).hexdigest()[:8]
