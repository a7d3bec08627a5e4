"""Names of environment variables that files use ⊆ those that the contract declares."""

from collections.abc import Iterator

from autocrea.contracts.shapes import Finding
from autocrea.orchestrator.domain.rules.view import View, error

# What every system, container or interpreter sets or reads by itself.
_EVERYWHERE = frozenset(
    [
        "PATH",
        "HOME",
        "USER",
        "PWD",
        "SHELL",
        "LANG",
        "LC_ALL",
        "TZ",
        "TERM",
        "TMPDIR",
        "HOSTNAME",
        "PYTHONPATH",
        "PYTHONUNBUFFERED",
        "PYTHONDONTWRITEBYTECODE",
        "NODE_ENV",
        "CI",
        "COMPOSE_PROJECT_NAME",
        "UID",
        "GID",
    ]
)


def check_environment(view: View) -> Iterator[Finding]:
    if view.contract is None:
        return
    declared = {one.name for one in view.contract.env} | _EVERYWHERE
    for file in view.facts:
        told: set[str] = set()
        for one in file.env:
            if one.name not in declared and one.name not in told:
                told.add(one.name)
                sentence = f"The environment variable {one.name} is not declared in the contract."
                yield error("env_undeclared", sentence, file.path, one.line)
