"""Every right and wrong solution beside the product's labs is judged as it claims."""

import pytest

from nexus_server.courses.lab_checks import LabChecker, LabToCheck, labs_of
from nexus_server.grading.options import GradeOptions
from nexus_server.grading.settings import GradingSettings
from nexus_server.installation import CONTENT
from nexus_server.roadmaps.files.loader import load_content

pytestmark = [pytest.mark.long, pytest.mark.docker, pytest.mark.timeout(0)]
LABS = labs_of(load_content(CONTENT))


@pytest.mark.parametrize("lab", LABS, ids=lambda lab: lab.file)
async def test_all_cases_are_judged_right(lab: LabToCheck) -> None:
    checker = LabChecker(GradeOptions.from_settings(GradingSettings()), None, runs=1)
    assert await checker.check([lab]) == []
