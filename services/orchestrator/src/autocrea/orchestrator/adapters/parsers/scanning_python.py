"""Bandit's rules on a Python text, and one of our own."""

import ast
import io
from collections.abc import Iterator
from functools import cache

from autocrea.orchestrator.domain.hazards import Hazard, Severity
from bandit.core.config import BanditConfig
from bandit.core.issue import Issue
from bandit.core.meta_ast import BanditMetaAst
from bandit.core.metrics import Metrics
from bandit.core.node_visitor import BanditNodeVisitor
from bandit.core.test_set import BanditTestSet

# Rules that warn of what is no fault by itself: `assert`, an import without its use, a password by the name of its
# variable (secrets are found by their form), listening everywhere (inside a container), an ignored error, a subprocess.
_LEFT_OUT = {"B101", "B104", "B105", "B106", "B107", "B110", "B112", "B603", "B607"}
_LEFT_OUT |= {f"B{number}" for number in range(401, 416)}
_SEVERITIES: dict[str, Severity] = {"LOW": "low", "MEDIUM": "medium", "HIGH": "high"}


def scan_python(text: str) -> Iterator[Hazard]:
    """What bandit and we warn of. A text that does not parse has no hazards here: verification has told so."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return
    yield from _cross_origin(tree)
    # The last argument but one are bandit's `nosec` comments: generated code does not excuse itself.
    source = text.encode()
    visitor = BanditNodeVisitor(
        "/generated.py", io.BytesIO(source), BanditMetaAst(), _rules(), False, {}, Metrics()
    )
    visitor.process(source)
    for issue in visitor.tester.results:
        yield _hazard(issue)


def _hazard(issue: Issue) -> Hazard:
    return Hazard(
        f"bandit:{issue.test_id}", _SEVERITIES.get(issue.severity, "info"), issue.lineno, issue.text
    )


@cache
def _rules() -> BanditTestSet:
    return BanditTestSet(BanditConfig(), {"include": [], "exclude": sorted(_LEFT_OUT)})


def _cross_origin(tree: ast.Module) -> Iterator[Hazard]:
    """Any page of any origin, with the visitor's cookies."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            given = {one.arg: one.value for one in node.keywords if one.arg}
            credentials = given.get("allow_credentials")
            if (
                _any_origin(given.get("allow_origins"))
                and isinstance(credentials, ast.Constant)
                and credentials.value
            ):
                yield Hazard("any_origin", "high", node.lineno)


def _any_origin(node: ast.expr | None) -> bool:
    return isinstance(node, ast.List) and any(
        isinstance(one, ast.Constant) and one.value == "*" for one in node.elts
    )
