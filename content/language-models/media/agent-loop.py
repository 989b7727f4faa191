"""Draw the video agent-loop.webm: a list of messages that grows between a program and a model.

Written by `python scripts/animation.py content/language-models/media/agent-loop.py`, which says how.
"""

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt

from animation import BLUE, GREEN, GREY, INK, ORANGE

# (seconds, (messages shown, who acts), caption)
SCENES = [
    (7, (1, "program"), "The program sends its whole list of messages to the model.\nSo far there is one: the question."),
    (8, (2, "model"), "The model can do nothing by itself. It answers with a call:\nthe name of a tool and arguments, both as text."),
    (8, (3, "program"), "The PROGRAM looks whether there is such a tool, runs it,\nand appends the result."),
    (8, (4, "model"), "It sends everything again. The model sees the result,\nand asks for the next tool."),
    (8, (5, "program"), "Watering is risky, so the program asks a person first.\nOnly after a yes does anything happen."),
    (8, (6, "model"), "Now the model answers with a text, and the loop ends.\nA limit ends it, too, if the model never does."),
]
MESSAGES = [
    ("user", "Look after bed 1"),
    ("assistant", "call: moisture(bed=1)"),
    ("tool", '{"result": 12}'),
    ("assistant", "call: water(bed=1)"),
    ("tool", '{"result": "done"}'),
    ("assistant", "Bed 1 was dry, so I watered it."),
]
COLOURS = {"user": INK, "assistant": BLUE, "tool": GREEN}


def box(axes, x, title, is_active, colour):
    """Draw who takes part."""
    axes.add_patch(plt.Rectangle((x, 0.45), 0.15, 0.2, facecolor="white", edgecolor=colour if is_active else GREY, lw=4 if is_active else 1.5))
    axes.text(x + 0.075, 0.55, title, fontsize=17, ha="center", va="center", color=colour if is_active else GREY)


def draw(axes, state, moved):
    """Draw the program, the model, and the list of messages between them."""
    count, who = state
    box(axes, 0.03, "program", who == "program", GREEN)
    box(axes, 0.82, "model", who == "model", BLUE)
    axes.text(0.5, 0.94, "the list of messages", fontsize=15, ha="center", color=GREY)
    for place, (role, text) in enumerate(MESSAGES[:count]):
        y, is_new = 0.86 - 0.115 * place, place == count - 1
        shift = (1 - moved) * (0.25 if role == "assistant" else -0.25) if is_new else 0
        axes.add_patch(plt.Rectangle((0.24 + shift, y - 0.045), 0.52, 0.09, facecolor="white", edgecolor=COLOURS[role], lw=3 if is_new else 1.2))
        axes.text(0.26 + shift, y, role, fontsize=13, va="center", color=COLOURS[role])
        axes.text(0.385 + shift, y, text, fontsize=13, va="center", color=INK, family="monospace")
    if count == 5:
        axes.text(0.105, 0.72, "asked: yes", fontsize=15, ha="center", color=ORANGE)
