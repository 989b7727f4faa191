"""Final grades from categories, weights and dropped steps."""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from nexus_server.teaching.gradebook.final_grade import FinalGrade, FinalGrades, GradingScheme

POINTS = {"one": 10, "two": 10, "three": 30, "four": 0, "five": 7, "six": 1}


def final_grade(scheme: GradingScheme, points: Mapping[str, int], shares: Mapping[str, float | None]) -> FinalGrade:
    return FinalGrades(scheme, points).grade(shares)


def scheme(*categories: Mapping[str, Any], **more: Any) -> GradingScheme:
    return GradingScheme.model_validate({"categories": [{"weight": 1, **each} for each in categories], **more})


def labs(*steps: str, **more: Any) -> dict[str, Any]:
    return {"name": "Labs", "steps": list(steps), **more}


def percent(given_scheme: GradingScheme, shares: Mapping[str, float | None]) -> str:
    return str(final_grade(given_scheme, POINTS, shares).percent)


def test_categories_count_by_their_weights_and_steps_by_their_points() -> None:
    weighted = scheme(labs("one", "three", weight="60"), {"name": "Quizzes", "weight": "40", "steps": ["two"]})
    grade = final_grade(weighted, POINTS, {"one": 1.0, "three": 0.5, "two": 0.25})
    assert [str(part.percent) for part in grade.parts] == ["62.50", "25.00"]
    assert str(grade.percent) == "47.50"


def test_what_is_missing_counts_as_zero_or_not_at_all() -> None:
    steps = labs("one", "two")
    assert percent(scheme(steps), {"one": 0.8, "two": None}) == "40.00"
    assert percent(scheme(steps, missing="left_out"), {"one": 0.8}) == "80.00"
    exam = {"name": "Exam", "steps": ["three"], "weight": 3}
    assert percent(scheme(steps, exam, missing="left_out"), {"one": 0.8}) == "80.00"
    assert percent(scheme(steps, exam, missing="left_out"), {}) == "None"


def test_the_steps_are_dropped_without_which_the_grade_is_best() -> None:
    """The heavier step goes although the lighter one has the lower share."""
    grade = final_grade(
        scheme(labs("three", "six", "one", drop_lowest=1)), POINTS, {"three": 0.5, "six": 0.4, "one": 1.0}
    )
    assert grade.parts[0].dropped == ("three",)
    assert str(grade.percent) == "94.55"


def test_a_step_that_is_gone_or_has_no_points_counts_for_nothing() -> None:
    assert percent(scheme(labs("one", "four", "archived-step")), {"one": 1.0, "four": 0.0}) == "100.00"


@pytest.mark.parametrize(
    ("shares", "expected"),
    [
        # binary fractions would give 29.99 or 30.01, and banker's rounding 0.12
        ({"one": 0.1, "two": 0.5}, "30.00"),
        ({"one": 0.0025, "two": 0.0}, "0.13"),
        ({"one": 1 / 3, "two": 1 / 3}, "33.33"),
        ({"one": 2 / 3, "two": 2 / 3}, "66.67"),
    ],
)
def test_grades_are_exact_and_rounded_half_up(shares: dict[str, float | None], expected: str) -> None:
    assert percent(scheme(labs("one", "two")), shares) == expected


@pytest.mark.parametrize(
    ("categories", "words"),
    [
        ([labs("one"), {"name": "labs ", "steps": []}], "two categories have the name"),
        ([labs("one"), {"name": "Quizzes", "steps": ["one"]}], "is in two places"),
        ([labs("one", "one")], "is in two places"),
        ([labs("one", weight=0)], "weight above 0"),
        ([labs("one", "two", drop_lowest=2)], "would drop all its steps"),
        ([], "at least 1 item"),
        ([labs("one", weight="NaN")], "finite"),
        ([labs("one", weight=-1)], "greater than or equal to 0"),
    ],
)
def test_a_scheme_that_makes_no_sense_is_refused_in_words(categories: list[dict[str, Any]], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        scheme(*categories)


SLUGS = ("a", "b", "c", "d", "e", "f")
SHARES = st.one_of(st.none(), st.integers(0, 100).map(lambda parts: parts / 100))


@st.composite
def graded(draw: st.DrawFn) -> tuple[GradingScheme, dict[str, int], dict[str, float | None]]:
    cut = draw(st.integers(1, len(SLUGS)))
    groups = [group for group in (SLUGS[:cut], SLUGS[cut:]) if group]
    weights = draw(st.lists(st.integers(1, 100), min_size=len(groups), max_size=len(groups)))
    categories = [
        {
            "name": str(place),
            "weight": weight,
            "steps": list(group),
            "drop_lowest": draw(st.integers(0, len(group) - 1)),
        }
        for place, (group, weight) in enumerate(zip(groups, weights, strict=True))
    ]
    points = {slug: draw(st.integers(0, 50)) for slug in SLUGS}
    shares = {slug: draw(SHARES) for slug in SLUGS}
    missing = draw(st.sampled_from(("zero", "left_out")))
    return GradingScheme.model_validate({"categories": categories, "missing": missing}), points, shares


def by_trying_everything(
    scheme: GradingScheme, points: Mapping[str, int], shares: Mapping[str, float | None]
) -> Decimal | None:
    """The same grade by the definition: of every set that may be dropped, the one that leaves the most."""
    total = weights = Fraction(0)
    for category in scheme.categories:
        counted = [
            (points[slug], Fraction(round((shares[slug] or 0) * 100), 100))
            for slug in category.steps
            if points[slug] and (shares[slug] is not None or scheme.missing == "zero")
        ]
        if not counted:
            continue
        kept = max(1, len(counted) - category.drop_lowest)
        means = (Fraction(sum(p * s for p, s in some), sum(p for p, _ in some)) for some in combinations(counted, kept))
        total += Fraction(category.weight) * max(means)
        weights += Fraction(category.weight)
    if not weights:
        return None
    exact = total / weights * 100
    return (Decimal(exact.numerator) / Decimal(exact.denominator)).quantize(Decimal("0.01"), ROUND_HALF_UP)


@given(graded())
def test_a_grade_is_what_the_definition_says(
    case: tuple[GradingScheme, dict[str, int], dict[str, float | None]],
) -> None:
    assert final_grade(*case).percent == by_trying_everything(*case)


@given(graded(), st.sampled_from(SLUGS), st.integers(1, 100))
def test_a_better_score_never_lowers_a_grade(
    case: tuple[GradingScheme, dict[str, int], dict[str, float | None]], slug: str, more: int
) -> None:
    scheme, points, shares = case
    before = final_grade(scheme, points, shares).percent
    share = shares[slug]
    if share is None or before is None:
        return  # what was left out begins to count
    after = final_grade(scheme, points, {**shares, slug: min(1.0, share + more / 100)}).percent
    assert after is not None
    assert after >= before


@given(graded())
def test_a_grade_lies_between_nothing_and_all(
    case: tuple[GradingScheme, dict[str, int], dict[str, float | None]],
) -> None:
    grade = final_grade(*case)
    for part in (grade.percent, *(part.percent for part in grade.parts)):
        assert part is None or 0 <= part <= 100
