"""A school day on paper: homes are spread evenly, also when a server dies in the middle of it."""

from benchmarks._cluster_day import simulate


def test_the_same_day_is_the_same_again() -> None:
    assert simulate(300, 4, kernels_max=100) == simulate(300, 4, kernels_max=100)


def test_lessons_on_the_hour_are_spread_evenly() -> None:
    day = simulate(1000, 4, kernels_max=250)
    assert day.imbalance <= 0.10
    assert day.refused == 0
    assert day.peak_share <= 0.8


def test_a_server_that_dies_leaves_its_learners_to_the_others() -> None:
    day = simulate(1000, 4, kernels_max=300, loss_h=10.5)
    assert day.lost_kernels > 100
    assert day.refused == 0


def test_what_breaks_first_is_room() -> None:
    assert simulate(1000, 2, kernels_max=200).refused > 0
