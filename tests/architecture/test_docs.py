"""The pages say what is there: tables, sequence, links, commands and paths are compared with the code."""

import ast
import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from architecture_rules.tree import Member, Tree, normalised
from autocrea.contracts.catalogue import MESSAGES, catalogue, consumed_by
from autocrea.contracts.message import Message, Service

BY_NAME = {message.__name__: message for message in MESSAGES.values()}
README_LINES_MAX = 65  # one screen, tables and all
PAGES = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "docs/architecture.md")

_CREATE = re.compile(r"^CREATE TABLE (?:IF NOT EXISTS )?(\w+)", re.MULTILINE)
_DROP = re.compile(r"DROP TABLE (\w+)")
_LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
_ARROW = re.compile(r"^\s*(\w+(?:-\w+)*)--?>>([\w-]+): (\w+)\s*$", re.MULTILINE)
_PATH = re.compile(r"`((?:libs|services|cli|tests|docs)/[^`\s]*)`")
_MAKE = re.compile(r"(?:^|`)make ([a-z][\w-]*)", re.MULTILINE)
_AUTOCREA = re.compile(r"`(?:uv run )?autocrea ([a-z]+)")


def page(root: Path, name: str) -> str:
    return (root / name).read_text("utf-8")


def pages(root: Path) -> list[Path]:
    found = [root / name for name in PAGES] + sorted((root / "docs").rglob("*.md"))
    found += sorted(root.glob("services/*/README.md")) + sorted(root.glob("libs/*/README.md"))
    return list(dict.fromkeys(path for path in found if path.exists()))


def table(text: str, first_heading: str) -> list[list[str]]:
    """The cells of the table whose first column has this heading."""
    rows = [line.strip().strip("|").split(" | ") for line in text.splitlines() if line.startswith("|")]
    cells = [[cell.strip().strip("`").strip() for cell in row] for row in rows]
    start = next(number for number, row in enumerate(cells) if row[0] == first_heading) + 2
    taken = []
    for row in cells[start:]:
        if len(row) != len(cells[start - 2]):
            break
        taken.append(row)
    return taken


def section(text: str, heading: str) -> str:
    """What stands below a second-level heading."""
    return text.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]


def tables_of(tree: Tree, member: Member) -> set[str]:
    folder = tree.root / member.package / "sql" / "migrations"
    written = "".join(path.read_text("utf-8") for path in sorted(folder.glob("*.sql")))
    return {*_CREATE.findall(written)} - {*_DROP.findall(written)}


def listed(cell: str) -> set[str]:
    return {part.strip() for part in cell.split(",")}


def test_every_message_is_in_the_table_when_the_page_is_read(root: Path) -> None:
    written = table(page(root, "docs/architecture.md"), "message")
    real = [
        [
            each.message.__name__,
            each.message.type,
            each.via.name.lower(),
            each.sender.value,
            ", ".join(consumer.value for consumer in each.consumers),
        ]
        for each in catalogue()
    ]
    assert written == real


def test_the_sequence_is_possible_when_the_catalogue_is_asked(root: Path) -> None:
    arrows = _ARROW.findall(page(root, "docs/architecture.md"))
    assert len(arrows) > 15
    for sender, receiver, name in arrows:
        message = BY_NAME[name]
        assert message.sender.value == sender, f"{name} is sent by {message.sender.value}, not by {sender}"
        assert Service(receiver) in message.consumers, f"{name} does not go to {receiver}"


def test_every_name_that_looks_like_a_message_is_one_when_the_page_is_read(root: Path) -> None:
    text = page(root, "docs/architecture.md")
    prose = text.partition("## The messages")[0]
    names = set(re.findall(r"`([A-Z][a-z]+(?:[A-Z][a-z]+)+)`", prose)) - {"Retry-After"}
    assert names <= BY_NAME.keys(), names - BY_NAME.keys()


def test_messages_that_nobody_sends_are_named_when_the_page_is_read(root: Path, tree: Tree) -> None:
    text = page(root, "docs/architecture.md")
    line = next((line for line in text.splitlines() if line.startswith("Not sent yet")), "")
    written = set(re.findall(r"`(\w+)`", line))
    assert written == {message.__name__ for message in BY_NAME.values() if not _is_sent(tree, message)}


def _is_sent(tree: Tree, message: type[Message]) -> bool:
    (sender,) = [member for member in tree.services if member.folder.name == message.sender.value]
    for source in sender.sources:
        for node in source.nodes:
            if isinstance(node, ast.Attribute) and node.attr == message.__name__:
                return True
            if isinstance(node, ast.Name) and node.id == message.__name__:
                return True
    return False


def test_every_service_and_its_tables_are_in_the_table_when_the_page_is_read(root: Path, tree: Tree) -> None:
    written = {row[0]: listed(row[2]) for row in table(page(root, "docs/architecture.md"), "service")}
    assert written == {member.folder.name: tables_of(tree, member) for member in tree.services}


def test_the_chassis_tables_are_named_when_the_page_is_read(root: Path, tree: Tree) -> None:
    (chassis,) = [member for member in tree.members if member.folder.name == "chassis"]
    text = page(root, "docs/architecture.md")
    found = re.search(r"the chassis' tables \(([^)]+)\)", text)
    assert found is not None
    assert listed(found[1]) == tables_of(tree, chassis)


@pytest.mark.parametrize("service", list(Service), ids=lambda service: service.value)
def test_a_readme_names_what_the_service_has_when_it_is_read(
    root: Path, tree: Tree, service: Service
) -> None:
    path = f"services/{service.value}/README.md"
    if not (root / path).exists():
        pytest.fail(f"{path}:1: [readme] every service has a README")
    text = page(root, path)
    (member,) = [each for each in tree.services if each.folder.name == service.value]
    consumed = {message.__name__ for message in consumed_by(service).values()}
    published = {m.__name__ for m in BY_NAME.values() if m.sender is service and _is_sent(tree, m)}
    for heading, names in (
        ("Consumes", consumed),
        ("Publishes", published),
        ("Tables", tables_of(tree, member)),
    ):
        words = set(re.findall(r"\w+", section(text, heading)))
        assert names <= words, f"{path}: [readme] {heading} does not name {sorted(names - words)}"


def test_links_lead_somewhere_when_they_are_relative(root: Path) -> None:
    broken = [
        f"{path.relative_to(root)}: {link}"
        for path in pages(root)
        for link in _LINK.findall(path.read_text("utf-8"))
        if "://" not in link and not (path.parent / link).exists()
    ]
    assert not broken, broken


def test_paths_exist_when_a_page_names_them(root: Path) -> None:
    ours = [path for path in pages(root) if path.parent == root or "docs" in path.relative_to(root).parts]
    missing = [f"{path.relative_to(root)}: {name}" for path in ours for name in _missing(root, path)]
    assert not missing, missing


def _missing(root: Path, path: Path) -> Iterator[str]:
    for name in _PATH.findall(path.read_text("utf-8")):
        pattern = re.sub(r"<[^>]+>", "*", name).replace("NNNN", "*").rstrip("/")
        if not any(root.glob(pattern)):
            yield name


def test_commands_exist_when_a_page_tells_to_run_them(root: Path) -> None:
    targets = set(re.findall(r"^([a-z][\w-]*):", page(root, "Makefile"), re.MULTILINE))
    from autocrea.cli.main import app

    names = {command.name for command in app.registered_commands} | {
        group.name for group in app.registered_groups
    }
    for path in pages(root):
        text = path.read_text("utf-8")
        for target in _MAKE.findall(text):
            assert target in targets, f"{path.relative_to(root)}: there is no `make {target}`"
        for name in _AUTOCREA.findall(text):
            assert name in names, f"{path.relative_to(root)}: there is no `autocrea {name}`"


def test_the_readme_fits_on_a_screen_when_it_is_read(root: Path) -> None:
    assert len(page(root, "README.md").splitlines()) <= README_LINES_MAX


def test_the_tree_is_whole_when_the_readme_is_read(root: Path) -> None:
    tree_block = section(page(root, "README.md"), "The tree")
    named = {line.split()[0].rstrip("/") for line in tree_block.splitlines() if re.match(r"[a-z]+/", line)}
    tracked = subprocess.run(["git", "ls-files"], cwd=root, capture_output=True, text=True, check=True).stdout
    folders = {Path(line).parts[0] for line in tracked.splitlines() if "/" in line}
    real = {f"libs/{path.name}" for path in (root / "libs").iterdir() if (path / "pyproject.toml").exists()}
    real |= {folder for folder in folders if folder != "libs" and not folder.startswith(".")}
    assert named == real


def test_every_dependency_has_its_reason_when_it_is_declared(root: Path, tree: Tree) -> None:
    rows = table(page(root, "docs/decisions/0007-dependencies.md"), "distribution")
    project = tomllib.loads(page(root, "pyproject.toml"))
    declared = {name for member in tree.members for name in member.dependencies}
    declared |= {normalised(requirement) for requirement in project["dependency-groups"]["dev"]}
    third_parties = sorted(name for name in declared if not name.startswith("autocrea-"))
    assert [row[0] for row in rows] == third_parties
    assert all(row[1] for row in rows)


def test_decisions_are_numbered_and_short_when_they_are_read(root: Path) -> None:
    numbers = []
    for path in sorted((root / "docs" / "decisions").glob("*.md")):
        text = path.read_text("utf-8")
        numbers.append(int(path.name[:4]))
        assert text.startswith(f"# {numbers[-1]}. "), path.name
        headings = [line[3:].split(",")[0] for line in text.splitlines() if line.startswith("## ")]
        assert headings == ["Context", "Decision", "Consequences", "Alternatives"], path.name
        assert len(text.splitlines()) <= 90, path.name
    assert numbers == list(range(1, len(numbers) + 1))
