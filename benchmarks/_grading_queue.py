"""Deadline night: many submissions in the real queue of a real site, graded by this process's workers."""

import asyncio
import logging
import tempfile
import time
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import nbformat
import psutil
import structlog
from nbformat import NotebookNode
from rich.progress import Progress
from traitlets.config import Config

from nexus_server.composition import open_services
from nexus_server.gamify.badge_awards import store_catalogue
from nexus_server.learner import Learner, Role
from nexus_server.services import Services
from nexus_server.store.migrate import upgrade
from nexus_server.store.models.accounts import User
from tests.plugins.content import write_content

#: submissions of one learner
EACH = 20
#: submissions after which rate and memory are looked at
STEP = 100


class Watch:
    """Counts grades as the site announces them, and looks at the process every `STEP` of them."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.graded = 0
        self.failed = 0
        self.seconds: list[float] = []
        self.rss_mb: list[float] = []
        self.done = asyncio.Event()
        self.progress = Progress(transient=True)
        self._bar = self.progress.add_task("queued submissions", total=count)
        self._begun = time.perf_counter()

    def start(self) -> None:
        self._begun = time.perf_counter()

    def hear(self, _user_id: UUID | None, message: Mapping[str, object]) -> None:
        if message["type"] != "grading.progress" or message["status"] not in ("graded", "failed"):
            return
        self.graded += 1
        self.failed += message["status"] != "graded"
        self.progress.advance(self._bar)
        if self.graded % STEP == 0 or self.graded == self.count:
            self.seconds.append(time.perf_counter() - self._begun)
            self.rss_mb.append(psutil.Process().memory_info().rss / 2**20)
        if self.graded == self.count:
            self.done.set()

    def result(self) -> dict[str, Any]:
        spans = [after - before for before, after in zip([0.0, *self.seconds], self.seconds, strict=False)]
        sizes = [STEP] * (self.count // STEP) + ([self.count % STEP] if self.count % STEP else [])
        rates = [size / span for size, span in zip(sizes, spans, strict=True)]
        return {
            "submissions": self.count,
            "not_graded": self.failed,
            "seconds": round(self.seconds[-1], 1),
            "per_second": round(self.count / self.seconds[-1], 2),
            "per_second_by_hundred": [round(rate, 2) for rate in rates],
            "rss_mb_by_hundred": [round(size, 1) for size in self.rss_mb],
            "rate_last_to_first": round(rates[-1] / rates[0], 3),
            "rss_last_to_first": round(self.rss_mb[-1] / self.rss_mb[0], 3),
        }


async def queued(source: NotebookNode, notebooks: Iterable[NotebookNode], count: int) -> dict[str, Any]:
    """Queue `count` submissions on a site of its own (SQLite), then grade them all."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        content = write_content(folder / "content")
        (content / "tiny/labs/lab.ipynb").write_text(nbformat.writes(source))
        services = open_services(Config(NexusSettings={"data_dir": str(folder / "data"), "content_dir": str(content)}))
        await asyncio.to_thread(upgrade, services.database.url)
        try:
            await _queue(services, list(notebooks), count)
            watch = Watch(count)
            services.bus.outlets.append(watch.hear)
            with watch.progress:
                watch.start()
                await services.submissions.start()
                await watch.done.wait()
            return watch.result()
        finally:
            await services.submissions.stop()
            await services.close()
            services.kernels.close()


async def _queue(services: Services, notebooks: list[NotebookNode], count: int) -> None:
    async with services.database.transaction() as session:
        await store_catalogue(session)
    await services.roadmaps.sync.run()
    for number in range(count):
        if number % EACH == 0:
            learner, lab = await _learner(services, number)
        notebook = {**notebooks[number % len(notebooks)], "metadata": {"number": number}}
        await services.submissions.service.submit(learner, lab, notebook)


async def _learner(services: Services, number: int) -> tuple[Learner, UUID]:
    user = User(email=f"{uuid4()}@example.org", display_name=f"Learner {number}")
    async with services.database.transaction() as session:
        session.add(user)
    learner = Learner(user.id, user.email, user.display_name, Role.STUDENT)
    nodes = {node.slug: node.id for node in (await services.roadmaps.catalogue.get_roadmap(learner, "tiny")).nodes}
    await services.roadmaps.nodes.complete_node(learner, nodes["hello"])
    return learner, nodes["lab"]
