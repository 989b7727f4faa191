"""The files are read again when one of them changed, and only then."""

import asyncio
from pathlib import Path

from nexus_server.roadmaps.files.layers import ContentLayers
from nexus_server.roadmaps.files.loader import NOTHING_KNOWN, Known
from nexus_server.roadmaps.files.source import RoadmapSource
from nexus_server.roadmaps.sync.checked_files import FileChecks


class CountedLayers(ContentLayers):
    """Counts how often everything is read."""

    reads: list[Known] = []  # noqa: RUF012  each test empties it

    def load(self, known: Known = NOTHING_KNOWN) -> list[RoadmapSource]:
        self.reads.append(known)
        return super().load(known)


def counted(content_dir: Path) -> tuple[FileChecks, list[Known]]:
    layers = CountedLayers((content_dir,))
    layers.reads.clear()
    return FileChecks(layers), layers.reads


async def test_what_did_not_change_is_read_once(content_dir: Path) -> None:
    checks, reads = counted(content_dir)
    first, *others = await asyncio.gather(*(checks.latest() for _ in range(5)))
    assert (first.roadmaps, first.problems) == (1, ())
    assert first.named == ("tiny/hello", "tiny/clip", "tiny/quizzed", "tiny/lab")
    assert set(first.hashes) == set(first.named)
    assert others == [first] * 4
    assert len(reads) == 1


async def test_a_change_a_new_file_and_one_that_is_gone_are_seen(content_dir: Path) -> None:
    checks, reads = counted(content_dir)
    before = await checks.latest()
    note = content_dir / "tiny/notes/hello.md"
    note.write_text("# Hello\n\n[Nowhere](gone.md)\n")
    changed = await checks.latest()
    assert [problem.file for problem in changed.problems] == ["tiny/notes/hello.md"]
    assert changed.hashes["tiny/hello"] != before.hashes["tiny/hello"]
    (content_dir / "tiny/notes/gone.md").write_text("# Here\n")
    assert "gone.md' leads nowhere" not in str((await checks.latest()).problems)
    note.unlink()
    assert "tiny/hello" not in (await checks.latest()).hashes
    assert len(reads) == 4
