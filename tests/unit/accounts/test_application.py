import pytest

from nexus_server.accounts.application import Application, application_of
from nexus_server.learner import Role


@pytest.mark.parametrize(
    ("role", "leads_to"),
    [(Role.STUDENT, Application.LEARN), (Role.INSTRUCTOR, Application.LAB), (Role.ADMIN, Application.LAB)],
)
def test_a_role_has_its_application_until_somebody_chooses(role: Role, leads_to: Application) -> None:
    assert application_of(role, None) is leads_to
    assert application_of(role, "lab") is Application.LAB
    assert application_of(role, "learn") is Application.LEARN
