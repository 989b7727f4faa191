"""Animations for the content: scenes with captions, drawn with matplotlib and written as a video beside their script.

    python scripts/animation.py content/sql/media/running-sum.py

A script has `SCENES`, a list of (seconds, state, caption), and `draw(axes, state, moved)`, which draws a state into a
field of 1 by 1. The lowest fifth belongs to the caption. `moved` goes from 0 to 1 while a scene moves, and stays 1 in
its last two seconds. A script that has a `frames` of its own yields the pictures itself.
Needs matplotlib and ffmpeg (with VP9), which are no dependencies of the product.
"""

import importlib
import importlib.util
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import IO, Any, cast

FPS = 12
SIZE = (960, 540)  # pixels
STILL_S = 2  # a scene stands still at its end, to be read
INK, PAPER, BLUE, ORANGE, GREEN, GREY = "#1e2a4a", "#f7f8fb", "#3b5bdb", "#e8590c", "#2b8a3e", "#adb5bd"

Scene = tuple[int, Any, str]


def frames(scenes: Sequence[Scene], draw: Callable[[Any, Any, float], None]) -> Iterator[bytes]:
    """Yield every frame as RGBA bytes."""
    importlib.import_module("matplotlib").use("Agg")
    figure = importlib.import_module("matplotlib.pyplot").figure(
        figsize=(SIZE[0] / 100, SIZE[1] / 100), dpi=100, facecolor=PAPER
    )
    for seconds, state, caption in scenes:
        drawn, moving = b"", (seconds - STILL_S) * FPS
        for number in range(seconds * FPS):
            if number == 0 or (number <= moving and number % 2 == 0):
                figure.clear()
                axes = figure.add_axes((0, 0, 1, 1))
                axes.set(xlim=(0, 1), ylim=(0, 1))
                axes.axis("off")
                draw(axes, state, min(1, 2 * number / moving))
                axes.text(0.5, 0.1, caption, ha="center", va="center", fontsize=18, color=INK, linespacing=1.5)
                figure.canvas.draw()
                drawn = bytes(figure.canvas.buffer_rgba())
            yield drawn


def captions(scenes: Sequence[Scene]) -> str:
    """Return the captions of the scenes as WebVTT."""
    blocks, begin = ["WEBVTT"], 0
    for seconds, _, caption in scenes:
        blocks.append(f"{_clock(begin)} --> {_clock(begin + seconds)}\n{caption}")
        begin += seconds
    return "\n\n".join(blocks) + "\n"


def _clock(seconds: int) -> str:
    return f"{seconds // 60:02}:{seconds % 60:02}.000"


def write(pictures: Iterator[bytes], target: Path, ffmpeg: str = "ffmpeg") -> None:
    """Write frames as a video."""
    command = [
        ffmpeg,
        "-y",
        "-loglevel",
        "error",
        "-f",
        "rawvideo",
        "-pix_fmt",
        "rgba",
        "-s",
        f"{SIZE[0]}x{SIZE[1]}",
        "-r",
        str(FPS),
        "-i",
        "-",
    ]
    command += ["-c:v", "libvpx-vp9", "-crf", "34", "-b:v", "0", "-pix_fmt", "yuv420p", str(target)]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as encoder:
        pipe = cast("IO[bytes]", encoder.stdin)
        for picture in pictures:
            pipe.write(picture)
        pipe.close()


def _load(script: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("animation_script", script)
    if spec is None or spec.loader is None:
        raise FileNotFoundError(script)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def main(script: Path) -> None:
    """Draw a script's video; a script without frames of its own gets its captions, too."""
    module = _load(script)
    if hasattr(module, "frames"):
        write(module.frames(), script.with_suffix(".webm"))
        return
    script.with_suffix(".vtt").write_text(captions(module.SCENES), encoding="utf-8")
    write(frames(module.SCENES, module.draw), script.with_suffix(".webm"))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
