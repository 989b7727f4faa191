"""Badges of a roadmap's own file: as the product's, and every mistake with its line."""

from datetime import date

import pytest

from nexus_server.gamify.badge_icons import Colour, Glyph, draw_badge
from nexus_server.gamify.badges import BadgeSpec
from nexus_server.roadmaps.files.parsing import parse_badges
from nexus_server.roadmaps.files.problem import ContentError

GOOD = """\
- slug: loop-rider
  name: Loop Rider
  icon: {glyph: bolt, colour: teal, level: 2}
  criteria:
    version: 1
    all:
      - {count: events, where: {kind: lab_graded, node: tiny/lab}, at_least: 1}
      - {distinct: day, since: 2026-12-01, at_least: 3}
- {slug: plain, name: Plain, description: For the first step, criteria: {metric: nodes_completed, at_least: 1}}
"""


def problems_of(text: str) -> list[str]:
    with pytest.raises(ContentError) as caught:
        parse_badges(text, "tiny/badges.yaml")
    return [str(problem).removeprefix("tiny/badges.yaml:") for problem in caught.value.problems]


def test_badges_are_read_as_the_products_own_are_written() -> None:
    rider, plain = parse_badges(GOOD, "tiny/badges.yaml")
    assert rider.icon == draw_badge(Glyph.BOLT, Colour.TEAL, 2)
    assert rider.criteria["all"][1]["since"] == date(2026, 12, 1).isoformat()
    assert plain == BadgeSpec(
        "plain",
        "Plain",
        draw_badge(Glyph.STAR, Colour.PURPLE),
        {"metric": "nodes_completed", "at_least": 1},
        "For the first step",
    )


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (
            "at_least: 1}\n      - {dis",
            "at_least: 0}\n      - {dis",
            "7: error: 0.criteria.all.0.at_least: a whole number",
        ),
        ("kind: lab_graded", "kind: lab", "7: error: 0.criteria.all.0.where.kind: 'lab' is none of these"),
        ("since: 2026-12-01", "since: soon", "8: error: 0.criteria.all.1.since: a date such as"),
        ("    version: 1", "    version: 7", "5: error: 0.criteria.version: this is version 1"),
        ("glyph: bolt", "glyph: cat", "3: error: 0.icon.glyph: "),
        ("level: 2", "level: 9", "3: error: 0.icon.level: "),
        ("slug: plain", "slug: loop-rider", "9: error: 1.slug: there is a badge 'loop-rider' already"),
        ("slug: plain", "slug: first-lab", "9: error: 1.slug: there is a badge 'first-lab' already"),
        ("  name: Loop Rider\n", "", "1: error: 0.name: Field required"),
    ],
)
def test_a_mistake_is_said_with_its_line(old: str, new: str, problem: str) -> None:
    assert old in GOOD
    (found,) = problems_of(GOOD.replace(old, new))
    assert found.startswith(problem)


def test_what_is_no_list_is_no_file_of_badges() -> None:
    assert problems_of("slug: a") == ["1: error: a list of badges is expected here"]
