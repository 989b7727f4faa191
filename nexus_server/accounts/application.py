"""Which of the two applications a person learns in. Pure."""

from enum import StrEnum

from nexus_server.learner import Role


class Application(StrEnum):
    """Where a login leads when it was asked for no page."""

    #: the learner's application
    LEARN = "learn"
    #: JupyterLab
    LAB = "lab"


def application_of(role: Role, chosen: str | None) -> Application:
    """Return what a person chose; else the learner's application for students, and JupyterLab for all others."""
    if chosen is not None:
        return Application(chosen)
    return Application.LEARN if role is Role.STUDENT else Application.LAB


#: below the server's base address
PATHS = {Application.LEARN: "nexus/learn", Application.LAB: "lab"}
