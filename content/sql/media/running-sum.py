"""Draw the video running-sum.webm: a window that sums up to each row, beside a group that leaves one row.

Written by `python scripts/animation.py content/sql/media/running-sum.py`, which says how.
"""

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt

from animation import BLUE, GREEN, GREY, INK, ORANGE

# (seconds, (how the sums are made, whether they grow), caption)
SCENES = [
    (6, ("none", False), "Moves of two accounts: name, day, euros.\nWhat was the balance after each of them?"),
    (8, ("group", False), "GROUP BY name gives one row for each name.\nThe single moves are gone, and so are the days."),
    (10, ("window", True), "sum(euros) OVER (PARTITION BY name ORDER BY day, id):\neach row stays, and sums from its name's first row to itself."),
    (8, ("all", False), "Without PARTITION BY the sum runs on.\nBen's 35 euros would count for Ida."),
    (9, ("ties", False), "Two moves on one day: ORDER BY day alone takes both at once.\nORDER BY day, id gives each a balance of its own."),
]
MOVES = [("Ben", 1, 20), ("Ben", 4, 25), ("Ben", 5, -10), ("Ida", 1, 100), ("Ida", 2, -30), ("Ida", 2, -5)]


def sums(kind):
    """Return the balance behind each move."""
    found = []
    for place, (name, day, _) in enumerate(MOVES):
        rows = [(n, d, euros) for at, (n, d, euros) in enumerate(MOVES) if at <= place or (kind == "ties" and d == day)]
        found.append(sum(euros for n, _, euros in rows if kind == "all" or n == name))
    return found


def cell(axes, x, y, text, colour=INK):
    """Draw a cell of a table."""
    axes.add_patch(plt.Rectangle((x - 0.06, y - 0.04), 0.12, 0.08, facecolor="white", edgecolor=GREY, lw=1.2))
    axes.text(x, y, str(text), fontsize=16, ha="center", va="center", color=colour, family="monospace")


def draw(axes, state, moved):
    """Draw the moves, the window of the row that is summed, and the sums."""
    kind, grows = state
    for column, title in enumerate(("name", "day", "euros")):
        axes.text(0.14 + 0.12 * column, 0.93, title, fontsize=15, ha="center", color=GREY)
    for place, move in enumerate(MOVES):
        for column, value in enumerate(move):
            cell(axes, 0.14 + 0.12 * column, 0.86 - 0.1 * place, value, BLUE if move[0] == "Ben" else GREEN)
    if kind == "group":
        for place, (name, total) in enumerate((("Ben", 35), ("Ida", 65))):
            cell(axes, 0.66, 0.76 - 0.3 * place, name, BLUE if name == "Ben" else GREEN)
            cell(axes, 0.78, 0.76 - 0.3 * place, total)
    elif kind != "none":
        axes.text(0.7, 0.93, "balance", fontsize=15, ha="center", color=GREY)
        shown = max(1, round(len(MOVES) * moved)) if grows else len(MOVES)
        right = sums("window")
        for place, total in enumerate(sums(kind)[:shown]):
            cell(axes, 0.7, 0.86 - 0.1 * place, total, INK if total == right[place] else ORANGE)
        last = shown - 1
        first = 0 if kind == "all" else [name for name, _, _ in MOVES].index(MOVES[last][0])
        axes.add_patch(plt.Rectangle((0.07, 0.815 - 0.1 * last), 0.38, 0.09 + 0.1 * (last - first), fill=False, edgecolor=ORANGE, lw=3))
        axes.annotate("", (0.63, 0.86 - 0.1 * last), (0.46, 0.86 - 0.1 * last), arrowprops={"arrowstyle": "->", "color": ORANGE, "lw": 2.5})
