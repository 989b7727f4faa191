"""A final grade: categories with weights, of which the lowest steps may be dropped. Pure, in exact decimals.

A step's share is what was earned of it, 0 to 1. A category's share is the mean of its steps' shares, weighted by their
points. The final grade is the mean of the categories' shares, weighted by the categories' weights, in percent.

Which steps are dropped is decided for the learner: those without which the category's share is the highest. With
steps of different points that need not be those with the lowest shares (Kane and Kane, "Dropping lowest grades",
Mathematics Magazine 79, 2006); this choice alone never lowers a grade when a share rises.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import lru_cache, partial
from itertools import chain
from typing import Annotated, Literal, NamedTuple, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from nexus_server.decimals import exact
from nexus_server.roadmaps.files.roadmap_file import Slug

#: what a grade is rounded to, in percent
PLACES = Decimal("0.01")
#: parts of one in which shares are counted; no shares that differ for a person are taken for equal
UNIT = 10**12
MAX_CATEGORIES = 20

#: zero: a step without a score counts as nothing earned; left_out: it does not count at all
Missing = Literal["zero", "left_out"]
CategoryName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]


class GradingCategory(BaseModel):
    """Steps that count together."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    name: CategoryName
    #: of the final grade, next to the other categories' weights; they need not add up to 100
    weight: Decimal = Field(ge=0, le=1000, decimal_places=2, allow_inf_nan=False)
    #: steps that do not count for a learner, of those that do not help them
    drop_lowest: int = Field(0, ge=0, le=100)
    steps: list[Slug] = Field(max_length=500)


class GradingScheme(BaseModel):
    """How the final grade of a roadmap comes about. A step in no category counts for nothing."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    categories: list[GradingCategory] = Field(min_length=1, max_length=MAX_CATEGORIES)
    missing: Missing = "zero"

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        names = [category.name.casefold() for category in self.categories]
        steps = list(chain.from_iterable(category.steps for category in self.categories))
        if double := _doubled(names):
            raise ValueError(f"two categories have the name {double!r}")
        if double := _doubled(steps):
            raise ValueError(f"the step {double!r} is in two places")
        if not any(category.weight for category in self.categories):
            raise ValueError("at least one category has a weight above 0")
        for category in self.categories:
            if category.drop_lowest and category.drop_lowest >= len(category.steps):
                raise ValueError(f"{category.name!r} would drop all its steps")
        return self


@dataclass(frozen=True, slots=True)
class CategoryGrade:
    """What a learner has in a category. `percent` is None where nothing counts yet."""

    percent: Decimal | None
    #: slugs
    dropped: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FinalGrade:
    """A final grade, in percent, and what it comes from, in the order of the scheme's categories."""

    percent: Decimal | None
    parts: tuple[CategoryGrade, ...]


class _Scored(NamedTuple):
    """A step that counts."""

    slug: str
    points: int
    #: in parts of `UNIT`
    share: int


class FinalGrades:
    """Computes final grades by one scheme; made once for many learners."""

    def __init__(self, scheme: GradingScheme, points: Mapping[str, int]) -> None:
        """`points` are the steps'; steps without points, or that are not there, count for nothing."""
        self._counts_missing = scheme.missing == "zero"
        self._categories = [
            (
                Fraction(category.weight),
                category.drop_lowest,
                [(slug, points[slug]) for slug in category.steps if points.get(slug, 0) > 0],
            )
            for category in scheme.categories
        ]

    def grade(self, shares: Mapping[str, float | None]) -> FinalGrade:
        """Return the grade of a learner who has these shares of the steps."""
        total, weights = Fraction(0), Fraction(0)
        parts = []
        for weight, drop, steps in self._categories:
            kept, dropped = _dropped(self._scored(steps, shares), drop)
            share = _mean(kept)
            parts.append(CategoryGrade(_percent(share), tuple(sorted(step.slug for step in dropped))))
            if share is not None:
                total += share * weight
                weights += weight
        return FinalGrade(_percent(total / weights if weights else None), tuple(parts))

    def _scored(self, steps: Sequence[tuple[str, int]], shares: Mapping[str, float | None]) -> list[_Scored]:
        """Return what counts."""
        return [
            _Scored(slug, points, 0 if share is None else _parts_of_unit(share))
            for slug, points in steps
            if (share := shares.get(slug)) is not None or self._counts_missing
        ]


def equal_scheme(slugs: Sequence[str]) -> GradingScheme:
    """Return the scheme of a class that has none of its own: all steps together, by their points."""
    return GradingScheme(
        categories=[GradingCategory(name="All steps", weight=Decimal(100), drop_lowest=0, steps=list(slugs))]
    )


def _mean(steps: Sequence[_Scored]) -> Fraction | None:
    """Return the mean share, weighted by points."""
    whole = sum([points for _, points, _ in steps])
    return Fraction(sum([points * share for _, points, share in steps]), whole * UNIT) if whole else None


def _dropped(steps: list[_Scored], count: int) -> tuple[list[_Scored], list[_Scored]]:
    """Return the steps that count and `count` that do not: whichever leave the highest mean. One is always kept.

    What a step adds above the best mean decides (Dinkelbach's method): each round keeps those that add the most
    above the mean of the round before, until that mean grows no more.
    """
    keep = max(1, len(steps) - count)
    if keep >= len(steps):
        return steps, []
    ranked, best = steps, _mean(steps) or Fraction(0)
    while True:
        above = partial(_above, best.numerator * UNIT, best.denominator)
        ranked = sorted(ranked, key=above, reverse=True)
        mean = _mean(ranked[:keep]) or Fraction(0)
        if mean <= best:
            return ranked[:keep], ranked[keep:]
        best = mean


def _above(numerator: int, denominator: int, step: _Scored) -> tuple[int, str]:
    """Return what a step adds above a mean, in whole numbers; the slug decides between equals."""
    return step.points * (step.share * denominator - numerator), step.slug


@lru_cache(maxsize=4096)
def _parts_of_unit(share: float) -> int:
    return int((exact(share) * UNIT).to_integral_value(ROUND_HALF_UP))


def _percent(share: Fraction | None) -> Decimal | None:
    """Return a share in percent, rounded half up as people do."""
    if share is None:
        return None
    hundredths = (share.numerator * 20_000 + share.denominator) // (2 * share.denominator)
    return (Decimal(hundredths) / 100).quantize(PLACES)


def _doubled(names: Sequence[str]) -> str | None:
    """Return a name that is there twice."""
    seen: set[str] = set()
    for name in names:
        if name in seen:
            return name
        seen.add(name)
    return None
