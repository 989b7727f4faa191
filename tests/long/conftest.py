"""What several of the long tests need."""

import sys
from pathlib import Path

import pytest

from nexus_server.kernels.image_building import ensure_images
from tests.long.language_samples import SAMPLES, LanguageSample


@pytest.fixture(scope="module", params=SAMPLES, ids=lambda sample: sample.name)
def sample(request: pytest.FixtureRequest) -> LanguageSample:
    """A language whose image is built."""
    found: LanguageSample = request.param
    ensure_images(Path(sys.prefix), [found.kernel_name])
    return found
