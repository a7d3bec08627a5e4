"""Our own rules on what runs in a browser: markup made of data, code made of text, links and scripts of others."""

import re
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser

from autocrea.orchestrator.adapters.parsers.grammars import Grammar, captures, line_of, parse, text_of
from autocrea.orchestrator.domain.hazards import Hazard
from tree_sitter import Node

_PATTERN = """
(assignment_expression
  left: (member_expression property: (property_identifier) @_markup) right: (_) @markup
  (#any-of? @_markup "innerHTML" "outerHTML" "srcdoc"))
(augmented_assignment_expression
  left: (member_expression property: (property_identifier) @_more) right: (_) @markup
  (#any-of? @_more "innerHTML" "outerHTML"))
(call_expression function: (member_expression property: (property_identifier) @_insert) arguments: (arguments) @insert
  (#any-of? @_insert "insertAdjacentHTML" "write" "writeln"))
(call_expression function: (identifier) @_eval arguments: (arguments) @eval (#eq? @_eval "eval"))
(new_expression constructor: (identifier) @_new arguments: (arguments) @eval (#eq? @_new "Function"))
(call_expression function: (identifier) @_timer arguments: (arguments . (string) @timer)
  (#any-of? @_timer "setTimeout" "setInterval"))
(call_expression function: (member_expression object: (identifier) @_storage property: (property_identifier) @_set)
  arguments: (arguments . (string) @stored)
  (#any-of? @_storage "localStorage" "sessionStorage") (#eq? @_set "setItem"))
(call_expression function: (member_expression property: (property_identifier) @_post)
  arguments: (arguments (_) (string) @target) (#eq? @_post "postMessage"))
(string) @string
"""
_TOKEN_NAMES = re.compile(r"(?i)token|jwt|session|passw|secret")
_PLAIN_HTTP = re.compile(r"^http://(?!localhost|127\.|\[::1\]|www\.w3\.org/|example\.)")
_LOADED = ("src", "href", "action", "data", "poster")
_JAVASCRIPT = frozenset({"", "module", "text/javascript", "application/javascript"})


def scan_javascript(text: str, grammar: Grammar = "javascript") -> Iterator[Hazard]:
    found = captures(grammar, parse(grammar, text), _PATTERN)
    for node in found.get("markup", ()):
        if not _fixed(node):
            yield Hazard("markup_from_data", "high", line_of(node))
    for node in found.get("insert", ()):
        owner = text_of(node.parent) if node.parent else ""
        writes = owner.startswith(("document.write", "window.document.write"))
        if ("insertAdjacentHTML" in owner[:200] or writes) and not all(map(_fixed, node.named_children)):
            yield Hazard("markup_from_data", "high", line_of(node))
    for node in [*found.get("eval", ()), *found.get("timer", ())]:
        yield Hazard("code_from_text", "high", line_of(node))
    for node in found.get("stored", ()):
        if _TOKEN_NAMES.search(text_of(node)):
            yield Hazard("token_in_storage", "medium", line_of(node))
    for node in found.get("target", ()):
        if text_of(node)[1:-1] == "*":
            yield Hazard("message_to_anyone", "medium", line_of(node))
    for node in found.get("string", ()):
        if _PLAIN_HTTP.match(text_of(node)[1:-1]):
            yield Hazard("plain_http", "low", line_of(node))


def scan_html(text: str) -> Iterator[Hazard]:
    page = _Page()
    page.feed(text)
    page.close()
    return iter(page.hazards)


class _Page(HTMLParser):
    """Collects hazards while it is fed."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.hazards: list[Hazard] = []
        self._script = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        self._script = tag == "script" and attributes.get("type", "").lower() in _JAVASCRIPT
        line = self.getpos()[0]
        rel = attributes.get("rel", "").lower()
        if attributes.get("target") == "_blank" and "noopener" not in rel and "noreferrer" not in rel:
            self.hazards.append(Hazard("opener", "low", line))
        if any(name.startswith("on") and name.isalpha() for name in attributes):
            self.hazards.append(Hazard("inline_handler", "low", line))
        for name in _LOADED:
            value = attributes.get(name, "").strip()
            if value.lower().startswith("javascript:"):
                self.hazards.append(Hazard("code_from_text", "medium", line))
            elif _PLAIN_HTTP.match(value):
                self.hazards.append(Hazard("plain_http", "low" if tag == "a" else "medium", line))
            elif tag == "script" and value.startswith(("https://", "//")) and "integrity" not in attributes:
                self.hazards.append(Hazard("script_of_others", "medium", line))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self._script = False

    def handle_data(self, data: str) -> None:
        if self._script:
            before = self.getpos()[0] - 1
            self.hazards += [replace(one, line=one.line + before) for one in scan_javascript(data)]

    def handle_endtag(self, tag: str) -> None:
        if tag == "script":
            self._script = False


def _fixed(node: Node) -> bool:
    """Whether a value is the program's own text: a literal, or a template with nothing put into it."""
    if node.type == "template_string":
        return not any(one.type == "template_substitution" for one in node.named_children)
    return node.type in ("string", "number", "null", "undefined", "true", "false")
