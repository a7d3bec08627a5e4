"""Python by its own syntax tree: faults, imports, routes, environment. Runs in a worker process only."""

import ast
import sys
import warnings
from collections.abc import Iterator
from dataclasses import replace

from autocrea.orchestrator.domain.facts import FileFacts, Import, Named, Route, SyntaxFault

METHODS = frozenset({"get", "post", "put", "patch", "delete"})
_ROUTERS = frozenset({"APIRouter", "Blueprint", "FastAPI", "Flask"})
_PREFIXES = ("prefix", "url_prefix")
_READERS = frozenset({"os.getenv", "getenv", "os.environ.get", "environ.get"})
_ENVIRONMENTS = frozenset({"os.environ", "environ"})


def read_python(facts: FileFacts, text: str) -> FileFacts:
    """The file's facts; one that does not parse has its fault and nothing else."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # an invalid escape in a string is no fault here
        try:
            tree = ast.parse(text)
        except SyntaxError as error:
            return replace(facts, fault=SyntaxFault(error.lineno, error.msg))
        except ValueError as error:  # such as a NUL character
            return replace(facts, fault=SyntaxFault(None, str(error)))
    reading = _Reading(tree)
    reading.walk(tree)
    return replace(
        facts,
        imports=tuple(one for one in reading.imports if _top(one.module) not in sys.stdlib_module_names),
        env=tuple(reading.env),
        routes=tuple(reading.routes),
        mounts=tuple(dict.fromkeys(reading.mounts)),
    )


class _Reading:
    """One walk over a tree. Names and prefixes of the module's own constants are known from the start."""

    def __init__(self, tree: ast.Module) -> None:
        self.imports: list[Import] = []
        self.env: list[Named] = []
        self.routes: list[Route] = []
        self.mounts: list[str] = []
        self._optional: set[ast.AST] = set()  # imports that may fail: the file says what happens then
        assigned = [node for node in tree.body if isinstance(node, ast.Assign | ast.AnnAssign)]
        self._texts: dict[str, str] = {}
        self._prefixes: dict[str, str] = {}
        for node in assigned:
            self._remember(node)

    def walk(self, tree: ast.Module) -> None:
        for node in ast.walk(tree):
            match node:
                case ast.Try() if any(_catches_import(one) for one in node.handlers):
                    self._optional.update(inner for one in node.body for inner in ast.walk(one))
                case ast.Import() | ast.ImportFrom() if node in self._optional:
                    pass
                case ast.Import():
                    self.imports += [Import(one.name, node.lineno) for one in node.names]
                case ast.ImportFrom():
                    self.imports.append(Import("." * node.level + (node.module or ""), node.lineno))
                case ast.FunctionDef() | ast.AsyncFunctionDef():
                    for decorator in node.decorator_list:
                        if isinstance(decorator, ast.Call):
                            self.routes += self._route(decorator)
                case ast.Call():
                    self._call(node)
                case ast.Subscript():
                    if _dotted(node.value) in _ENVIRONMENTS and isinstance(node.ctx, ast.Load):
                        self._name(node.slice, node.lineno)
                case ast.ClassDef():
                    self.env += _settings(node)

    def _remember(self, node: ast.Assign | ast.AnnAssign) -> None:
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        names = [one.id for one in targets if isinstance(one, ast.Name)]
        if isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            self._texts |= dict.fromkeys(names, node.value.value)
        if isinstance(node.value, ast.Call) and _dotted(node.value.func).rpartition(".")[2] in _ROUTERS:
            self._prefixes |= dict.fromkeys(names, self._prefix(node.value))

    def _prefix(self, call: ast.Call) -> str:
        given = [one.value for one in call.keywords if one.arg in _PREFIXES]
        return (self._text(given[0]) or "") if given else ""

    def _call(self, node: ast.Call) -> None:
        name = _dotted(node.func)
        last = name.rpartition(".")[2]
        if name in _READERS and node.args:
            self._name(node.args[0], node.lineno)
        elif last in ("include_router", "register_blueprint", "register_router"):
            prefix = self._prefix(node)
            if prefix:
                self.mounts.append(prefix)
        elif last == "mount" and node.args:
            prefix = self._text(node.args[0]) or ""
            if len(prefix) > 1:
                self.mounts.append(prefix)
        elif last in ("add_api_route", "add_url_rule"):
            self.routes += self._route(node)

    def _route(self, call: ast.Call) -> Iterator[Route]:
        owner, _, last = _dotted(call.func).rpartition(".")
        given = [*call.args[:1], *(one.value for one in call.keywords if one.arg in ("path", "rule"))]
        path = self._text(given[0]) if given else None
        if path is None:
            return
        if last in METHODS:
            methods = [last.upper()]
        elif last in ("route", "api_route", "add_api_route", "add_url_rule"):
            methods = _methods(call)
        else:
            return
        for method in methods:
            yield Route(method, self._prefixes.get(owner, "") + path, call.lineno)

    def _name(self, node: ast.expr, line: int) -> None:
        text = self._text(node)
        if text is not None and "{}" not in text:
            self.env.append(Named(text, line))

    def _text(self, node: ast.expr) -> str | None:
        """The text of an expression as far as it can be read; what is known later is `{}`."""
        match node:
            case ast.Constant(value=str() as value):
                return value
            case ast.Name(id=name):
                return self._texts.get(name)
            case ast.JoinedStr(values=parts):
                return "".join(
                    (self._text(part.value) or "{}")
                    if isinstance(part, ast.FormattedValue)
                    else self._text(part) or ""
                    for part in parts
                )
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                return (self._text(left) or "{}") + (self._text(right) or "{}")
        return None


def _top(module: str) -> str:
    return module.partition(".")[0]


def _catches_import(handler: ast.ExceptHandler) -> bool:
    caught = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(
        isinstance(one, ast.Name) and one.id in ("ImportError", "ModuleNotFoundError") for one in caught
    )


def _methods(call: ast.Call) -> list[str]:
    for keyword in call.keywords:
        if keyword.arg == "methods" and isinstance(keyword.value, ast.List | ast.Tuple | ast.Set):
            named = [one.value for one in keyword.value.elts if isinstance(one, ast.Constant)]
            return [str(one).upper() for one in named]
    return ["GET"]


def _settings(node: ast.ClassDef) -> Iterator[Named]:
    """The variables that a class of pydantic's settings reads: its fields, or what they are called outside."""
    if not any(_dotted(base).endswith("BaseSettings") for base in node.bases):
        return
    prefix = ""
    for one in node.body:
        if isinstance(one, ast.Assign) and isinstance(one.value, ast.Call):
            prefix = _keyword(one.value, "env_prefix") or prefix
    for one in node.body:
        if (
            isinstance(one, ast.AnnAssign)
            and isinstance(one.target, ast.Name)
            and one.target.id != "model_config"
        ):
            call = one.value if isinstance(one.value, ast.Call) else None
            alias = call and (_keyword(call, "validation_alias") or _keyword(call, "alias"))
            yield Named(alias or f"{prefix}{one.target.id}".upper(), one.lineno)


def _keyword(call: ast.Call, name: str) -> str | None:
    for one in call.keywords:
        if one.arg == name and isinstance(one.value, ast.Constant) and isinstance(one.value.value, str):
            return one.value.value
    return None


def _dotted(node: ast.expr) -> str:
    """`a.b.c` of an attribute chain; empty for anything else."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return ""
    return ".".join([node.id, *reversed(parts)])
