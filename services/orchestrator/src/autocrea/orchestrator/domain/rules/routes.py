"""Front-end calls ⊆ routes of the contract ⊆ routes of the back end."""

import re
from collections.abc import Iterable, Iterator

from autocrea.contracts.application import ApplicationContract, Route
from autocrea.contracts.shapes import Finding
from autocrea.contracts.vocabulary import FindingClass
from autocrea.orchestrator.domain import facts
from autocrea.orchestrator.domain.findings import finding
from autocrea.orchestrator.domain.rules.view import SCRIPTS, View, error

FRAMEWORKS = frozenset({"fastapi", "flask", "starlette", "express"})  # those whose routes can be read
NEAREST_MAX = 3  # routes named as what may have been meant

_PARAMETER = re.compile(r"\{[^}]*\}|<[^>]*>|(?<=/):[A-Za-z_]\w*")
_END = re.compile(r"[?#].*$", re.DOTALL)
_PARAMETER_VALUE = "\x00"  # stands for whatever a parameter is, and for nothing else


def check_routes(view: View) -> Iterator[Finding]:
    if view.contract is None or not view.contract.routes:
        return
    if view.step.serves_routes:
        yield from _missing(view, view.contract)
    promised: list[tuple[str, str]] = [(route.method, _shape(route.path)) for route in view.contract.routes]
    for file in view.facts:
        for request in file.requests:
            yield from _unknown(file.path, request, promised, view.contract.routes)


def _missing(view: View, contract: ApplicationContract) -> Iterator[Finding]:
    """Routes of the contract that no file answers; not asked while a file cannot be read."""
    if not view.facts or any(file.fault or file.crashed for file in view.in_language("python", *SCRIPTS)):
        return
    served = [(route, file) for file in view.facts for route in file.routes]
    imported = {one.module.partition(".")[0] for file in view.facts for one in file.imports}
    if not served and imported.isdisjoint(FRAMEWORKS):
        sentence = "The routes were not compared with the contract: this framework's cannot be read."
        yield finding("routes_unchecked", FindingClass.WARNING, sentence)
        return
    prefixes = ["", *(mount.rstrip("/") for file in view.facts for mount in file.mounts)]
    answered = {
        (route.method, _shape(prefix + route.path))
        for route, _ in served
        for prefix in dict.fromkeys(prefixes)
    }
    place = served[0][1].path if served else next((file.path for file in view.facts), None)
    for route in contract.routes:
        if (route.method, _shape(route.path)) not in answered:
            sentence = f"The contract promises {route.method} {route.path}, and no file answers it."
            yield error("route_missing", sentence, place)


def _unknown(
    path: str, request: facts.Route, promised: list[tuple[str, str]], routes: Iterable[Route]
) -> Iterator[Finding]:
    """A call of something below the API's first folders that is no route of the contract."""
    asked = _END.sub("", request.path)
    firsts = {shape.split("/")[1] for _, shape in promised if "/" in shape}
    if not any(asked == f"/{first}" or asked.startswith(f"/{first}/") for first in firsts if first):
        return
    if any(shape.startswith(f"{asked.rstrip('/')}/") for _, shape in promised):
        return  # the beginning of a path that is put together elsewhere
    methods = {method for method, shape in promised if _meets(asked, shape)}
    if request.method in methods or (methods and request.method is None):
        return
    if methods:
        sentence = f"The contract has {', '.join(sorted(methods))} {request.path}, not {request.method}."
    else:
        method = f"{request.method} " if request.method else ""
        near = ", ".join(_nearest(asked, routes))
        sentence = f"{method}{request.path} is no route of the contract; the nearest are {near}."
    yield error("call_unknown_route", sentence, path, request.line)


def _nearest(asked: str, routes: Iterable[Route]) -> list[str]:
    """The routes that begin most like the call."""
    paths = sorted(dict.fromkeys(route.path for route in routes), key=lambda path: -_common(asked, path))
    return paths[:NEAREST_MAX]


def _common(one: str, other: str) -> int:
    return next(
        (n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )


def _shape(path: str) -> str:
    """The path with every parameter alike, whatever it is called and however the framework spells it."""
    shape = _PARAMETER.sub(_PARAMETER_VALUE, _END.sub("", path))
    return shape.rstrip("/") or "/"


def _meets(asked: str, shape: str) -> bool:
    """Whether a call may go to a route. `{}` in the call is a segment, or, within one, anything at all."""
    ours, theirs = (asked.rstrip("/") or "/").split("/"), shape.split("/")
    if any("{}" in one and one != "{}" for one in ours):
        return _is_like(shape, asked.rstrip("/").split("{}"))
    return len(ours) == len(theirs) and all(
        one == other or other == _PARAMETER_VALUE or one == "{}"
        for one, other in zip(ours, theirs, strict=True)
    )


def _is_like(text: str, pieces: list[str]) -> bool:
    """Whether the text is these pieces with anything between them. One pass: a model chose the pieces."""
    first, *between, last = pieces
    if not text.startswith(first):
        return False
    place = len(first)
    for piece in between:
        found = text.find(piece, place)
        if found < 0:
            return False
        place = found + len(piece)
    return text.endswith(last) and len(text) - len(last) >= place
