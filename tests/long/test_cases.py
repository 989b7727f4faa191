"""Every right and wrong solution beside the product's labs is judged as it claims."""

import pytest

from nexus_server.courses.lab_checks import LabChecker, LabToCheck
from nexus_server.grading.options import GradeOptions
from nexus_server.grading.settings import GradingSettings
from nexus_server.roadmaps.files.problem import Severity
from tests.plugins.content import product_labs

pytestmark = [pytest.mark.long, pytest.mark.docker, pytest.mark.timeout(0)]
LABS = product_labs()


@pytest.mark.parametrize("lab", LABS, ids=lambda lab: lab.file)
async def test_all_cases_are_judged_right(lab: LabToCheck) -> None:
    checker = LabChecker(GradeOptions.from_settings(GradingSettings()), None, runs=1)
    problems = await checker.check([lab])
    if [problem.severity for problem in problems] == [Severity.WARNING]:
        pytest.skip(problems[0].message)
    assert problems == []
