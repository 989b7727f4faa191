"""Badges: the catalogue, and what their criteria mean. Pure.

A criterion is ``{"metric": <Metric>, "at_least": <number>}``; a badge is earned when its metric reaches the number.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import quote


class Metric(StrEnum):
    """What can be counted about a learner."""

    NODES_COMPLETED = "nodes_completed"
    LABS_PASSED = "labs_passed"
    PERFECT_LABS = "perfect_labs"
    QUIZZES_PASSED = "quizzes_passed"
    POSTS_ACCEPTED = "posts_accepted"
    LONGEST_STREAK = "longest_streak"
    XP = "xp"


IN_WORDS = {
    Metric.NODES_COMPLETED: "Complete {n} step{s} of any roadmap",
    Metric.LABS_PASSED: "Pass {n} lab{s}",
    Metric.PERFECT_LABS: "Earn full marks in {n} lab{s}",
    Metric.QUIZZES_PASSED: "Pass {n} quiz{zes}",
    Metric.POSTS_ACCEPTED: "Have {n} answer{s} accepted in the forum",
    Metric.LONGEST_STREAK: "Learn on {n} days in a row",
    Metric.XP: "Earn {n} XP",
}


@dataclass(frozen=True, slots=True)
class BadgeSpec:
    """One badge of the catalogue."""

    slug: str
    name: str
    glyph: str
    colour: str
    metric: Metric
    at_least: int

    @property
    def criteria(self) -> dict[str, Any]:
        """The criterion as stored in `badges.criteria_json`."""
        return {"metric": self.metric.value, "at_least": self.at_least}

    @property
    def icon_url(self) -> str:
        """A small SVG as a data URL, so that an icon needs no request."""
        svg = (
            "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 48 48'>"
            f"<circle cx='24' cy='24' r='22' fill='{self.colour}'/>"
            "<text x='24' y='31' font-family='sans-serif' font-size='18' font-weight='700' fill='#fff'"
            f" text-anchor='middle'>{self.glyph}</text></svg>"
        )
        return f"data:image/svg+xml,{quote(svg)}"


CATALOGUE = (
    BadgeSpec("first-step", "First Step", "1", "#2e7d32", Metric.NODES_COMPLETED, 1),
    BadgeSpec("explorer", "Explorer", "10", "#00695c", Metric.NODES_COMPLETED, 10),
    BadgeSpec("pathfinder", "Pathfinder", "25", "#004d40", Metric.NODES_COMPLETED, 25),
    BadgeSpec("first-lab", "Lab Coat", "L", "#1565c0", Metric.LABS_PASSED, 1),
    BadgeSpec("lab-regular", "Lab Regular", "L5", "#0d47a1", Metric.LABS_PASSED, 5),
    BadgeSpec("perfectionist", "Perfectionist", "100", "#6a1b9a", Metric.PERFECT_LABS, 3),
    BadgeSpec("quiz-whiz", "Quiz Whiz", "Q", "#ad1457", Metric.QUIZZES_PASSED, 5),
    BadgeSpec("helper", "Helping Hand", "H", "#ef6c00", Metric.POSTS_ACCEPTED, 1),
    BadgeSpec("week-streak", "Seven in a Row", "7", "#d84315", Metric.LONGEST_STREAK, 7),
    BadgeSpec("month-streak", "Thirty in a Row", "30", "#bf360c", Metric.LONGEST_STREAK, 30),
    BadgeSpec("scripter", "Scripter", "S", "#37474f", Metric.XP, 501),
    BadgeSpec("architect", "AI Architect", "AI", "#263238", Metric.XP, 2001),
)


def is_earned(criteria: Mapping[str, Any], counts: Mapping[Metric, int]) -> bool:
    """Return whether the learner's counts meet the criterion."""
    return progress_of(criteria, counts) >= int(criteria["at_least"])


def progress_of(criteria: Mapping[str, Any], counts: Mapping[Metric, int]) -> int:
    """Return how much of the criterion's metric the learner has, not counted past the goal."""
    return min(counts[Metric(criteria["metric"])], int(criteria["at_least"]))


def in_words(criteria: Mapping[str, Any]) -> str:
    """Return the criterion as a sentence for learners."""
    number = int(criteria["at_least"])
    one = number == 1
    return IN_WORDS[Metric(criteria["metric"])].format(n=number, s="" if one else "s", zes="" if one else "zes")
