"""What a practice session is made of."""

from datetime import UTC, datetime, timedelta

from nexus_server.mastery.choosing import Knowledge
from nexus_server.mastery.model import Evidence, MasteryParameters, replay
from nexus_server.mastery.practising import Chance, most_tasks, pick_items, rank_tasks, share_time

START = datetime(2026, 11, 1, tzinfo=UTC)


def knowing(after_days: float = 0, **answers: str) -> Knowledge:
    """Knowledge after right (+) and wrong (-) answers at START, looked at some days later."""
    model = MasteryParameters()
    evidence = [
        Evidence(concept, 1.0 if mark == "+" else 0.0, START) for concept, marks in answers.items() for mark in marks
    ]
    return Knowledge(replay(evidence, model), START + timedelta(days=after_days))


def chances(*concepts: str) -> list[Chance[str]]:
    """One item for each word: its name, and the concepts after the colon."""
    return [Chance(name, tuple(named.split(","))) for name, _, named in (each.partition(":") for each in concepts)]


def test_what_is_being_forgotten_comes_first_then_what_is_known_least() -> None:
    knowledge = knowing(60, lists="+++", loops="-", sums="+++++++++")
    picks = pick_items(chances("a:loops", "b:sums", "c:lists"), knowledge, 3)
    assert [(pick.thing, pick.concept) for pick in picks] == [("c", "lists"), ("a", "loops"), ("b", "sums")]


def test_an_item_of_several_concepts_is_for_the_most_urgent() -> None:
    (pick,) = pick_items(chances("a:loops,lists"), knowing(60, lists="+++", loops="+++++++++"), 1)
    assert pick.concept == "lists"


def test_items_of_one_concept_make_room_for_others_while_there_are_some() -> None:
    knowledge = knowing(60, lists="+++", loops="++++")
    picks = pick_items(chances("a:lists", "b:lists", "c:lists", "d:loops"), knowledge, 3)
    assert [pick.thing for pick in picks] == ["a", "b", "d"]
    assert [pick.thing for pick in pick_items(chances("a:lists", "b:lists", "c:lists"), knowledge, 3)] == [
        "a",
        "b",
        "c",
    ]


def test_tasks_are_for_what_is_not_mastered() -> None:
    knowledge = knowing(lists="+++++", loops="-")
    (task,) = rank_tasks(chances("drill:lists", "other:lists,loops"), knowledge)
    assert (task.thing, task.concept) == ("other", "loops")
    assert rank_tasks(chances("drill:lists"), knowledge) == []


def test_each_task_is_for_another_concept_while_there_are_some() -> None:
    knowledge = knowing(loops="--", sums="-")
    ranked = rank_tasks(chances("a:loops", "b:loops", "c:sums"), knowledge)
    assert [task.thing for task in ranked] == ["a", "c", "b"]


def test_what_shows_nothing_is_not_practised() -> None:
    assert pick_items([Chance("a", ())], knowing(), 5) == []


def test_a_session_takes_ten_minutes_of_whatever_there_is() -> None:
    assert share_time(items=20, tasks=0) == (10, 0)
    assert share_time(items=20, tasks=1) == (7, 1)
    assert share_time(items=20, tasks=9) == (4, 2)
    assert share_time(items=1, tasks=9) == (1, 3), "a task takes the time of the items that are missing"
    assert share_time(items=2, tasks=2) == (2, 2)
    assert share_time(items=0, tasks=9) == (0, most_tasks())
    assert share_time(items=0, tasks=0) == (0, 0)
