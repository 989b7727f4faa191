"""What a warm start costs more when the server has no rights and asks a helper.

    python -m benchmarks.rights [--rounds N]

Two servers, one that stays root and one that became `nexus`, take turns, so what else the machine does hits both alike.
Prints the medians of POST to the first result, their difference and their ratio, and writes
`benchmarks/results/rights.json`. To be run by root.
"""

import argparse
import asyncio
import json
import os
import statistics
from pathlib import Path

from benchmarks._kernels_servers import Site, our_server
from benchmarks._kernels_start import POOL, PYTHON_ONLY, REST_S, first_result, until_warm

RESULTS = Path(__file__).parent / "results" / "rights.json"


async def turns(sites: dict[str, Site], rounds: int) -> dict[str, list[float]]:
    """Seconds from POST to the first result, by server."""
    users = {name: (await site.enroll(1))[0] for name, site in sites.items()}
    for user in users.values():
        await first_result(user)  # pays for what is loaded and made on first use
    times: dict[str, list[float]] = {name: [] for name in sites}
    for turn in range(rounds):
        # Each is first as often as second: what the other one's pool does afterwards would count against one alone.
        for name, site in list(sites.items())[:: -1 if turn % 2 else 1]:
            await until_warm(site)
            times[name].append(await first_result(users[name]))
            await asyncio.sleep(REST_S)
    return times


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=30)
    os.environ.pop("NEXUS_SERVER_USER", None)
    users = {"root": "", "nexus": "nexus"}
    config = {name: f"{PYTHON_ONLY}c.NexusSettings.server_user = {user!r}\n" for name, user in users.items()}
    with our_server(POOL, config["root"]) as root, our_server(POOL, config["nexus"]) as nexus:
        times = asyncio.run(turns({"root": root, "nexus": nexus}, parser.parse_args().rounds))
    medians = {name: statistics.median(values) for name, values in times.items()}
    found = {
        "warm_start_difference_ms": round((medians["nexus"] - medians["root"]) * 1000, 2),
        "warm_start_best_difference_ms": round((min(times["nexus"]) - min(times["root"])) * 1000, 2),
        "warm_start_ratio": round(medians["nexus"] / medians["root"], 3),
    }
    for name, values in times.items():
        print(f"{name:6} median {medians[name] * 1000:8.1f} ms   best {min(values) * 1000:8.1f} ms")
    print(", ".join(f"{name} {value}" for name, value in found.items()))
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps({**found, "cores": os.cpu_count(), "raw_s": times}, indent=1) + "\n")


if __name__ == "__main__":
    main()
