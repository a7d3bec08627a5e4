"""The import contracts of the root pyproject hold, also through detours; each member runs on what it declares."""

import subprocess
import sys
from importlib.metadata import distributions
from pathlib import Path

import pytest
from architecture_rules.tree import Member, Tree, normalised

# Refuses every third-party module that no allowed distribution brings, then imports all of a member's modules.
IMPORT_ALONE = """
import importlib, importlib.abc, pkgutil, sys
member, refused = sys.argv[1], frozenset(sys.argv[2].split(","))
class Refuse(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in refused or name in refused:
            raise ModuleNotFoundError(f"{name} is not among the dependencies of {member}", name=name)
sys.meta_path.insert(0, Refuse())
package = importlib.import_module(member)
for module in pkgutil.walk_packages(package.__path__, f"{member}."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)
"""


def test_contracts_are_kept_when_the_import_linter_looks(root: Path) -> None:
    command = [
        str(Path(sys.executable).with_name("lint-imports")),
        "--config",
        "pyproject.toml",
        "--no-cache",
    ]
    run = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr


@pytest.mark.parametrize("folder", ["gateway", "orchestrator", "llm-router", "billing", "artifacts"])
def test_a_service_can_be_imported_when_only_its_own_dependencies_are_there(tree: Tree, folder: str) -> None:
    (service,) = [member for member in tree.services if member.folder.name == folder]
    run = _import_alone(tree, service)
    assert run.returncode == 0, run.stderr[-2000:]


def test_an_import_alone_fails_when_a_dependency_is_taken_away(tree: Tree) -> None:
    (artifacts,) = [member for member in tree.services if member.folder.name == "artifacts"]
    run = _import_alone(tree, artifacts, without="aioboto3")
    assert run.returncode != 0
    assert "aioboto3 is not among the dependencies of autocrea.artifacts" in run.stderr


def _import_alone(tree: Tree, member: Member, without: str = "") -> subprocess.CompletedProcess[str]:
    allowed = _closure(f"autocrea-{member.folder.name}") - {without}
    kept, refused = set[str](), set[str]()
    for distribution in distributions():
        names = kept if normalised(distribution.metadata["Name"]) in allowed else refused
        names |= {
            file.parts[0].removesuffix(".py")
            for file in distribution.files or ()
            if file.suffix == ".py" and file.parts[0] not in ("..", "autocrea")
        }
    others = {each.module for each in tree.members if f"autocrea-{each.folder.name}" not in allowed}
    modules = ",".join(sorted((refused - kept) | others))
    command = [sys.executable, "-c", IMPORT_ALONE, member.module, modules]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def _closure(name: str) -> set[str]:
    """A distribution and everything that its dependencies bring, extras included."""
    requirements = {
        normalised(each.metadata["Name"]): [
            normalised(line) for line in each.requires or () if _applies(line)
        ]
        for each in distributions()
    }
    found, waiting = set[str](), [name]
    while waiting:
        one = waiting.pop()
        if one not in found and one in requirements:
            found.add(one)
            waiting.extend(requirements[one])
    return found


def _applies(requirement: str) -> bool:
    """Extras count: which of them a member asked for is the lock's business, not this test's."""
    return "sys_platform == 'win32'" not in requirement
