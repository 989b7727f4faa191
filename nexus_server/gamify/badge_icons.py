"""The badges' icons: one hexagon, one ring, one line drawing and up to three pips for the level. Pure."""

from enum import StrEnum
from urllib.parse import quote


class Glyph(StrEnum):
    """Line drawings in a box of 24 by 24, by name."""

    STEP = "step"
    COMPASS = "compass"
    MOUNTAIN = "mountain"
    FLAG = "flag"
    FLASK = "flask"
    TARGET = "target"
    QUESTION = "question"
    STAR = "star"
    HAND = "hand"
    LAMP = "lamp"
    FLAME = "flame"
    CODE = "code"
    COLUMNS = "columns"
    WAVES = "waves"
    PUZZLE = "puzzle"
    CALENDAR = "calendar"
    SPROUT = "sprout"
    BOLT = "bolt"
    BOOK = "book"


DRAWINGS = {
    Glyph.STEP: "<path d='M3 20h6v-5h6v-5h6V5'/>",
    Glyph.COMPASS: "<circle cx='12' cy='12' r='9'/><path d='m15.5 8.5-2 5-5 2 2-5z'/>",
    Glyph.MOUNTAIN: "<path d='m2 20 7-12 4 6 2-3 7 9zM7 11.5l2 1.5 2-2'/>",
    Glyph.FLAG: "<path d='M6 21V4c4-2 7 2 12 0v9c-5 2-8-2-12 0'/>",
    Glyph.FLASK: "<path d='M9 3h6M10 3v6l-5 9a2 2 0 0 0 2 3h10a2 2 0 0 0 2-3l-5-9V3M7.5 15h9'/>",
    Glyph.TARGET: "<circle cx='12' cy='12' r='9'/><circle cx='12' cy='12' r='5'/><circle cx='12' cy='12' r='1'/>",
    Glyph.QUESTION: "<path d='M8 8a4 4 0 1 1 6 3.5c-1.5 1-2 1.7-2 3.5M12 19v.1'/>",
    Glyph.STAR: "<path d='m12 3 2.8 5.7 6.2.9-4.5 4.4 1 6.2-5.5-2.9-5.5 2.9 1-6.2L3 9.6l6.2-.9z'/>",
    Glyph.HAND: "<path d='M12 20c-6-4-8-7-8-10.5A4.2 4.2 0 0 1 12 7a4.2 4.2 0 0 1 8 2.5c0 3.5-2 6.5-8 10.5z'/>",
    Glyph.LAMP: "<path d='M9.5 18h5M10 21h4"
    "M12 3a6 6 0 0 0-3.5 10.9c.6.5 1 1.2 1 2.1h5c0-.9.4-1.6 1-2.1A6 6 0 0 0 12 3z'/>",
    Glyph.FLAME: "<path d='M12 3c1 3.5 5.5 5.5 5.5 11a5.5 5.5 0 0 1-11 0"
    "c0-2 .8-3.4 2-4.5.3 1.5 1 2.3 2 2.5C10 9 10.5 6 12 3z'/>",
    Glyph.CODE: "<path d='m8 7-5 5 5 5M16 7l5 5-5 5M13.5 5l-3 14'/>",
    Glyph.COLUMNS: "<path d='M3 9 12 4l9 5zM5 9v9M10 9v9M14 9v9M19 9v9M3 20h18'/>",
    Glyph.WAVES: "<path d='M3 8c3-3 6 3 9 0s6 3 9 0M3 13c3-3 6 3 9 0s6 3 9 0M3 18c3-3 6 3 9 0s6 3 9 0'/>",
    Glyph.PUZZLE: "<path d='M4 8h5a2.5 2.5 0 1 1 5 0h5v5a2.5 2.5 0 1 0 0 5v2H4z'/>",
    Glyph.CALENDAR: "<path d='M4 6h16v14H4zM4 10.5h16M8 3v5M16 3v5M8 15l2.5 2.5L16 13'/>",
    Glyph.SPROUT: "<path d='M12 21v-9M12 12c0-4-3-6-8-6 0 5 3 7 8 6zM12 14c0-4 3-6 8-6 0 5-3 7-8 6z'/>",
    Glyph.BOLT: "<path d='M13 3 5 14h6l-1 7 8-11h-6z'/>",
    Glyph.BOOK: "<path d='M12 6c-3-2-6-2-9-1v14c3-1 6-1 9 1 3-2 6-2 9-1V5c-3-1-6-1-9 1zM12 6v14'/>",
}


class Colour(StrEnum):
    """What a badge is about; white lines are readable on each."""

    GREEN = "#2e7d32"
    TEAL = "#00695c"
    BLUE = "#1565c0"
    MAGENTA = "#ad1457"
    ORANGE = "#b34700"
    RED = "#c62828"
    PURPLE = "#6a1b9a"
    SLATE = "#37474f"


MAX_LEVEL = 3
PIPS = {0: (), 1: (24,), 2: (21, 27), 3: (18, 24, 30)}


def draw_badge(glyph: Glyph, colour: Colour, level: int = 0) -> str:
    """Return the icon as SVG, 48 by 48; `level` is 0 to `MAX_LEVEL`."""
    pips = "".join(f"<circle cx='{x}' cy='37.5' r='1.6'/>" for x in PIPS[level])
    return (
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 48 48'>"
        f"<path d='M24 1.5 43.5 12.7v22.6L24 46.5 4.5 35.3V12.7z' fill='{colour.value}'/>"
        "<g fill='none' stroke='#fff' stroke-linecap='round' stroke-linejoin='round'>"
        "<path d='M24 5 40.5 14.5v19L24 43 7.5 33.5v-19z' opacity='.5'/>"
        f"<g transform='translate(12 10)' stroke-width='2'>{DRAWINGS[glyph]}</g></g>"
        f"<g fill='#fff'>{pips}</g></svg>"
    )


def icon_url_of(svg: str) -> str:
    """Return an SVG as a data URL, so that an icon needs no request."""
    return f"data:image/svg+xml,{quote(svg, safe=_READABLE)}"


#: what a data URL may hold as it is
_READABLE = "/:;=,.' -"
