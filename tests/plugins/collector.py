"""Keep the garbage collector from walking through the product and all tests again and again.

A quarter of the time to find ten thousand tests was the collector's, which found nothing: what is loaded stays.
"""

import gc

import pytest

from nexus_server.fast_paths.gc_tuning import settle


def pytest_configure() -> None:
    """Look for nothing while the tests are found."""
    gc.disable()


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """Look for garbage from now on, among what the tests make."""
    settle()
    gc.enable()
