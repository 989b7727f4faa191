"""The main job, end to end, as one learner would do it in a browser."""

import asyncio
import json
import secrets
import time
from dataclasses import dataclass, field
from typing import Any

from nexus_server.demo.client import API, Browser, JourneyError, KernelChannel, solutions
from nexus_server.demo.narrator import Narrator
from nexus_server.demo.proofs import PROBE
from nexus_server.roadmaps.files.layers import ContentLayers

#: what a beginner gets wrong on the first day
MISTAKE = 'greeting = "Hello"\nprint(greting)'
GRADING_TIMEOUT_S = 180.0


@dataclass
class Journey:
    """One learner's way from registration to the unlocked next node; `facts` is what the server answered."""

    browser: Browser
    narrator: Narrator
    content: ContentLayers
    facts: dict[str, Any] = field(default_factory=dict)

    async def run(self) -> dict[str, Any]:
        """Go all the way and return the facts.

        Raises:
            JourneyError: a step did not do what it should.
        """
        await self._register()
        roadmap = await self._choose_roadmap()
        note, lab = await self._read_until_lab(roadmap)
        opened = await self._open(lab)
        await self._work(roadmap, lab, opened)
        await self._submit(lab)
        await self._see_rewards(roadmap, lab)
        self.facts["note"] = note["title"]
        return self.facts

    async def _register(self) -> None:
        email, password = f"demo-{secrets.token_hex(4)}@example.org", secrets.token_urlsafe(18)
        with self.narrator.step("Register and log in"):
            body = {"email": email, "password": password, "display_name": "Demo Learner"}
            await self.browser.call("POST", f"{API}/auth/register", body)
            reply = await self.browser.log_in(email, password)
            me = await self.browser.call("GET", f"{API}/me")
            self.narrator.tell(f"{reply['user']['email']}: {me['rank']}, {me['xp']} XP")

    async def _choose_roadmap(self) -> dict[str, Any]:
        with self.narrator.step("List the roadmaps"):
            items = (await self.browser.call("GET", f"{API}/roadmaps"))["items"]
            for item in items:
                self.narrator.tell(f"{item['title']} ({item['difficulty']})")
            first = next(item for item in items if item["difficulty"] == "beginner")
            roadmap: dict[str, Any] = await self.browser.call("GET", f"{API}/roadmaps/{first['slug']}")
            self.narrator.tell(f"Chosen: {roadmap['title']}, {len(roadmap['nodes'])} steps")
            return roadmap

    async def _read_until_lab(self, roadmap: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        """Read the notes that come before the first lab."""
        read: dict[str, Any] = {}
        for node in roadmap["nodes"]:
            if node["type"] == "lab":
                return read, node
            with self.narrator.step(f"Read the {node['type']} “{node['title']}”"):
                await self.browser.call("POST", f"{API}/nodes/{node['id']}/open")
                read = await self.browser.call("GET", f"{API}/nodes/{node['id']}")
                self.narrator.tell(f"{len(read['content_html'])} characters of HTML")
                await self.browser.call("POST", f"{API}/nodes/{node['id']}/complete")
        raise JourneyError("The roadmap has no lab.")

    async def _open(self, lab: dict[str, Any]) -> dict[str, Any]:
        with self.narrator.step(f"Open {lab['title']}"):
            opened: dict[str, Any] = await self.browser.call("POST", f"{API}/nodes/{lab['id']}/open")
            self.narrator.tell(f"{opened['path']} with the kernel {opened['kernel_name']}")
            return opened

    async def _work(self, roadmap: dict[str, Any], lab: dict[str, Any], opened: dict[str, Any]) -> None:
        document = await self.browser.call("GET", f"/api/contents/{opened['path']}?type=notebook")
        notebook = document["content"]
        started = time.perf_counter()
        async with self.browser.kernel(opened["path"], opened["kernel_name"]) as kernel:
            await self._first_result(kernel, started)
            await self._prove_limits(kernel)
            await self._make_mistake(kernel, lab)
            await self._fix(kernel, notebook, self._answers(roadmap, lab))
        with self.narrator.step("Save the notebook"):
            body = {"type": "notebook", "format": "json", "content": notebook}
            await self.browser.call("PUT", f"/api/contents/{opened['path']}", body)

    async def _first_result(self, kernel: KernelChannel, started: float) -> None:
        with self.narrator.step("Start the sandboxed kernel and run the first cell"):
            outcome = await kernel.run("21 * 2")
            elapsed = round(time.perf_counter() - started, 3)
            if outcome.result != "42":
                raise JourneyError(f"21 * 2 gave {outcome.shown!r}.")
            self.facts["kernel"] = {"first_result_s": elapsed}
            self.narrator.tell(f"21 * 2 = {outcome.result}, {elapsed} s after the kernel was asked for")

    async def _prove_limits(self, kernel: KernelChannel) -> None:
        with self.narrator.step("Prove from inside that there is no network and that CPU and memory are capped"):
            seen = json.loads((await kernel.run(PROBE)).text)
            network = "none" if seen["interfaces"] == ["lo"] and not seen["reaches"] else "reachable"
            self.facts["kernel"] |= {"network": network, "cpu": seen["cpu"], "memory_mb": round(seen["memory_mb"])}
            self.narrator.tell(json.dumps(seen))
            if network != "none":
                raise JourneyError("The kernel reaches a network.")

    async def _make_mistake(self, kernel: KernelChannel, lab: dict[str, Any]) -> None:
        with self.narrator.step("Make a mistake and ask for a hint"):
            outcome = await kernel.run(MISTAKE)
            if outcome.error is None:
                raise JourneyError("The mistake did not fail.")
            self.narrator.tell(f"{outcome.error['ename']}: {outcome.error['evalue']}")
            body = {"node_id": lab["id"], "cell_source": MISTAKE, "error": outcome.error}
            hint = await self.browser.call("POST", f"{API}/hints", body)
            self.narrator.tell(f"Hint ({hint['source']}): {hint['text']}")
            self.facts["hint"] = {name: hint[name] for name in ("text", "concept", "source", "level")}

    async def _fix(self, kernel: KernelChannel, notebook: dict[str, Any], answers: dict[str, str]) -> None:
        with self.narrator.step("Write the answers and run every cell"):
            written = 0
            for cell in notebook["cells"]:
                grade_id = cell["metadata"].get("nbgrader", {}).get("grade_id")
                if grade_id in answers and not cell["metadata"]["nbgrader"].get("locked"):
                    cell["source"], written = answers[grade_id], written + 1
                if cell["cell_type"] != "code":
                    continue
                outcome = await kernel.run("".join(cell["source"]))
                if outcome.error is not None:
                    raise JourneyError(f"A cell fails: {outcome.error['ename']}: {outcome.error['evalue']}")
            self.narrator.tell(f"{written} answers written, every visible test passes")

    def _answers(self, roadmap: dict[str, Any], lab: dict[str, Any]) -> dict[str, str]:
        """Return the reference answers, which only the content's author has on disk."""
        for path in sorted((self.content.folder(roadmap["slug"]) / "labs").glob(f"*{lab['slug']}*.ipynb")):
            return dict(solutions(json.loads(path.read_text(encoding="utf-8"))))
        raise JourneyError(f"There is no source notebook of {lab['slug']}.")

    async def _submit(self, lab: dict[str, Any]) -> None:
        with self.narrator.step("Submit, and be graded by nbclient in a fresh container"):
            receipt = await self.browser.call("POST", f"{API}/nodes/{lab['id']}/submissions", {})
            graded = await self._wait_for_grade(receipt["id"])
            for cell in graded["cells"]:
                line = (
                    f"{cell['grade_id']}: {cell['points']:g}/{cell['max_points']:g} ({cell['status']}, {cell['trust']})"
                )
                self.narrator.tell(line)
            self.facts["grade"] = {"score": graded["score"], "max_score": graded["max_score"]}

    async def _wait_for_grade(self, submission_id: str) -> dict[str, Any]:
        async with asyncio.timeout(GRADING_TIMEOUT_S):
            while True:
                state: dict[str, Any] = await self.browser.call("GET", f"{API}/submissions/{submission_id}")
                if state["status"] == "graded":
                    return state
                if state["status"] == "failed":
                    raise JourneyError(f"Grading failed: {state}")
                await asyncio.sleep(0.2)  # a program without an event socket polls

    async def _see_rewards(self, roadmap: dict[str, Any], lab: dict[str, Any]) -> None:
        with self.narrator.step("See XP, rank, streak, the leaderboard and the next step"):
            me = await self.browser.call("GET", f"{API}/me")
            board = await self.browser.call("GET", f"{API}/leaderboards/all_time_xp?around=me")
            after = await self.browser.call("GET", f"{API}/roadmaps/{roadmap['slug']}")
            following = next(node for node in after["nodes"] if node["order_index"] > lab["order_index"])
            if following["status"] == "locked":
                raise JourneyError(f"“{following['title']}” is still locked.")
            self.facts |= {
                "xp": me["xp"],
                "rank": me["rank"],
                "streak": me["streak_count"],
                "leaderboard_rank": board["me"]["rank"],
                "unlocked": following["slug"],
            }
            self.narrator.tell(f"{me['xp']} XP, {me['rank']}, streak {me['streak_count']}, place {board['me']['rank']}")
            self.narrator.tell(f"Unlocked: {following['title']}")
