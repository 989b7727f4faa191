"""Draw the video broadcasting.webm: shapes that are compared from the right, and stretch.

Written by `python scripts/animation.py content/data-analysis/media/broadcasting.py`, which says how.
"""

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt

from animation import BLUE, GREY, INK, ORANGE

# (seconds, what is shown, caption)
SCENES = [
    (6, ('row', '(4,)', 'table:   3  4\nnumbers:    4'), 'Four numbers are added to a table of 3 rows and 4 columns.\nWrite the shapes below each other, from the right.'),
    (8, ('row stretched', '(4,)', 'table:   3  4\nnumbers: 1  4'), 'The lengths on the right agree. What is missing on the left\ncounts as 1, and a 1 stretches: the row is used three times.'),
    (8, ('column stretched', '(3, 1)', 'table:   3  4\nnumbers: 3  1'), 'A column of shape (3, 1): now the 1 stands on the right.\nIt stretches to the right, for each of the four columns.'),
    (8, ('three', '(3,)', 'table:   3  4\nnumbers:    3\n\n4 and 3: error'), 'Three numbers, one for each row? Compared from the right,\n4 meets 3, and neither is 1. NumPy refuses.'),
    (8, ('column stretched', '(3, 1)', 'x.reshape(3, 1)\nx[:, None]\nkeepdims=True'), 'Say that they are a column, in one of these ways,\nand it fits.'),
    (6, ('row', '(4,)', 'table:   4  4\nnumbers:    4'), 'Beware of square tables: with 4 rows, too, the wrong one\nfits as well, and nobody warns you.'),
]


def draw_table(axes, x, y, rows, columns, colour, values, faded=None):
    """Draw a table of numbers; rows and columns beyond `faded` are copies, drawn in grey."""
    for row in range(rows):
        for column in range(columns):
            is_copy = faded is not None and (row >= faded[0] or column >= faded[1])
            left, bottom = x + 0.062 * column, y - 0.085 * row
            face = "#e9ecef" if is_copy else "white"
            axes.add_patch(plt.Rectangle((left, bottom), 0.06, 0.08, facecolor=face, edgecolor=GREY if is_copy else colour, lw=2))
            axes.text(left + 0.03, bottom + 0.04, str(values(row, column)), ha="center", va="center", fontsize=15,
                      color=GREY if is_copy else INK)


def draw(axes, state, moved):
    """Draw a table of 3 rows and 4 columns, and beside it what is added to it."""
    kind, shape, says = state
    axes.text(0.2, 0.87, "shape (3, 4)", ha="center", fontsize=17, color=BLUE)
    draw_table(axes, 0.075, 0.68, 3, 4, BLUE, lambda row, column: 10 * (row + 1) + column)
    axes.text(0.365, 0.6, "+", fontsize=28, ha="center", va="center", color=INK)
    axes.text(0.56, 0.87, f"shape {shape}", ha="center", fontsize=17, color=ORANGE)
    grown = round(moved * 3)
    if kind == "row":
        draw_table(axes, 0.435, 0.68, 1, 4, ORANGE, lambda _row, column: column)
    elif kind == "row stretched":
        draw_table(axes, 0.435, 0.68, max(1, grown), 4, ORANGE, lambda _row, column: column, (1, 4))
    elif kind == "column stretched":
        draw_table(axes, 0.435, 0.68, 3, 1 + grown, ORANGE, lambda row, _column: 100 * row, (3, 1))
    elif kind == "three":
        draw_table(axes, 0.435, 0.68, 1, 3, ORANGE, lambda _row, column: column)
    axes.text(0.72, 0.6, says, fontsize=17, color=INK, va="center", linespacing=1.6, family="monospace")
