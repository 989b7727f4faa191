"""Draw the video learning-rates.webm: three learning rates walk down the same parabola.

Written by `python scripts/animation.py content/neural-networks/media/learning-rates.py`, which says how.
"""

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

from animation import FPS, SIZE

INK, PAPER = "#1e2a4a", "#f7f8fb"
START, BEST = -3.2, 1.0

# (seconds, rate or None, steps, colour, caption)
SCENES = [
    (5, None, 0, INK, "The loss L(w) = (w - 1)², and a start at w = -3.2.\nThe gradient is 2 (w - 1): negative here, so w must grow."),
    (9, 0.03, 16, "#3b5bdb", "Learning rate 0.03: every step goes the right way,\nbut after 16 steps it is still far from the valley."),
    (9, 0.3, 16, "#2b8a3e", "Learning rate 0.3: large steps where it is steep, small ones\nwhere it is flat. At the bottom after a few."),
    (9, 1.03, 16, "#c92a2a", "Learning rate 1.03: each step jumps over the valley\nand lands higher on the other side. It never comes back."),
    (8, "all", 16, INK, "The same hill, the same start, the same gradient.\nOnly the length of the step decides."),
]


def path(rate, steps):
    """Return the positions of gradient descent, the start first."""
    positions = [START]
    for _ in range(steps):
        positions.append(positions[-1] - rate * 2 * (positions[-1] - BEST))
    return np.array(positions)


def draw_hill(axes):
    """Draw the parabola and its axes."""
    w = np.linspace(-6, 8, 300)
    axes.plot(w, (w - BEST) ** 2, color="#adb5bd", lw=3, zorder=1)
    axes.set(xlim=(-6, 8), ylim=(-2, 46), xlabel="w", ylabel="loss")
    axes.spines[["top", "right"]].set_visible(False)
    axes.set_facecolor(PAPER)


def draw_path(axes, rate, colour, shown):
    """Draw the first `shown` steps of a walk; a fraction is a step under way."""
    positions = path(rate, 16)
    whole = int(shown)
    corners = np.column_stack([positions, (positions - BEST) ** 2])
    reached = list(corners[: whole + 1])
    if whole < 16:
        reached.append(corners[whole] + (corners[whole + 1] - corners[whole]) * (shown - whole))
    points, losses = np.array(reached).T
    axes.plot(points, losses, color=colour, lw=1.2, alpha=0.6, zorder=2)
    axes.scatter(points[:-1], losses[:-1], color=colour, s=40, alpha=0.5, zorder=3)
    axes.scatter(points[-1:], losses[-1:], color=colour, s=160, zorder=4)


def draw(figure, scene, seconds):
    """Draw the frame at some seconds of a scene."""
    length, rate, steps, colour, caption = scene
    axes = figure.add_axes((0.08, 0.3, 0.88, 0.66))
    draw_hill(axes)
    shown = min(seconds / (length - 2.5), 1.0) * steps
    if rate is None:
        axes.scatter([START], [(START - BEST) ** 2], color=colour, s=160, zorder=4)
    elif rate == "all":
        for _, one, _, its_colour, _ in SCENES[1:4]:
            draw_path(axes, one, its_colour, shown)
    else:
        draw_path(axes, rate, colour, shown)
        now = (path(rate, steps)[int(shown)] - BEST) ** 2
        axes.text(0.5, 0.9, f"step {int(shown)}, loss {now:.2f}", transform=axes.transAxes, ha="center", fontsize=17, color=colour, backgroundcolor=PAPER)
    figure.text(0.5, 0.1, caption, ha="center", va="center", fontsize=17, color=INK, linespacing=1.5)


def frames():
    """Yield every frame as RGBA bytes."""
    figure = plt.figure(figsize=(SIZE[0] / 100, SIZE[1] / 100), dpi=100, facecolor=PAPER)
    for scene in SCENES:
        drawn = b""
        for number in range(scene[0] * FPS):
            moving = scene[1] is not None and number <= (scene[0] - 2) * FPS
            if number == 0 or moving:
                figure.clear()
                draw(figure, scene, number / FPS)
                figure.canvas.draw()
                drawn = bytes(figure.canvas.buffer_rgba())
            yield drawn
