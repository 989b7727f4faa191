"""Draw the video inverted-index.webm: an index is built once, and a question looks up its words.

Written by `python scripts/animation.py content/search-and-embeddings/media/inverted-index.py`, which says how.
"""

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt

from animation import BLUE, GREEN, GREY, INK, ORANGE

# (seconds, what is shown, caption)
SCENES = [
    (7, "texts", "Three texts, and a question: cold pool?\nTo read every text for every question takes too long."),
    (11, "building", "So a search engine reads them ONCE, and notes for each word\nin which texts it stands. That's the index."),
    (8, "looking", "A question only looks up its own words:\ncold stands in text 2, pool in the texts 1 and 2."),
    (9, "scores", "A rare word counts more: cold is in one text of three.\nEach text gets the weights of the words that it holds."),
    (7, "ranking", "Text 2 holds both words and comes first.\nText 3 holds none, and nobody had to read it."),
]
TEXTS = ["the pool opens at seven", "the pool is cold today", "dogs stay at home"]
WEIGHTS = {"cold": 0.98, "pool": 0.47}  # log(1 + (3 - n + 0.5) / (n + 0.5)) for words that n of 3 texts hold
WORDS = sorted({word for text in TEXTS for word in text.split()})
LOOKED_UP = ("looking", "scores", "ranking")


def draw_texts(axes, state):
    """Draw the three texts, and their scores once they have some."""
    for place, text in enumerate(TEXTS):
        y = 0.84 - 0.17 * place
        held = sum(weight for word, weight in WEIGHTS.items() if word in text.split())
        first = state == "ranking" and place == 1
        axes.add_patch(plt.Rectangle((0.04, y - 0.055), 0.36, 0.11, facecolor="white", edgecolor=ORANGE if first else BLUE, lw=4 if first else 1.8))
        axes.text(0.06, y, f"{place + 1}  {text}", fontsize=14, va="center", color=INK)
        if state in ("scores", "ranking"):
            axes.text(0.43, y, f"{held:.2f}", fontsize=16, va="center", color=ORANGE if held else GREY)


def draw(axes, state, moved):
    """Draw the texts, the question, and as much of the index as there is."""
    draw_texts(axes, state)
    axes.text(0.06, 0.3, "question:", fontsize=15, color=GREY, va="center")
    axes.text(0.17, 0.3, "cold pool", fontsize=18, color=GREEN, va="center", family="monospace")
    if state == "texts":
        return
    axes.text(0.7, 0.94, "the index", fontsize=15, color=GREY, ha="center")
    shown = round(len(WORDS) * moved) if state == "building" else len(WORDS)
    for place, word in enumerate(WORDS[:shown]):
        y = 0.885 - 0.058 * place
        holding = [str(number + 1) for number, text in enumerate(TEXTS) if word in text.split()]
        asked = state in LOOKED_UP and word in WEIGHTS
        colour = GREEN if asked else GREY if state in LOOKED_UP else INK
        axes.text(0.58, y, word, fontsize=15, va="center", color=colour, family="monospace")
        axes.text(0.72, y, ", ".join(holding), fontsize=15, va="center", color=colour, family="monospace")
        if asked and state != "looking":
            axes.text(0.84, y, f"weight {WEIGHTS[word]:.2f}", fontsize=14, va="center", color=ORANGE)
