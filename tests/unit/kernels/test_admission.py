"""Places, a queue with positions, and a clear refusal."""

import asyncio

import pytest

from nexus_server.kernels.admission import Turnstile
from nexus_server.kernels.errors import KernelsBusyError


def turnstile(
    places: int = 1, queue_limit: int = 5, timeout_s: float = 30.0
) -> tuple[Turnstile, list[tuple[str, int]]]:
    told: list[tuple[str, int]] = []
    made = Turnstile(places, queue_limit, timeout_s, lambda owner, _kernel_id, position: told.append((owner, position)))
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
