"""Draw the video early-stopping.webm: a loss that falls on known rows, and turns on new ones.

Written by `python scripts/animation.py content/neural-networks/media/early-stopping.py`, which says how.
"""

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

from animation import BLUE, GREEN, INK, ORANGE

# (seconds, what is shown, caption)
SCENES = [
    (7, (0, 22, ()), 'A network learns. The loss falls,\non the rows that it learns from and on new ones alike.'),
    (8, (22, 100, ()), 'Later they part. The blue one falls on and on:\nrow by row is learned by heart. The orange one turns.'),
    (7, (100, 100, ('best',)), 'The best network for new rows was the one at the turn.\nWhoever keeps the last weights keeps a worse one.'),
    (9, (0, 100, ('best',)), 'So look at the loss on new rows after each epoch,\nand keep a copy of the weights whenever it is the best so far.'),
    (9, (0, 60, ('best', 'patience')), 'When do you stop? The curve jumps a little, so wait:\nif for 20 epochs nothing was better, stop and take the kept one.'),
    (6, (60, 60, ('best', 'patience')), 'The new rows helped to choose. For the number that you report\nyou need a third pile, that nobody has looked at.'),
]


EPOCHS = np.arange(0, 101)
TRAINING = 0.08 + 0.92 * np.exp(-EPOCHS / 18)
NEW = 0.22 + 0.78 * np.exp(-EPOCHS / 14) + 0.00006 * np.clip(EPOCHS - 25, 0, None) ** 2 + 0.012 * np.sin(EPOCHS / 2.3)
BEST = int(NEW.argmin())


def draw(axes, state, moved):
    """Draw both curves up to an epoch, with the best epoch and the patience where they are asked for."""
    first, last, marks = state
    epoch = round(first + (last - first) * moved)
    x, training, new = 0.1 + 0.0078 * EPOCHS, 0.27 + 0.6 * TRAINING, 0.27 + 0.6 * NEW
    axes.plot([0.1, 0.1, 0.9], [0.92, 0.25, 0.25], color=INK, lw=1.5)
    axes.text(0.9, 0.21, "epochs", ha="right", va="center", fontsize=14, color=INK)
    axes.text(0.085, 0.9, "loss", ha="right", va="center", fontsize=14, color=INK)
    axes.plot(x[: epoch + 1], training[: epoch + 1], color=BLUE, lw=3)
    axes.plot(x[: epoch + 1], new[: epoch + 1], color=ORANGE, lw=3)
    axes.text(0.64, 0.9, "on training rows", fontsize=15, color=BLUE, va="center")
    axes.text(0.64, 0.83, "on new rows", fontsize=15, color=ORANGE, va="center")
    best = int(NEW[: epoch + 1].argmin())
    if "best" in marks:
        axes.scatter([x[best]], [new[best]], s=150, color=GREEN, zorder=5)
        axes.text(x[best], new[best] + 0.055, f"kept: epoch {best}", ha="center", va="center", fontsize=15, color=GREEN)
    if "patience" in marks:
        axes.annotate("", (x[min(epoch, BEST + 20)], 0.63), (x[best], 0.63), arrowprops={"arrowstyle": "<->", "color": INK, "lw": 2})
        axes.text(x[best] + 0.078, 0.67, "patience 20", ha="center", va="center", fontsize=15, color=INK)
