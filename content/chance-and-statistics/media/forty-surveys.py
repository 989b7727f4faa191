"""Draw the video forty-surveys.webm: forty surveys of one village, each with its interval.

Written by `python scripts/animation.py content/chance-and-statistics/media/forty-surveys.py`, which says how.
"""

import numpy as np

from animation import BLUE, GREEN, INK, ORANGE

# (seconds, (people asked, surveys shown at first, surveys shown at last), caption)
SCENES = [
    (6, (200, 0, 0), "In truth, 55 of 100 people of the valley are for the bridge.\nNobody knows that. So they ask."),
    (8, (200, 1, 1), "A survey asks 200 people. It finds a share, the dot,\nand says an interval: 1.96 standard errors to each side."),
    (11, (200, 1, 40), "Another survey meets other people,\nand says another interval. Here are 40 of them."),
    (9, (200, 40, 40), "The orange ones miss the truth: about 1 of 20 does.\nNo survey can see whether it is that one."),
    (9, (800, 40, 40), "Four times as many people: each interval is half as wide.\nStill about 1 of 20 misses."),
]
TRUTH = 0.55


def intervals(people):
    """Return the share and the reach of 40 surveys."""
    shares = np.random.default_rng(11).binomial(people, TRUTH, 40) / people
    return shares, 1.96 * np.sqrt(shares * (1 - shares) / people)


def x_of(share):
    """Return where a share stands on the picture."""
    return 0.1 + 0.8 * (share - 0.4) / 0.3


def draw(axes, state, moved):
    """Draw the line of the truth, and the intervals from the top to the bottom."""
    people, first, last = state
    axes.plot([x_of(TRUTH)] * 2, [0.23, 0.93], color=GREEN, lw=3)
    axes.text(x_of(TRUTH), 0.95, "the truth: 55 %", fontsize=15, color=GREEN, ha="center")
    for share in (0.4, 0.5, 0.6, 0.7):
        axes.text(x_of(share), 0.2, f"{share:.0%}", fontsize=13, color=INK, ha="center", va="center")
    shares, reaches = intervals(people)
    shown = first + round((last - first) * moved)
    missing = 0
    for place in range(shown):
        y = 0.92 - 0.0172 * place
        misses = abs(shares[place] - TRUTH) > reaches[place]
        missing += misses
        colour = ORANGE if misses else BLUE
        axes.plot([x_of(shares[place] - reaches[place]), x_of(shares[place] + reaches[place])], [y, y], color=colour, lw=3.5 if misses else 2)
        axes.plot([x_of(shares[place])], [y], "o", color=colour, ms=5)
    if shown > 1:
        axes.text(0.97, 0.95, f"{missing} of {shown} miss", fontsize=15, color=ORANGE, ha="right")
