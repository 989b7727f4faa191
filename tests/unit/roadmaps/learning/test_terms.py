"""Terms of a lab: whose hold, and what they mean at a moment."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from nexus_server.roadmaps.files.roadmap_file import LabSpec
from nexus_server.roadmaps.learning.terms import (
    TERMS,
    ChangedTerm,
    Decision,
    LatePenalty,
    Override,
    Terms,
    TermsOverride,
    decide,
    late_penalty,
    terms_for,
)

DEADLINE = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("late_by", "rule", "penalty"),
    [
        (timedelta(0), "zero", 0.0),
        (timedelta(seconds=1), "none", 0.0),
        (timedelta(seconds=1), "zero", 1.0),
        (timedelta(seconds=1), 0.1, 0.1),
        (timedelta(days=1), 0.1, 0.1),
        (timedelta(days=1, seconds=1), 0.1, 0.2),
        (timedelta(days=30), 0.1, 1.0),
        (timedelta(days=-3), 0.5, 0.0),
    ],
)
def test_lateness_takes_off_what_the_lab_says(late_by: timedelta, rule: LatePenalty, penalty: float) -> None:
    assert late_penalty(DEADLINE + late_by, DEADLINE, rule) == pytest.approx(penalty)


def test_without_a_deadline_nobody_is_late() -> None:
    assert late_penalty(DEADLINE, None, "zero") == 0.0


LAB = LabSpec(deadline=DEADLINE, late_penalty="zero", attempts=3)
LATER, EARLIER = DEADLINE + timedelta(days=7), DEADLINE - timedelta(days=7)


def of_class(name: str, **terms: Any) -> Override:
    return Override(TermsOverride(**terms), class_name=name)


def of_label(label: str, **terms: Any) -> Override:
    return Override(TermsOverride(**terms), class_name="1a", label=label)


def own(**terms: Any) -> Override:
    return Override(TermsOverride(**terms))


def test_without_overrides_the_labs_own_terms_hold() -> None:
    assert terms_for(LAB, []) == Terms(None, DEADLINE, "zero", 3)


def test_a_class_with_an_earlier_deadline_has_it() -> None:
    terms = terms_for(LAB, [of_class("AI 1a", deadline=EARLIER)])
    assert (terms.deadline, terms.attempts) == (EARLIER, 3)
    assert terms.changed == (ChangedTerm(term="deadline", by="class", class_name="AI 1a"),)


def test_of_several_classes_each_term_is_the_best_one() -> None:
    terms = terms_for(
        LAB,
        [
            of_class("1a", deadline=LATER, late_penalty="zero", attempts=1, opens=EARLIER),
            of_class("1b", deadline=EARLIER, late_penalty=0.1, attempts=None, opens=None),
        ],
    )
    assert terms == Terms(None, LATER, 0.1, None, changed=terms.changed)
    assert [(each.term, each.class_name) for each in terms.changed] == [
        ("opens", "1b"),
        ("deadline", "1a"),
        ("late_penalty", "1b"),
        ("attempts", "1b"),
    ]


def test_ones_own_override_goes_before_that_of_a_class() -> None:
    terms = terms_for(LAB, [of_class("1a", deadline=LATER, attempts=9), own(deadline=EARLIER)])
    assert (terms.deadline, terms.attempts) == (EARLIER, 9)


def test_a_label_goes_before_the_class_and_after_ones_own() -> None:
    given_terms = [of_class("1a", deadline=LATER, attempts=9), of_label("+25%", deadline=EARLIER, attempts=5)]
    terms = terms_for(LAB, given_terms)
    assert (terms.deadline, terms.attempts) == (EARLIER, 5)
    assert [(each.term, each.by) for each in terms.changed] == [("deadline", "label"), ("attempts", "label")]
    assert terms_for(LAB, [*given_terms, own(attempts=1)]).attempts == 1
    assert terms_for(LAB, [*given_terms, of_label("retake", attempts=None)]).attempts is None


def test_extra_time_makes_the_time_from_opening_to_the_deadline_longer() -> None:
    opens = DEADLINE - timedelta(hours=8)
    lab = LAB.model_copy(update={"opens": opens})
    more = of_label("+25%", extra_time=0.25)
    assert terms_for(lab, [more]).deadline == DEADLINE + timedelta(hours=2)
    # of the class's deadline, too
    assert terms_for(lab, [more, of_class("1a", deadline=LATER)]).deadline == LATER + (LATER - opens) * 0.25
    # a deadline that somebody was given is meant as it stands
    assert terms_for(lab, [more, own(deadline=LATER)]).deadline == LATER
    # being let in from the start takes nothing away
    assert terms_for(lab, [more, own(opens=None)]).deadline == DEADLINE + timedelta(hours=2)
    # a lab without an opening or a deadline has no time that could be longer
    assert terms_for(LAB, [more]).deadline == DEADLINE
    assert terms_for(lab, [more, own(deadline=None)]).deadline is None


def test_null_lifts_a_term() -> None:
    terms = terms_for(LAB, [own(deadline=None, attempts=None)])
    assert (terms.deadline, terms.attempts) == (None, None)
    assert decide(terms, LATER, used=100) == Decision("open")


@pytest.mark.parametrize(
    ("now", "used", "decision"),
    [
        (EARLIER - timedelta(seconds=1), 0, Decision("early", 0.0, 3)),
        (EARLIER, 0, Decision("open", 0.0, 3)),
        (DEADLINE, 2, Decision("open", 0.0, 1)),
        (DEADLINE + timedelta(seconds=1), 2, Decision("late", 1.0, 1)),
        (DEADLINE, 3, Decision("used_up", 0.0, 0)),
        (DEADLINE, 4, Decision("used_up", 0.0, 0)),
    ],
)
def test_what_a_learner_may_do(now: datetime, used: int, decision: Decision) -> None:
    assert decide(Terms(EARLIER, DEADLINE, "zero", 3), now, used) == decision


@pytest.mark.parametrize(
    "wanted", [{}, {"attempts": 0}, {"deadline": "2026-12-01T12:00"}, {"late_penalty": 2}, {"x": 1}]
)
def test_an_override_names_terms_that_can_be(wanted: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        TermsOverride.model_validate(wanted)


EXAM = Terms(None, DEADLINE, "zero", 3, time_limit_minutes=60)
HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)


@pytest.mark.parametrize(
    ("started_before_deadline", "now_before_deadline", "used", "decision"),
    [
        (None, 3 * HOUR, 0, Decision("ready", 0.0, 3)),
        (None, timedelta(0), 0, Decision("ready", 0.0, 3)),
        (None, -SECOND, 0, Decision("closed", 1.0, 3)),
        (3 * HOUR, 3 * HOUR, 0, Decision("open", 0.0, 3, DEADLINE - 2 * HOUR)),
        (3 * HOUR, 2 * HOUR, 2, Decision("open", 0.0, 1, DEADLINE - 2 * HOUR)),
        (3 * HOUR, 2 * HOUR - SECOND, 0, Decision("time_up", 0.0, 3, DEADLINE - 2 * HOUR)),
        (3 * HOUR, 2 * HOUR, 3, Decision("used_up", 0.0, 0, DEADLINE - 2 * HOUR)),
        # whoever starts late has until the deadline
        (HOUR / 4, timedelta(0), 0, Decision("open", 0.0, 3, DEADLINE)),
        (HOUR / 4, -SECOND, 0, Decision("time_up", 1.0, 3, DEADLINE)),
    ],
)
def test_a_timed_exam_runs_from_its_start(
    started_before_deadline: timedelta | None, now_before_deadline: timedelta, used: int, decision: Decision
) -> None:
    started_at = None if started_before_deadline is None else DEADLINE - started_before_deadline
    assert decide(EXAM, DEADLINE - now_before_deadline, used, started_at) == decision


def test_extra_time_makes_an_exam_longer_and_an_override_makes_one() -> None:
    lab = LAB.model_copy(update={"time_limit_minutes": 60, "deadline": None})
    terms = terms_for(lab, [of_class("1a", time_limit_minutes=80), of_label("+25%", extra_time=0.25)])
    assert (terms.time_limit_minutes, terms.time_limit) == (80, timedelta(minutes=100))
    assert terms.end_of(DEADLINE) == DEADLINE + timedelta(minutes=100)
    assert terms_for(lab, [of_class("1a", time_limit_minutes=80), own(time_limit_minutes=None)]).time_limit is None
    assert terms_for(LAB, [of_class("1a", time_limit_minutes=80)]).time_limit == timedelta(minutes=80)


def test_no_time_zone_changes_how_long_an_exam_is() -> None:
    """Clocks are put back on 25 October 2026 in Berlin: an hour is an hour all the same."""
    berlin = ZoneInfo("Europe/Berlin")
    started_at = datetime(2026, 10, 25, 2, 30, tzinfo=berlin)
    terms = Terms(None, None, "zero", None, time_limit_minutes=60)
    after_an_hour = datetime(2026, 10, 25, 2, 30, tzinfo=berlin, fold=1).astimezone(UTC)
    assert terms.end_of(started_at.astimezone(UTC)) == after_an_hour
    assert decide(terms, after_an_hour, started_at=started_at.astimezone(UTC)).access == "open"


moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.timezones())  # noqa: DTZ001  a bound
rules = st.sampled_from(["none", "zero"]) | st.floats(0, 1)
values: dict[str, st.SearchStrategy[Any]] = {
    "opens": st.none() | moments,
    "deadline": st.none() | moments,
    "late_penalty": rules,
    "attempts": st.none() | st.integers(1, 20),
    "extra_time": st.floats(0, 3),
    "time_limit_minutes": st.none() | st.integers(1, 1_440),
}
overrides = st.builds(
    Override,
    st.fixed_dictionaries({}, optional=values).filter(bool).map(lambda terms: TermsOverride(**terms)),
    st.none() | st.sampled_from(["1a", "1b", "1c"]),
    st.sampled_from(["", "+25%"]),
)


@given(st.lists(overrides, max_size=5), moments, st.integers(0, 30), st.none() | moments)
def test_terms_come_from_the_lab_or_an_override_and_decide_consistently(
    given_overrides: list[Override], now: datetime, used: int, started_at: datetime | None
) -> None:
    terms = terms_for(LAB, given_overrides)
    changed = {each.term for each in terms.changed}
    for term in TERMS:
        naming = [each for each in given_overrides if term in each.terms.model_fields_set]
        assert (term in changed) == bool(naming)
        possible = [getattr(each.terms, term) for each in naming] or [getattr(LAB, term, 0.0)]
        assert getattr(terms, term) in possible or (term == "deadline" and terms.extra_time > 0)
    decision = decide(terms, now, used, started_at)
    assert 0 <= decision.penalty <= 1
    if decision.access in ("early", "open", "ready"):
        assert decision.penalty == 0
    if decision.access in ("ready", "closed", "time_up"):
        assert terms.time_limit is not None
        assert (started_at is None) == (decision.access != "time_up")
    if decision.ends_at is not None and decision.access == "open":
        assert now <= decision.ends_at
    if decision.access == "used_up":
        assert terms.attempts is not None
        assert used >= terms.attempts
    if terms.deadline is None or now <= terms.deadline:
        assert decision.access != "late"


def payable(decision: Decision) -> float:
    """Return the part of a hand-in's points that count at a moment: nothing where none may be handed in."""
    return 1 - decision.penalty if decision.access in ("open", "late") else 0.0


@given(st.lists(overrides, max_size=4), overrides, moments, st.none() | moments)
@example([Override(TermsOverride(opens=LATER, deadline=EARLIER), "1a")], of_class("1a", opens=EARLIER), DEADLINE, None)
def test_a_further_class_never_makes_it_worse(
    before: list[Override], further: Override, now: datetime, started_at: datetime | None
) -> None:
    classes = [Override(each.terms, each.class_name or "1a") for each in [*before, further]]
    fewer, more = terms_for(LAB, classes[:-1]), terms_for(LAB, classes)
    if {each.term for each in fewer.changed} >= {each.term for each in more.changed}:
        worse, better = (payable(decide(terms, now, started_at=started_at)) for terms in (fewer, more))
        assert better >= worse


@given(st.permutations([own(attempts=2), of_class("1a", deadline=LATER), of_class("1b", deadline=EARLIER)]))
def test_the_order_of_overrides_does_not_matter(shuffled: list[Override]) -> None:
    assert terms_for(LAB, shuffled) == terms_for(LAB, [own(attempts=2), of_class("1a", deadline=LATER)])


def reference(
    given_overrides: list[Override], now: datetime, used: int, started_at: datetime | None
) -> tuple[str, float]:
    """Decide again, from the words of the documentation: kind by kind, the best of each."""

    def held(term: str, best: Any) -> Any:
        for kind in ("learner", "label", "class"):
            named = [
                getattr(e.terms, term) for e in given_overrides if e.by == kind and term in e.terms.model_fields_set
            ]
            if named:
                return best(named)
        return getattr(LAB, term, 0.0)

    opens = held("opens", lambda named: None if None in named else min(named))
    deadline = held("deadline", lambda named: None if None in named else max(named))
    rule = held("late_penalty", lambda named: min(named, key=lambda each: {"none": 0, "zero": 2}.get(str(each), each)))
    attempts = held("attempts", lambda named: None if None in named else max(named))
    starts = [e.terms.opens for e in given_overrides if e.terms.opens is not None]
    is_own = any(e.by == "learner" and "deadline" in e.terms.model_fields_set for e in given_overrides)
    if deadline is not None and starts and deadline > min(starts) and not is_own:
        deadline += (deadline - min(starts)) * held("extra_time", max)
    is_late = deadline is not None and now > deadline
    penalty = late_penalty(now, deadline, rule) if is_late else 0.0
    if opens is not None and now < opens:
        return "early", 0.0
    if attempts is not None and used >= attempts:
        return "used_up", penalty
    limit = held("time_limit_minutes", lambda named: None if None in named else max(named))
    if limit is not None:
        if started_at is None:
            return ("closed" if is_late else "ready"), penalty
        minutes = limit * (1 + held("extra_time", max))
        is_over = now > started_at + timedelta(minutes=1) * minutes or is_late
        return ("time_up" if is_over else "open"), penalty
    return ("late" if is_late else "open"), penalty


cases = given(st.lists(overrides, max_size=5), moments, st.integers(0, 30), st.none() | moments)


def require_as_documented(
    given_overrides: list[Override], now: datetime, used: int, started_at: datetime | None
) -> None:
    decision = decide(terms_for(LAB, given_overrides), now, used, started_at)
    assert (decision.access, decision.penalty) == reference(given_overrides, now, used, started_at)


@settings(max_examples=300)
@cases
def test_decisions_are_those_of_the_documentation(
    given_overrides: list[Override], now: datetime, used: int, started_at: datetime | None
) -> None:
    require_as_documented(given_overrides, now, used, started_at)


@pytest.mark.long
@pytest.mark.timeout(0)
@settings(max_examples=10_000, deadline=None)
@cases
def test_ten_thousand_decisions_are_those_of_the_documentation(
    given_overrides: list[Override], now: datetime, used: int, started_at: datetime | None
) -> None:
    require_as_documented(given_overrides, now, used, started_at)
