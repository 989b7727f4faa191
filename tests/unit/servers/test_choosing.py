"""A learner's home is where the largest share of the capacity is free."""

from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from nexus_server.servers.choosing import Capacity, choose, room_of

numbers = st.integers(0, 500)
capacities = st.builds(Capacity, st.uuids(), st.integers(1, 500), st.integers(-50, 500))


def test_without_a_server_there_is_no_home() -> None:
    assert choose([]) is None


def test_memory_decides_as_much_as_kernels_do() -> None:
    few_places = room_of(kernels_max=100, kernels=60, homes=60, memory_room=1000)
    little_memory = room_of(kernels_max=100, kernels=10, homes=10, memory_room=25)
    assert (few_places, little_memory) == (40, 25)
    roomy, short = Capacity(uuid4(), 100, few_places), Capacity(uuid4(), 100, little_memory)
    assert choose([short, roomy]) == roomy.server_id


def test_learners_without_a_kernel_take_the_room_of_one() -> None:
    assert room_of(kernels_max=100, kernels=10, homes=30, memory_room=50) == 30


def test_a_small_server_gets_its_share_and_no_more() -> None:
    small, large = UUID(int=1), UUID(int=2)
    room, most = {small: 50, large: 200}, {small: 50, large: 200}
    for _ in range(125):
        chosen = choose(Capacity(each, most[each], room[each]) for each in room)
        assert chosen is not None
        room[chosen] -= 1
    assert room == {small: 25, large: 100}


@given(st.lists(capacities, min_size=1, unique_by=lambda each: each.server_id))
def test_nobody_has_a_larger_share_free_than_the_chosen(servers: list[Capacity]) -> None:
    by_id = {each.server_id: each for each in servers}
    chosen = choose(servers)
    assert chosen is not None
    assert by_id[chosen].free_share == max(each.free_share for each in servers)


@given(st.lists(capacities, min_size=1, unique_by=lambda each: each.server_id))
def test_the_order_of_the_servers_does_not_matter(servers: list[Capacity]) -> None:
    assert choose(servers) == choose(reversed(servers))


@given(kernels_max=numbers, kernels=numbers, homes=numbers, memory_room=numbers)
def test_room_is_never_more_than_places_or_memory(kernels_max: int, kernels: int, homes: int, memory_room: int) -> None:
    room = room_of(kernels_max=kernels_max, kernels=kernels, homes=homes, memory_room=memory_room)
    assert room <= memory_room
    assert room <= kernels_max - max(kernels, homes)
