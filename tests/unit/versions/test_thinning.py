"""Which former versions go: recent ones lie close together, old ones far apart, and a learner has room for so many."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from nexus_server.versions.thinning import KeptVersion, VersionLimits, surplus

START = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
ROOMY = VersionLimits(per_notebook=30, per_learner=1000, bytes_per_learner=10**9)


def version(minutes: float, path: str = "n.ipynb", size: int = 1) -> KeptVersion:
    return KeptVersion(uuid4(), path, START + timedelta(minutes=minutes), size)


def typed(minutes: list[float], limits: VersionLimits) -> list[KeptVersion]:
    """What is left when versions come one after the other."""
    kept: list[KeptVersion] = []
    for minute in minutes:
        kept.append(version(minute))
        going = surplus(kept, limits)
        kept = [one for one in kept if one.id not in going]
    return kept


def minutes_of(kept: list[KeptVersion]) -> list[float]:
    return [(one.kept_at - START).total_seconds() / 60 for one in kept]


def test_nothing_goes_while_there_is_room() -> None:
    assert surplus([version(minute) for minute in range(30)], ROOMY) == set()


def test_a_morning_of_typing_leaves_yesterday_and_the_first_version() -> None:
    yesterday, today = [0.0, 20.0, 40.0], [float(24 * 60 + minute) for minute in range(180)]
    kept = minutes_of(typed(yesterday + today, ROOMY))
    assert len(kept) == 30
    assert kept[0] == 0
    assert any(minute in (20, 40) for minute in kept)
    assert kept[-5:] == today[-5:], "the last minutes are all there"
    gaps = [later - earlier for earlier, later in pairwise(kept[3:])]
    assert max(gaps) <= 40, "and no part of the morning is missing"


def test_each_notebook_is_thinned_by_itself() -> None:
    small = VersionLimits(per_notebook=2, per_learner=1000, bytes_per_learner=10**9)
    others = [version(minute, "other.ipynb") for minute in range(2)]
    mine = [version(minute) for minute in range(3)]
    assert surplus([*others, *mine], small) == {mine[1].id}


def test_the_oldest_of_all_go_when_a_learner_has_too_many_or_too_much() -> None:
    kept = [version(minute, f"{minute}.ipynb", size=10) for minute in range(4)]
    few = VersionLimits(per_notebook=30, per_learner=3, bytes_per_learner=10**9)
    narrow = VersionLimits(per_notebook=30, per_learner=1000, bytes_per_learner=25)
    assert surplus(kept, few) == {kept[0].id}
    assert surplus(kept, narrow) == {kept[0].id, kept[1].id}


def test_a_version_larger_than_all_room_is_not_kept() -> None:
    large = version(0, size=10**10)
    assert surplus([large], ROOMY) == {large.id}


@given(
    st.lists(
        st.tuples(st.integers(0, 10**5), st.sampled_from("ab"), st.integers(0, 50)),
        max_size=25,
        unique_by=lambda row: row[0],
    ),
    st.integers(1, 5),
    st.integers(1, 12),
    st.integers(0, 300),
)
def test_what_is_left_fits_and_the_newest_stays_if_it_can(
    rows: list[tuple[int, str, int]], per_notebook: int, per_learner: int, room: int
) -> None:
    limits = VersionLimits(per_notebook, per_learner, room)
    kept = sorted((version(*row) for row in rows), key=lambda one: one.kept_at)
    going: set[UUID] = surplus(kept, limits)
    left = [one for one in kept if one.id not in going]
    assert len(left) <= per_learner
    assert sum(one.size_bytes for one in left) <= room
    assert all(sum(one.path == path for one in left) <= per_notebook for path in "ab")
    if kept and kept[-1].size_bytes <= room:
        assert kept[-1] in left
