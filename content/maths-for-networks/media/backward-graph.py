"""Draw the video backward-graph.webm: a loss as a graph, forwards with values and backwards with slopes.

Written by `python scripts/animation.py content/maths-for-networks/media/backward-graph.py`, which says how.
"""

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt

from animation import FPS, SIZE

INK, PAPER, BLUE, ORANGE, GREY = "#1e2a4a", "#f7f8fb", "#3b5bdb", "#e8590c", "#adb5bd"

#: name: (x, y, what it does, value, slope)
NODES = {
    "w": (0.08, 0.86, "w", 2, 12),
    "x": (0.08, 0.58, "x", 3, 8),
    "p": (0.30, 0.74, "w · x", 6, 4),
    "b": (0.30, 0.455, "b", 1, 4),
    "s": (0.52, 0.62, "p + b", 7, 4),
    "y": (0.52, 0.335, "y", 5, -4),
    "e": (0.72, 0.52, "s − y", 2, 4),
    "L": (0.92, 0.52, "e²", 4, 1),
}
EDGES = [("w", "p"), ("x", "p"), ("p", "s"), ("b", "s"), ("s", "e"), ("y", "e"), ("e", "L")]
FORWARD = ["w", "x", "b", "y", "p", "s", "e", "L"]
BACKWARD = ["L", "e", "s", "y", "p", "b", "w", "x"]

# (seconds, values shown from and to, slopes shown from and to, caption)
SCENES = [
    (6, (0, 4), (0, 0), "The loss L = (w · x + b − y)² in small steps.\nFour numbers come in."),
    (8, (4, 8), (0, 0), "Forwards: each node computes its value from those before it.\nAt the end stands the loss, 4."),
    (5, (8, 8), (0, 1), "Backwards: how much does L change with each number?\nWith itself as much as it does: 1."),
    (7, (8, 8), (1, 2), "e² has the slope 2 · e. So to e goes 1 times 2 · 2,\nwhich is 4."),
    (7, (8, 8), (2, 4), "Minus hands 4 on to s, and −4 to y,\nwhich is taken away."),
    (6, (8, 8), (4, 6), "Plus hands its 4 on to both, as it is."),
    (8, (8, 8), (6, 8), "Times hands it on, times the other input:\n4 · 3 to w, and 4 · 2 to x."),
    (5, (8, 8), (8, 8), "One pass backwards, and every slope is known.\nTurn w up a little, and L grows twelve times as much."),
]


def draw_graph(axes, values, slopes):
    """Draw nodes and edges, with the first `values` numbers and the first `slopes` slopes."""
    known, told = set(FORWARD[:values]), set(BACKWARD[:slopes])
    for start, end in EDGES:
        x, y = NODES[start][:2]
        to_x, to_y = NODES[end][:2]
        colour = ORANGE if start in told and end in told else INK if end in known else GREY
        axes.plot([x, to_x], [y, to_y], color=colour, lw=3 if colour == ORANGE else 1.8, zorder=1)
    for name, (x, y, does, value, slope) in NODES.items():
        colour = BLUE if name in known else GREY
        axes.scatter([x], [y], s=2600, color=PAPER, edgecolors=ORANGE if name in told else colour, linewidths=2.5, zorder=2)
        shown = str(value) if name in known else "?"
        axes.text(x, y, shown, ha="center", va="center", fontsize=20, color=colour, zorder=3)
        axes.text(x, y + 0.095, does if does == name else f"{name} = {does}", ha="center", fontsize=14, color=INK, zorder=3)
        if name in told:
            axes.text(x, y - 0.112, f"slope {slope}".replace("-", "−"), ha="center", fontsize=15, color=ORANGE, zorder=3)


def draw(figure, scene, moved):
    """Draw one frame: `moved` goes from 0 to 1 within the scene."""
    _, values, slopes, caption = scene
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, 1), ylim=(0, 1))
    axes.axis("off")
    now = [first + min(int(moved * (last - first) + 1), last - first) for first, last in (values, slopes)]
    draw_graph(axes, *now)
    figure.text(0.5, 0.11, caption, ha="center", va="center", fontsize=18, color=INK, linespacing=1.5)


def frames():
    """Yield every frame as RGBA bytes."""
    figure = plt.figure(figsize=(SIZE[0] / 100, SIZE[1] / 100), dpi=100, facecolor=PAPER)
    for scene in SCENES:
        drawn = b""
        for number in range(scene[0] * FPS):
            if number <= (scene[0] - 2) * FPS and number % (FPS // 2) == 0:
                figure.clear()
                draw(figure, scene, number / ((scene[0] - 2) * FPS))
                figure.canvas.draw()
                drawn = bytes(figure.canvas.buffer_rgba())
            yield drawn
