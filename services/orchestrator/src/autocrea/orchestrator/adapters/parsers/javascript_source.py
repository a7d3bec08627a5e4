"""JavaScript and TypeScript: faults, imports, requests and routes, environment. Runs in a worker process only."""

import re
from collections.abc import Iterator
from dataclasses import replace

from autocrea.orchestrator.adapters.parsers.grammars import (
    Grammar,
    captures,
    fault_of,
    line_of,
    parse,
    text_of,
)
from autocrea.orchestrator.domain.facts import FileFacts, Import, Named, Route
from tree_sitter import Node

METHODS = frozenset({"get", "post", "put", "patch", "delete"})
_SERVERS = frozenset({"app", "router", "server", "express"})
_CLIENTS = frozenset({"axios", "http", "client", "api", "ky", "request"})
_ORIGIN = re.compile(r"^https?://(?:localhost|127\.0\.0\.1)(?::\d+)?(?=/)")
PATTERN = """
(string) @text
(template_string) @text
(import_statement source: (string) @import)
(export_statement source: (string) @import)
(call_expression function: (import) arguments: (arguments . (string) @import))
(call_expression function: (identifier) @_f arguments: (arguments . (string) @import) (#eq? @_f "require"))
((member_expression object: (_) @_env property: (property_identifier) @env)
  (#any-of? @_env "process.env" "import.meta.env"))
(variable_declarator name: (identifier) @name value: (string) @constant)
"""
# What a bundler defines by itself.
_BUILT_IN_ENV = frozenset({"NODE_ENV", "MODE", "BASE_URL", "PROD", "DEV", "SSR"})


def read_javascript(facts: FileFacts, text: str, grammar: Grammar = "javascript") -> FileFacts:
    """The file's facts; one with a fault still has what could be read of it."""
    root = parse(grammar, text)
    found = captures(grammar, root, PATTERN)
    reading = _Reading(
        dict(zip(map(text_of, found.get("name", ())), found.get("constant", ()), strict=False))
    )
    for node in found.get("text", ()):
        reading.text(node)
    return replace(
        facts,
        fault=fault_of(root),
        imports=tuple(Import(_quoted(node), line_of(node)) for node in found.get("import", ())),
        env=tuple(
            Named(text_of(node), line_of(node))
            for node in found.get("env", ())
            if text_of(node) not in _BUILT_IN_ENV
        ),
        routes=tuple(reading.routes),
        mounts=tuple(dict.fromkeys(reading.mounts)),
        requests=tuple(reading.requests),
    )


class _Reading:
    """Sorts the texts that look like paths into routes that are answered and requests that are made."""

    def __init__(self, constants: dict[str, Node]) -> None:
        self.routes: list[Route] = []
        self.mounts: list[str] = []
        self.requests: list[Route] = []
        self._constants = {name: _quoted(node) for name, node in constants.items()}

    def text(self, node: Node) -> None:
        path = _ORIGIN.sub("", self._path(node))
        if not path.startswith("/") or path.startswith("//"):
            return
        whole, path = _added(node, path, self)
        call = _call_with_first(whole)
        if call is None:
            self.requests.append(Route(None, path, line_of(node)))
            return
        owner, _, name = text_of(_function(call)).rpartition(".")
        owner = owner.rpartition(".")[2]
        if owner in _SERVERS and name in METHODS and _arguments(call) > 1:
            self.routes.append(Route(name.upper(), path, line_of(node)))
        elif owner in _SERVERS and name == "use":
            self.mounts.append(path)
        elif name in METHODS and owner in _CLIENTS:
            self.requests.append(Route(name.upper(), path, line_of(node)))
        elif name == "fetch":
            self.requests.append(Route(_fetch_method(call), path, line_of(node)))
        else:
            self.requests.append(Route(None, path, line_of(node)))

    def part(self, node: Node) -> str:
        """A piece of a path, as far as it can be read."""
        if node.type == "identifier":
            return self._constants.get(text_of(node), "{}")
        return self._path(node) if node.type in ("string", "template_string") else "{}"

    def _path(self, node: Node) -> str:
        if node.type == "string":
            return _quoted(node)
        parts: list[str] = []
        for child in node.named_children:
            if child.type == "template_substitution":
                parts.append(self.part(child.named_children[0]) if child.named_children else "{}")
            else:
                parts.append(text_of(child))
        return "".join(parts)


def _added(node: Node, path: str, reading: _Reading) -> tuple[Node, str]:
    """The whole of `"/a/" + id + "/b"` that begins with this node, and its path."""
    while (parent := node.parent) is not None and parent.type == "binary_expression":
        left, right = parent.child_by_field_name("left"), parent.child_by_field_name("right")
        if left is None or right is None or left.id != node.id:
            break
        path += reading.part(right)
        node = parent
    return node, path


def _call_with_first(node: Node) -> Node | None:
    """The call whose first argument the node is."""
    arguments = node.parent
    if arguments is None or arguments.type != "arguments":
        return None
    first = arguments.named_children[0] if arguments.named_children else None
    return arguments.parent if first is not None and first.id == node.id else None


def _function(call: Node) -> Node:
    return call.child_by_field_name("function") or call.child_by_field_name("constructor") or call


def _arguments(call: Node) -> int:
    arguments = call.child_by_field_name("arguments")
    return arguments.named_child_count if arguments else 0


def _fetch_method(call: Node) -> str | None:
    """GET without options; what their `method` says; None where that is only known when it runs."""
    arguments = call.child_by_field_name("arguments")
    given = arguments.named_children if arguments else []
    if len(given) < 2:
        return "GET"
    options = given[1]
    if options.type != "object":
        return None
    for key, value in _pairs(options):
        if key == "method":
            return _quoted(value).upper() if value.type == "string" else None
    dynamic = any(one.type in ("spread_element", "shorthand_property_identifier") for one in options.children)
    return None if dynamic else "GET"


def _pairs(options: Node) -> Iterator[tuple[str, Node]]:
    for pair in options.named_children:
        key, value = pair.child_by_field_name("key"), pair.child_by_field_name("value")
        if key is not None and value is not None:
            yield text_of(key).strip("\"'"), value


def _quoted(node: Node) -> str:
    return text_of(node)[1:-1]
