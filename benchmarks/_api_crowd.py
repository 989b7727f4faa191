"""Learners in a process of their own: some earn XP, or a whole school is at work.

    python -m benchmarks._api_crowd < JOB

The job is one line of JSON (`Job`). The process works until its input ends, and prints one line of JSON at the end:
what was answered, by status.
"""

import asyncio
import itertools
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any

import httpx
import nbformat

from benchmarks._api_site import API
from benchmarks._kernels_servers import ROOT

#: seconds between two things that a learner at work does
EVERY_S = 2.0
#: learners who hand in the largest notebook that is taken, and its size in bytes
LARGE, LARGE_BYTES = 4, 15 * 2**20
#: statuses of a request that is refused because somebody sends too much
REFUSED = (413, 429)


@dataclass(frozen=True)
class Job:
    """What this process plays."""

    port: int
    #: `earn` or `work`
    kind: str
    tokens: list[str]
    #: ids of notes that need nothing, and of labs
    notes: list[str]
    labs: list[str]
    #: things done in a second, by all together; `work` goes by EVERY_S
    pace: float = 20.0


class Crowd:
    """Everybody's client, and what they were answered."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self.statuses: Counter[int] = Counter()
        self.failures: Counter[str] = Counter()
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=None)
        self._client = httpx.AsyncClient(base_url=f"http://127.0.0.1:{job.port}", timeout=120, limits=limits)
        # sources of that size are refused; outputs are taken, and dropped
        printed = nbformat.v4.new_output("stream", text="#" * LARGE_BYTES)
        self._large = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("x = 1", id="own", outputs=[printed])])

    async def earn(self) -> None:
        """Read one note after the other, each time as another learner."""
        for node, token in itertools.product(self._job.notes, self._job.tokens):
            await asyncio.gather(asyncio.sleep(1 / self._job.pace), self._read_note(token, node))

    async def work(self) -> None:
        """Let everybody do something every two seconds; nobody in step with another."""
        await asyncio.gather(*(self._work(number, token) for number, token in enumerate(self._job.tokens)))

    async def _work(self, number: int, token: str) -> None:
        await asyncio.sleep(EVERY_S * number / len(self._job.tokens))
        notes = itertools.cycle(self._job.notes)

        async def read_next_note(token: str) -> None:
            await self._read_note(token, next(notes))

        order = [self._look_around, read_next_note, self._save, self._ask_for_hint, self._hand_in]
        first = number % len(order)
        for thing in itertools.cycle([self._hand_in_large] if number < LARGE else order[first:] + order[:first]):
            await asyncio.gather(asyncio.sleep(EVERY_S), thing(token))

    async def _look_around(self, token: str) -> None:
        for path in ("/me", "/roadmaps", "/roadmaps/python-foundations", "/leaderboards/all_time_xp?around=me"):
            await self._send("GET", f"{API}{path}", token)

    async def _read_note(self, token: str, node: str) -> None:
        await self._send("POST", f"{API}/nodes/{node}/open", token)
        await self._send("POST", f"{API}/nodes/{node}/complete", token)

    async def _save(self, token: str) -> None:
        opened = await self._send("POST", f"{API}/nodes/{self._job.labs[0]}/open", token)
        if not opened.is_success:
            return
        path = f"/api/contents/{opened.json()['path']}"
        found = await self._send("GET", path, token)
        if found.is_success:
            body = {"type": "notebook", "format": "json", "content": found.json()["content"]}
            await self._send("PUT", path, token, body)

    async def _ask_for_hint(self, token: str) -> None:
        error = {"ename": "NameError", "evalue": "name 'totl' is not defined", "traceback": []}
        await self._send("POST", f"{API}/hints", token, {"cell_source": "total = 1\nprint(totl)", "error": error})

    async def _hand_in(self, token: str) -> None:
        await self._send("POST", f"{API}/nodes/{self._job.labs[0]}/open", token)
        await self._send("POST", f"{API}/nodes/{self._job.labs[0]}/submissions", token)

    async def _hand_in_large(self, token: str) -> None:
        await self._send("POST", f"{API}/nodes/{self._job.labs[1]}/submissions", token, {"notebook": self._large})

    async def _send(self, method: str, path: str, token: str, body: Any = None) -> httpx.Response:
        headers = {"Authorization": f"Bearer {token}"}
        reply = await self._client.request(method, path, headers=headers, json=body)
        self.statuses[reply.status_code] += 1
        if not reply.is_success and reply.status_code not in REFUSED:
            self.failures[f"{method} {path.partition('?')[0].rpartition('/')[2]}: {reply.text[:200]}"] += 1
        return reply


async def play(job: Job) -> dict[str, Any]:
    """Play until the input ends; return what was answered."""
    crowd = Crowd(job)
    playing = asyncio.create_task(crowd.earn() if job.kind == "earn" else crowd.work())
    ended = asyncio.create_task(asyncio.to_thread(sys.stdin.read))
    await asyncio.wait([playing, ended], return_when=asyncio.FIRST_COMPLETED)
    if playing.done():
        playing.result()
    playing.cancel()
    return {"statuses": crowd.statuses, "failures": crowd.failures, "ran_out": playing.done()}


@contextmanager
def crowd(job: Job) -> Iterator[dict[str, Any]]:
    """Let a process play the job meanwhile; the dict has its report afterwards: `statuses`, `failures`, `ran_out`.

    Raises:
        RuntimeError: the process ended by itself, or nothing was left to do.
    """
    report: dict[str, Any] = {}
    command = [sys.executable, "-m", "benchmarks._api_crowd"]
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin is not None
    try:
        process.stdin.write(json.dumps(asdict(job)) + "\n")
        process.stdin.flush()
        yield report
    finally:
        told, _ = process.communicate(timeout=180)
    if process.returncode:
        raise RuntimeError("The process of learners failed.")
    report.update(json.loads(told))
    if report["ran_out"]:
        raise RuntimeError("The learners had nothing left to do.")


def main() -> None:
    """Play the job that is on the input."""
    job = Job(**json.loads(sys.stdin.readline()))
    print(json.dumps(asyncio.run(play(job))))


if __name__ == "__main__":
    main()
