"""What may stand in the audit log: one type for each kind of line.

`docs/audit-log.md` is printed from here.  The rule for every field: ids, hashes, dates and the domains of
addresses; words of a mail only where the user asked for them (`[log] quotes`).
"""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct


class Record(Struct, frozen=True, kw_only=True, tag_field="event", omit_defaults=True):
    """One line, before it is chained."""


class ServiceStarted(Record, frozen=True, kw_only=True, tag="service_started"):
    """The program began to work on an account."""

    version: Annotated[str, Meta(description="afterword's version")]
    account: Annotated[str, Meta(description="the account: a short hash at its domain")]
    policy: Annotated[str, Meta(description="the policy's name and version")]
    observed_from: Annotated[str, Meta(description="since when this state watches the account")]


class StateRebuilt(Record, frozen=True, kw_only=True, tag="state_rebuilt"):
    """The state was lost or damaged; a new one observes first and raises nothing for the past."""

    reason: Annotated[str, Meta(description="what was wrong with the old state")]


class AccountChanged(Record, frozen=True, kw_only=True, tag="account_changed"):
    """How the account is doing has changed."""

    account: Annotated[str, Meta(description="the account")]
    state: Annotated[
        str, Meta(description="watching, backing_off, auth_failed, refused, storage_failed, stopped")
    ]
    reason: Annotated[str, Meta(description="why, in words")] = ""


class MailLinked(Record, frozen=True, kw_only=True, tag="mail_linked"):
    """A mail was read and belongs to a case."""

    case: Annotated[str, Meta(description="the case's id")]
    mail: Annotated[str, Meta(description="a hash of its Message-ID")]
    date: Annotated[str, Meta(description="its Date")]
    sender: Annotated[str, Meta(description="who wrote it: a short hash at the domain")] = ""
    outgoing: Annotated[bool, Meta(description="whether the user wrote it")] = False
    kind: Annotated[str, Meta(description="what it is; what it does, for the user's own")]
    confidence: Annotated[float, Meta(description="how sure the reading is, 0 to 1")]
    link: Annotated[str, Meta(description="why it belongs to this case")]
    others: Annotated[tuple[str, ...], Meta(description="cases that might have been meant as well")] = ()
    doubt: Annotated[
        str, Meta(description="why its sender may only pose as somebody; then nothing in it is believed")
    ] = ""
    interviews: Annotated[tuple[str, ...], Meta(description="starts of interviews it arranges")] = ()
    timelines: Annotated[
        tuple[dict[str, str], ...], Meta(description="when they mean to act: kind, rule, earliest, latest")
    ] = ()
    directions: Annotated[tuple[str, ...], Meta(description="what they ask for about contact")] = ()
    quotes: Annotated[tuple[str, ...], Meta(description="the sentences; only with `[log] quotes`")] = ()


class MailQuarantined(Record, frozen=True, kw_only=True, tag="mail_quarantined"):
    """A mail is not read any more, because reading it ended the program three times."""

    mail: Annotated[str, Meta(description="a hash of its header")]
    reason: Annotated[str, Meta(description="what happened")]


class Decided(Record, frozen=True, kw_only=True, tag="decided"):
    """What the policy answered for a case; also "wait" and "nothing", whenever the answer changes."""

    case: Annotated[str, Meta(description="the case's id")]
    action: Annotated[str, Meta(description="nothing, wait, draft, withdraw, advise, stop")]
    rules: Annotated[tuple[str, ...], Meta(description="the rules it rests on")]
    policy: Annotated[str, Meta(description="the policy's name and version")]
    key: Annotated[str, Meta(description="what identifies the decision")] = ""
    note: Annotated[str, Meta(description="the kind of note")] = ""
    to: Annotated[str, Meta(description="the recipient: a short hash at the domain")] = ""
    answers: Annotated[str, Meta(description="the mail it answers: a hash of its Message-ID")] = ""
    due: Annotated[str, Meta(description="since when it is due, or when to ask again")] = ""
    number: Annotated[int, Meta(description="which attempt it is")] = 1
    late: Annotated[bool, Meta(description="whether the note comes late")] = False
    facts: Annotated[
        dict[str, object], Meta(description="the dates of the case it was decided on, and its drafts")
    ] = {}
    quotes: Annotated[tuple[str, ...], Meta(description="the sentences; only with `[log] quotes`")] = ()
    text: Annotated[str, Meta(description="what the user is told; only with `[log] quotes`")] = ""


class DraftChanged(Record, frozen=True, kw_only=True, tag="draft_changed"):
    """A draft of ours was intended, placed, refused, taken back; or the user edited, sent, deleted it."""

    case: Annotated[str, Meta(description="the case's id; a digest has none")] = ""
    key: Annotated[str, Meta(description="the decision's key")]
    note: Annotated[str, Meta(description="the kind of note, or `digest`")]
    state: Annotated[str, Meta(description="its new state")]
    message_id: Annotated[str, Meta(description="the draft's own Message-ID")]
    reason: Annotated[str, Meta(description="why, in words")] = ""


class UserSaid(Record, frozen=True, kw_only=True, tag="user_said"):
    """The user told us something by a command."""

    command: Annotated[str, Meta(description="the command")]
    case: Annotated[str, Meta(description="the case's id")]
    about: Annotated[str, Meta(description="what it concerned, without its words")] = ""


class Forgotten(Record, frozen=True, kw_only=True, tag="forgotten"):
    """The user had what is stored removed; what it was is not said."""

    what: Annotated[str, Meta(description="`case`, or `everything`, earlier lines of this log included")]
    case: Annotated[str, Meta(description="a hash of the case's id")] = ""
    cases: Annotated[int, Meta(description="how many cases")]
    mails: Annotated[int, Meta(description="how many mails")]
    drafts: Annotated[int, Meta(description="how many drafts; what lies in the account stays there")]


RECORDS: tuple[type[Record], ...] = (
    ServiceStarted,
    StateRebuilt,
    AccountChanged,
    MailLinked,
    MailQuarantined,
    Decided,
    DraftChanged,
    UserSaid,
    Forgotten,
)
