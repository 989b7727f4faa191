"""The SQL kernel in its sandbox: Jupyter's conformance, failed and interrupted cells, limits, and the playground."""

import asyncio
import sys
from pathlib import Path
from typing import Any, ClassVar
from uuid import uuid4

import pytest

from nexus_server.accounts.rate_limits import RateLimits, RateLimitSettings
from nexus_server.kernels.image_building import ensure_images
from nexus_server.kernels.sandbox import SandboxRequest
from nexus_server.learner import Learner, Role
from nexus_server.playground.service import Playground
from tests.integration.kernels.test_conformance import SandboxedKernel
from tests.plugins.kernels import LiveKernel, StartKernel

pytestmark = [pytest.mark.long, pytest.mark.docker]

ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"


@pytest.fixture(scope="module", autouse=True)
def _image() -> None:
    """Build the image, which few sites need."""
    ensure_images(Path(sys.prefix), ["nexus-sql"])


@pytest.fixture
async def kernel(start_kernel: StartKernel) -> LiveKernel:
    return await start_kernel("nexus-sql", sandbox=SandboxRequest(cpu_share=1.0, memory_mb=128))


class TestSql(SandboxedKernel):
    """Jupyter's own suite."""

    __test__ = True
    kernel_name = "nexus-sql"
    language_name = "sql"
    file_extension = ".sql"
    completion_samples: ClassVar[list[dict[str, Any]]] = [{"text": "SELE", "matches": {"SELECT"}}]
    complete_code_samples: ClassVar[list[str]] = ["SELECT 1;", ".tables"]
    incomplete_code_samples: ClassVar[list[str]] = ["SELECT 'a", "SELECT 1 +"]
    code_generate_error = "SELECT * FROM gone"
    code_execute_result: ClassVar[list[dict[str, str]]] = [{"code": "SELECT 6 * 7", "result": "42"}]
    code_display_data: ClassVar[list[dict[str, str]]] = [{"code": "SELECT 1; SELECT 2", "mime": "text/html"}]


async def test_a_failed_cell_says_so_and_stops(kernel: LiveKernel) -> None:
    done = await kernel.run("CREATE TABLE t (a);\nINSERT INTO t VALUES (7);\nSELECT b FROM t;\nDELETE FROM t")
    assert done.status == "error"
    (error,) = [output["content"] for output in done.outputs if output["msg_type"] == "error"]
    assert (error["ename"], error["evalue"]) == ("OperationalError", "no such column: b")
    assert error["traceback"] == ["cell:3: OperationalError: no such column: b"]
    after = await kernel.run("SELECT a FROM t")
    assert [output["content"]["data"]["text/plain"] for output in after.outputs if "data" in output["content"]] == ["7"]


async def test_an_interrupted_query_is_an_error_and_the_kernel_goes_on(kernel: LiveKernel) -> None:
    running = asyncio.create_task(kernel.run(ENDLESS, timeout=120))
    # An interrupt that comes before the query runs meets an idle kernel, which does not mind.
    while not running.done():
        await kernel.km.interrupt_kernel()
        await asyncio.wait([running], timeout=1)
    assert running.result().status == "error"
    assert (await kernel.run("SELECT 1")).status == "ok"


async def test_the_playground_runs_sql() -> None:
    playground = Playground(RateLimits(RateLimitSettings(), None))
    ada = Learner(uuid4(), "ada@example.org", "Ada", Role.STUDENT, "UTC")
    assert "sql" in {language.name for language in playground.languages.offered()}
    run = await playground.run(ada, "sql", "SELECT 6 * 7", "")
    assert (run.status, run.result) == ("ok", "42")
    failed = await playground.run(ada, "sql", "SELECT * FROM gone", "")
    assert failed.error is not None
    assert failed.error.evalue == "no such table: gone"
