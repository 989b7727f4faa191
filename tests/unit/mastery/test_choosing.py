"""What comes before going on, and what is next on a map of concepts."""

from datetime import UTC, datetime, timedelta

from nexus_server.mastery.choosing import AdviceKind, Attention, Knowledge, MappedConcept, find_attention, next_concept
from nexus_server.mastery.model import Evidence, MasteryParameters, replay

START = datetime(2026, 11, 1, tzinfo=UTC)
LISTS, LOOPS, SUMS = (
    MappedConcept("lists", "Lists"),
    MappedConcept("loops", "Loops", ("lists",)),
    MappedConcept("sums", "Sums", ("loops",)),
)
MAP = {concept.id: concept for concept in (LISTS, LOOPS, SUMS)}


def knowing(after_days: float = 0, **answers: str) -> Knowledge:
    """Knowledge after right (+) and wrong (-) answers at START, looked at some days later."""
    evidence = [
        Evidence(concept, 1.0 if mark == "+" else 0.0, START) for concept, marks in answers.items() for mark in marks
    ]
    model = MasteryParameters()
    return Knowledge(replay(evidence, model), START + timedelta(days=after_days))


def _seen(found: Attention | None) -> tuple[AdviceKind, str, str | None] | None:
    return None if found is None else (found.way, found.concept.id, found.because.id if found.because else None)


def test_who_begins_goes_on() -> None:
    assert find_attention(MAP, knowing()) is None
    assert next_concept([LISTS, LOOPS, SUMS], knowing()) is LISTS


def test_who_fails_for_want_of_something_goes_back_to_that() -> None:
    assert _seen(find_attention(MAP, knowing(lists="-", loops="--"))) == (AdviceKind.BACK, "lists", "loops")
    assert find_attention(MAP, knowing(lists="++++", loops="--")) is None, "it does not want for lists"
    assert find_attention(MAP, knowing(loops="--")) is None, "nothing is known of lists"
    assert find_attention(MAP, knowing(lists="-", loops="--+++")) is None, "the last answers were right"
    assert find_attention(MAP, knowing(20, lists="-", loops="--")) is None, "that was long ago"


def test_what_was_known_is_due_when_it_fades() -> None:
    assert find_attention(MAP, knowing(1, lists="+++")) is None
    assert _seen(find_attention(MAP, knowing(60, lists="+++"))) == (AdviceKind.REVIEW, "lists", None)
    assert find_attention(MAP, knowing(60, lists="+")) is None, "it was never known well"


def test_what_holds_up_comes_before_what_fades() -> None:
    evidence = knowing(13, lists="-", loops="--", sums="+++")
    assert evidence.is_due("sums") is False
    mixed = Knowledge(
        replay(
            [
                *(Evidence("sums", 1.0, START) for _ in range(3)),
                *(Evidence(name, 0.0, START + timedelta(days=60)) for name in ("lists", "loops", "loops")),
            ],
            MasteryParameters(),
        ),
        START + timedelta(days=60),
    )
    assert mixed.is_due("sums")
    assert _seen(find_attention(MAP, mixed)) == (AdviceKind.BACK, "lists", "loops")


def test_the_next_concept_is_one_whose_needs_are_met() -> None:
    order = [SUMS, LOOPS, LISTS]
    assert next_concept(order, knowing()) is LISTS
    assert next_concept(order, knowing(lists="++++")) is LOOPS
    assert next_concept(order, knowing(lists="++++", loops="++++")) is SUMS
    assert next_concept(order, knowing(lists="++++", loops="++++", sums="++++")) is None


def test_a_need_that_is_nowhere_keeps_nobody() -> None:
    other = MappedConcept("x", "X", ("elsewhere",))
    assert next_concept([other], knowing()) is other
