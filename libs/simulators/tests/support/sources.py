"""Reading generated sources: what a program can know about them without running them."""

import ast
import json
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from pathlib import PurePosixPath

import yaml

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
METHODS = {"get", "post", "put", "patch", "delete"}
FETCH = re.compile(
    r"""fetch\(\s*(?P<quote>["`])(?P<path>[^"`]*)(?P=quote)(?:,\s*\{\s*method:\s*"(?P<method>[A-Z]+)")?"""
)
# Parses every module that it gets as a JSON object of path → text; nothing is run.
PARSE_MODULES = """
const vm = await import("node:vm");
let input = "";
for await (const chunk of process.stdin) input += chunk;
for (const [identifier, text] of Object.entries(JSON.parse(input))) new vm.SourceTextModule(text, { identifier });
"""
ENVIRONMENT = re.compile(r"""os\.environ(?:\.get\(|\[)\s*["'](\w+)""")
INTERPOLATED = re.compile(r"\$\{(\w+)[:?}-]")


class Page(HTMLParser):
    """A page's ids, references and attributes; fails on tags that do not nest."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == [], f"never closed: {self.open}"

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attributes)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    def values(self, attribute: str) -> list[str]:
        return [value for _, attributes in self.tags if (value := attributes.get(attribute)) is not None]


def parse(path: str, text: str) -> None:
    """Fails if the file is not valid text of its format."""
    assert "§{" not in text, f"{path} has a placeholder left"
    assert text.endswith("\n") or text == ""
    match PurePosixPath(path).suffix:
        case ".py":
            ast.parse(text)
        case ".json":
            json.loads(text)
        case ".yaml":
            assert isinstance(yaml.safe_load(text), dict)
        case ".toml":
            tomllib.loads(text)
        case ".html":
            Page(text)
        case ".css":
            parse_css(text)


def parse_css(text: str) -> None:
    bare = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    depth = 0
    for mark in re.findall(r"[{}]", bare):
        depth += 1 if mark == "{" else -1
        assert depth >= 0
    assert depth == 0
    assert '"' not in re.sub(r'"[^"\n]*"', "", bare)
    for declaration in re.findall(r"(?<=[{;])([^{};]+)(?=[;}])", bare):
        assert not declaration.strip() or ":" in declaration, declaration


def parse_javascript(modules: Mapping[str, str]) -> None:
    """Parsed by a real engine; without one, only what can be seen from outside is checked."""
    for path, text in modules.items():
        assert text.count("{") == text.count("}"), path
        assert text.count("`") % 2 == 0, path
    if shutil.which("node") is not None:
        command = [
            "node",
            "--experimental-vm-modules",
            "--no-warnings",
            "--input-type=module",
            "-e",
            PARSE_MODULES,
        ]
        done = subprocess.run(command, input=json.dumps(modules).encode(), capture_output=True, check=False)
        assert done.returncode == 0, done.stderr.decode()


def imports(text: str) -> set[str]:
    """The first names of the modules that a Python file imports."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        if isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.split(".")[0])
    return found - set(sys.stdlib_module_names)


def routes(text: str) -> Iterator[tuple[str, str]]:
    """The routes that decorators of a Python file declare."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            for one in node.decorator_list:
                if (
                    isinstance(one, ast.Call)
                    and isinstance(one.func, ast.Attribute)
                    and one.func.attr in METHODS
                ):
                    assert isinstance(one.args[0], ast.Constant)
                    yield one.func.attr.upper(), str(one.args[0].value)


def calls(text: str) -> Iterator[tuple[str, str]]:
    """The requests that a JavaScript file makes, parameters as `{}`."""
    found = list(FETCH.finditer(text))
    assert len(found) == len(re.findall(r"\bfetch\(", text)), "a call whose path cannot be read"
    for one in found:
        yield one["method"] or "GET", re.sub(r"\$\{[^}]*\}", "{}", one["path"])


def environment(files: Mapping[str, str]) -> set[str]:
    """The names of environment variables that any file uses."""
    found: set[str] = set()
    for path, text in files.items():
        if path.endswith(".py"):
            found |= set(ENVIRONMENT.findall(text))
        if path == "compose.yaml":
            found |= set(INTERPOLATED.findall(text))
        if path == "Dockerfile":
            found |= set(re.findall(r"^ENV (\w+)", text, re.MULTILINE))
    return found


def assert_same_shape(example: object, answer: object, where: str = "") -> None:
    """The answer has the example's keys and types; null stands for anything, a list's first item for all."""
    if example is None or answer is None:
        return
    if isinstance(example, dict):
        assert isinstance(answer, dict), where
        assert example.keys() == answer.keys(), where
        for key, value in example.items():
            assert_same_shape(value, answer[key], f"{where}.{key}")
    elif isinstance(example, list):
        assert isinstance(answer, list), where
        for item in answer if example else ():
            assert_same_shape(example[0], item, f"{where}[]")
    elif isinstance(example, bool) or isinstance(answer, bool):
        assert type(example) is type(answer), where
    elif isinstance(example, int | float):
        assert isinstance(answer, int | float), where
    else:
        assert type(example) is type(answer), where
