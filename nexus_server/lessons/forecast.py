"""Who is about to need a kernel: pure arithmetic over who is here, where they stand, and which lessons begin.

Each learner counts once at most, whatever they do, and not at all while they have a kernel.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from uuid import UUID

#: the kernel of whoever is here and neither on a lab nor before one
USUAL_KERNEL = "nexus-python"
#: the share of those for whom one is kept ready
ELSEWHERE_SHARE = 0.25
#: a class is expected whole when so many of its students, and this share of them, are about to begin a lab
CLASS_MIN = 3
CLASS_SHARE = 1 / 3


@dataclass(frozen=True, slots=True)
class ComingLesson:
    """A lab that a class is about to begin."""

    kernel_name: str
    students: frozenset[UUID]


def expected_kernels(
    here: Mapping[UUID, str | None],
    served: AbstractSet[UUID],
    classes: Iterable[AbstractSet[UUID]],
    lessons: Iterable[ComingLesson],
) -> Counter[str]:
    """Return how many kernels will be asked for soon, by kernel name.

    Args:
        here: learners who are online, with the kernel of the lab that they are on or that comes next; None: no lab.
        served: learners who have a kernel.
        classes: the students of each class of theirs.
        lessons: those that begin about now, as instructors announced them.
    """
    waiting = {learner: kernel for learner, kernel in here.items() if learner not in served}
    wanted = {learner: kernel for learner, kernel in waiting.items() if kernel is not None}
    begun = dict(wanted)
    for students in classes:
        wanted |= (
            dict.fromkeys(students - wanted.keys() - served, kernel) if (kernel := _begins(students, begun)) else {}
        )
    for lesson in lessons:
        wanted |= dict.fromkeys(lesson.students - served, lesson.kernel_name)
    found = Counter(wanted.values())
    if elsewhere := len(waiting.keys() - wanted.keys()):
        found[USUAL_KERNEL] += math.ceil(elsewhere * ELSEWHERE_SHARE)
    return found


def _begins(students: AbstractSet[UUID], wanted: Mapping[UUID, str]) -> str | None:
    """Return the kernel of the lab that a class is about to begin together; None: it is not."""
    kernels = Counter(wanted[student] for student in students if student in wanted)
    if kernels.total() < max(CLASS_MIN, len(students) * CLASS_SHARE):
        return None
    return kernels.most_common(1)[0][0]
