"""The badges that come with the product."""

import re
from urllib.parse import unquote
from xml.etree import ElementTree as ET

import pytest

from nexus_server.gamify.badge_icons import DRAWINGS, Glyph
from nexus_server.gamify.badges import CATALOGUE, BadgeSpec
from nexus_server.gamify.criteria.evaluation import History, progress_of
from nexus_server.gamify.criteria.parsing import parse_criteria
from nexus_server.gamify.criteria.words import in_words

#: the badges of the first release, whose holders and whose rules stay
FIRST_RELEASE = {
    "first-step": ("nodes_completed", 1),
    "explorer": ("nodes_completed", 10),
    "pathfinder": ("nodes_completed", 25),
    "first-lab": ("labs_passed", 1),
    "lab-regular": ("labs_passed", 5),
    "perfectionist": ("perfect_labs", 3),
    "quiz-whiz": ("quizzes_passed", 5),
    "helper": ("posts_accepted", 1),
    "week-streak": ("longest_streak", 7),
    "month-streak": ("longest_streak", 30),
    "scripter": ("xp", 501),
    "architect": ("xp", 2001),
}


def test_there_are_twenty_four_with_unique_slugs_names_and_icons() -> None:
    for names in ({spec.slug for spec in CATALOGUE}, {spec.name for spec in CATALOGUE}, {s.icon for s in CATALOGUE}):
        assert len(names) == len(CATALOGUE) == 24


def test_the_first_twelve_mean_what_they_meant() -> None:
    kept = {spec.slug: spec.criteria for spec in CATALOGUE if spec.slug in FIRST_RELEASE}
    assert kept == {slug: {"metric": metric, "at_least": n} for slug, (metric, n) in FIRST_RELEASE.items()}


@pytest.mark.parametrize("spec", CATALOGUE, ids=lambda spec: spec.slug)
def test_each_can_be_earned_but_not_by_doing_nothing(spec: BadgeSpec) -> None:
    progress = progress_of(parse_criteria(spec.criteria), History())
    assert (progress.is_met, progress.done) == (False, 0)
    assert progress.goal >= 1


@pytest.mark.parametrize("spec", CATALOGUE, ids=lambda spec: spec.slug)
def test_each_says_in_words_what_it_is_for(spec: BadgeSpec) -> None:
    words = spec.description or in_words(parse_criteria(spec.criteria))
    assert re.fullmatch(r"[A-Z][^{}_\[\]]{8,90}", words)


@pytest.mark.parametrize("spec", CATALOGUE, ids=lambda spec: spec.slug)
def test_icons_are_one_family_of_plain_svg(spec: BadgeSpec) -> None:
    head, _, body = spec.icon_url.partition(",")
    assert head == "data:image/svg+xml"
    assert not set(body) & set('#<>"\n')
    root = ET.fromstring(unquote(body))  # noqa: S314  the product's own
    assert root.get("viewBox") == "0 0 48 48"
    frame, lines, _pips = root
    frames = {ET.fromstring(other.icon)[0].get("d") for other in CATALOGUE}  # noqa: S314
    assert {frame.get("d")} == frames
    assert lines.get("stroke") == "#fff"


def test_each_glyph_is_drawn() -> None:
    assert set(DRAWINGS) == set(Glyph)
