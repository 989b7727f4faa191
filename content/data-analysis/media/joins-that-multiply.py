"""Draw the video joins-that-multiply.webm: a join whose key is not unique.

Needs matplotlib and ffmpeg (with VP9): python joins-that-multiply.py
"""

import subprocess
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt

FPS = 12
SIZE = (960, 540)
INK, PAPER, BLUE, ORANGE, GREEN, GREY = "#1e2a4a", "#f7f8fb", "#3b5bdb", "#e8590c", "#2b8a3e", "#adb5bd"

# (seconds, what is shown, caption)
SCENES = [
    (6, ('plain', 'none', False, 'inner'), 'Four orders, and a list of prices.\nThe key is the item.'),
    (8, ('plain', 'growing', True, 'inner'), 'A join makes a row for each PAIR with the same key.\nThree orders find a price. The nut finds none, and is lost.'),
    (7, ('plain', 'all', True, 'left'), 'how="left" keeps every order.\nWhere no price is found, it stays missing.'),
    (7, ('doubled', 'none', False, 'inner'), 'Now somebody has added a second price for tea,\nand nobody noticed.'),
    (9, ('doubled', 'growing', True, 'inner'), 'Each order of tea meets both prices: 2 times 2 pairs.\nFive rows come out of four orders, without any error.'),
    (7, ('doubled', 'all', True, 'inner'), 'Each tea is counted twice in every sum from here on.\nmerge(..., validate="many_to_one") would have refused.'),
]


ORDERS = [("mo", "tea"), ("tu", "tea"), ("tu", "jam"), ("we", "nut")]
PRICES = [("tea", "2.50"), ("jam", "4.00")]
DOUBLED = [("tea", "2.50"), ("tea", "2.70"), ("jam", "4.00")]


def draw_rows(axes, x, title, rows, colour, count):
    """Draw a small table with its title; return the height of each row."""
    axes.text(x, 0.9, title, fontsize=17, color=colour, va="center")
    heights = []
    for place, row in enumerate(rows[:count]):
        y = 0.81 - 0.072 * place
        axes.add_patch(plt.Rectangle((x - 0.012, y - 0.032), 0.2, 0.062, facecolor="white", edgecolor=colour, lw=1.8))
        axes.text(x, y, "   ".join(row), fontsize=14, va="center", color=INK, family="monospace")
        heights.append(y)
    return heights


def draw(axes, state, moved):
    """Draw both tables, lines between rows with the same key, and the rows that come out."""
    prices, pairs_shown, result_shown, kind = state
    right = DOUBLED if prices == "doubled" else PRICES
    lefts = draw_rows(axes, 0.05, "orders", ORDERS, BLUE, 4)
    rights = draw_rows(axes, 0.4, "prices", right, GREEN, 4)
    pairs = [(a, b) for a, order in enumerate(ORDERS) for b, price in enumerate(right) if order[1] == price[0]]
    shown = round(len(pairs) * moved) if pairs_shown == "growing" else len(pairs) if pairs_shown == "all" else 0
    for a, b in pairs[:shown]:
        colour = ORANGE if sum(a == other for other, _ in pairs) > 1 else INK
        axes.plot([0.24, 0.386], [lefts[a], rights[b]], color=colour, lw=2.2)
    if result_shown:
        made = [(*ORDERS[a], right[b][1]) for a, b in pairs[:shown]]
        if kind == "left":
            made.append(("we", "nut", "NaN"))
        draw_rows(axes, 0.73, f"result: {len(made)} rows", made, ORANGE if len(made) > len(ORDERS) else INK, 6)


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
