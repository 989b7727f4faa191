"""Tells a person what happens, step by step, with timings."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console


class Narrator:
    """Numbers the steps and prints what each of them found."""

    def __init__(self, console: Console) -> None:
        """Write to `console`."""
        self._console = console
        self._steps = 0

    @contextmanager
    def step(self, title: str) -> Iterator[None]:
        """Announce a step, and say how long it took."""
        self._steps += 1
        started = time.perf_counter()
        self._console.print(f"[bold]{self._steps:2}. {title}[/bold]")
        yield
        self._console.print(f"    [dim]{time.perf_counter() - started:.2f} s[/dim]")

    def tell(self, text: str) -> None:
        """Print one finding."""
        for line in text.strip().splitlines():
            self._console.print(f"    {line}", markup=False, highlight=False)
