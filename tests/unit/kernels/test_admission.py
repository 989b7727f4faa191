"""Places, a queue with positions, and a clear refusal."""

import asyncio

import pytest

from nexus_server.kernels.admission import Turnstile
from nexus_server.kernels.errors import KernelsBusyError


def turnstile(
    places: int = 1, queue_limit: int = 5, timeout_s: float = 30.0
) -> tuple[Turnstile, list[tuple[str, int]]]:
    told: list[tuple[str, int]] = []
    made = Turnstile(places, queue_limit, timeout_s, lambda owner, _id, position, _s: told.append((owner, position)))
    return made, told


async def test_first_come_first_served() -> None:
    gate, told = turnstile()
    leave = await gate.enter("ada", "k1")
    bob = asyncio.create_task(gate.enter("bob", "k2"))
    await asyncio.sleep(0)
    eve = asyncio.create_task(gate.enter("eve", "k3"))
    await asyncio.sleep(0)
    assert told == [("bob", 1), ("eve", 2)]
    leave()
    (await bob)()
    (await eve)()
    assert told[2:] == [("bob", 0), ("eve", 1), ("eve", 0)]
    assert (gate.taken, gate.waiting) == (0, 0)


async def test_who_waits_hears_about_how_long_by_the_pace_of_the_queue() -> None:
    told: list[tuple[str, int, float | None]] = []
    clock = [100.0]
    gate = Turnstile(1, 9, 30.0, lambda owner, _id, place, s: told.append((owner, place, s)), now=lambda: clock[0])
    leave = await gate.enter("ada", "k1")
    waiting = []
    for name in ("bob", "eve", "kim"):
        waiting.append(asyncio.create_task(gate.enter(name, name)))
        await asyncio.sleep(0)
    assert [wait_s for _, _, wait_s in told] == [None] * 3, "nobody's turn came yet"
    clock[0] += 4.0
    leave()
    assert told[3:] == [("bob", 0, 0.0), ("eve", 1, 4.0), ("kim", 2, 8.0)]
    clock[0] += 2.0
    (await waiting[0])()
    assert told[6:] == [("eve", 0, 0.0), ("kim", 1, 3.0)]
    (await waiting[1])()
    (await waiting[2])()
    await gate.enter("ada", "k4")
    clock[0] += 3600.0
    late = asyncio.create_task(gate.enter("bob", "k5"))
    await asyncio.sleep(0)
    assert told[-1] == ("bob", 1, None), "another queue has a pace of its own"
    late.cancel()
    await asyncio.gather(late, return_exceptions=True)


async def test_leaving_twice_frees_one_place() -> None:
    gate, _ = turnstile(places=2)
    leave = await gate.enter("ada", "k1")
    await gate.enter("bob", "k2")
    leave()
    leave()
    assert gate.taken == 1


async def test_who_has_a_place_already_keeps_it_and_the_next_waits_until_there_is_room() -> None:
    gate, _ = turnstile(places=1)
    leaves = [gate.occupy(), gate.occupy()]
    bob = asyncio.create_task(gate.enter("bob", "k1"))
    for leave in leaves:
        await asyncio.sleep(0)
        assert not bob.done()
        leave()
    await bob
    assert gate.taken == 1


async def test_a_full_queue_refuses() -> None:
    gate, _ = turnstile(queue_limit=0)
    await gate.enter("ada", "k1")
    with pytest.raises(KernelsBusyError):
        await gate.enter("bob", "k2")


async def test_waiting_ends() -> None:
    gate, _ = turnstile(timeout_s=0.01)
    await gate.enter("ada", "k1")
    with pytest.raises(KernelsBusyError):
        await gate.enter("bob", "k2")
    assert gate.waiting == 0


async def test_a_cancelled_waiter_leaves_no_hole() -> None:
    gate, told = turnstile()
    leave = await gate.enter("ada", "k1")
    bob = asyncio.create_task(gate.enter("bob", "k2"))
    await asyncio.sleep(0)
    eve = asyncio.create_task(gate.enter("eve", "k3"))
    await asyncio.sleep(0)
    bob.cancel()
    await asyncio.gather(bob, return_exceptions=True)
    assert told[-1] == ("eve", 1)
    leave()
    (await eve)()
    assert gate.taken == 0


async def test_a_place_given_at_the_moment_of_cancelling_goes_on() -> None:
    gate, _ = turnstile()
    leave = await gate.enter("ada", "k1")
    bob = asyncio.create_task(gate.enter("bob", "k2"))
    await asyncio.sleep(0)
    leave()
    bob.cancel()
    await asyncio.gather(bob, return_exceptions=True)
    assert gate.taken == 0
