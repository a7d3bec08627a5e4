"""One function a language: a text in, its first syntax fault out. Runs in a worker process only."""

import ast
import json
import tomllib
import warnings
from collections.abc import Callable, Mapping
from html.parser import HTMLParser
from typing import NamedTuple

import yaml

# libyaml where the wheel has it: the same faults, thirty times faster.
_LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Fault(NamedTuple):
    """Where a text does not parse, and why, as the end of a sentence."""

    line: int | None
    sentence: str


def parse_python(text: str) -> Fault | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # an invalid escape in a string is no fault here
        try:
            ast.parse(text)
        except SyntaxError as error:
            return Fault(error.lineno, error.msg)
        except ValueError as error:  # such as a NUL character
            return Fault(None, str(error))
    return None


def parse_json(text: str) -> Fault | None:
    try:
        json.loads(text.removeprefix("\ufeff"))
    except json.JSONDecodeError as error:
        return Fault(error.lineno, error.msg)
    return None


def parse_toml(text: str) -> Fault | None:
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return Fault(_toml_line(str(error), text), str(error))
    return None


def parse_yaml(text: str) -> Fault | None:
    """Reads nodes only: nothing is constructed, aliases are not expanded, any number of documents is fine."""
    try:
        for _ in yaml.compose_all(text, Loader=_LOADER):
            pass
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        return Fault(mark.line + 1 if mark else None, error.problem or "it does not parse")
    except yaml.YAMLError as error:
        return Fault(None, str(error))
    return None


def parse_html(text: str) -> Fault | None:
    """HTML has no syntax errors, but it can be cut off: what was opened and swallows the rest must be closed."""
    page = _Page()
    page.feed(text)
    page.close()
    if page.open_raw is not None:
        name, line = page.open_raw
        return Fault(line, f"the element <{name}> is never closed")
    if page.open_document is not None and "</html" not in text.lower():
        return Fault(page.open_document, "the page ends before </html>")
    return None


PARSERS: Mapping[str, Callable[[str], Fault | None]] = {
    "python": parse_python,
    "json": parse_json,
    "toml": parse_toml,
    "yaml": parse_yaml,
    "html": parse_html,
}


class _Page(HTMLParser):
    """Notes the raw-text element that is open, if one is, and where the document began."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open_raw: tuple[str, int] | None = None
        self.open_document: int | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        line = self.getpos()[0]
        if tag == "html":
            self.open_document = line
        elif tag in ("script", "style", "textarea", "title"):
            self.open_raw = (tag, line)

    def handle_endtag(self, tag: str) -> None:
        if self.open_raw is not None and self.open_raw[0] == tag:
            self.open_raw = None


def _toml_line(message: str, text: str) -> int | None:
    """tomllib tells the line only in words."""
    _, found, rest = message.partition("(at line ")
    if found:
        return int(rest.split(",", 1)[0])
    return text.count("\n") + 1 if "end of document" in message else None
