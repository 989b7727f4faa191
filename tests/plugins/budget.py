"""How long each folder of tests took, beside what it may take: printed at the end of a run, and nothing fails for it.

A folder that grows over its budget shows in the same run that made it grow.
"""

from collections import defaultdict
from collections.abc import Mapping
from pathlib import PurePosixPath

import pytest

#: seconds of one worker on two cores that have nothing else to do
BUDGETS_S: Mapping[str, int] = {
    "tests/unit": 120,
    "tests/integration": 1000,
    "tests/acceptance": 560,
    "tests/security": 330,
    "tests/browser": 640,
}
#: a run of fewer tests says nothing about a folder
MIN_TESTS = 200


class Stopwatch:
    """Adds up what tests took, of all workers."""

    def __init__(self) -> None:
        """Begin at nought."""
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self.tests: set[str] = set()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count one phase of a test: its setup, the test itself or its teardown."""
        self.tests.add(report.nodeid)
        self.seconds[folder_of(report.nodeid)] += report.duration

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Print the table, above the closing line."""
        if len(self.tests) < MIN_TESTS:
            return
        terminalreporter.section("seconds per folder, of all workers, and the budget")
        for line in table(self.seconds):
            terminalreporter.write_line(line)


def pytest_configure(config: pytest.Config) -> None:
    """Measure where the reports of all workers arrive."""
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Stopwatch())


def folder_of(nodeid: str) -> str:
    """Return the first two folders of a test's address."""
    return "/".join(PurePosixPath(nodeid.partition("::")[0]).parts[:2])


def table(seconds: Mapping[str, float]) -> list[str]:
    """Return a line per folder, the slowest first; one over its budget is marked."""
    lines = []
    for folder, spent in sorted(seconds.items(), key=lambda item: -item[1]):
        budget = BUDGETS_S.get(folder)
        mark = "  over its budget" if budget is not None and spent > budget else ""
        lines.append(f"{folder:<20} {spent:>6.0f} of {budget or '-':>5}{mark}")
    return lines
