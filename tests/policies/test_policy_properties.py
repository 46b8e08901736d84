"""What must never happen, whatever mails come and however time passes."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from policy_play import (
    AFTER_THE_HOLIDAYS,
    ANA,
    BO,
    LEA,
    MIA,
    ON_HOLD,
    REX,
    ROBOT,
    TEAM,
    Play,
    at,
    carried_out,
    sent,
)

from policies.case import (
    Act,
    Case,
    Direction,
    DirectionKind,
    DraftState,
    Event,
    Interview,
    Kind,
    Note,
    Party,
    Person,
    Timeline,
    TimelineKind,
)
from policies.decide import decide
from policies.decision import Action, Decision
from policies.policy_files import preset
from policies.settings import Policy

AUTHORS = st.sampled_from((MIA, BO, LEA, REX, TEAM, ROBOT, Person("Cy", "cy@xn--acm-dma.example")))
NOBODY = Person("Zed Poe", None)
NO_WORD = (Kind.APPLICATION_ACKNOWLEDGEMENT, Kind.JOB_ALERT, Kind.AUTO_REPLY)
KINDS = st.sampled_from((*[Kind.EMPLOYER_UPDATE] * 12, *[Kind.REJECTION] * 3, *Kind))
ACTS = st.sampled_from(
    (Act.THANKS, Act.QUESTION, Act.ANSWER, Act.OTHER) * 4 + (Act.WITHDRAWAL, Act.ACCEPTANCE)
)
TOUCHED = (DraftState.EDITED, DraftState.DISCARDED, DraftState.SENT)


@st.composite
def timelines(draw: st.DrawFn, now: datetime) -> tuple[Timeline, ...]:
    """None, a day to come, an invitation to ask, a hold, or the holidays."""
    day = (now + timedelta(days=draw(st.integers(0, 30)))).date()
    stated = Timeline("by then", None, day, TimelineKind.DEADLINE)
    invited = replace(stated, invited=True)
    choices = ((), (), (stated,), (stated,), (invited,), (ON_HOLD,), (AFTER_THE_HOLIDAYS,))
    return draw(st.sampled_from(choices))


@st.composite
def directions(draw: st.DrawFn, now: datetime) -> tuple[Direction, ...]:
    """Mostly none, else one of any kind."""
    if not draw(st.sampled_from((False, False, False, True))):
        return ()
    until = (now + timedelta(days=draw(st.integers(1, 40)))).date()
    address = draw(st.sampled_from(("kim@acme.example", "help@tool.example", None)))
    kind = draw(st.sampled_from(tuple(DirectionKind)))
    return (Direction(kind, str(kind), until, address, draw(st.sampled_from((None, 7)))),)


class Application(RuleBasedStateMachine):
    """One case: employer, robots and user write, drafts are treated one way or another, time passes."""

    @initialize(policy=st.sampled_from(("default", "prompt", "patient", "persistent")), agency=st.booleans())
    def begin(self, policy: str, agency: bool) -> None:
        self.policy = preset(policy).located("Europe/Berlin")
        self.now = at("2 Mar 9:00")
        self.case = Case("acme", "Acme", agency=agency)
        self.log: list[tuple[datetime, Decision, Case]] = []
        self.number = 0
        self.employer_invites(48, {BO, ANA})
        self.now = at("4 Mar 10:00")
        self.settle()

    def add(self, party: Party, **said: object) -> None:
        self.number += 1
        event = Event(self.now, f"m{self.number}", party, **said)  # type: ignore[arg-type]
        people = (event.author,) if event.by is Party.EMPLOYER and event.personal and event.author else ()
        self.case = replace(
            self.case,
            history=(*self.case.history, event),
            people=tuple(dict.fromkeys((*self.case.people, *people))),
        )
        self.settle()

    @rule(data=st.data(), author=AUTHORS, kind=KINDS, asks=st.sampled_from((False, False, True)))
    def employer_writes(self, data: st.DataObject, author: Person, kind: Kind, asks: bool) -> None:
        said = {"timelines": data.draw(timelines(self.now)), "directions": data.draw(directions(self.now))}
        if kind is Kind.REJECTION:  # a mail that still names a day is none
            said["timelines"] = ()
        elsewhere = data.draw(st.sampled_from((None, None, None, "x@elsewhere.example")))
        self.add(
            Party.EMPLOYER,
            kind=kind,
            author=author,
            personal=author is not ROBOT,
            asks=asks,
            foreign_reply_to=elsewhere,
            **said,
        )

    @rule(
        hours=st.integers(1, 400),
        people=st.sets(st.sampled_from((BO, ANA, LEA, MIA, NOBODY, ROBOT)), max_size=3),
    )
    def employer_invites(self, hours: int, people: set[Person]) -> None:
        start = self.now + timedelta(hours=hours)
        meeting = Interview(start, start + timedelta(hours=1), people=tuple(sorted(people, key=str)))
        self.case = replace(
            self.case,
            interviews=(*self.case.interviews, meeting),
            people=tuple(dict.fromkeys((*self.case.people, *meeting.people))),
        )
        self.add(Party.EMPLOYER, kind=Kind.INTERVIEW_INVITATION, author=MIA)

    @precondition(lambda self: self.case.interviews)
    @rule()
    def employer_cancels(self) -> None:
        *others, last = self.case.interviews
        self.case = replace(self.case, interviews=(*others, replace(last, cancelled=True)))
        self.add(Party.EMPLOYER, kind=Kind.INTERVIEW_CANCELLATION, author=MIA)

    @rule(days=st.integers(1, 30), author=st.sampled_from((MIA, BO)))
    def robot_says_away(self, days: int, author: Person) -> None:
        back = (self.now + timedelta(days=days)).date()
        self.add(Party.ROBOT, kind=Kind.AUTO_REPLY, author=author, returns=back, personal=False)

    @rule(act=ACTS, to=st.sampled_from((MIA, BO, ANA)))
    def user_writes(self, act: Act, to: Person) -> None:
        self.add(Party.USER, act=act, to=(to.address,))

    @precondition(lambda self: any(d.state is DraftState.PLACED for d in self.case.drafts))
    @rule(state=st.sampled_from(TOUCHED), data=st.data())
    def user_touches_a_draft(self, state: DraftState, data: st.DataObject) -> None:
        placed = [d for d in self.case.drafts if d.state is DraftState.PLACED]
        draft = data.draw(st.sampled_from(placed))
        if state is DraftState.SENT:
            decision = next(d for _, d, _ in self.log if d.key == draft.key)
            self.case = sent(self.case, decision, self.now)
        else:
            turned = (
                replace(d, state=state, changed_at=self.now) if d is draft else d for d in self.case.drafts
            )
            self.case = replace(self.case, drafts=tuple(turned))
        self.settle()

    @rule(hours=st.sampled_from((1, 5, 24, 72, 24 * 7, 24 * 20)))
    def time_passes(self, hours: int) -> None:
        self.now += timedelta(hours=hours)
        self.settle()

    @rule(moments=st.integers(1, 5))
    def the_next_moments_come(self, moments: int) -> None:
        for _ in range(moments):
            due = decide(self.case, self.now, self.policy).due
            if due and due > self.now:
                self.now = due
                self.settle()

    def settle(self) -> None:
        """Do what is decided until nothing is, as the shell does."""
        for _ in range(40):
            decision = decide(self.case, self.now, self.policy)
            assert decision == decide(self.case, self.now, self.policy), "deciding twice gives the same"
            if decision.action in (Action.WAIT, Action.NOTHING):
                assert decision.because
                assert decision.due is None or decision.due > self.now
                return
            self.check(decision)
            self.log.append((self.now, decision, self.case))
            self.case = carried_out(self.case, decision, self.now)
        raise AssertionError(f"decided without end: {decision}")

    def check(self, decision: Decision) -> None:
        """Hold one decision against what must never happen."""
        done = [d.key for _, d, _ in self.log if d.action is decision.action]
        assert decision.key
        assert decision.key not in done, "nothing is decided twice"
        assert decision.because
        if decision.action is Action.WITHDRAW:
            states = {d.key: d.state for d in self.case.drafts}
            assert states[decision.key] is DraftState.PLACED, "only untouched drafts are taken back"
        if decision.action is Action.DRAFT:
            self.check_draft(decision)

    def check_draft(self, decision: Decision) -> None:
        assert decision.due
        assert decision.due <= self.now, "never before its due moment"
        assert decision.to
        assert decision.to.address in self.seen(), "only to addresses seen in the case"
        assert decision.to.address not in (ROBOT.address, "cy@xn--acm-dma.example"), "never to a machine"
        if decision.interview and decision.interview.end:
            assert self.now <= decision.interview.end + timedelta(days=3), "no very late thanks"
            assert not decision.interview.cancelled
        last_word = self.last_word()
        stops = [moment for moment, d, _ in self.log if d.action is Action.STOP]
        assert not any(moment > last_word for moment in stops), "a stop is final until they write"
        if self.rejected() and decision.note is not Note.REJECTION_THANKS:
            raise AssertionError("after a rejection nothing is hoped for")
        if decision.note is Note.STATUS_CHECK:
            checks = [d for moment, d, _ in self.log if d.note is Note.STATUS_CHECK and moment > last_word]
            laid = [d for d in checks if d.action is Action.DRAFT]
            taken_back = [d for d in checks if d.action is Action.WITHDRAW]
            cap = max(
                self.policy.status_checks, self.policy.status_checks_welcome, self.policy.status_checks_agency
            )
            assert len(laid) - len(taken_back) < cap, "no more questions than the policy allows"
            asked = [e for e in self.case.history if e.act is Act.QUESTION and e.at > last_word]
            assert len(asked) < cap, "the user's own questions count"

    def seen(self) -> set[str | None]:
        mails = {e.author.address for e in self.case.history if e.author}
        named = {d.address for e in self.case.history for d in e.directions}
        return mails | named | {p.address for p in self.case.people}

    def last_word(self) -> datetime:
        mails = [e.at for e in self.case.history if e.by is Party.EMPLOYER and e.kind not in NO_WORD]
        ends = [i.end for i in self.case.interviews if i.end and i.end <= self.now and not i.cancelled]
        return max([*mails, *ends], default=at("1 Jan"))

    def rejected(self) -> bool:
        kinds = [e.kind for e in self.case.history if e.by is Party.EMPLOYER and e.kind not in NO_WORD]
        return kinds[-1:] == [Kind.REJECTION]

    @invariant()
    def stops_are_said_once_per_word(self) -> None:
        """A stop follows on a word, and is not repeated before another comes."""
        keys = [d.key for _, d, _ in getattr(self, "log", []) if d.action is Action.STOP]
        assert len(keys) == len(set(keys))


Application.TestCase.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)
TestApplication = Application.TestCase


@settings(max_examples=30, deadline=None)
@given(
    days=st.integers(4, 70),
    stated=st.one_of(st.none(), st.integers(1, 40)),
    word=st.one_of(st.none(), st.integers(2, 30)),
    step=st.sampled_from((6, 11, 24)),
)
def test_time_in_steps_or_in_one_jump(days: int, stated: int | None, word: int | None, step: int) -> None:
    """Steps of up to a day and one jump end the same: the same stop, and no other question."""

    def story() -> Play:
        start = at("2 Mar 9:00")
        day = (start + timedelta(days=stated or 0)).date()
        said = (Timeline("by then", None, day, TimelineKind.DEADLINE),) if stated else ()
        play = Play().invited("25 Feb 9:00", "1 Mar 9:00", BO).mail("2 Mar 9:00", timelines=said)
        if word and word < days:
            late = start + timedelta(days=word)
            play = play.mail(f"{late:%d %b %H:%M}")
        return play

    end = at("2 Mar 9:00") + timedelta(days=days)
    until = f"{end:%d %b %H:%M}"
    stepped, jumped = story(), story()
    stepped.until(until, user="ignores", step=timedelta(hours=step))
    stepped.until(until, user="ignores", start=until)
    jumped.until(until, user="ignores", start=until)
    assert lying(jumped.case, Note.STATUS_CHECK) <= lying(stepped.case, Note.STATUS_CHECK)
    assert verdict(jumped.case, end) == verdict(stepped.case, end)


def lying(case: Case, note: Note) -> set[str]:
    return {d.key for d in case.drafts if d.note is note and d.state is DraftState.PLACED}


def verdict(case: Case, now: datetime) -> bool:
    """Whether the case is over."""
    return any(f.rule == "over" for f in decide(case, now, Policy()).because)
