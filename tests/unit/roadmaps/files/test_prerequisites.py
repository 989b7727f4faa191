from nexus_server.roadmaps.files.prerequisites import NodeStanding, find_cycle, find_unreachable, is_unlocked, missing

DONE = NodeStanding(completed=True, score=1.0)


def test_nothing_required_is_always_unlocked() -> None:
    assert is_unlocked({}, {})


def test_all_needs_every_one() -> None:
    requires = {"all": ["a", "b"]}
    assert not is_unlocked(requires, {"a": DONE})
    assert missing(requires, {"a": DONE}) == ["b"]
    assert is_unlocked(requires, {"a": DONE, "b": DONE})


def test_any_needs_one() -> None:
    requires = {"any": ["a", "b"]}
    assert not is_unlocked(requires, {"a": NodeStanding(completed=False, score=0.9)})
    assert is_unlocked(requires, {"b": DONE})
    assert missing(requires, {"b": DONE}) == []


def test_a_minimum_score_is_the_authors_own_bar() -> None:
    requires = {"all": [{"node": "a", "min_score": 0.8}]}
    assert not is_unlocked(requires, {"a": NodeStanding(completed=True, score=0.79)})
    assert is_unlocked(requires, {"a": NodeStanding(completed=True, score=0.8)})
    assert is_unlocked({"all": [{"node": "a", "min_score": 0.3}]}, {"a": NodeStanding(completed=False, score=0.3)})


def test_a_cycle_is_named() -> None:
    cycle = find_cycle({"a": {"all": ["c"]}, "b": {"all": ["a"]}, "c": {"any": ["b"]}, "d": {}})
    assert cycle is not None
    assert cycle[0] == cycle[-1]
    assert set(cycle) == {"a", "b", "c"}
    assert find_cycle({"a": {}, "b": {"all": ["a"]}}) is None


def test_what_only_dead_ends_lead_to_is_unreachable() -> None:
    graph = {"a": {}, "b": {"all": ["gone"]}, "c": {"any": ["b", "a"]}, "d": {"all": ["b"]}}
    assert find_unreachable(graph) == ["b", "d"]
