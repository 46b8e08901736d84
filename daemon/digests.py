"""The weekly digest laid in Drafts, once a week; an earlier one that nobody touched is taken back.

What it says is `digest`'s.  It belongs to no case: nothing follows from it, whatever the user does with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from daemon import digest
from daemon.drafting import mail
from daemon.looking import Looking, Seen
from daemon.mind import UserMind
from daemon.reading.model import Address
from daemon.step import Shell
from daemon.store import moment, stamp
from daemon.store_drafts import LIVE, UNPLACED, Entry, Periodical, digest_of
from policies.case import DraftState
from policies.history import Outcome, standing


class Digests:
    """Lays one account's digest at the first look after its moment."""

    def __init__(self, shell: Shell, mind: UserMind, weekly: digest.Weekly) -> None:
        self._shell = shell
        self._user = mind.user
        self._mind = mind
        self._weekly = weekly
        self._known = f"digest {shell.book.name}"

    def next_due(self, now: datetime) -> datetime:
        """Return the next moment at which there is something to do."""
        return self._weekly.next(now)

    def lay(self, now: datetime) -> None:
        """Lay this week's digest where its moment has come, and some case is open."""
        day, store = self._weekly.day(now), self._shell.book.store
        before = store.meta(self._known)
        since = moment(before) if before else self._weekly.on(day - digest.WEEK)
        if since >= self._weekly.on(day) or self._shell.book.observed_from() > self._weekly.on(day):
            return
        with self._shell.contained("digest", lambda: None):
            self._renew(day, since, now)
        store.set_meta(self._known, stamp(now))
        self._shell.audit.flush()

    def _renew(self, day: date, since: datetime, now: datetime) -> None:
        ledger, key = self._shell.ledger, digest.key(day)
        seen = self._seen(now)
        if any(one.view.stage not in digest.OVER for one in seen):
            ledger.lay(self._entry(day, seen, since, now), now)
        for entry in ledger.drafts.in_states((*LIVE, *UNPLACED)):
            if entry.note is Periodical.DIGEST and entry.key != key:
                ledger.take_back(entry, now, "a week has passed")

    def _seen(self, now: datetime) -> list[Seen]:
        """Return every case as it stands; one over which we stumble is left out."""
        looking = Looking(self._mind, self._shell, now)
        seen: list[Seen] = []
        for case_id in looking.ids():
            with self._shell.contained(case_id, lambda: None):
                seen.append(looking.seen(case_id))
        return seen

    def _entry(self, day: date, seen: Sequence[Seen], since: datetime, now: datetime) -> Entry:
        """Return the digest as the ledger keeps it, addressed to the user."""
        user, key = self._user, digest.key(day)
        zone, oneself = user.me.zone, Address(user.profile.name, user.account)
        going = [one.view for one in seen if one.view.stage not in digest.OVER]
        ended = [one.view for one in seen if one.view.stage in digest.OVER and _ended_at(one) >= since]
        letter = mail.Letter(
            sender=oneself,
            to=oneself,
            subject=digest.subject(day),
            date=now.astimezone(ZoneInfo(zone)),
            message_id=mail.message_id(user.account, key),
            body=digest.text(going, ended, zone),
            decision=mail.decision_hash(key),
        )
        octets = mail.octets(letter)
        return Entry(
            key=key,
            case_id="",
            note=Periodical.DIGEST,
            to=user.account,
            state=DraftState.INTENDED,
            answers="",
            message_id=letter.message_id,
            octets=octets,
            digest=digest_of(octets),
            intended_at=now,
            changed_at=now,
            subject=letter.subject,
        )


def _ended_at(seen: Seen) -> datetime:
    """Return when a case ended: the date of the mail that ended it, or of the stop."""
    said = standing(seen.case.history)
    if said.mail and said.outcome is not Outcome.OPEN:
        return said.mail.at
    return max(raised.at for raised in seen.case.raised if raised.key.startswith("stop"))
