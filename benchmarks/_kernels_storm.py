"""`storm`: a class opens a lab in the same second.

Each learner opens the lab's node, starts the notebook's session, connects and runs a first cell, as JupyterLab does.
The bare side is `docker run` of the same image by as many at once, each until its kernel has run the same cell; no
server, no learners, no files, no limits. `completion_ratio` compares how many are done per second, from the first
request to the last result.
"""

import asyncio
import json
import shutil
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from uuid import uuid4

from jupyter_client.asynchronous.client import AsyncKernelClient

from benchmarks._kernels_section import Found, Scale, quantile, rounded, say
from benchmarks._kernels_servers import API, Site, User, docker, our_server
from benchmarks._kernels_tab import Tab

if TYPE_CHECKING:
    from jupyter_client.connect import KernelConnectionInfo

IMAGE = "nexus-python"
NOTE, LAB = "welcome", "first-steps"
#: how often a bare container's directory is looked at, in seconds
LOOK_S = 0.02
PORTS = {"shell_port": 1, "iopub_port": 2, "stdin_port": 3, "control_port": 4, "hb_port": 5}


async def unlock(user: User) -> str:
    """Complete the note before the lab; return the lab's id."""
    async with user.http() as client:
        nodes = (await client.get(f"{API}/roadmaps/python-foundations")).raise_for_status().json()["nodes"]
        ids = {node["slug"]: node["id"] for node in nodes}
        (await client.post(f"{API}/nodes/{ids[NOTE]}/open")).raise_for_status()
        (await client.post(f"{API}/nodes/{ids[NOTE]}/complete")).raise_for_status()
    return str(ids[LAB])


async def open_lab(user: User, node_id: str, tabs: list[Tab]) -> float:
    """Seconds from opening the lab to its first result; the tab stays open."""
    begun = time.perf_counter()
    async with user.http() as client:
        lab = (await client.post(f"{API}/nodes/{node_id}/open")).raise_for_status().json()
        body = {"path": lab["path"], "name": lab["path"].rsplit("/", 1)[-1], "type": "notebook"}
        reply = await client.post("/api/sessions", json={**body, "kernel": {"name": lab["kernel_name"]}})
        kernel_id = reply.raise_for_status().json()["kernel"]["id"]
    tabs.append(tab := await user.open_tab(kernel_id))
    await tab.add()
    return time.perf_counter() - begun


async def storm(site: Site, learners: int) -> tuple[list[float], list[str], float]:
    """Let all open the lab at once; return the seconds of each, the failures, and the seconds of all together."""
    users = await site.enroll(learners)
    labs = [await unlock(user) for user in users]
    await asyncio.sleep(2.0)
    tabs: list[Tab] = []
    begun = time.perf_counter()
    ends = await asyncio.gather(
        *(open_lab(*each, tabs) for each in zip(users, labs, strict=True)), return_exceptions=True
    )
    all_s = time.perf_counter() - begun
    await asyncio.gather(*(tab.close() for tab in tabs))
    return (
        [end for end in ends if isinstance(end, float)],
        [repr(end)[:300] for end in ends if isinstance(end, BaseException)],
        all_s,
    )


async def bare(home: Path, few: asyncio.Semaphore) -> float:
    """Seconds until a container of the image, started by `docker run`, has run a cell."""
    name, directory = f"bare-{uuid4().hex[:12]}", home / uuid4().hex[:8]
    directory.mkdir()
    directory.chmod(0o777)
    info: dict[str, Any] = {"transport": "ipc", "ip": "/run/kernel/s", "key": "k", "signature_scheme": "hmac-sha256"}
    info |= PORTS
    (directory / "connection.json").write_text(json.dumps(info), encoding="utf-8")
    command = ["docker", "run", "-d", "--name", name, "--label", "nexus.bench=bare", "--network", "none"]
    command += ["-v", f"{directory}:/run/kernel", IMAGE]
    begun = time.perf_counter()
    async with few:
        engine = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.DEVNULL)
        if await engine.wait():
            raise RuntimeError("docker run failed.")
        while not all((directory / f"s-{port}").is_socket() for port in PORTS.values()):  # noqa: ASYNC110  no event
            await asyncio.sleep(LOOK_S)
        client = AsyncKernelClient()
        info["ip"] = str(directory / "s")
        client.load_connection_info(cast("KernelConnectionInfo", info))
        client.start_channels(hb=False)
        reply = await client.execute("1+1", reply=True, timeout=120)
        client.stop_channels()
        if reply["content"]["status"] != "ok":
            raise RuntimeError(str(reply["content"]))
        return time.perf_counter() - begun


async def bare_storm(count: int, at_once: int) -> tuple[list[float], float]:
    """The same by bare `docker run`, so many at once; return the seconds of each, and of all together."""
    home = Path(tempfile.mkdtemp(prefix="bare-"))
    few = asyncio.Semaphore(at_once)
    try:
        begun = time.perf_counter()
        each = await asyncio.gather(*(bare(home, few) for _ in range(count)))
        return each, time.perf_counter() - begun
    finally:
        # One at a time: an engine as old as Debian 12's can lock up when many containers with a network end at once.
        for left in docker("ps", "-aq", "--filter", "label=nexus.bench=bare").split():
            docker("rm", "-f", left)
        shutil.rmtree(home, ignore_errors=True)


def measure(scale: Scale) -> Found:
    count = scale.storm
    with our_server() as site:
        each, failures, all_s = asyncio.run(storm(site, count))
        say("storm", f"{len(each)} of {count} learners in {all_s:.1f} s; failures: {failures[:3]}")
    # `docker run` at its best: all at once, or a few at a time, whichever is faster here.
    bares = {at_once: asyncio.run(bare_storm(count, at_once)) for at_once in (count, 4)}
    best_s = min(seconds for _, seconds in bares.values())
    say("storm", "bare: " + ", ".join(f"{at_once} at once {seconds:.1f} s" for at_once, (_, seconds) in bares.items()))
    figure = {
        "learners": count,
        "failures": len(failures),
        "completion_ratio": round(len(each) / all_s / (count / best_s), 3),
        "p50_s": round(quantile(each, 0.5), 2),
        "p95_s": round(quantile(each, 0.95), 2),
    }
    raw = {
        "each_s": rounded(each),
        "all_s": round(all_s, 2),
        "bare_all_s": {str(at_once): round(seconds, 2) for at_once, (_, seconds) in bares.items()},
        "bare_p95_s": {str(at_once): round(quantile(each, 0.95), 2) for at_once, (each, _) in bares.items()},
        "failures": failures,
    }
    return Found({"storm": figure}, raw)
