"""Fixtures that every kind of test may use; the real ones live in `tests/plugins/`."""

pytest_plugins = [
    "tests.plugins.content",
    "tests.plugins.databases",
    "tests.plugins.engines",
    "tests.plugins.kernels",
    "tests.plugins.ordering",
    "tests.plugins.school",
    "tests.plugins.server",
    "tests.plugins.sign_on",
    # after those that it imports
    "tests.plugins.grading_site",
]
