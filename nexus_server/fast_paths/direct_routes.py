"""The API's plain paths, found by looking them up: Tornado tries one regular expression after the other.

There are some sixty before `/nexus/api/v1/me`, which took a twentieth of a request. Paths with parameters go the usual
way, and every path leads where it leads there: a table only holds what the first rule that fits says.
"""

from collections.abc import Iterable

from tornado.httputil import HTTPMessageDelegate, HTTPServerRequest
from tornado.routing import AnyMatches, PathMatches, Router, Rule
from tornado.web import Application, RequestHandler

#: characters of a regular expression that stand for themselves, in the paths that we look for
_PLAIN = frozenset("/-_.")


class DirectRoutes(Router):
    """Finds handlers by whole paths."""

    def __init__(self, application: Application, rules: Iterable[Rule], prefix: str) -> None:
        """Take over the plain paths below `prefix` from all rules of the application, which are in their order."""
        self._application = application
        self._targets: dict[str, Rule] = {}
        patterns = [(rule, rule.matcher.regex) for rule in rules if isinstance(rule.matcher, PathMatches)]
        for rule, regex in patterns:
            path = regex.pattern.removesuffix("$").replace("\\", "")
            is_plain = path.startswith(prefix) and all(each.isalnum() or each in _PLAIN for each in path)
            if is_plain and next(first for first, its in patterns if its.match(path)) is rule:
                self._targets[path] = rule

    def __contains__(self, path: str) -> bool:
        """Whether a path is looked up."""
        return path in self._targets

    def find_handler(self, request: HTTPServerRequest, **_: object) -> HTTPMessageDelegate | None:
        """Return what answers a request, or None: then the rules are tried."""
        rule = self._targets.get(request.path)
        if rule is None or not (isinstance(rule.target, type) and issubclass(rule.target, RequestHandler)):
            return None
        return self._application.get_handler_delegate(request, rule.target, target_kwargs=rule.target_kwargs or {})

    @property
    def rule(self) -> Rule:
        """How the application's router asks here first."""
        return Rule(AnyMatches(), self)
