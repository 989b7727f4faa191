"""Who is counted as about to need a kernel."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from nexus_server.lessons.forecast import ComingLesson, expected_kernels

PYTHON, DATA = "nexus-python", "nexus-data"


def people(count: int, first: int = 0) -> list[UUID]:
    return [UUID(int=first + number) for number in range(count)]


def test_whoever_is_on_a_lab_or_before_one_gets_its_kernel() -> None:
    ada, bob, eve = people(3)
    assert expected_kernels({ada: PYTHON, bob: DATA, eve: DATA}, set(), [], []) == {PYTHON: 1, DATA: 2}


def test_whoever_has_a_kernel_needs_none() -> None:
    ada, bob = people(2)
    assert expected_kernels({ada: PYTHON, bob: PYTHON}, {ada}, [], []) == {PYTHON: 1}
    assert expected_kernels({ada: None}, {ada}, [], []) == {}


def test_of_those_who_are_elsewhere_a_few_come() -> None:
    assert expected_kernels(dict.fromkeys(people(60)), set(), [], []) == {PYTHON: 15}
    assert expected_kernels(dict.fromkeys(people(1)), set(), [], []) == {PYTHON: 1}


def test_a_class_that_begins_is_expected_whole() -> None:
    students = people(60)
    begun = dict.fromkeys(students[:20], DATA)
    assert expected_kernels(begun, set(), [set(students)], []) == {DATA: 60}
    assert expected_kernels(begun, set(students[55:]), [set(students)], []) == {DATA: 55}


def test_a_few_of_a_class_are_only_themselves() -> None:
    students = people(60)
    assert expected_kernels(dict.fromkeys(students[:19], DATA), set(), [set(students)], []) == {DATA: 19}
    couple = people(2)
    assert expected_kernels({couple[0]: DATA}, set(), [set(couple)], []) == {DATA: 1}


def test_two_classes_do_not_make_each_other_begin() -> None:
    first, second = people(30), people(30, first=20)
    begun = dict.fromkeys(first[:10], PYTHON)
    assert expected_kernels(begun, set(), [set(first), set(second)], []) == {PYTHON: 30}


def test_an_announced_lesson_has_the_kernel_of_its_lab_for_all_students() -> None:
    students = people(40)
    lesson = ComingLesson(DATA, frozenset(students))
    assert expected_kernels({students[0]: PYTHON}, {students[1]}, [], [lesson]) == {DATA: 39}


kernels = st.none() | st.sampled_from([PYTHON, DATA])
crowd = st.sets(st.sampled_from(people(12)))


@given(st.dictionaries(st.sampled_from(people(12)), kernels), crowd, st.lists(crowd, max_size=3), st.lists(crowd))
def test_nobody_counts_twice(
    here: dict[UUID, str | None], served: set[UUID], classes: list[set[UUID]], lessons: list[set[UUID]]
) -> None:
    announced = [ComingLesson(DATA, frozenset(students)) for students in lessons]
    found = expected_kernels(here, served, classes, announced)
    everybody = set(here).union(*classes, *lessons) - served
    assert found.total() <= len(everybody)
