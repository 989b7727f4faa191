"""The similarity report on real databases."""

import json
from typing import Any

from nexus_server.learner import Role
from nexus_server.teaching.similar_submissions import SimilarityFilter
from tests.plugins.content import lab_notebook
from tests.plugins.school import School

ANSWER = """
def double(x):
    values = [x, x]
    total = 0
    for value in values:
        total = total + value
    if total != x * 2:
        raise ValueError("impossible")
    return total
"""


def notebook(code: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(lab_notebook())
    content["cells"][1]["source"] = code
    return content


async def test_copied_answers_are_found_among_ones_own_students(school: School) -> None:
    teacher = await school.learner("Teacher", Role.INSTRUCTOR)
    cohort = await school.cohorts.create(teacher, "Class")
    codes = {
        "Ada": ANSWER,
        "Bob": ANSWER.replace("total", "s").replace("value", "v"),
        "Cy": "def double(x):\n    return x * 2",
    }
    for name, code in codes.items():
        student, lab = await school.ready_for_lab(name)
        await school.cohorts.join(student, cohort.join_code)
        await school.submissions.service.submit(student, lab, notebook(code))
    stranger, lab = await school.ready_for_lab("Stranger")
    await school.submissions.service.submit(stranger, lab, notebook(ANSWER))
    report = await school.teaching.similarity.report(teacher, lab, SimilarityFilter())
    assert report.compared == 3
    (pair,) = report.items
    assert {pair.first.display_name, pair.second.display_name} == {"Ada", "Bob"}
    assert pair.similarity == 1.0
    assert "raise ValueError" in pair.first.code


async def test_only_the_newest_of_each_students_attempts_is_compared(school: School) -> None:
    teacher = await school.learner("Teacher", Role.INSTRUCTOR)
    cohort = await school.cohorts.create(teacher, "Class")
    own = "def double(x):\n    return x * 2"
    for name, attempts in {"Ada": [own, ANSWER], "Bob": [ANSWER, own], "Cy": [own, ANSWER]}.items():
        student, lab = await school.ready_for_lab(name)
        await school.cohorts.join(student, cohort.join_code)
        for code in attempts:
            await school.submissions.service.submit(student, lab, notebook(code))
            school.pass_time(seconds=1)
    report = await school.teaching.similarity.report(teacher, lab, SimilarityFilter(cohort_id=cohort.id))
    assert report.compared == 3
    assert [{pair.first.display_name, pair.second.display_name} for pair in report.items] == [{"Ada", "Cy"}]
    (pair,) = report.items
    texts = pair.first.code.splitlines(), pair.second.code.splitlines()
    assert pair.matches
    for first, last, other_first, other_last in pair.matches:
        assert texts[0][first - 1 : last] == texts[1][other_first - 1 : other_last]
    assert (await school.teaching.similarity.report(teacher, lab, SimilarityFilter(threshold=1.0))).items
