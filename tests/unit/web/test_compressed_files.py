"""Files that go out compressed, as Tornado asks about them."""

import logging
from pathlib import Path

import pytest

from nexus_server.web.compression import CompressedFiles


def test_a_file_has_no_tag_and_that_is_no_error(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    script = tmp_path / "chunk.js"
    script.write_text("export {};\n")
    with caplog.at_level(logging.ERROR):
        assert not CompressedFiles._get_cached_version(str(script))
    assert caplog.records == [], "a log entry for each file that is sent"
