"""Draw the video split-apply-combine.webm: the rows of a table fly into groups, each group becomes one number.

Written by `python scripts/animation.py content/data-analysis/media/split-apply-combine.py`, which says how.
"""

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt

from animation import FPS, SIZE
from matplotlib.patches import FancyBboxPatch

INK, PAPER = "#1e2a4a", "#f7f8fb"
COLOURS = {"Bern": "#bac8ff", "Oslo": "#ffd8a8", "Rome": "#b2f2bb"}
ROWS = [("Bern", 14), ("Rome", 24), ("Oslo", 9), ("Bern", 16), ("Oslo", 7), ("Rome", 26)]
MEANS = {"Bern": 15, "Oslo": 8, "Rome": 25}

START = [(0.20, 0.80 - 0.085 * index) for index in range(len(ROWS))]
SLOTS = {"Bern": [0.80, 0.715], "Oslo": [0.60, 0.515], "Rome": [0.40, 0.315]}
MIDDLE_X, END = 0.52, {"Bern": (0.82, 0.66), "Oslo": (0.82, 0.575), "Rome": (0.82, 0.49)}

# (seconds, what moves, caption)
SCENES = [
    (5, "table", "Six measurements from three cities.\nWhat is the mean temperature of each city?"),
    (7, "split", "Split: rows with the same city come together.\ndf.groupby(\"city\")"),
    (5, "grouped", "No number was computed so far.\nThe rows are only sorted into groups."),
    (7, "apply", "Apply: each group becomes one number.\n.mean(): (14 + 16) / 2 = 15, (9 + 7) / 2 = 8, (24 + 26) / 2 = 25"),
    (6, "combine", "Combine: the numbers form a new table,\nwith one row for each group."),
    (8, "all", "df.groupby(\"city\")[\"temp\"].mean()\nSplit by what, apply what, to which column: three parts, one line."),
]


def ease(share):
    """Return a share from 0 to 1 that starts and ends slowly."""
    share = min(max(share, 0.0), 1.0)
    return share * share * (3 - 2 * share)


def between(start, end, share):
    """Return the point at `share` of the way."""
    return tuple(a + (b - a) * share for a, b in zip(start, end, strict=True))


def draw_row(axes, point, city, value, alpha=1.0):
    """Draw one row of a table around a point."""
    x, y = point
    box = FancyBboxPatch((x - 0.1, y - 0.033), 0.2, 0.066, boxstyle="round,pad=0.004", fc=COLOURS[city], ec="none", alpha=alpha)
    axes.add_patch(box)
    axes.text(x - 0.08, y, city, fontsize=17, color=INK, va="center", alpha=alpha)
    axes.text(x + 0.08, y, str(value), fontsize=17, color=INK, va="center", ha="right", alpha=alpha)


def row_points():
    """Return for each row the point of its place in its group."""
    seen = dict.fromkeys(SLOTS, 0)
    points = []
    for city, _ in ROWS:
        points.append((MIDDLE_X, SLOTS[city][seen[city]]))
        seen[city] += 1
    return points


def draw_rows(axes, what, share):
    """Draw the six rows: in their table, under way, or in their groups."""
    moved = {"table": 0.0, "split": share}.get(what, 1.0)
    for (city, value), start, end in zip(ROWS, START, row_points(), strict=True):
        draw_row(axes, start, city, value, 0.35 if moved else 1.0)
        if moved:
            draw_row(axes, between(start, end, moved), city, value)


def draw_means(axes, what, share):
    """Draw each group's mean beside its group, then in the new table."""
    if what not in {"apply", "combine", "all"}:
        return
    for city, slots in SLOTS.items():
        beside = (0.82, sum(slots) / 2)
        if what == "apply":
            draw_row(axes, between((MIDDLE_X, beside[1]), beside, share), city, MEANS[city], share)
        else:
            draw_row(axes, between(beside, END[city], share if what == "combine" else 1.0), city, MEANS[city])


def draw(axes, what, caption, share):
    """Draw one frame."""
    axes.set(xlim=(0, 1), ylim=(0, 1))
    axes.axis("off")
    heads = [(0.20, "df"), (MIDDLE_X, "groups"), (0.82, "result")]
    visible = {"table": 1, "split": 2, "grouped": 2}.get(what, 3)
    for x, head in heads[:visible]:
        axes.text(x, 0.91, head, fontsize=18, color="#555", ha="center", family="monospace")
    draw_rows(axes, what, share)
    draw_means(axes, what, share)
    axes.text(0.5, 0.14, caption, fontsize=17, color=INK, ha="center", va="center", linespacing=1.5)


def frames():
    """Yield every frame as RGBA bytes; after two seconds of motion a scene stands still."""
    figure = plt.figure(figsize=(SIZE[0] / 100, SIZE[1] / 100), dpi=100, facecolor=PAPER)
    for seconds, what, caption in SCENES:
        drawn = b""
        for number in range(seconds * FPS):
            if number <= 2 * FPS:
                figure.clear()
                draw(figure.add_axes((0, 0, 1, 1)), what, caption, ease(number / (2 * FPS)))
                figure.canvas.draw()
                drawn = bytes(figure.canvas.buffer_rgba())
            yield drawn
