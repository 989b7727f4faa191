"""Draw the video event-loop.webm: a short program, what runs, and the two queues that wait for it to end.

Needs matplotlib and ffmpeg (with VP9): python event-loop.py
"""

import subprocess
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt

FPS = 12
SIZE = (960, 540)
INK, PAPER, BLUE, ORANGE, GREEN, GREY = "#1e2a4a", "#f7f8fb", "#3b5bdb", "#e8590c", "#2b8a3e", "#adb5bd"

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


def frames():
    """Yield every frame as RGBA bytes; a scene moves during its first part and then stands for two seconds."""
    figure = plt.figure(figsize=(SIZE[0] / 100, SIZE[1] / 100), dpi=100, facecolor=PAPER)
    for scene in SCENES:
        drawn = b""
        moving = (scene[0] - 2) * FPS
        for number in range(scene[0] * FPS):
            if number == 0 or (number <= moving and number % 2 == 0):
                figure.clear()
                axes = figure.add_axes((0, 0, 1, 1))
                axes.set(xlim=(0, 1), ylim=(0, 1))
                axes.axis("off")
                draw(axes, scene[1], min(1, 2 * number / moving))
                axes.text(0.5, 0.1, scene[2], ha="center", va="center", fontsize=18, color=INK, linespacing=1.5)
                figure.canvas.draw()
                drawn = bytes(figure.canvas.buffer_rgba())
            yield drawn


def main():
    """Write the video beside this file."""
    target = Path(__file__).with_suffix(".webm")
    command = ["ffmpeg", "-y", "-loglevel", "error", "-f", "rawvideo", "-pix_fmt", "rgba", "-s", f"{SIZE[0]}x{SIZE[1]}"]
    command += ["-r", str(FPS), "-i", "-", "-c:v", "libvpx-vp9", "-crf", "34", "-b:v", "0", "-pix_fmt", "yuv420p", str(target)]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as encoder:
        for frame in frames():
            encoder.stdin.write(frame)
        encoder.stdin.close()


if __name__ == "__main__":
    main()
