"""Draw the video aliasing.webm: two names for one list, and a copy.

Written by `python scripts/animation.py content/python-foundations/media/aliasing.py`, which says how.
"""

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt

from animation import BLUE, GREEN, INK, ORANGE

# (seconds, what is shown, caption)
SCENES = [
    (6, (['monday = ["tea"]'], ['tea'], None), 'A list is made, and gets the name monday.\nA name is a label that points to a value.'),
    (7, (['monday = ["tea"]', 'tuesday = monday'], ['tea'], 'same'), 'A second name. Nothing is copied:\nboth labels point to the same list.'),
    (8, (['monday = ["tea"]', 'tuesday = monday', 'tuesday.append("cake")'], ['tea', 'cake'], 'same'), 'Append through one name ...\nand the list has grown for both.'),
    (8, (['monday = ["tea"]', 'tuesday = monday', 'tuesday.append("cake")', 'tuesday = list(monday)'], ['tea', 'cake'], ['tea', 'cake']), 'list(...) makes a new list with the same values.\nNow tuesday points to a list of its own.'),
    (8, (['monday = ["tea"]', 'tuesday = monday', 'tuesday.append("cake")', 'tuesday = list(monday)', 'tuesday.append("jam")'], ['tea', 'cake'], ['tea', 'cake', 'jam']), 'Append again: only the copy grows.\nMonday stays as it was.'),
    (5, (['monday = ["tea"]', 'tuesday = monday', 'tuesday.append("cake")', 'tuesday = list(monday)', 'tuesday.append("jam")'], ['tea', 'cake'], ['tea', 'cake', 'jam']), 'Ask "monday is tuesday": False now, and True before the copy.'),
]


def draw_list(axes, x, y, items, colour):
    """Draw a list as a row of boxes."""
    for place, item in enumerate(items):
        left = x + 0.115 * place
        axes.add_patch(plt.Rectangle((left, y - 0.045), 0.11, 0.09, facecolor="white", edgecolor=colour, linewidth=2))
        axes.text(left + 0.055, y, item, ha="center", va="center", fontsize=17, color=INK)


def draw_name(axes, y, name, to_y, moved):
    """Draw a name as a label with an arrow that grows towards a list."""
    axes.text(0.36, y, name, ha="center", va="center", fontsize=18, color="white",
              bbox={"boxstyle": "round,pad=0.35", "facecolor": BLUE, "edgecolor": BLUE})
    end = 0.43 + 0.08 * moved
    axes.annotate("", (end, y + (to_y - y) * moved), (0.43, y), arrowprops={"arrowstyle": "->", "color": BLUE, "lw": 2.5})


def draw(axes, state, moved):
    """Draw the code that has run so far, the names, and the lists that they stand for."""
    lines, monday, tuesday = state
    for number, line in enumerate(lines):
        colour = ORANGE if number == len(lines) - 1 else INK
        axes.text(0.03, 0.9 - 0.075 * number, line, fontsize=14, family="monospace", color=colour, va="center")
    if monday:
        draw_list(axes, 0.52, 0.66, monday, BLUE)
        draw_name(axes, 0.66 if tuesday is None else 0.72, "monday", 0.66, 1 if len(lines) > 1 else moved)
    if tuesday == "same":
        draw_name(axes, 0.56, "tuesday", 0.63, 1 if len(lines) != 2 else moved)
    elif tuesday:
        draw_list(axes, 0.52, 0.36, tuesday, GREEN)
        draw_name(axes, 0.36, "tuesday", 0.36, 1 if len(lines) != 4 else moved)
