"""Fixtures that every kind of test may use; the real ones live in `tests/plugins/`."""

pytest_plugins = [
    "tests.plugins.content",
    "tests.plugins.databases",
    "tests.plugins.kernels",
    "tests.plugins.school",
    "tests.plugins.server",
]
