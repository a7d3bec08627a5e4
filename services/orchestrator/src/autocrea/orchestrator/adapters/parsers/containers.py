"""Dockerfiles and compose files: what they need of the folder that they stand in. Runs in a worker process only."""

import json
import re
import shlex
from collections.abc import Iterator
from dataclasses import replace

import yaml
from autocrea.orchestrator.adapters.parsers.data_files import LOADER
from autocrea.orchestrator.domain.facts import Build, FileFacts, Named, SyntaxFault

_INSTRUCTIONS = frozenset(
    [
        "ADD",
        "ARG",
        "CMD",
        "COPY",
        "ENTRYPOINT",
        "ENV",
        "EXPOSE",
        "FROM",
        "HEALTHCHECK",
        "LABEL",
        "MAINTAINER",
        "ONBUILD",
        "RUN",
        "SHELL",
        "STOPSIGNAL",
        "USER",
        "VOLUME",
        "WORKDIR",
    ]
)
_HEREDOC = re.compile(r"<<-?\s*[\"']?(\w+)[\"']?")
_VARIABLE = re.compile(r"\$\{?([A-Za-z_]\w*)")
_INTERPOLATED = re.compile(r"(?<!\$)\$(?:\{([A-Za-z_]\w*)|([A-Za-z_]\w*))")


def read_dockerfile(facts: FileFacts, text: str) -> FileFacts:
    """Its copies, the variables its start command needs, and its first line that is no instruction."""
    copies: list[Named] = []
    env: list[Named] = []
    defined: set[str] = set()
    started = False
    for line, instruction, rest in _instructions(text):
        if instruction not in _INSTRUCTIONS:
            return replace(facts, fault=SyntaxFault(line, f"{instruction[:40]} is no instruction"))
        if not started and instruction not in ("FROM", "ARG"):
            return replace(facts, fault=SyntaxFault(line, "a Dockerfile begins with FROM"))
        started = started or instruction == "FROM"
        if instruction in ("COPY", "ADD"):
            copies += [Named(source, line) for source in _sources(rest)]
        elif instruction in ("ENV", "ARG"):
            defined |= {one.partition("=")[0] for one in rest.split()}
        elif instruction in ("CMD", "ENTRYPOINT"):
            env += [Named(name, line) for name in _VARIABLE.findall(rest) if name not in defined]
    if not started:
        return replace(facts, fault=SyntaxFault(1, "there is no FROM"))
    return replace(facts, copies=tuple(copies), env=tuple(env))


def read_compose(facts: FileFacts, text: str) -> FileFacts:
    """What its services build and read. The text is YAML that parses; anything unexpected in it is passed over."""
    lines = text.split("\n")
    env = [
        Named(braced or bare, number)
        for number, line in enumerate(lines, 1)
        if not line.lstrip().startswith("#")
        for braced, bare in _INTERPOLATED.findall(line)
    ]
    root = yaml.compose(text, Loader=LOADER)
    builds: list[Build] = []
    env_files: list[Named] = []
    for _, service in _pairs(_child(root, "services")):
        build = _child(service, "build")
        if build is not None:
            context = _child(build, "context") if isinstance(build, yaml.MappingNode) else build
            dockerfile = _child(build, "dockerfile")
            builds.append(Build(_scalar(context) or ".", _scalar(dockerfile) or "Dockerfile", _line(build)))
        env_files += _env_files(_child(service, "env_file"))
    return replace(facts, env=tuple(env), builds=tuple(builds), env_files=tuple(env_files))


def _instructions(text: str) -> Iterator[tuple[int, str, str]]:
    """Each instruction with its first line, continued lines joined, here-documents passed over."""
    lines = enumerate(text.split("\n"), 1)
    for number, raw in lines:
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        while line.endswith("\\"):
            _, following = next(lines, (0, ""))
            stripped = following.strip()
            line = line[:-1].rstrip() + " " + ("\\" if stripped.startswith("#") else stripped)
        instruction, _, rest = line.partition(" ")
        for end in _HEREDOC.findall(rest):
            for _, inside in lines:
                if inside.strip() == end:
                    break
        yield number, instruction.upper(), rest.strip()


def _sources(rest: str) -> list[str]:
    """What a COPY or ADD takes from its context; nothing where it takes from another stage or from elsewhere."""
    words = rest.split()
    flags = [word for word in words if word.startswith("--")]
    if any(flag.startswith("--from") for flag in flags) or "<<" in rest:
        return []
    given = rest[rest.index("[") :] if "[" in rest else " ".join(words[len(flags) :])
    try:
        names = [str(one) for one in json.loads(given)] if given.startswith("[") else shlex.split(given)
    except ValueError:
        return []
    return [name for name in names[:-1] if "$" not in name and "://" not in name]


def _env_files(node: yaml.Node | None) -> Iterator[Named]:
    for one in node.value if isinstance(node, yaml.SequenceNode) else [node]:
        required = _scalar(_child(one, "required")) != "false"
        path = _scalar(_child(one, "path") if isinstance(one, yaml.MappingNode) else one)
        if path and required:
            yield Named(path, _line(one))


def _pairs(node: yaml.Node | None) -> Iterator[tuple[yaml.Node, yaml.Node]]:
    if isinstance(node, yaml.MappingNode):
        yield from node.value


def _child(node: yaml.Node | None, name: str) -> yaml.Node | None:
    return next((value for key, value in _pairs(node) if _scalar(key) == name), None)


def _scalar(node: yaml.Node | None) -> str | None:
    return str(node.value) if isinstance(node, yaml.ScalarNode) else None


def _line(node: yaml.Node | None) -> int:
    return node.start_mark.line + 1 if node is not None and node.start_mark is not None else 1
