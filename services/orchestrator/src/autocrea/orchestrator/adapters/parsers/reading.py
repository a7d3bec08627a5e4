"""A file's text into its facts, by its language. Runs in a worker process only."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from autocrea.contracts.masking import secrets_in
from autocrea.orchestrator.adapters.parsers import containers, data_files, manifests
from autocrea.orchestrator.adapters.parsers.javascript_source import read_javascript
from autocrea.orchestrator.adapters.parsers.markup import read_html
from autocrea.orchestrator.adapters.parsers.python_source import read_python
from autocrea.orchestrator.adapters.parsers.style_sheets import read_css
from autocrea.orchestrator.domain.facts import FACTS_MAX, NAME_CHARACTERS_MAX, FileFacts, Language, Named

_KINDS = (
    "imports",
    "env",
    "routes",
    "mounts",
    "requests",
    "references",
    "packages",
    "copies",
    "builds",
    "env_files",
)
_COMPOSE_NAMES = ("compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml")


def read(path: str, language: Language, text: str) -> FileFacts:
    """Every fact of a file. Raises whatever a parser raises when it meets what it was not made for."""
    facts = _READERS[language](FileFacts(path, language), text)
    return _bounded(replace(facts, secrets=tuple(Named(one.kind, one.line) for one in secrets_in(text))))


def _json(facts: FileFacts, text: str) -> FileFacts:
    fault = data_files.json_fault(text)
    if fault is None and _name(facts) == "package.json":
        return replace(facts, packages=tuple(manifests.package_json(text)))
    return replace(facts, fault=fault)


def _toml(facts: FileFacts, text: str) -> FileFacts:
    fault = data_files.toml_fault(text)
    if fault is None and _name(facts) == "pyproject.toml":
        return replace(facts, packages=tuple(manifests.pyproject(text)))
    return replace(facts, fault=fault)


def _yaml(facts: FileFacts, text: str) -> FileFacts:
    fault = data_files.yaml_fault(text)
    name = _name(facts)
    if fault is None and (name in _COMPOSE_NAMES or name.startswith(("compose.", "docker-compose."))):
        return containers.read_compose(facts, text)
    return replace(facts, fault=fault)


def _requirements(facts: FileFacts, text: str) -> FileFacts:
    return replace(
        facts, fault=manifests.requirements_fault(text), packages=tuple(manifests.requirements(text))
    )


_READERS: Mapping[Language, Callable[[FileFacts, str], FileFacts]] = {
    "python": read_python,
    "javascript": read_javascript,
    "typescript": lambda facts, text: read_javascript(facts, text, "typescript"),
    "tsx": lambda facts, text: read_javascript(facts, text, "tsx"),
    "html": read_html,
    "css": read_css,
    "json": _json,
    "toml": _toml,
    "yaml": _yaml,
    "dockerfile": containers.read_dockerfile,
    "requirements": _requirements,
    "text": lambda facts, _: facts,
}


def _name(facts: FileFacts) -> str:
    return facts.path.rpartition("/")[2].lower()


def _bounded(facts: FileFacts) -> FileFacts:
    """The facts in a size that an answer has room for: so many of a kind, and no name that is data."""
    kept: dict[str, Any] = {kind: tuple(filter(_short, getattr(facts, kind)))[:FACTS_MAX] for kind in _KINDS}
    return replace(facts, **kept)


def _short(fact: Any) -> bool:
    texts = [fact] if isinstance(fact, str) else [getattr(fact, name) for name in fact.__slots__]
    return all(len(text) <= NAME_CHARACTERS_MAX for text in texts if isinstance(text, str))
