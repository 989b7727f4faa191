"""The badges that come with the product. What their criteria mean: `criteria/parsing.py`. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from nexus_server.gamify.badge_icons import Colour, Glyph, draw_badge, icon_url_of
from nexus_server.gamify.criteria.metrics import Metric
from nexus_server.gamify.criteria.parsing import VERSION
from nexus_server.learning import Difficulty, EventKind
from nexus_server.phrases import gettext_noop

Criteria = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class BadgeSpec:
    """One badge. `criteria` is what `badges.criteria_json` holds; without a description they speak for themselves."""

    slug: str
    name: str
    icon: str
    criteria: Criteria
    description: str = ""

    @property
    def icon_url(self) -> str:
        """The icon as a data URL."""
        return icon_url_of(self.icon)


def _metric(metric: Metric, at_least: int) -> Criteria:
    return {"metric": metric.value, "at_least": at_least}


def _criteria(**expression: object) -> Criteria:
    return {"version": VERSION, **expression}


def _events(at_least: int, kind: EventKind, **conditions: object) -> Criteria:
    return {"count": "events", "where": {"kind": kind.value, **conditions}, "at_least": at_least}


def _different(what: str, at_least: int, kind: EventKind, **conditions: object) -> Criteria:
    return {"distinct": what, "where": {"kind": kind.value, **conditions}, "at_least": at_least}


FULL_MARKS = {"at_least": 1}
DONE = EventKind.NODE_COMPLETED

CATALOGUE = (
    BadgeSpec("first-step", "First Step", draw_badge(Glyph.STEP, Colour.GREEN), _metric(Metric.NODES_COMPLETED, 1)),
    BadgeSpec("explorer", "Explorer", draw_badge(Glyph.COMPASS, Colour.GREEN, 1), _metric(Metric.NODES_COMPLETED, 10)),
    BadgeSpec("pathfinder", "Pathfinder", draw_badge(Glyph.FLAG, Colour.GREEN, 2), _metric(Metric.NODES_COMPLETED, 25)),
    BadgeSpec("summit", "Summit", draw_badge(Glyph.MOUNTAIN, Colour.GREEN, 3), _criteria(**_events(50, DONE))),
    BadgeSpec("first-lab", "Lab Coat", draw_badge(Glyph.FLASK, Colour.BLUE), _metric(Metric.LABS_PASSED, 1)),
    BadgeSpec("lab-regular", "Lab Regular", draw_badge(Glyph.FLASK, Colour.BLUE, 1), _metric(Metric.LABS_PASSED, 5)),
    BadgeSpec(
        "lab-veteran",
        "Lab Veteran",
        draw_badge(Glyph.FLASK, Colour.BLUE, 2),
        _criteria(**_different("node", 15, EventKind.LAB_GRADED)),
    ),
    BadgeSpec(
        "perfectionist", "Perfectionist", draw_badge(Glyph.TARGET, Colour.BLUE, 1), _metric(Metric.PERFECT_LABS, 3)
    ),
    BadgeSpec(
        "flawless",
        "Flawless",
        draw_badge(Glyph.TARGET, Colour.BLUE, 2),
        _criteria(**_different("node", 10, EventKind.LAB_GRADED, score=FULL_MARKS)),
    ),
    BadgeSpec(
        "quiz-whiz", "Quiz Whiz", draw_badge(Glyph.QUESTION, Colour.MAGENTA, 1), _metric(Metric.QUIZZES_PASSED, 5)
    ),
    BadgeSpec(
        "quiz-master",
        "Quiz Master",
        draw_badge(Glyph.QUESTION, Colour.MAGENTA, 2),
        _criteria(**_events(15, EventKind.QUIZ_PASSED)),
    ),
    BadgeSpec(
        "top-marks",
        "Top Marks",
        draw_badge(Glyph.STAR, Colour.MAGENTA, 1),
        _criteria(**_events(5, EventKind.QUIZ_PASSED, score=FULL_MARKS)),
    ),
    BadgeSpec("helper", "Helping Hand", draw_badge(Glyph.HAND, Colour.ORANGE), _metric(Metric.POSTS_ACCEPTED, 1)),
    BadgeSpec(
        "mentor",
        "Mentor",
        draw_badge(Glyph.LAMP, Colour.ORANGE, 1),
        _criteria(**_events(5, EventKind.POST_ACCEPTED)),
    ),
    BadgeSpec(
        "week-streak", "Seven in a Row", draw_badge(Glyph.FLAME, Colour.RED, 1), _metric(Metric.LONGEST_STREAK, 7)
    ),
    BadgeSpec(
        "month-streak", "Thirty in a Row", draw_badge(Glyph.FLAME, Colour.RED, 3), _metric(Metric.LONGEST_STREAK, 30)
    ),
    BadgeSpec(
        "steady",
        "Steady Hand",
        draw_badge(Glyph.CALENDAR, Colour.TEAL, 1),
        _criteria(**_different("day", 20, DONE)),
        gettext_noop("Complete steps on 20 days, in a row or not"),
    ),
    BadgeSpec(
        "long-run",
        "The Long Run",
        draw_badge(Glyph.SPROUT, Colour.TEAL, 2),
        _criteria(**_different("week", 8, DONE)),
        gettext_noop("Complete steps in 8 different weeks"),
    ),
    BadgeSpec(
        "good-flow",
        "Good Flow",
        draw_badge(Glyph.BOLT, Colour.PURPLE, 1),
        _criteria(**_events(3, DONE), within_days=1),
        gettext_noop("Complete 3 steps within 24 hours"),
    ),
    BadgeSpec(
        "all-rounder",
        "All-Rounder",
        draw_badge(Glyph.PUZZLE, Colour.PURPLE, 1),
        _criteria(
            all=[
                _events(1, DONE, node_type="note"),
                _events(1, DONE, node_type="video"),
                _events(1, EventKind.QUIZ_PASSED),
                _events(1, EventKind.LAB_GRADED),
            ]
        ),
        gettext_noop("Complete a note and a video, pass a quiz and a lab"),
    ),
    BadgeSpec(
        "wide-horizon",
        "Wide Horizon",
        draw_badge(Glyph.BOOK, Colour.PURPLE, 2),
        _criteria(**_different("roadmap", 3, DONE)),
        gettext_noop("Complete a step in 3 different roadmaps"),
    ),
    BadgeSpec(
        "deep-water",
        "Deep Water",
        draw_badge(Glyph.WAVES, Colour.PURPLE, 3),
        _criteria(
            any=[
                _events(5, DONE, difficulty=Difficulty.ADVANCED.value),
                _events(15, DONE, difficulty=[Difficulty.INTERMEDIATE.value, Difficulty.ADVANCED.value]),
            ]
        ),
        gettext_noop("Complete 5 steps of an advanced roadmap, or 15 of intermediate and advanced ones"),
    ),
    BadgeSpec("scripter", "Scripter", draw_badge(Glyph.CODE, Colour.SLATE, 1), _metric(Metric.XP, 501)),
    BadgeSpec("architect", "AI Architect", draw_badge(Glyph.COLUMNS, Colour.SLATE, 2), _metric(Metric.XP, 2001)),
)
