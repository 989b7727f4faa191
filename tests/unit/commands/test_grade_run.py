"""How many submissions are worth the start of templates."""

from nexus_server.commands.grade_run import MANY_JOBS, options_for
from nexus_server.grading.options import GradeOptions


def test_few_submissions_have_containers_of_their_own_and_many_have_templates() -> None:
    asked = GradeOptions(templates=3, cell_timeout_s=7.0)
    assert options_for(asked, MANY_JOBS) == asked
    assert options_for(asked, MANY_JOBS - 1) == GradeOptions(templates=0, cell_timeout_s=7.0)
