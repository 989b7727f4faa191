"""Draw the video event-loop.webm: a short program, what runs, and the two queues that wait for it to end.

Written by `python scripts/animation.py content/javascript-foundations/media/event-loop.py`, which says how.
"""

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt

from animation import BLUE, GREEN, GREY, INK, ORANGE


CODE = [
    'setTimeout(() => log("4 timer"), 0);',
    'Promise.resolve().then(() => log("3 promise"));',
    'log("1 first");',
    'log("2 second");',
]
TIMER, PROMISE = "4 timer", "3 promise"
PROGRAM = "the program"

# (seconds, (line that runs, what runs, microtasks, tasks, what was printed, which box is new), caption)
SCENES = [
    (6, (None, [PROGRAM], [], [], [], None), "One thing runs at a time. Two queues wait for it to end:\none for promises, one for timers and clicks."),
    (6, (0, [PROGRAM, "setTimeout"], [], [TIMER], [], "tasks"), "setTimeout only orders: after 0 milliseconds\nits function stands in the queue of the timers."),
    (6, (1, [PROGRAM, "then"], [PROMISE], [TIMER], [], "micro"), "The promise has its value already.\nSo its function goes into the queue of the promises."),
    (6, (2, [PROGRAM, "log"], [PROMISE], [TIMER], ["1 first"], "out"), "log runs at once.\nWhat waits in the queues has to wait."),
    (5, (3, [PROGRAM, "log"], [PROMISE], [TIMER], ["1 first", "2 second"], "out"), "The last line, too.\nThen the program has come to its end."),
    (7, (None, [], [PROMISE], [TIMER], ["1 first", "2 second"], None), "Nothing runs: the event loop takes the next piece of work.\nThe promises come first, until none is left."),
    (6, (None, ["the promise's function"], [], [TIMER], ["1 first", "2 second", "3 promise"], "out"), "So the promise speaks before the timer,\nthough the timer was set first."),
    (6, (None, ["the timer's function"], [], [], ["1 first", "2 second", "3 promise", "4 timer"], "out"), "Only now it's the turn of one timer.\nAfter it, the promises are looked at again."),
    (6, (None, [], [], [], ["1 first", "2 second", "3 promise", "4 timer"], None), "A long loop in the program would hold up all of it:\nno promise and no click comes in between."),
]


def box(axes, left, bottom, width, height, title, colour):
    """Draw an empty box with its title above."""
    axes.add_patch(plt.Rectangle((left, bottom), width, height, facecolor="white", edgecolor=colour, linewidth=2.5))
    axes.text(left, bottom + height + 0.025, title, fontsize=14, color=colour, va="center")


def cards(axes, left, bottom, texts, colour, shift):
    """Draw a stack of cards, the oldest at the bottom; the newest comes down by `shift`."""
    for place, text in enumerate(texts):
        y = bottom + 0.062 * place + (shift if place == len(texts) - 1 else 0)
        axes.add_patch(plt.Rectangle((left, y), 0.36, 0.052, facecolor=colour, alpha=0.18, edgecolor="none"))
        axes.text(left + 0.01, y + 0.026, text, fontsize=14, family="monospace", color=INK, va="center")


def draw(axes, state, moved):
    """Draw the program with its running line, the three places, and what was printed so far."""
    line, running, micro, tasks, printed, new = state
    fall = 0.05 * (1 - moved)
    for number, text in enumerate(CODE):
        y = 0.9 - 0.07 * number
        if number == line:
            axes.add_patch(plt.Rectangle((0.02, y - 0.032), 0.5, 0.064, facecolor=ORANGE, alpha=0.3, edgecolor="none"))
        axes.text(0.03, y, text, fontsize=12, family="monospace", color=INK, va="center")
    box(axes, 0.56, 0.74, 0.4, 0.15, "runs now", BLUE)
    cards(axes, 0.58, 0.755, running, BLUE, 0)
    box(axes, 0.56, 0.5, 0.4, 0.15, "promises (microtasks)", GREEN)
    cards(axes, 0.58, 0.515, micro, GREEN, fall if new == "micro" else 0)
    box(axes, 0.56, 0.26, 0.4, 0.15, "timers, clicks (tasks)", ORANGE)
    cards(axes, 0.58, 0.275, tasks, ORANGE, fall if new == "tasks" else 0)
    box(axes, 0.03, 0.26, 0.4, 0.27, "printed", GREY)
    for number, text in enumerate(printed):
        is_new = new == "out" and number == len(printed) - 1
        axes.text(0.05, 0.485 - 0.062 * number, text, fontsize=14, family="monospace", color=INK, va="center", alpha=moved if is_new else 1)
