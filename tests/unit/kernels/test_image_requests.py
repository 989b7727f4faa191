"""Images that are built on demand: which ones, one after another, and what their ends say."""

import threading
from collections.abc import Callable

import pytest

from nexus_server.kernels.image_building import ImageError
from nexus_server.kernels.image_requests import BuildState, ImageBuild, NotOnDemandError, OwnImageBuilds, on_demand

TIMEOUT_S = 30


class Builder:
    """Builds nothing, when it is told to."""

    def __init__(self, failure: Exception | None = None) -> None:
        self.asked: list[str] = []
        self.may_end = threading.Event()
        self.has_ended = threading.Event()
        self._failure = failure

    def __call__(self, kernel_name: str) -> None:
        self.asked.append(kernel_name)
        assert self.may_end.wait(TIMEOUT_S)
        # The thread is looked at, which ends a moment later.
        threading.Thread(target=self._tell, args=(threading.current_thread(),), daemon=True).start()
        if self._failure is not None:
            raise self._failure

    def _tell(self, thread: threading.Thread) -> None:
        thread.join()
        self.has_ended.set()

    def end(self) -> None:
        self.may_end.set()
        assert self.has_ended.wait(TIMEOUT_S)


def test_only_optional_images_of_the_sites_list_are_built() -> None:
    assert on_demand(["nexus-c", "nexus-python", "nexus-gone"]) == {"nexus-c"}
    builder = Builder()
    for kernel in ("nexus-sql", "nexus-python", "nexus-gone"):
        with pytest.raises(NotOnDemandError):
            OwnImageBuilds(["nexus-c", "nexus-python", "nexus-gone"], builder).prepare(kernel)
    assert builder.asked == []


def test_a_build_is_begun_once_and_its_end_is_told_once() -> None:
    builder = Builder()
    builds = OwnImageBuilds(["nexus-c"], builder)
    assert builds.prepare("nexus-c") == builds.prepare("nexus-c") == ImageBuild(BuildState.BUILDING)
    builder.end()
    assert builds.prepare("nexus-c") == ImageBuild(BuildState.READY)
    assert builder.asked == ["nexus-c"]
    assert builds.prepare("nexus-c").state is BuildState.BUILDING, "somebody took it away meanwhile"


@pytest.mark.parametrize(
    ("failure", "message"),
    [(lambda: ImageError("mmdebstrap failed: no network"), "mmdebstrap failed: no network"),
     (lambda: OSError(28, "No space left"), "OSError: [Errno 28] No space left")],
)  # fmt: skip
def test_a_failure_is_told_in_words(failure: Callable[[], Exception], message: str) -> None:
    builder = Builder(failure())
    builds = OwnImageBuilds(["nexus-c"], builder)
    builds.prepare("nexus-c")
    builder.end()
    assert builds.prepare("nexus-c") == ImageBuild(BuildState.FAILED, message)
