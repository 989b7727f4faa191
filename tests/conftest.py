"""Fixtures that every kind of test may use; the real ones live in `tests/plugins/`."""

import os

from hypothesis import HealthCheck, settings

from nexus_server import optional_imports

optional_imports.skip()

# No test fails because the machine is slow: neither an example nor the making of one has a time limit.
# Nor does one fail by luck: `make test` tries the same examples each time, and `make test-long` looks for new ones.
settings.register_profile("nexus", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
settings.register_profile("search", settings.get_profile("nexus"), derandomize=False, print_blob=True)
settings.load_profile("nexus")

# Servers that tests stop leave nothing behind; a test that is about their kernels says otherwise.
os.environ.setdefault("NEXUS_END_KERNELS", "1")

pytest_plugins = [
    "tests.plugins.budget",
    "tests.plugins.collector",
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
