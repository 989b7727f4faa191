"""Draw the video bootstrap.webm: ten results are drawn again and again, and their means pile up.

Written by `python scripts/animation.py content/evaluating-ai/media/bootstrap.py`, which says how.
"""

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

from animation import BLUE, GREEN, GREY, INK, ORANGE

# (seconds, (cases, draws shown at first and at last, whether the ends are marked), caption)
SCENES = [
    (6, (10, 0, 0, False), "Ten cases were tried, and eight passed: 0.8.\nHow far off may that be?"),
    (9, (10, 1, 1, False), "Draw ten of them, with putting back: some come twice,\nsome not at all. So the mean is another one."),
    (10, (10, 1, 300, False), "Do that again and again.\nThe means pile up: this is how far chance alone moves them."),
    (8, (10, 300, 300, True), "Cut off the lowest and the highest 2.5 percent.\nWhat is between is the 95 % interval."),
    (9, (100, 300, 300, True), "With 100 cases the pile is a third as wide.\nA small gain on ten cases says nothing yet."),
]


def draws(cases):
    """Return 300 samples of the results: the places that were drawn."""
    return np.random.default_rng(4).integers(cases, size=(300, cases))


def draw(axes, state, moved):
    """Draw the ten results, the last sample of them, and the pile of the means."""
    cases, first, last, marks = state
    results = (np.arange(cases) < 0.8 * cases).astype(int)
    shown = first + round((last - first) * moved)
    places = draws(cases)
    if cases == 10:
        newest = places[shown - 1] if shown else []
        for place, result in enumerate(results):
            axes.add_patch(plt.Circle((0.06 + 0.05 * place, 0.86), 0.02, color=GREEN if result else ORANGE))
            axes.text(0.06 + 0.05 * place, 0.79, "·" * int(np.sum(np.asarray(newest) == place)), fontsize=22, color=INK, ha="center")
        axes.text(0.06, 0.93, "the ten cases, and how often each was drawn", fontsize=14, color=INK)
    else:
        axes.text(0.06, 0.86, "100 cases, 80 passed", fontsize=16, color=INK)
    means = results[places[:shown]].mean(axis=1)
    counts = {}
    step = 0.1 if cases == 10 else 0.02
    for mean in means:
        counts[round(mean / step)] = counts.get(round(mean / step), 0) + 1
    low, high = (np.percentile(means, [2.5, 97.5])) if marks else (0, 1)
    for place, count in counts.items():
        x, height = 0.1 + 0.8 * place * step, 0.48 * count / 110
        inside = low - 1e-9 <= place * step <= high + 1e-9
        axes.add_patch(plt.Rectangle((x - 0.36 * step, 0.26), 0.72 * step, height, color=BLUE if inside else GREY))
    for share in (0, 0.2, 0.4, 0.6, 0.8, 1):
        axes.text(0.1 + 0.8 * share, 0.215, f"{share:g}", fontsize=13, color=INK, ha="center", va="center")
    if marks:
        axes.plot([0.1 + 0.8 * low, 0.1 + 0.8 * high], [0.245, 0.245], color=ORANGE, lw=4)
        axes.text(0.1, 0.6, f"{low:.2f} to {high:.2f}", fontsize=17, color=ORANGE)
    if shown:
        axes.text(0.94, 0.86, f"{shown} means" if shown > 1 else f"mean {means[0]:.1f}", fontsize=16, color=BLUE, ha="right")
