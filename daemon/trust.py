"""Who only poses as somebody in a case: nothing they say is believed (FAULTS 19).

Pure; knows readings and domains, never the policy nor the mail account.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from daemon.reading.model import Reading
from daemon.reading.sender import mail_domain, suspicious


def domains(reading: Reading) -> frozenset[str]:
    """Return the registrable domains of the other side of a mail; none for free mail and relays."""
    if reading.outgoing:
        found = {mail_domain(one.address) for one in (*reading.to, *reading.cc)}
        return frozenset(found - {"", _own(reading)})
    return frozenset({reading.domain} - {""})


def _own(reading: Reading) -> str:
    return mail_domain(reading.sender.address) if reading.sender else ""


def doubt(reading: Reading, known: Collection[str]) -> str:
    """Return why a mail is not to be believed in a case whose domains are `known`, or an empty string."""
    if reading.outgoing or reading.doubt:
        return reading.doubt
    return suspicious(reading.domain, known) if reading.domain and known else ""


def doubts(ordered: Iterable[Reading]) -> dict[str, str]:
    """Return why mails of one case, given in order of their dates, are not believed, by their keys."""
    known: set[str] = set()
    found = {}
    for reading in ordered:
        if why := doubt(reading, known):
            found[reading.key] = why
        else:
            known |= domains(reading)
    return found
