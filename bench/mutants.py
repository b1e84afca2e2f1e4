"""Small faults put into a module, one at a time: what its tests should notice."""

from __future__ import annotations

import ast
import difflib
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

# The neighbour, by one at the border; and the opposite.
_COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
}
_ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}
_SWAPPED = {"min": "max", "max": "min", "any": "all", "all": "any"}
# Words for people are the catalogues' and the log's.
_WORDS = {"later", "_log"}


@dataclass(frozen=True)
class Mutant:
    """The `number`th fault of a module, in the statement of these lines (both included).

    `function` is the outermost one that it is in, as `Class.name`; empty: it is run when the
    module is read, so that no test can be told to have run it.
    """

    path: str
    number: int
    first: int
    last: int
    function: str

    @property
    def key(self) -> str:
        """Its name for as long as the module is as it is."""
        whole = hashlib.sha256(Path(self.path).read_bytes()).hexdigest()
        return f"{self.path}:{self.number}:{whole[:8]}"

    @property
    def code(self) -> ast.Module:
        tree = _parsed(self.path)
        _Walk(self.path, self.number).visit(tree)  # in place: a module is no fault itself
        return ast.fix_missing_locations(tree)

    @property
    def diff(self) -> str:
        """What it changes, as lines that begin with - and +."""
        before, after = ast.unparse(_parsed(self.path)), ast.unparse(self.code)
        found = difflib.unified_diff(before.splitlines(), after.splitlines(), n=0, lineterm="")
        return "\n".join(line for line in found if line[:2] not in {"--", "++", "@@"})


def mutants_of(path: str) -> list[Mutant]:
    walk = _Walk(path, -1)
    walk.visit(_parsed(path))
    return walk.found


def _parsed(path: str) -> ast.Module:
    return ast.parse(Path(path).read_text("utf-8"), path)


class _Walk(ast.NodeTransformer):
    """Counts the faults that can be put in, and puts in the one that is wanted."""

    def __init__(self, path: str, wanted: int) -> None:
        self.found: list[Mutant] = []
        self._path = path
        self._wanted = wanted
        self._lines = (1, 1)
        self._names: list[str] = []
        self._function = ""

    def visit(self, node: ast.AST) -> ast.AST:
        if _is_passed_over(node):
            return node
        before = self._lines
        if isinstance(node, ast.stmt):
            self._lines = _lines_of(node)
        replaced = self._replaced(node)
        if replaced is node:
            self._go_on(node)
        self._lines = before
        return replaced

    def _replaced(self, node: ast.AST) -> ast.AST:
        for variant in _variants(node):
            number = len(self.found)
            self.found.append(Mutant(self._path, number, *self._lines, self._function))
            if number == self._wanted:
                return ast.copy_location(variant, node) if hasattr(node, "lineno") else variant
        return node

    def _go_on(self, node: ast.AST) -> None:
        """Neither annotations nor decorators: nothing reads those, these say how it is made."""
        match node:
            case ast.FunctionDef(name) | ast.AsyncFunctionDef(name):
                self._visit_all(node, "args")
                self._visit_body(node, name, is_function=True)
            case ast.ClassDef(name):
                self._visit_body(node, name, is_function=False)
            case ast.AnnAssign():
                self._visit_all(node, "value")
            case ast.arg():
                pass
            case _:
                self.generic_visit(node)

    def _visit_body(
        self,
        node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef,
        name: str,
        is_function: bool,
    ) -> None:
        before = self._function
        self._names.append(name)
        if is_function and not before:
            self._function = ".".join(self._names)
        self._visit_all(node, "body")
        self._names.pop()
        self._function = before

    def _visit_all(self, node: ast.AST, part: str) -> None:
        value = getattr(node, part)
        if isinstance(value, list):
            value[:] = [self.visit(one) for one in value]
        elif value is not None:
            setattr(node, part, self.visit(value))


_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def _is_passed_over(node: ast.AST) -> bool:
    match node:
        case ast.Import() | ast.ImportFrom() | ast.Assert() | ast.Expr(ast.Constant()):
            return True
        case ast.Call(ast.Name(name)) | ast.Call(ast.Attribute(ast.Name(name))):
            return name in _WORDS
        case ast.Expr(ast.Call(ast.Attribute(ast.Name(name)))):
            return name in _WORDS
    return False


def _lines_of(node: ast.stmt) -> tuple[int, int]:
    """Of a statement with others in it only its head; of a function all of it."""
    body = getattr(node, "body", None)
    if body and not isinstance(node, _FUNCTIONS):
        return node.lineno, max(node.lineno, body[0].lineno - 1)
    return node.lineno, node.end_lineno or node.lineno


def _variants(node: ast.AST) -> Iterator[ast.AST]:  # noqa: C901 - one flat table
    match node:
        case ast.Compare(left, ops, right):
            for at, op in enumerate(ops):
                for other in _COMPARISONS[type(op)]:
                    yield ast.Compare(left, [*ops[:at], other(), *ops[at + 1 :]], right)
        case ast.BoolOp(op, values):
            yield ast.BoolOp(ast.Or() if isinstance(op, ast.And) else ast.And(), values)
        case ast.BinOp(left, op, right) if type(op) in _ARITHMETIC:
            yield ast.BinOp(left, _ARITHMETIC[type(op)](), right)
        case ast.AugAssign(target, op, value) if type(op) in _ARITHMETIC:
            yield ast.AugAssign(target, _ARITHMETIC[type(op)](), value)
        case ast.UnaryOp(ast.Not() | ast.USub(), operand):
            yield operand
        case ast.Constant(value):
            yield from _other_constants(value)
        case ast.Slice(lower, upper, step) if upper:
            yield ast.Slice(lower, None, step)
        case ast.Call(func, args, keywords):
            yield from _other_calls(func, args, keywords)
        case ast.IfExp() | ast.comprehension():
            yield from _other_conditions(node)
        case ast.stmt():
            yield from _other_statements(node)


def _other_constants(value: object) -> Iterator[ast.AST]:
    if isinstance(value, bool):
        yield ast.Constant(not value)
    elif isinstance(value, int | float):
        yield ast.Constant(value + 1)
    elif isinstance(value, str):
        yield ast.Constant(f"{value}~")


def _other_calls(
    func: ast.expr, args: list[ast.expr], keywords: list[ast.keyword]
) -> Iterator[ast.AST]:
    if isinstance(func, ast.Name) and func.id in _SWAPPED:
        yield ast.Call(ast.Name(_SWAPPED[func.id], ast.Load()), args, keywords)
    for at, keyword in enumerate(keywords):
        if keyword.arg:
            yield ast.Call(func, args, [*keywords[:at], *keywords[at + 1 :]])


def _other_conditions(node: ast.IfExp | ast.comprehension) -> Iterator[ast.AST]:
    if isinstance(node, ast.IfExp):
        if not isinstance(node.test, ast.Compare | ast.BoolOp | ast.UnaryOp):
            yield ast.IfExp(ast.UnaryOp(ast.Not(), node.test), node.body, node.orelse)
        return
    for at in range(len(node.ifs)):
        left = [*node.ifs[:at], *node.ifs[at + 1 :]]
        yield ast.comprehension(node.target, node.iter, left, node.is_async)


def _other_statements(node: ast.stmt) -> Iterator[ast.AST]:
    match node:
        case ast.Return(value) if value and not isinstance(value, ast.Constant):
            yield ast.Return(ast.Constant(None))
        case ast.Expr(ast.Call() | ast.Await()) | ast.Raise():
            yield ast.Pass()
        case ast.Break():
            yield ast.Continue()
        case ast.Continue():
            yield ast.Break()
        case ast.If(ast.Name() | ast.Attribute() | ast.Call() | ast.NamedExpr() as test):
            yield ast.If(ast.UnaryOp(ast.Not(), test), node.body, node.orelse)
