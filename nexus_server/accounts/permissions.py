"""Who may do what: the one table. What is not in it, nobody may."""

from collections.abc import Mapping
from enum import StrEnum

from nexus_server.errors import ForbiddenError
from nexus_server.learner import Learner, Role


class Permission(StrEnum):
    """Something that not everybody may do. Owning a thing is asked separately, by the service that keeps it."""

    #: make and run cohorts, and see the learners in one's own
    TEACH = "teach"
    #: read submissions, regrade them and grade by hand, in one's own cohorts
    GRADE = "grade"
    #: see locked nodes, solutions and analytics
    SEE_CONTENT = "content.see"
    #: re-read `content/`
    SYNC_CONTENT = "content.sync"
    #: write roadmaps: those of which one is an author, and those that name none where the site allows it
    WRITE_CONTENT = "content.write"
    #: write every roadmap, and say who else may
    WRITE_EVERY_ROADMAP = "content.write_every"
    #: edit, lock and remove what others wrote in the forum
    MODERATE = "forum.moderate"
    #: see every cohort and every learner
    SEE_EVERYBODY = "users.see"
    #: change roles, disable accounts
    MANAGE_USERS = "users.manage"
    #: see and end anybody's kernels
    MANAGE_KERNELS = "kernels.manage"
    #: say what the tutor may do for everybody
    SET_SITE_POLICY = "tutor.policy"
    #: see the grading queue, the settings in force and the server's health
    SEE_OPERATION = "operation.see"
    READ_AUDIT = "audit.read"
    READ_METRICS = "metrics.read"


_STAFF = frozenset({Role.INSTRUCTOR, Role.ADMIN})
_ADMIN = frozenset({Role.ADMIN})

GRANTED: Mapping[Permission, frozenset[Role]] = {
    Permission.TEACH: _STAFF,
    Permission.GRADE: _STAFF,
    Permission.SEE_CONTENT: _STAFF,
    Permission.SYNC_CONTENT: _STAFF,
    Permission.WRITE_CONTENT: _STAFF,
    Permission.WRITE_EVERY_ROADMAP: _ADMIN,
    Permission.MODERATE: _STAFF,
    Permission.SEE_EVERYBODY: _ADMIN,
    Permission.MANAGE_USERS: _ADMIN,
    Permission.MANAGE_KERNELS: _ADMIN,
    Permission.SET_SITE_POLICY: _ADMIN,
    Permission.SEE_OPERATION: _ADMIN,
    Permission.READ_AUDIT: _ADMIN,
    Permission.READ_METRICS: _ADMIN,
}


def may(learner: Learner, permission: Permission) -> bool:
    """Whether the learner's role grants a permission."""
    return learner.role in GRANTED.get(permission, frozenset())


def require(learner: Learner, permission: Permission) -> None:
    """Let nobody pass without a permission.

    Raises:
        ForbiddenError: the learner's role does not grant it.
    """
    if not may(learner, permission):
        raise ForbiddenError(permission=permission.value)
