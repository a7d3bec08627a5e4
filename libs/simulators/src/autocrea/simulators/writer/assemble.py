"""Putting an application together: contract, the blocks that follow from it, templates, audit."""

import json
from collections.abc import Iterable, Mapping

from autocrea.simulators.writer.order import STEPS, Json, Order, step_of
from autocrea.simulators.writer.templates import Block, render

# Blocks of a back end that shows pages; without pages each of them is empty.
PAGE_BLOCKS = {
    "pages_import": "from pages import add_pages\n",
    "pages_call": "\n\nadd_pages(app)",
    "pages_copy": "\nCOPY frontend/ frontend/",
}
PAGES_MODULE = "backend/pages.py"


def shows_pages(order: Order) -> bool:
    """Whether the application has an interface."""
    return "frontend" in order.steps


def wanted(tree: Mapping[str, str], order: Order) -> dict[str, str]:
    """The part of a tree that the order's steps write."""
    return {
        path: template
        for path, template in tree.items()
        if step_of(path, order.steps) and (path != PAGES_MODULE or shows_pages(order))
    }


def promised_files(paths: Iterable[str], purposes: Mapping[str, str], order: Order) -> list[Json]:
    """The contract's list of files, in the order in which the steps write them."""
    owners = {path: step_of(path, order.steps) or "" for path in paths}
    ordered = sorted(owners, key=lambda path: (STEPS.index(owners[path]), path))
    return [{"path": path, "step": owners[path], "purpose": purposes[path]} for path in ordered]


def base_values(order: Order, words: Mapping[str, str]) -> dict[str, str]:
    """The values that every template may use."""
    blocks = PAGE_BLOCKS if shows_pages(order) else dict.fromkeys(PAGE_BLOCKS, "")
    return (
        dict(words)
        | {name: Block(block) for name, block in blocks.items()}
        | {
            "project": order.project,
            "slug": order.slug,
            "language": order.language,
            "request": order.request,
        }
    )


def contract_blocks(contract: Json) -> dict[str, str]:
    """Parts of files that repeat the contract, so that they cannot differ from it."""
    env: list[Json] = contract["env"]
    own = [one for one in env if one["name"] not in ("PORT", "DATABASE_PATH")]
    return {
        "requirements": Block("\n".join(_requirement(one) for one in contract["dependencies"])),
        "env_example": Block(
            "\n\n".join(f"# {one['purpose']}\n{one['name']}={one['example']}" for one in env)
        ),
        "env_table": Block("\n".join(_env_row(one) for one in env)),
        "routes_table": Block("\n".join(_route_row(one) for one in contract["routes"])),
        "compose_environment": Block(
            "".join(f"\n      {o['name']}: ${{{o['name']}:-{o['example']}}}" for o in own)
        ),
    }


def render_all(tree: Mapping[str, str], values: Mapping[str, str]) -> dict[str, str]:
    """Every file of the tree with its values."""
    return {path: render(template, path, values) for path, template in tree.items()}


def located(report: Json, files: Mapping[str, str]) -> Json:
    """An audit of these files whose findings say `near` (a piece of the file's text) with its line instead."""
    found = [finding for finding in report["findings"] if finding["file"] in files]
    return report | {"findings": [_located(finding, files) for finding in found]}


def parsed(template: str, name: str, values: Mapping[str, str]) -> Json:
    """A JSON template as a value."""
    document: Json = json.loads(render(template, name, values))
    return document


def _located(finding: Json, files: Mapping[str, str]) -> Json:
    rest = {key: value for key, value in finding.items() if key != "near"}
    before, found, _ = files[finding["file"]].partition(finding["near"])
    if not found:
        raise ValueError(f"the audit names {finding['near']!r}, which {finding['file']} does not hold")
    return rest | {"line": before.count("\n") + 1}


def _requirement(dependency: Json) -> str:
    return f"{dependency['name']}{dependency['version'] or ''}"


def _env_row(variable: Json) -> str:
    return f"| `{variable['name']}` | {variable['purpose']} | `{variable['example'] or ' '}` |"


def _route_row(route: Json) -> str:
    return f"| `{route['method']}` | `{route['path']}` | {route['summary']} |"
