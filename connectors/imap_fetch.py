"""Fetching mails: facts first, then whole mails in batches, and of the large ones the text only.

A mail that cannot be fetched must not stand in the way of the others: what failed is fetched alone the next
time, then without asking for its structure, and after the third time passed over as an empty mail.
It must not know what a mail is for, nor whose turn the mailbox is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from connectors import imap_structure
from connectors.imap_answer import Value, moment, number
from connectors.imap_session import Session, said_no

WHOLE = 1 << 18
"""Mails up to this size (octets) are fetched whole."""

_FACTS = 500
_BODIES = 100
_WEIGHT = 1 << 22  # octets in one batch, so that memory stays small
_TRIES = 3
_WHOLE_MAIL = "BODY.PEEK[]"


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a mail before it is fetched: `size` in octets, `at` its INTERNALDATE in UTC if any."""

    uid: int
    size: int
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Body:
    """A mail as fetched; `partial` where parts were left out, and empty octets where nothing can be had."""

    octets: bytes
    partial: bool = False


def portions(uids: Sequence[int]) -> Iterator[Sequence[int]]:
    """Yield the UIDs in numbers that fit a command line."""
    for start in range(0, len(uids), _FACTS):
        yield uids[start : start + _FACTS]


def facts(session: Session, uids: Sequence[int]) -> list[Facts]:
    """Return size and INTERNALDATE of those UIDs that still exist, ascending."""
    answers = session.fetch(uids, "RFC822.SIZE", "INTERNALDATE")
    return [
        Facts(uid, number(answer.get(b"RFC822.SIZE")), moment(answer.get(b"INTERNALDATE")))
        for uid, answer in sorted(answers.items())
        if answer.keys() & {b"RFC822.SIZE", b"INTERNALDATE"}
    ]


class Fetcher:
    """Fetches bodies, and remembers which mails made trouble (`place` names mailbox and UIDVALIDITY)."""

    def __init__(self, whole: int = WHOLE) -> None:
        self._whole = whole
        self._trouble: Counter[tuple[str, int]] = Counter()

    def groups(self, place: str, mails: Sequence[Facts]) -> Iterator[list[Facts]]:
        """Yield the mails in batches of bounded number and size; a troublesome one stands alone."""
        group: list[Facts] = []
        weight = 0
        for mail in mails:
            alone = bool(self._trouble[place, mail.uid])
            cost = min(mail.size, self._whole)
            if group and (alone or weight + cost > _WEIGHT or len(group) == _BODIES):
                yield group
                group, weight = [], 0
            group.append(mail)
            weight = _WEIGHT if alone else weight + cost
        if group:
            yield group

    def bodies(self, session: Session, place: str, group: Sequence[Facts]) -> dict[int, Body]:
        """Return the bodies by UID; mails that are gone are left out.

        Raises what the client raises; calling again after that gets further.
        """
        given_up = self._given_up(place, group)
        found = {uid: Body(b"", partial=True) for uid in given_up}
        small = self._whole_ones(place, group)
        try:
            found |= self._small(session, small)
            for mail in group:
                if mail.size > self._whole and mail.uid not in given_up:
                    found |= self._large(session, mail.uid, plainly=bool(self._trouble[place, mail.uid]))
        except Exception as error:
            if not isinstance(error, TimeoutError):  # a slow line is not the mail's fault
                self._trouble.update((place, m.uid) for m in group)
            raise
        for mail in group:
            self._trouble.pop((place, mail.uid), None)
        return found

    def ahead(self, session: Session, place: str, group: Sequence[Facts]) -> None:
        """Ask for the bodies of the group that `bodies` will be asked for next."""
        session.fetch_ahead(self._whole_ones(place, group), _WHOLE_MAIL)

    def _given_up(self, place: str, group: Sequence[Facts]) -> set[int]:
        return {mail.uid for mail in group if self._trouble[place, mail.uid] >= _TRIES}

    def _whole_ones(self, place: str, group: Sequence[Facts]) -> list[int]:
        given_up = self._given_up(place, group)
        return [mail.uid for mail in group if mail.size <= self._whole and mail.uid not in given_up]

    def _small(self, session: Session, uids: Sequence[int]) -> dict[int, Body]:
        """Fetch mails whole; where the server says no to some, each alone (RFC 2180 4.1)."""
        if not uids:
            return {}
        try:
            answers = session.fetch(uids, _WHOLE_MAIL)
        except Exception as error:
            if not said_no(error):
                raise
            return _unfetchable(session, uids[0]) if len(uids) == 1 else self._one_by_one(session, uids)
        return {uid: _body(answers[uid]) for uid in uids if b"BODY[]" in answers.get(uid, {})}

    def _one_by_one(self, session: Session, uids: Sequence[int]) -> dict[int, Body]:
        found: dict[int, Body] = {}
        for uid in uids:
            found |= self._small(session, [uid])
        return found

    def _large(self, session: Session, uid: int, *, plainly: bool) -> dict[int, Body]:
        """Fetch the texts of a large mail, or plainly its beginning where its structure is no use."""
        answer = session.fetch([uid], "BODYSTRUCTURE").get(uid, {}) if not plainly else {}
        try:
            root = imap_structure.tree(answer.get(b"BODYSTRUCTURE"))
        except ValueError:
            return self._beginning(session, uid)
        parts = session.fetch([uid], *imap_structure.items(root)).get(uid)
        return {uid: Body(imap_structure.rebuild(root, parts), partial=True)} if parts else {}

    def _beginning(self, session: Session, uid: int) -> dict[int, Body]:
        answer = session.fetch([uid], f"BODY.PEEK[]<0.{self._whole}>").get(uid, {})
        octets = answer.get(b"BODY[]<0>") or answer.get(b"BODY[]")
        return {uid: Body(octets, partial=True)} if isinstance(octets, bytes) else {}


def _body(answer: Mapping[bytes, Value]) -> Body:
    octets = answer[b"BODY[]"]
    return Body(octets) if isinstance(octets, bytes) else Body(b"", partial=True)


def _unfetchable(session: Session, uid: int) -> dict[int, Body]:
    """Return an empty mail for one the server has and will not give, nothing for one that is gone."""
    return {uid: Body(b"", partial=True)} if session.search(f"UID {uid}") else {}
