"""Draw the video joins-that-multiply.webm: a join whose key is not unique.

Written by `python scripts/animation.py content/data-analysis/media/joins-that-multiply.py`, which says how.
"""

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt

from animation import BLUE, GREEN, INK, ORANGE

# (seconds, what is shown, caption)
SCENES = [
    (6, ('plain', 'none', False, 'inner'), 'Four orders, and a list of prices.\nThe key is the item.'),
    (8, ('plain', 'growing', True, 'inner'), 'A join makes a row for each PAIR with the same key.\nThree orders find a price. The nut finds none, and is lost.'),
    (7, ('plain', 'all', True, 'left'), 'how="left" keeps every order.\nWhere no price is found, it stays missing.'),
    (7, ('doubled', 'none', False, 'inner'), 'Now somebody has added a second price for tea,\nand nobody noticed.'),
    (9, ('doubled', 'growing', True, 'inner'), 'Each order of tea meets both prices: 2 times 2 pairs.\nFive rows come out of four orders, without any error.'),
    (7, ('doubled', 'all', True, 'inner'), 'Each tea is counted twice in every sum from here on.\nmerge(..., validate="many_to_one") would have refused.'),
]


ORDERS = [("mo", "tea"), ("tu", "tea"), ("tu", "jam"), ("we", "nut")]
PRICES = [("tea", "2.50"), ("jam", "4.00")]
DOUBLED = [("tea", "2.50"), ("tea", "2.70"), ("jam", "4.00")]


def draw_rows(axes, x, title, rows, colour, count):
    """Draw a small table with its title; return the height of each row."""
    axes.text(x, 0.9, title, fontsize=17, color=colour, va="center")
    heights = []
    for place, row in enumerate(rows[:count]):
        y = 0.81 - 0.072 * place
        axes.add_patch(plt.Rectangle((x - 0.012, y - 0.032), 0.2, 0.062, facecolor="white", edgecolor=colour, lw=1.8))
        axes.text(x, y, "   ".join(row), fontsize=14, va="center", color=INK, family="monospace")
        heights.append(y)
    return heights


def draw(axes, state, moved):
    """Draw both tables, lines between rows with the same key, and the rows that come out."""
    prices, pairs_shown, result_shown, kind = state
    right = DOUBLED if prices == "doubled" else PRICES
    lefts = draw_rows(axes, 0.05, "orders", ORDERS, BLUE, 4)
    rights = draw_rows(axes, 0.4, "prices", right, GREEN, 4)
    pairs = [(a, b) for a, order in enumerate(ORDERS) for b, price in enumerate(right) if order[1] == price[0]]
    shown = round(len(pairs) * moved) if pairs_shown == "growing" else len(pairs) if pairs_shown == "all" else 0
    for a, b in pairs[:shown]:
        colour = ORANGE if sum(a == other for other, _ in pairs) > 1 else INK
        axes.plot([0.24, 0.386], [lefts[a], rights[b]], color=colour, lw=2.2)
    if result_shown:
        made = [(*ORDERS[a], right[b][1]) for a, b in pairs[:shown]]
        if kind == "left":
            made.append(("we", "nut", "NaN"))
        draw_rows(axes, 0.73, f"result: {len(made)} rows", made, ORANGE if len(made) > len(ORDERS) else INK, 6)
