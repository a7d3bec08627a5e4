"""What a runbook says to somebody who was woken is so: its commands, log lines and metrics are ours."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from autocrea.cli.main import app

RUNBOOKS = Path(__file__).parents[2] / "docs" / "runbooks"
PAGES = sorted(RUNBOOKS.glob("*.md"))
_COMMAND = re.compile(r"`(?:\.venv/bin/)?autocrea ([a-z-][^`#]*)`")
_IN_A_BLOCK = re.compile(r"^\s*autocrea ([a-z][^\n#>]*)", re.MULTILINE)
_LOG_LINE = re.compile(r"`([a-z]+(?: [a-z]+)+)`")
_METRIC = re.compile(r"`autocrea_([a-z_]+)`")
_OTHERS = ("autocrea", "kubectl", "dead")  # begin commands, or parts of them


@pytest.fixture(scope="module")
def sources() -> str:
    root = RUNBOOKS.parents[1]
    files = [path for folder in ("libs", "services") for path in (root / folder).glob("*/src/**/*.py")]
    return "\n".join(path.read_text("utf-8") for path in files)


def commands() -> Iterator[tuple[str, str]]:
    for path in PAGES:
        text = path.read_text("utf-8")
        inline = _COMMAND.findall(re.sub(r"\s+", " ", text.replace("```", "")))
        for told in (*inline, *_IN_A_BLOCK.findall(text)):
            if "<command>" not in told:
                yield path.name, told.strip()


@pytest.mark.parametrize(("page", "told"), sorted(set(commands())))
def test_a_command_and_its_options_are_there_when_a_page_says_to_type_them(page: str, told: str) -> None:
    command: Any = typer.main.get_command(app)
    words = told.split()
    while (group := getattr(command, "commands", None)) is not None:
        command = group.get(words.pop(0)) if words else None
        assert command is not None, f"{page}: there is no `autocrea {told}`"
    options = {option for parameter in command.params for option in parameter.opts}
    used = {word for word in words if word.startswith("--")}
    assert used <= options, f"{page}: `autocrea {told}` takes {sorted(options)}"


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.stem)
def test_log_lines_and_metrics_are_ours_when_a_page_quotes_them(page: Path, sources: str) -> None:
    text = re.sub(r"\s+", " ", page.read_text("utf-8"))
    lines = [line for line in _LOG_LINE.findall(text) if line.split()[0] not in _OTHERS]
    assert [line for line in lines if line not in sources] == []
    named = {name.removesuffix("_total") for name in _METRIC.findall(text)}
    assert [name for name in sorted(named) if f'"autocrea_{name}' not in sources] == []


def test_every_page_says_where_its_commands_are_typed_and_is_short() -> None:
    index = (RUNBOOKS / "README.md").read_text("utf-8")
    for page in PAGES:
        lines = page.read_text("utf-8").splitlines()
        assert page.name == "README.md" or ("(README.md)" in lines[2] and f"({page.name})" in index), (
            page.name
        )
        assert len(lines) <= 90, page.name
