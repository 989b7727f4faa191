"""The schema of a roadmap's own badges. What criteria may say is checked by their own parser."""

from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import ConfigDict, Field, RootModel, StringConstraints

from nexus_server.gamify.badge_icons import MAX_LEVEL, Colour, Glyph, draw_badge
from nexus_server.gamify.badges import CATALOGUE, BadgeSpec
from nexus_server.gamify.criteria.faults import BadCriteriaError, FaultPath
from nexus_server.gamify.criteria.parsing import parse_criteria
from nexus_server.roadmaps.files.roadmap_file import Slug, Strict

BadgeName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=300)]
#: badges that one roadmap may have
MAX_BADGES = 50


class BadgeIcon(Strict):
    """What an icon is drawn from; all badges have the same frame."""

    glyph: Glyph = Glyph.STAR
    colour: Annotated[str, Field(pattern=f"^({'|'.join(colour.name.lower() for colour in Colour)})$")] = "purple"
    #: pips below the drawing
    level: int = Field(0, ge=0, le=MAX_LEVEL)


class BadgeEntry(Strict):
    """One badge. Its slug is unique on the site."""

    slug: Slug
    name: BadgeName
    #: what it is for, in words; without it the criteria are put into words
    description: Words = ""
    icon: BadgeIcon = BadgeIcon()
    criteria: dict[str, Any]

    def spec(self) -> BadgeSpec:
        """Return the badge as the product's own are written."""
        icon = draw_badge(self.icon.glyph, Colour[self.icon.colour.upper()], self.icon.level)
        return BadgeSpec(self.slug, self.name, icon, self.model_dump(mode="json")["criteria"], self.description)


class BadgeFile(RootModel[list[BadgeEntry]]):
    """A whole badges.yaml: a list."""

    model_config = ConfigDict(frozen=True)
    root: list[BadgeEntry] = Field(min_length=1, max_length=MAX_BADGES)


def badge_faults(badges: list[BadgeEntry]) -> Iterator[tuple[FaultPath, str]]:
    """Yield what is wrong with badges that fit the schema: the path of each fault, and a text."""
    taken = {spec.slug for spec in CATALOGUE}
    for index, badge in enumerate(badges):
        if badge.slug in taken:
            yield (index, "slug"), f"there is a badge {badge.slug!r} already"
        taken.add(badge.slug)
        try:
            parse_criteria(badge.criteria)
        except BadCriteriaError as error:
            for fault in error.faults:
                yield (index, "criteria", *fault.path), fault.message
