"""Draw the video attention-of-one-word.webm: where the word "it" looks, from scores to a mixture.

Written by `python scripts/animation.py content/how-language-models-work/media/attention-of-one-word.py`, which says how.
"""

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

from animation import FPS, SIZE

INK, PAPER, BLUE, ORANGE, GREY = "#1e2a4a", "#f7f8fb", "#3b5bdb", "#e8590c", "#adb5bd"
WORDS = ["the", "cat", "sat", "down", "as", "it", "was", "tired"]
HERE = 5
QUERY = np.array([1.0, 2.0])
KEYS = np.array([[0.2, -0.4], [1.2, 1.6], [-0.6, 0.4], [-0.4, -0.2], [0.0, -0.6], [1.0, 0.4]])
VALUES = np.array([0.0, 9.0, 3.0, 1.0, 0.0, 2.0])
SCORES = KEYS @ QUERY
SHARES = np.exp(SCORES) / np.exp(SCORES).sum()

# (seconds, what is drawn, caption)
SCENES = [
    (6, "words", 'What does "it" mean here? The word must look back.\nIt may look at itself and at the words before it.'),
    (6, "query", '"it" asks a question: its query, a list of numbers.\nEach word holds up an answer: its key.'),
    (8, "scores", "Query times key, number by number, added up: the score.\nA large score says: this fits."),
    (8, "shares", "Softmax makes shares of the scores. All are positive,\nand they add up to 1. Most goes to the cat."),
    (9, "values", "Each word also holds a value. They are mixed by the shares:\nthe new number of \"it\" is mostly the cat's."),
    (5, "end", "Every word does this at once, each with its own query.\nThat is attention."),
]
ORDER = [name for _, name, _ in SCENES]


def x_of(word):
    """Return where a word stands, from left to right."""
    return 0.075 + word * 0.1215


def text_at(axes, x, y, text, colour=INK, size=18):
    """Write a text in the middle of a place."""
    axes.text(x, y, text, ha="center", va="center", color=colour, fontsize=size)


def draw_words(axes, scene):
    """Write the sentence; what comes later is grey, the word that asks is framed."""
    for number, word in enumerate(WORDS):
        colour = BLUE if number == HERE else INK if number < HERE else GREY
        text_at(axes, x_of(number), 0.36, word, colour, 24)
    text_at(axes, x_of(HERE), 0.295, "asks", BLUE, 14)
    if scene == "words":
        text_at(axes, x_of(6.5), 0.295, "not yet written", GREY, 14)


def draw_arcs(axes, grown):
    """Draw lines from the word that asks to all that it may see, as thick as their shares."""
    for number in range(HERE):
        across = np.linspace(0, 1, 40)
        x = x_of(HERE) + (x_of(number) - x_of(HERE)) * across
        y = 0.40 + 0.08 * np.sin(np.pi * across) * (HERE - number) / HERE
        axes.plot(x, y, color=ORANGE, lw=1 + 13 * SHARES[number] * grown, alpha=0.25 + 0.6 * SHARES[number] * grown)


def draw_numbers(axes, scene, moved):
    """Draw queries, keys, scores, shares and the mixture, as far as the scene has come."""
    step = ORDER.index(scene)
    if step >= 1:
        text_at(axes, x_of(6.5), 0.94, f"query of it: {QUERY[0]:g}, {QUERY[1]:g}", BLUE, 17)
        for number in range(HERE + 1):
            text_at(axes, x_of(number), 0.83, f"{KEYS[number][0]:g}, {KEYS[number][1]:g}", INK, 14)
        text_at(axes, x_of(6.75), 0.83, "keys", INK, 15)
    if step >= 2:
        shown = int(moved * (HERE + 1) + 0.999) if scene == "scores" else HERE + 1
        for number in range(shown):
            text_at(axes, x_of(number), 0.745, f"{SCORES[number]:.1f}", ORANGE, 17)
        text_at(axes, x_of(6.75), 0.745, "scores", ORANGE, 15)
    if step >= 3:
        for number in range(HERE + 1):
            height = 0.1 * SHARES[number] / SHARES.max() * (moved if scene == "shares" else 1)
            axes.bar(x_of(number), height, 0.05, bottom=0.6, color=ORANGE)
            text_at(axes, x_of(number), 0.575, f"{SHARES[number]:.2f}", INK, 14)
        text_at(axes, x_of(6.75), 0.575, "shares", INK, 15)
    if step >= 4:
        for number in range(HERE + 1):
            text_at(axes, x_of(number), 0.51, f"{VALUES[number]:g}", BLUE, 15)
        text_at(axes, x_of(6.75), 0.51, "values", BLUE, 15)
        text_at(axes, x_of(6.75), 0.655, f"mixture: {SHARES @ VALUES * (moved if scene == 'values' else 1):.1f}", BLUE, 17)


def draw(figure, scene, moved, caption):
    """Draw one frame: `moved` goes from 0 to 1 within the scene."""
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, 1), ylim=(0, 1))
    axes.axis("off")
    draw_words(axes, scene)
    if scene == "shares":
        draw_arcs(axes, moved)
    elif scene in ("values", "end"):
        draw_arcs(axes, 1)
    draw_numbers(axes, scene, moved)
    figure.text(0.5, 0.12, caption, ha="center", va="center", fontsize=18, color=INK, linespacing=1.5)


def frames():
    """Yield every frame as RGBA bytes."""
    figure = plt.figure(figsize=(SIZE[0] / 100, SIZE[1] / 100), dpi=100, facecolor=PAPER)
    for seconds, scene, caption in SCENES:
        drawn = b""
        moving = scene in ("scores", "shares", "values")
        for number in range(seconds * FPS):
            if number == 0 or (moving and number % 3 == 0 and number <= (seconds - 3) * FPS):
                figure.clear()
                draw(figure, scene, number / ((seconds - 3) * FPS), caption)
                figure.canvas.draw()
                drawn = bytes(figure.canvas.buffer_rgba())
            yield drawn
