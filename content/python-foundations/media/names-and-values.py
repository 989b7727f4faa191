"""Draw the video names-and-values.webm: one line of a program at a time, and the names and values after it.

Written by `python scripts/animation.py content/python-foundations/media/names-and-values.py`, which says how.
"""

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt

from matplotlib.patches import Ellipse, FancyArrowPatch, FancyBboxPatch

from animation import BLUE, FPS, INK, ORANGE, PAPER, SIZE

PROGRAM = ["price = 20", "old_price = price", "price = price + 5", "print(old_price)"]

# (seconds, active line or None, names -> value key, caption)
SCENES = [
    (4, None, {}, "What happens inside Python\nwhen a program runs? Let us watch."),
    (6, 0, {"price": "20"}, "Line 1. The right side is worked out first: 20.\nThen the name price is tied to that value."),
    (6, 1, {"price": "20", "old_price": "20"}, "Line 2. What does price stand for? The value 20.\nNow old_price is tied to the same value."),
    (6, 2, {"price": "20", "old_price": "20", "": "25"}, "Line 3. The right side first again:\n20 + 5 makes a new value, 25."),
    (6, 2, {"price": "25", "old_price": "20"}, "Then the name price moves to 25.\nNothing happened to old_price."),
    (6, 3, {"price": "25", "old_price": "20"}, "Line 4 prints 20.\nA name is a label on a value, not a box with a copy."),
    (8, None, {"price": "25", "old_price": "20"}, "Remember: work out the right side,\nthen move the label on the left."),
]
NAME_Y = {"price": 0.66, "old_price": 0.40}
VALUE_Y = {"20": 0.53, "25": 0.74}


def ease(share):
    """Return a share from 0 to 1 that starts and ends slowly."""
    share = min(max(share, 0.0), 1.0)
    return share * share * (3 - 2 * share)


def draw_program(axes, active):
    """Draw the four lines of the program, the active one highlighted."""
    for index, line in enumerate(PROGRAM):
        y = 0.78 - index * 0.12
        if index == active:
            axes.add_patch(FancyBboxPatch((0.035, y - 0.04), 0.41, 0.08, boxstyle="round,pad=0.005", fc="#ffe8cc", ec="none"))
        axes.text(0.05, y, f"{index + 1}  {line}", family="monospace", fontsize=19, color=INK, va="center")


def draw_value(axes, value, alpha):
    """Draw one value in a circle."""
    y = VALUE_Y[value]
    axes.add_patch(Ellipse((0.88, y), 0.085, 0.15, fc="#ffe8cc", ec=ORANGE, lw=2.5, alpha=alpha))
    axes.text(0.88, y, value, fontsize=20, color=INK, ha="center", va="center", weight="bold", alpha=alpha)


def draw_name(axes, name, target_y, alpha):
    """Draw one name and its arrow to the height of its value."""
    y = NAME_Y[name]
    box = FancyBboxPatch((0.55, y - 0.045), 0.15, 0.09, boxstyle="round,pad=0.008", fc="white", ec=BLUE, lw=2.5, alpha=alpha)
    axes.add_patch(box)
    axes.text(0.625, y, name, family="monospace", fontsize=17, color=INK, ha="center", va="center", alpha=alpha)
    axes.add_patch(
        FancyArrowPatch((0.715, y), (0.82, target_y), arrowstyle="-|>", mutation_scale=20, lw=2.5, color=BLUE, alpha=alpha)
    )


def draw_memory(axes, before, after, share):
    """Draw names and values on their way from one state to the next."""
    values = {value: 1.0 if value in before.values() else share for value in after.values()}
    for value, alpha in values.items():
        draw_value(axes, value, alpha)
    for name, value in after.items():
        if name:
            start = VALUE_Y[before.get(name, value)]
            draw_name(axes, name, start + (VALUE_Y[value] - start) * share, 1.0 if name in before else share)


def frames():
    """Yield every frame as RGBA bytes."""
    figure = plt.figure(figsize=(SIZE[0] / 100, SIZE[1] / 100), dpi=100, facecolor=PAPER)
    before: dict[str, str] = {}
    for seconds, active, after, caption in SCENES:
        drawn = b""
        for number in range(seconds * FPS):
            share = ease(number / FPS)
            if number > FPS:
                yield drawn
                continue
            figure.clear()
            axes = figure.add_axes((0, 0, 1, 1))
            axes.set(xlim=(0, 1), ylim=(0, 1))
            axes.axis("off")
            draw_program(axes, active)
            draw_memory(axes, before, after, share)
            axes.text(0.5, 0.13, caption, fontsize=18, color=INK, ha="center", va="center", linespacing=1.5)
            if active == 3:
                axes.text(0.05, 0.30, "20", family="monospace", fontsize=19, color=ORANGE, va="center", alpha=share)
            figure.canvas.draw()
            drawn = bytes(figure.canvas.buffer_rgba())
            yield drawn
        before = {name: value for name, value in after.items() if name} | {value: value for value in after.values()}
