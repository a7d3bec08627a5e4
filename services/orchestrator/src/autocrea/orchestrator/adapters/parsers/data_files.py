"""JSON, TOML and YAML: their first fault, and nothing of what they say. Runs in a worker process only."""

import json
import tomllib

import yaml
from autocrea.orchestrator.domain.facts import SyntaxFault

# libyaml where the wheel has it: the same faults, thirty times faster.
LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def json_fault(text: str) -> SyntaxFault | None:
    try:
        json.loads(text.removeprefix("\ufeff"))
    except json.JSONDecodeError as error:
        return SyntaxFault(error.lineno, error.msg)
    return None


def toml_fault(text: str) -> SyntaxFault | None:
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return SyntaxFault(_toml_line(str(error), text), str(error))
    return None


def yaml_fault(text: str) -> SyntaxFault | None:
    """Reads nodes only: nothing is constructed, aliases are not expanded, any number of documents is fine."""
    try:
        for _ in yaml.compose_all(text, Loader=LOADER):
            pass
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        return SyntaxFault(mark.line + 1 if mark else None, error.problem or "it does not parse")
    except yaml.YAMLError as error:
        return SyntaxFault(None, str(error))
    return None


def _toml_line(message: str, text: str) -> int | None:
    """tomllib tells the line only in words."""
    _, found, rest = message.partition("(at line ")
    if found:
        return int(rest.split(",", 1)[0])
    return text.count("\n") + 1 if "end of document" in message else None
