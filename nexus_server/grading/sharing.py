"""Which of a learner's names may hold an object of the instructor's, or have one within. Pure.

A test beside the learner's code relies on what the instructor's cells made. A learner's code may look at it and not
change it, by whatever name: after `mine = rows` a `mine.clear()` changes `rows`. So values are followed through the
text, without regard for scopes and order: a name is what any assignment to that word may make it. Where the text does
not tell, a value counts as the instructor's object, and a change of it as one that the code must not make.
"""

import ast
from collections.abc import Callable, Collection, Iterable, Iterator
from enum import IntEnum

from nexus_server.grading.plain_tables import CHANGING, words


class Share(IntEnum):
    """What a value has to do with the instructor's objects."""

    NONE = 0
    #: it is the learner's own, and one of the instructor's may be in it
    WITHIN = 1
    #: it may be one
    SAME = 2


#: calls by which nothing of their arguments gets into the result
_APART = words(
    """abs all any bin bool bytes chr complex deepcopy divmod float format hash hex id int isinstance issubclass len oct
    ord print pow range repr round str"""
)
#: calls whose result may be their object, an argument, or a part of one of these
_SAME = words(
    """array_split asarray asfarray atleast_1d atleast_2d broadcast_to diag diagonal expand_dims flip fliplr flipud
    hsplit max min moveaxis next pipe popitem popleft ravel real reduce reshape rollaxis rot90 squeeze swapaxes to_numpy
    transpose view vsplit dsplit"""
)
#: methods whose result is a part of their object, or an argument after the first
_LOOK_UPS = frozenset(["get", "pop", "setdefault"])
#: functions that change their first argument
_CHANGERS = words("""shuffle heapify heappop heappush heappushpop heapreplace insort insort_left insort_right next""")
#: classes whose methods may be called with their object as an argument
_CLASSES = frozenset(["bytearray", "dict", "list", "set", "Counter", "OrderedDict", "defaultdict", "deque", "ndarray"])
#: members that stand for their object
_VIEWS = frozenset(["at", "iat", "iloc", "loc"])


#: steps from name to name, against the order of the text
MAX_ROUNDS = 8
#: more than a person writes for a lab
MAX_NODES = 20_000

Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


class Sharing:
    """What a learner's cells may do to the objects that stand behind some names of the instructor's."""

    def __init__(self, trees: Collection[ast.Module], fixed: frozenset[str]) -> None:
        """Follow the values in the learner's cells; `fixed` are the names whose objects are not theirs to change."""
        self._nodes = [node for tree in trees for node in ast.walk(tree)]
        self._names = dict.fromkeys(fixed, Share.SAME)
        self._functions = [node for node in self._nodes if isinstance(node, Function)]
        #: names that are called may stand for any function, unless it is known which
        self._variables = {name for tree in trees for name in _variables(tree)}
        self._stands_for: dict[str, set[Function]] = {}
        for each in self._functions:
            if not isinstance(each, ast.Lambda):
                self._stands_for.setdefault(each.name, set()).add(each)
        #: what the functions return; and what expressions share, in this round
        self._results = dict.fromkeys(self._functions, Share.NONE)
        self._known: dict[ast.expr, Share] = {}
        self.is_followed = (
            len(self._nodes) <= MAX_NODES and self._settle(self._spread_functions) and self._settle(self._spread)
        )

    def is_change(self, node: ast.AST) -> bool:
        """Whether this expression or statement may itself change an object of the instructor's."""
        match node:
            case ast.AugAssign(target=ast.Name(id=name)):
                return self._names.get(name, Share.NONE) is Share.SAME
            case ast.Subscript(ctx=ast.Store() | ast.Del(), value=owner):
                return self.of(owner) is Share.SAME
            case ast.Attribute(attr=name, value=owner) if name in CHANGING:
                return self.of(owner) is Share.SAME or _last_name(owner) in _CLASSES
            case ast.Call():
                return self._is_changing_call(node)
        return False

    def of(self, node: ast.expr | None) -> Share:
        """Tell what an expression's value may share."""
        if node is None:
            return Share.NONE
        if node not in self._known:
            self._known[node] = self._of(node)
        return self._known[node]

    def _of(self, node: ast.expr) -> Share:  # noqa: C901, PLR0911  one line per kind
        match node:
            case ast.Name(id=name):
                return self._names.get(name, Share.NONE)
            case ast.Starred(value=value):
                return _part(self.of(value))
            case ast.NamedExpr(value=value) | ast.Await(value=value) | ast.YieldFrom(value=value):
                return self.of(value)
            case ast.Attribute(attr=name, value=owner):
                return self.of(owner) if name in _VIEWS else _part(self.of(owner))
            case ast.Subscript(value=owner, slice=index):
                return self._of_item(owner, index)
            case ast.Call():
                return self._of_call(node)
            case ast.BoolOp(values=values):
                return self._most(values)
            case ast.IfExp(body=body, orelse=other):
                return self._most([body, other])
            case ast.BinOp(left=left, right=right):
                return min(Share.WITHIN, self._most([left, right]))
            case ast.Lambda(body=body):
                return self.of(body)
            case ast.ListComp(elt=item) | ast.SetComp(elt=item) | ast.GeneratorExp(elt=item) | ast.DictComp(value=item):
                return min(Share.WITHIN, self.of(item))
            case ast.List() | ast.Tuple() | ast.Set() | ast.Dict():
                values = node.values if isinstance(node, ast.Dict) else node.elts
                return min(Share.WITHIN, self._most(values))
        return Share.NONE

    def _most(self, nodes: Iterable[ast.expr]) -> Share:
        return max((self.of(node) for node in nodes), default=Share.NONE)

    def _of_item(self, owner: ast.expr, index: ast.expr) -> Share:
        """Tell what `owner[index]` shares: a table's rows by condition or list are a copy, a slice may be a view."""
        if isinstance(index, ast.Compare | ast.BinOp | ast.UnaryOp | ast.List) and not isinstance(owner, ast.Attribute):
            is_number = isinstance(index, ast.UnaryOp) and isinstance(index.op, ast.USub)
            return _part(self.of(owner)) if is_number else min(Share.WITHIN, self.of(owner))
        return self.of(owner) if isinstance(index, ast.Slice) else _part(self.of(owner))

    def _of_call(self, call: ast.Call) -> Share:
        name, given = _last_name(call.func), self._given(call)
        if callees := self._callees(call.func):
            return max(_part(given), *(self._results[each] for each in callees))
        if given is Share.NONE or name in _APART:
            return Share.NONE
        if name in _LOOK_UPS and isinstance(call.func, ast.Attribute):
            return max(_part(self.of(call.func.value)), self._most(call.args[1:]))
        is_view = any(word.arg == "copy" and _is_false(word.value) for word in call.keywords)
        return Share.SAME if is_view or name in _SAME else Share.WITHIN

    def _callees(self, func: ast.expr) -> Collection[Function]:
        """Tell which functions of the learner's an expression may stand for, where it is called."""
        is_unknown = isinstance(func, ast.Name) and func.id in self._variables - self._stands_for.keys()
        return self._functions if is_unknown or isinstance(func, ast.Subscript | ast.Call) else self._handed(func)

    def _handed(self, node: ast.AST) -> Collection[Function]:
        """Tell which functions of the learner's an expression stands for, where it is an argument."""
        if isinstance(node, ast.Lambda):
            return (node,)
        return self._stands_for.get(node.id, ()) if isinstance(node, ast.Name) else ()

    def _spread_functions(self) -> bool:
        """Follow the functions through every assignment once; return whether a name got one more."""
        before = sum(map(len, self._stands_for.values()))
        for node in self._nodes:
            if isinstance(node, ast.Assign | ast.AnnAssign | ast.NamedExpr) and node.value is not None:
                called = {id(each.func) for each in ast.walk(node.value) if isinstance(each, ast.Call)}
                uncalled = [each for each in ast.walk(node.value) if id(each) not in called]
                found = {function for each in uncalled for function in self._handed(each)}
                for name in _variables(node) if found else ():
                    self._stands_for.setdefault(name, set()).update(found)
        return sum(map(len, self._stands_for.values())) > before

    def _given(self, call: ast.Call) -> Share:
        """Tell what a call gets to see: its arguments and, for a method, its object."""
        owner = [call.func.value] if isinstance(call.func, ast.Attribute) else []
        return self._most([*owner, *call.args, *(word.value for word in call.keywords)])

    def _is_changing_call(self, call: ast.Call) -> bool:
        if _last_name(call.func) in _CHANGERS:
            return self._most(call.args[:1]) is Share.SAME
        words = [word for word in call.keywords if word.arg in ("inplace", "out") and not _is_false(word.value)]
        return bool(words) and self._given(call) is Share.SAME

    # --- following values ---

    def _settle(self, spread: Callable[[], bool]) -> bool:
        """Follow until nothing new is found; False when that takes more rounds than any code that a person writes."""
        return any(not spread() for _ in range(MAX_ROUNDS))

    def _spread(self) -> bool:
        """Follow every assignment once; return whether a name or a result turned out to share more."""
        before = dict(self._names), dict(self._results)
        self._known.clear()
        for node in self._nodes:
            for target, share in self._bound(node):
                self._bind(target, share)
        for each in self._functions:
            self._results[each] = self._most(_returned(each))
        self._known.clear()
        return (self._names, self._results) != before

    def _bound(self, node: ast.AST) -> Iterator[tuple[ast.AST, Share]]:
        """Tell what a node stores where."""
        match node:
            case ast.Assign(targets=targets, value=value):
                yield from ((target, self.of(value)) for target in targets)
            case ast.AnnAssign(target=target, value=value) | ast.NamedExpr(target=target, value=value):
                yield target, self.of(value)
            case ast.AugAssign(target=target, value=value):
                yield target, min(Share.WITHIN, self.of(value))
            case ast.For(target=target, iter=value) | ast.AsyncFor(target=target, iter=value):
                yield target, _part(self.of(value))
            case ast.comprehension(target=target, iter=value):
                yield target, _part(self.of(value))
            case ast.withitem(optional_vars=ast.expr() as target, context_expr=value):
                yield target, self.of(value)
            case ast.Match(subject=value, cases=cases):
                yield from ((case.pattern, self.of(value)) for case in cases)
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.Lambda():
                yield from ((node.args, self.of(value)) for value in (*node.args.defaults, *node.args.kw_defaults))
            case ast.Call():
                yield from self._bound_by_call(node)

    def _bound_by_call(self, call: ast.Call) -> Iterator[tuple[ast.AST, Share]]:
        """Tell what a call hands to functions of the learner's, and puts into its object."""
        if not (given := self._given(call)):
            return
        arguments = [*call.args, *(word.value for word in call.keywords)]
        handed = [each for argument in arguments for node in ast.walk(argument) for each in self._handed(node)]
        yield from ((each.args, Share.SAME) for each in (*self._callees(call.func), *handed))
        if isinstance(call.func, ast.Attribute) and call.func.attr in CHANGING:
            yield call.func.value, min(Share.WITHIN, given)

    def _bind(self, target: ast.AST, share: Share) -> None:  # noqa: C901  one case per kind
        """Note that a target may hold what shares so much; what is stored in an item lies within its owner."""
        match target:
            case ast.Name(id=name) | ast.arg(arg=name):
                self._note(name, share)
            case ast.Subscript(value=owner) | ast.Attribute(value=owner):
                self._bind(owner, min(Share.WITHIN, share))
            case ast.Starred(value=value):
                self._bind(value, share)
            case ast.Tuple(elts=items) | ast.List(elts=items):
                for item in items:
                    self._bind(item, _part(share))
            case ast.arguments():
                for part in ast.walk(target):
                    if isinstance(part, ast.arg):
                        self._note(part.arg, share)
            case ast.pattern():
                for part in ast.walk(target):
                    self._note(getattr(part, "name", None) or getattr(part, "rest", None), _part(share))

    def _note(self, name: str | None, share: Share) -> None:
        if name is not None:
            self._names[name] = max(share, self._names.get(name, Share.NONE))


def _part(share: Share) -> Share:
    """Tell what a part of a value may share."""
    return Share.SAME if share else Share.NONE


def _returned(function: Function) -> Iterator[ast.expr]:
    if isinstance(function, ast.Lambda):
        yield function.body
        return
    for node in ast.walk(function):
        if isinstance(node, ast.Return | ast.Yield) and node.value is not None:
            yield node.value


def _variables(node: ast.AST) -> Iterator[str]:
    """Tell which names are stored at or below a node, or are parameters."""
    for each in ast.walk(node):
        if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store):
            yield each.id
        elif isinstance(each, ast.arg):
            yield each.arg


def _last_name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def _is_false(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and not node.value
