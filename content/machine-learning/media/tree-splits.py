"""Draw the video tree-splits.webm: a decision tree that cuts a table of members, once, twice, and too often.

Written by `python scripts/animation.py content/machine-learning/media/tree-splits.py`, which says how.
"""

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

from animation import BLUE, FPS, GREEN, INK, ORANGE, PAPER, SIZE

EDGES = ((0.0, 30.0), (16.0, 80.0))  # visits, age

# (seconds, (depth that is drawn, places of the trial cut, whether new members are shown), caption)
SCENES = [
    (7, (0, None, False), "Members of a club: blue dots stayed, orange triangles left.\nWhere would you cut, so that each side has one colour?"),
    (9, (0, (2, 28), False), "The tree tries every column and every place.\nIt measures how mixed both sides are: 0 is pure."),
    (6, (1, None, False), "The purest cut wins: it asks about the visits.\nEach side answers with the colour that is more frequent there."),
    (6, (2, None, False), "Each side is cut again, by the same rule.\nWith few visits the age decides."),
    (8, (99, None, False), "Without a limit it goes on until all is pure.\nFor each odd member it makes a box of its own."),
    (8, (99, None, True), "Here are new members, hollow ones. The boxes of the odd ones\nfit nobody: that's overfitting."),
    (7, (2, None, True), "Two questions know less of the old members,\nand more of the new ones. So limit the depth."),
]


def members(count, seed):
    """Return visits and age (count, 2), and who stays (count,); one of eight is an odd one."""
    rng = np.random.default_rng(seed)
    points = np.column_stack([rng.uniform(*EDGES[0], count), rng.uniform(*EDGES[1], count)])
    stays = (points[:, 0] > 9) | (points[:, 1] < 30)
    return points, stays ^ (rng.random(count) < 0.125)


def impurity(stays):
    """Return Gini's impurity of a group: 0 if all are alike, 0.5 if half of them are."""
    share = stays.mean() if len(stays) else 0.0
    return 2 * share * (1 - share)


def mixed(points, stays, column, place):
    """Return how mixed both sides of a cut are, weighted by their sizes."""
    left = points[:, column] <= place
    return left.mean() * impurity(stays[left]) + (~left).mean() * impurity(stays[~left])


def boxes(points, stays, edges, depth):
    """Return (edges, answer) of each leaf of a tree that is at most so deep."""
    if depth == 0 or impurity(stays) == 0:
        return [(edges, stays.mean() >= 0.5)]
    middles = [(column, (a + b) / 2) for column in (0, 1) for values in [np.sort(points[:, column])] for a, b in zip(values, values[1:], strict=False)]
    column, place = min(middles, key=lambda cut: mixed(points, stays, *cut))
    low, high = edges[column]
    left = points[:, column] <= place
    found = []
    for side, edge in ((left, (low, place)), (~left, (place, high))):
        inner = (edge, edges[1]) if column == 0 else (edges[0], edge)
        found += boxes(points[side], stays[side], inner, depth - 1)
    return found


def score(leaves, points, stays):
    """Return the share of members whose box has their colour."""
    right = 0
    for (x, y), stay in zip(points, stays, strict=True):
        right += any(a[0] <= x <= a[1] and b[0] <= y <= b[1] and answer == stay for (a, b), answer in leaves)
    return right / len(points)


KNOWN, NEW = members(70, 5), members(60, 8)


def draw(axes, state, moved):
    """Draw the boxes of the tree, the members, a trial cut with its measure, and the scores."""
    depth, trial, shows_new = state
    leaves = boxes(*KNOWN, EDGES, depth)
    for (x, y), answer in leaves if depth else []:
        axes.add_patch(plt.Rectangle((x[0], y[0]), x[1] - x[0], y[1] - y[0], facecolor=BLUE if answer else ORANGE, alpha=0.16 * moved, edgecolor="none"))
        axes.add_patch(plt.Rectangle((x[0], y[0]), x[1] - x[0], y[1] - y[0], fill=False, edgecolor=INK, linewidth=1.5, alpha=moved))
    for colour, marker, group in ((BLUE, "o", KNOWN[1]), (ORANGE, "^", ~KNOWN[1])):
        axes.scatter(*KNOWN[0][group].T, s=42, marker=marker, color=colour, alpha=0.25 if shows_new else 1, zorder=3)
    if shows_new:
        for colour, marker, group in ((BLUE, "o", NEW[1]), (ORANGE, "^", ~NEW[1])):
            axes.scatter(*NEW[0][group].T, s=60, marker=marker, facecolors="white", edgecolors=colour, linewidths=2.2, zorder=4)
    if trial:
        place = trial[0] + (trial[1] - trial[0]) * moved
        axes.plot([place, place], EDGES[1], color=GREEN, linewidth=3, zorder=5)
        told(axes, [("mixed", f"{mixed(*KNOWN, 0, place):.2f}", GREEN)])
    elif depth:
        lines = [("questions deep", "no limit" if depth > 9 else str(depth), INK), ("old members", f"{score(leaves, *KNOWN):.0%}", INK)]
        told(axes, [*lines, *([("new members", f"{score(leaves, *NEW):.0%}", GREEN)] if shows_new else [])])


def told(axes, lines):
    """Write numbers with their names to the right of the picture."""
    for number, (name, value, colour) in enumerate(lines):
        axes.text(1.04, 0.85 - 0.3 * number, name, transform=axes.transAxes, fontsize=15, color=INK, va="center")
        axes.text(1.04, 0.74 - 0.3 * number, value, transform=axes.transAxes, fontsize=24, color=colour, va="center")


def frames():
    """Yield every frame as RGBA bytes; a scene moves during its first part and then stands for two seconds."""
    figure = plt.figure(figsize=(SIZE[0] / 100, SIZE[1] / 100), dpi=100, facecolor=PAPER)
    for scene in SCENES:
        drawn = b""
        moving = (scene[0] - 2) * FPS
        for number in range(scene[0] * FPS):
            if number == 0 or (number <= moving and number % 2 == 0):
                figure.clear()
                axes = figure.add_axes((0.1, 0.32, 0.66, 0.64), facecolor="white")
                axes.set(xlim=EDGES[0], ylim=EDGES[1], xlabel="visits", ylabel="age")
                draw(axes, scene[1], min(1, number / moving if scene[1][1] else 2 * number / moving))
                figure.text(0.5, 0.1, scene[2], ha="center", va="center", fontsize=18, color=INK, linespacing=1.5)
                figure.canvas.draw()
                drawn = bytes(figure.canvas.buffer_rgba())
            yield drawn
