"""Logging in, next to what hashing a password costs alone."""

import asyncio
import json
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from argon2 import PasswordHasher

from benchmarks._api_load import request_bytes, run_load
from benchmarks._api_site import API, PASSWORD, Site
from benchmarks._kernels_servers import cpu_s
from nexus_server.accounts.settings import AccountSettings

ROUNDS = 4
ROUND_S = 3.0


def measure_login(target: Site, threads: int) -> dict[str, Any]:
    """Return the figures of logging in, and its ratios to what hashing alone costs, in wall time and processor time.

    In wall time the sender and the database's server compete for the cores, too; `argon2_cpu_share` leaves them out.
    """
    bodies = [json.dumps({"email": email, "password": PASSWORD}).encode() for email in target.emails]
    requests = [request_bytes(target.port, f"{API}/auth/login", body=body) for body in bodies]
    asyncio.run(run_load(target.port, requests, seconds=1.0))
    used, hashes, loads = cpu_s(target.pid), [argon2()], []
    for _ in range(ROUNDS):
        loads.append(asyncio.run(run_load(target.port, requests, seconds=ROUND_S)))
        hashes.append(argon2())
    login_cpu_s = (cpu_s(target.pid) - used) / sum(load.requests for load in loads)
    hash_s, hash_cpu_s = (statistics.median(values) for values in zip(*hashes, strict=True))
    rate, bound = statistics.median(load.per_second for load in loads), threads / hash_s
    return {
        "ratio_to_argon2": round(rate / bound, 3),
        "argon2_cpu_share": round(hash_cpu_s / login_cpu_s, 3),
        "cpu_ms_per_login": round(1000 * login_cpu_s, 2),
        "argon2_cpu_ms": round(1000 * hash_cpu_s, 2),
        "requests_per_second": round(rate, 1),
        "argon2_per_second": round(bound, 1),
        "p50_ms": statistics.median(load.quantile_ms(0.5) for load in loads),
        "p95_ms": statistics.median(load.quantile_ms(0.95) for load in loads),
        "failures": sum(load.failures for load in loads),
    }


def argon2() -> tuple[float, float]:
    """Return what one verification takes when all hashing threads work: seconds of the wall's time and of the CPU's."""
    settings = AccountSettings()
    hasher = PasswordHasher(settings.argon2_time_cost, settings.argon2_memory_kib, settings.argon2_parallelism)
    hashed = hasher.hash(PASSWORD)
    count = 40
    began, computed = time.perf_counter(), time.process_time()
    with ThreadPoolExecutor(settings.hashes_at_once) as threads:
        list(threads.map(lambda _: hasher.verify(hashed, PASSWORD), range(count)))
    wall_s, computed_s = time.perf_counter() - began, time.process_time() - computed
    return wall_s * settings.hashes_at_once / count, computed_s / count
