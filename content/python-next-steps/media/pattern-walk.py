"""Draw the video pattern-walk.webm: a regular expression walks along a text until it fits.

Written by `python scripts/animation.py content/python-next-steps/media/pattern-walk.py`, which says how.
"""

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt

from animation import BLUE, GREEN, GREY, INK, ORANGE

# (seconds, (place where it begins, parts that fit, whether all fit, or "full" for the answer of fullmatch), caption)
SCENES = [
    (7, (None, 0, False), "The pattern \\d\\d:\\d\\d looks for a time.\nIt walks along the text and tries each place."),
    (7, (0, 0, False), "At the b the first part wants a digit. A letter doesn't fit,\nso it goes on to the next place."),
    (8, (4, 1, False), "At the 7 the first part fits. But then comes a colon\nwhere the second wants a digit: no match here."),
    (8, (6, 2, False), "At the 3 two digits fit. The third part wants a colon,\nand a comma stands there: no match either."),
    (9, (10, 5, True), "At the 0 each part fits, one after the other.\nThat's a match, and search returns it: 09:15."),
    (8, (10, 5, "full"), "fullmatch would return None: it wants the pattern to fit\nthe text from its first to its last character."),
]
TEXT, PATTERN = "bus 7:30, 09:15.", ["\\d", "\\d", ":", "\\d", "\\d"]


def sign(axes, x, y, text, edge, face="white"):
    """Draw a sign in its box."""
    axes.add_patch(plt.Rectangle((x - 0.025, y - 0.05), 0.05, 0.1, facecolor=face, edgecolor=edge, lw=2))
    axes.text(x, y, text, fontsize=19, ha="center", va="center", color=INK, family="monospace")


def draw(axes, state, moved):
    """Draw the text, and the pattern below the place where it is tried."""
    begin, fitting, is_match = state
    for place, letter in enumerate(TEXT):
        inside = is_match and begin <= place < begin + 5 and moved == 1
        sign(axes, 0.1 + 0.053 * place, 0.75, letter, GREEN if inside else GREY, "#d3f9d8" if inside else "white")
    at = begin if begin is not None else 0
    shown = fitting if moved == 1 else int((fitting + 1) * moved)
    for part, text in enumerate(PATTERN):
        colour = GREEN if begin is not None and part < shown else BLUE
        if begin is not None and not is_match and part == fitting and moved == 1:
            colour = ORANGE
        sign(axes, 0.1 + 0.053 * (at + part), 0.5, text, colour)
    if begin is not None:
        axes.annotate("", (0.1 + 0.053 * at, 0.68), (0.1 + 0.053 * at, 0.57), arrowprops={"arrowstyle": "->", "color": INK, "lw": 2})
    if begin is not None and moved == 1:
        told = "fullmatch: None" if is_match == "full" else "search: 09:15" if is_match else "no match here"
        axes.text(0.5, 0.32, told, fontsize=19, ha="center", color=GREEN if is_match is True else ORANGE)
