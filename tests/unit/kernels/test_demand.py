"""How many warm kernels the recent past asks for."""

from nexus_server.kernels.demand import Demand


def test_rises_with_claims_and_falls_when_they_are_old() -> None:
    demand = Demand(floor=1, ceiling=4, window_s=60)
    assert demand.target(0) == 1
    for now in (1.0, 2.0, 3.0):
        demand.note(now)
    assert demand.target(4) == 3
    assert demand.target(62.5) == 1


def test_stays_below_the_ceiling() -> None:
    demand = Demand(floor=0, ceiling=2, window_s=60)
    for _ in range(9):
        demand.note(1.0)
    assert demand.target(2.0) == 2


def test_whoever_is_expected_gets_one_up_to_a_bound_of_its_own() -> None:
    demand = Demand(floor=2, ceiling=4, window_s=60, ahead=10)
    demand.expected = 7
    assert (demand.target(0.0), demand.needed(0.0)) == (7, 2)
    demand.expected = 1
    assert demand.target(0.0) == 2, "never less than when nobody is expected"
    demand.expected = 500
    assert demand.target(0.0) == 10


def test_tells_whether_somebody_asked_just_now() -> None:
    demand = Demand(floor=1, ceiling=4, window_s=60)
    assert not demand.is_fresh(0.0, 0.5)
    demand.note(1.0)
    assert demand.is_fresh(1.4, 0.5)
    assert not demand.is_fresh(1.5, 0.5)


def test_one_owners_claims_count_twice_at_most() -> None:
    demand = Demand(floor=1, ceiling=8, window_s=60)
    for _ in range(9):
        demand.note(1.0, "mallory")
    assert demand.target(2.0) == 2
    for owner in ("ada", "bob"):
        demand.note(1.0, owner)
    assert demand.target(2.0) == 4
    for _ in range(3):
        demand.note(1.0)
    assert demand.target(2.0) == 7
