"""Draw the video call-stack.webm: functions that call each other, and an error that goes back through them.

Written by `python scripts/animation.py content/python-foundations/media/call-stack.py`, which says how.
"""

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt

from animation import BLUE, INK, ORANGE

# (seconds, what is shown, caption)
SCENES = [
    (6, ([7], [('the program', '')], [], False), 'Each call of a function gets a frame:\na place for its own names. At the bottom is the program.'),
    (6, ([7, 5], [('the program', ''), ('bill', 'prices = [8, 4]  people = 2')], [], False), 'bill is called: its frame goes on top.\nThe program below waits.'),
    (6, ([7, 5, 1], [('the program', ''), ('bill', 'total = 12  people = 2'), ('share', 'total = 12  people = 2')], [], False), 'bill calls share. Its "total" is another name\nthan the one of bill, in another frame.'),
    (6, ([7, 5], [('the program', ''), ('bill', 'gets 6.0')], [], False), 'share returns 6.0: its frame is gone, and its names too.\nbill goes on where it waited.'),
    (6, ([8, 5, 1], [('the program', ''), ('bill', 'total = 12  people = 0'), ('share', 'total = 12  people = 0')], [], True), 'The second bill, with 0 people.\nThe division fails, in the frame on top.'),
    (9, ([8, 5, 1], [('the program', ''), ('bill', 'total = 12  people = 0'), ('share', 'total = 12  people = 0')], ['line 9, in <module>', 'line 6, in bill', 'line 2, in share', 'ZeroDivisionError: division by zero'], True), 'The traceback is the stack, written down:\nfirst the program, last the place where it broke.'),
    (7, ([8, 5], [('the program', ''), ('bill', 'total = 12  people = 0')], ['line 9, in <module>', 'line 6, in bill', 'line 2, in share', 'ZeroDivisionError: division by zero'], True), 'Nobody in share catches the error, so its frame goes.\nNobody in bill does, and so on: the program ends.'),
]


CODE = [
    "def share(total, people):",
    "    return total / people",
    "",
    "def bill(prices, people):",
    "    total = sum(prices)",
    "    return share(total, people)",
    "",
    "print(bill([8, 4], 2))",
    "print(bill([8, 4], 0))",
]


def draw(axes, state, moved):
    """Draw the program with the running lines marked, the stack of calls, and the traceback so far."""
    marked, stack, told, wrong = state
    for number, line in enumerate(CODE):
        y = 0.92 - 0.06 * number
        if number in marked:
            colour = ORANGE if number == marked[-1] else "#ffd8a8"
            axes.add_patch(plt.Rectangle((0.02, y - 0.027), 0.44, 0.054, facecolor=colour, alpha=0.35, edgecolor="none"))
        axes.text(0.03, y, line, fontsize=14, family="monospace", color=INK, va="center")
    for place, (name, values) in enumerate(stack):
        top = place == len(stack) - 1
        y = 0.3 + 0.17 * place + (0.08 * (1 - moved) if top else 0)
        edge = ORANGE if wrong and top else BLUE
        axes.add_patch(plt.Rectangle((0.54, y), 0.42, 0.15, facecolor="white", edgecolor=edge, linewidth=2.5))
        axes.text(0.56, y + 0.105, name, fontsize=16, color=edge, va="center")
        axes.text(0.56, y + 0.045, values, fontsize=14, color=INK, va="center", family="monospace")
    for place, line in enumerate(told):
        axes.text(0.03, 0.34 - 0.045 * place, line, fontsize=12, family="monospace", color=ORANGE, va="center")
