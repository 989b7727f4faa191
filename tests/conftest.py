"""Fixtures that every kind of test may use; the real ones live in `tests/plugins/`."""

import os

# Servers that tests stop leave nothing behind; a test that is about their kernels says otherwise.
os.environ.setdefault("NEXUS_END_KERNELS", "1")

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
