"""HTML: faults, what a page loads, links and calls, and its inline scripts and styles. Runs in a worker process only.

HTML has no syntax errors, so a fault here is what makes a page another one than was meant: an element that is never
closed or closed twice, a script that swallows the rest.
"""

import re
from dataclasses import replace
from html.parser import HTMLParser

from autocrea.orchestrator.adapters.parsers.javascript_source import read_javascript
from autocrea.orchestrator.adapters.parsers.style_sheets import read_css
from autocrea.orchestrator.domain.facts import FileFacts, Import, Named, Route, SyntaxFault

_RAW = frozenset({"script", "style", "textarea", "title"})
# Elements without an end tag, and those whose end tag may be left out: nothing is concluded from them.
_LOOSE = frozenset(
    [
        "area",
        "base",
        "br",
        "col",
        "embed",
        "hr",
        "img",
        "input",
        "link",
        "meta",
        "param",
        "source",
        "track",
        "wbr",
        "html",
        "head",
        "body",
        "p",
        "li",
        "dt",
        "dd",
        "option",
        "optgroup",
        "thead",
        "tbody",
        "tfoot",
        "tr",
        "td",
        "th",
        "colgroup",
        "caption",
        "rt",
        "rp",
    ]
)
_LOADED = {
    "script": "src",
    "link": "href",
    "img": "src",
    "source": "src",
    "video": "src",
    "audio": "src",
    "track": "src",
    "iframe": "src",
    "a": "href",
}
_TEMPLATED = re.compile(r"\{%|\{\{|<%|<\?php")
_JAVASCRIPT = frozenset({"", "module", "text/javascript", "application/javascript"})


def read_html(facts: FileFacts, text: str) -> FileFacts:
    """The page's facts, those of its scripts and styles among them, with the first fault of all."""
    page = _Page(facts.path)
    page.feed(text)
    page.close()
    if _TEMPLATED.search(text) is None:  # a template opens in one branch what it closes in another
        page.end()
    else:
        page.faults.clear()
    return replace(
        facts,
        fault=min(page.faults, key=lambda one: one.line or 0) if page.faults else None,
        references=tuple(page.references),
        requests=tuple(page.requests),
        imports=tuple(page.imports),
    )


class _Page(HTMLParser):
    """Collects facts while it is fed."""

    def __init__(self, path: str) -> None:
        super().__init__(convert_charrefs=True)
        self.faults: list[SyntaxFault] = []
        self.references: list[Named] = []
        self.requests: list[Route] = []
        self.imports: list[Import] = []
        self._path = path
        self._open: list[tuple[str, int]] = []
        self._document: int | None = None  # the line of <html>, until it is closed
        self._raw: tuple[str, str, int] | None = None  # element, its type attribute, its line
        self._texts: list[tuple[str, int]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        line = self.getpos()[0]
        attributes = {name: value or "" for name, value in attrs}
        self._tag(tag, attributes, line)
        if tag == "html":
            self._document = line
        elif tag in _RAW:
            self._raw = (tag, attributes.get("type", "").lower(), line)
        elif tag not in _LOOSE:
            self._open.append((tag, line))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._tag(tag, {name: value or "" for name, value in attrs}, self.getpos()[0])

    def handle_data(self, data: str) -> None:
        if self._raw is not None:
            self._texts.append((data, self.getpos()[0]))

    def handle_endtag(self, tag: str) -> None:
        line = self.getpos()[0]
        if self._raw is not None and self._raw[0] == tag:
            self._inline(self._raw[1])
            self._raw = None
        elif tag in ("html", "body"):
            self._document = None
        elif tag not in _LOOSE and tag not in _RAW:
            self._close(tag, line)

    def end(self) -> None:
        """Nothing comes any more: what is open stays open."""
        if self._raw is not None:  # whatever came after it was swallowed: nothing else is told
            self.faults = [SyntaxFault(self._raw[2], f"the element <{self._raw[0]}> is never closed")]
            return
        if self._document is not None:
            self.faults.append(SyntaxFault(self._document, "the page ends before </html>"))
        self.faults += [SyntaxFault(line, f"the element <{tag}> is never closed") for tag, line in self._open]

    def _tag(self, tag: str, attributes: dict[str, str], line: int) -> None:
        value = attributes.get(_LOADED.get(tag, ""), "").strip()
        if value:
            self.references.append(Named(value, line))
        action = attributes.get("action", "").strip()
        if tag == "form" and action.startswith("/"):
            method = attributes.get("method", "") or "get"
            self.requests.append(Route(method.upper(), action, line))

    def _close(self, tag: str, line: int) -> None:
        if not any(name == tag for name, _ in self._open):
            self.faults.append(SyntaxFault(line, f"</{tag}> closes nothing"))
            return
        while self._open:
            name, opened = self._open.pop()
            if name == tag:
                return
            self.faults.append(SyntaxFault(opened, f"the element <{name}> is not closed before </{tag}>"))

    def _inline(self, type_: str) -> None:
        texts, self._texts = self._texts, []
        if not texts or self._raw is None:
            return
        text, before = "".join(one for one, _ in texts), texts[0][1] - 1
        if self._raw[0] == "script" and type_ in _JAVASCRIPT:
            found = read_javascript(FileFacts(self._path, "javascript"), text)
        elif self._raw[0] == "style":
            found = read_css(FileFacts(self._path, "css"), text)
        else:
            return
        if found.fault is not None:
            self.faults.append(replace(found.fault, line=(found.fault.line or 1) + before))
        self.requests += [replace(one, line=one.line + before) for one in found.requests]
        self.imports += [replace(one, line=one.line + before) for one in found.imports]
        self.references += [replace(one, line=one.line + before) for one in found.references]
