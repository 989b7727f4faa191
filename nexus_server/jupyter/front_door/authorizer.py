"""Jupyter's question "may this user do that to this sort of thing", answered: nothing, unless it is listed."""

from typing import Any

from jupyter_server.auth.authorizer import Authorizer
from tornado.web import HTTPError

from nexus_server.jupyter.front_door.gate import Guard, admit

#: what learners may do to what is theirs; whose it is, is asked by id in `is_authorized`
PERMITTED: dict[str, frozenset[str]] = {
    "api": frozenset({"read"}),
    "contents": frozenset({"read", "write"}),
    "kernels": frozenset({"read", "write", "execute"}),
    "kernelspecs": frozenset({"read"}),
    "sessions": frozenset({"read", "write"}),
}


class LearnerAuthorizer(Authorizer):
    """Deny by default: only behind the gate, only what is listed, only the learner's own."""

    def is_authorized(self, handler: Any, user: Any, action: str, resource: str) -> bool:
        """Whether the user may do `action` to `resource` in this request."""
        learner = getattr(user, "learner", None)
        if learner is None or not isinstance(handler, Guard) or action not in PERMITTED.get(resource, frozenset()):
            return False
        try:
            admit(learner, handler.opening, handler)  # type: ignore[arg-type]
        except HTTPError:
            return False
        return True
