"""Reads, turn by turn with a bare server that returns the same bytes."""

import asyncio
import statistics
import time
from typing import Any

from benchmarks._api_load import Load, request_bytes, run_load
from benchmarks._api_site import Site, bare
from benchmarks._kernels_servers import cpu_s

#: short turns in alternation: what else the machine does then hits both alike
ROUNDS = 15
ROUND_S = 0.5
UNCACHED_ROUNDS = 6


def measure_read(target: Site, path: str, tokens: list[str]) -> dict[str, Any]:
    """Return the figures of one read by these learners, and its ratio to the bare server."""
    body = target.get(path, tokens[0]).content
    with bare(body) as other:
        return {
            **compare(target, path, tokens, other, rounds=ROUNDS, cached=True),
            "uncached": compare(target, path, tokens, other, rounds=UNCACHED_ROUNDS, cached=False),
            "bytes": len(body),
        }


def compare(
    target: Site, path: str, tokens: list[str], other: tuple[int, int], *, rounds: int, cached: bool
) -> dict[str, Any]:
    """Return the figures of one read in alternation with the bare server, which is `other` (port and process id)."""
    ours = [request_bytes(target.port, path, token, cached=cached) for token in tokens]
    bare_port, bare_pid = other
    theirs = [request_bytes(bare_port, "/") for _ in ours]
    asyncio.run(run_load(target.port, ours, seconds=1.0))
    began, computed = time.perf_counter(), time.process_time()
    used = [cpu_s(bare_pid), cpu_s(target.pid)]
    pairs: list[tuple[Load, Load]] = []
    for _ in range(rounds):
        their = asyncio.run(run_load(bare_port, theirs, seconds=ROUND_S))
        pairs.append((their, asyncio.run(run_load(target.port, ours, seconds=ROUND_S))))
    busy = (time.process_time() - computed) / (time.perf_counter() - began)
    their_ms = 1000 * (cpu_s(bare_pid) - used[0]) / sum(their.requests for their, _ in pairs)
    our_ms = 1000 * (cpu_s(target.pid) - used[1]) / sum(our.requests for _, our in pairs)
    return {
        **_figures(pairs),
        "cpu_ms_per_request": round(our_ms, 3),
        "bare_cpu_ms_per_request": round(their_ms, 3),
        "cpu_ratio": round(their_ms / our_ms, 3),
        "client_busy": round(busy, 2),
    }


def _figures(rounds: list[tuple[Load, Load]]) -> dict[str, Any]:
    ratios = [our.per_second / their.per_second for their, our in rounds]
    return {
        "ratio": round(statistics.median(ratios), 3),
        "ratios": [round(ratio, 3) for ratio in ratios],
        "requests_per_second": round(statistics.median(our.per_second for _, our in rounds)),
        "bare_requests_per_second": round(statistics.median(their.per_second for their, _ in rounds)),
        "p50_ms": statistics.median(our.quantile_ms(0.5) for _, our in rounds),
        "p95_ms": statistics.median(our.quantile_ms(0.95) for _, our in rounds),
        "failures": sum(our.failures for _, our in rounds),
    }
