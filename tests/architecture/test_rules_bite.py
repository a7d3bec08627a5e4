"""Every rule is planted a violation, which it must name with file and line: a rule that cannot fail says nothing."""

import shutil
from pathlib import Path

import pytest
from architecture_rules import borders, dependencies, prose, purity, rooms, sizes, statements, waits
from architecture_rules.tree import Tree

RULES = (borders, dependencies, prose, purity, rooms, sizes, statements, waits)
ORCHESTRATOR = "services/orchestrator/src/autocrea/orchestrator"
HEADINGS = "\n".join(f"## {heading}\n" for heading in rooms.HEADINGS)
HELLO = '"""Says nothing."""\n'


def write(root: Path, path: str, text: str) -> None:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text(text)


@pytest.fixture
def planted(tmp_path: Path) -> Path:
    """A small workspace in which nothing is broken."""
    for folder in ("libs/contracts", "libs/chassis", "services/billing", "services/orchestrator"):
        dependencies = {
            "libs/contracts": ["pydantic>=2"],
            "libs/chassis": ["autocrea-contracts", "asyncpg>=0.31"],
        }.get(folder, ["autocrea-contracts", "autocrea-chassis"])
        listed = ", ".join(f'"{dependency}"' for dependency in dependencies)
        write(tmp_path, f"{folder}/pyproject.toml", f'[project]\nname = "x"\ndependencies = [{listed}]\n')
        write(tmp_path, f"{folder}/src/autocrea/{Path(folder).name}/__init__.py", HELLO)
    for member, third_party in (("contracts", "pydantic"), ("chassis", "asyncpg")):
        path = f"libs/{member}/src/autocrea/{member}/__init__.py"
        write(tmp_path, path, f"{HELLO}\nimport {third_party}\n")
    for service in ("billing", "orchestrator"):
        package = f"services/{service}/src/autocrea/{service}"
        for room in rooms.ROOMS - {"sql"} | rooms.ROOMS_OF.get(service, frozenset()):
            write(tmp_path, f"{package}/{room}/__init__.py", HELLO)
        write(tmp_path, f"{package}/sql/migrations/0001_pre_all.sql", "SELECT 1;\n")
        for file in rooms.FILES:
            write(tmp_path, f"{package}/{file}", HELLO if file.endswith(".py") else "")
        write(tmp_path, f"services/{service}/README.md", f"# {service}\n{HEADINGS}")
    write(
        tmp_path, f"{ORCHESTRATOR}/domain/saga.py", '"""Decides."""\n\nfrom autocrea.contracts import ids\n'
    )
    return tmp_path


def broken(root: Path) -> list[str]:
    return [str(violation) for rule in RULES for violation in rule.check(Tree(root))]


def test_nothing_is_broken_when_nothing_was_planted(planted: Path) -> None:
    assert broken(planted) == []


@pytest.mark.parametrize(
    ("path", "text", "place", "rule"),
    [
        ("domain/a.py", "import logging\n", 2, "pure-domain"),
        ("domain/a.py", "from uuid import uuid4\n", 2, "pure-domain"),
        ("domain/a.py", "from pathlib import Path\n", 2, "pure-domain"),
        ("domain/a.py", "import datetime\nX = datetime.datetime.now()\n", 3, "pure-domain"),
        ("domain/a.py", "from datetime import datetime\n\nX = datetime.now()\n", 4, "pure-domain"),
        ("domain/a.py", "import uuid\nX = uuid.uuid4()\n", 3, "pure-domain"),
        ("domain/a.py", "async def advance() -> None: ...\n", 2, "pure-domain"),
        ("domain/a.py", "print(1)\n", 2, "pure-domain"),
        ("domain/a.py", "import asyncpg\n", 2, "rooms-imports"),
        ("domain/a.py", "from autocrea.chassis import jobs\n", 2, "rooms-imports"),
        ("domain/a.py", "from autocrea.orchestrator import ports\n", 2, "rooms-imports"),
        ("ports.py", "from autocrea.orchestrator.adapters import x\n", 2, "rooms-imports"),
        ("handlers/a.py", "from autocrea.orchestrator.adapters import x\n", 2, "rooms-imports"),
        ("handlers/a.py", "import asyncpg\n", 2, "rooms-imports"),
        ("adapters/a.py", "from autocrea.orchestrator.handlers import x\n", 2, "rooms-imports"),
        ("adapters/a.py", "from autocrea.orchestrator.main import x\n", 2, "rooms-imports"),
        ("handlers/a.py", "from autocrea.billing.domain import ledger\n", 2, "borders"),
        ("handlers/a.py", "\nimport autocrea.billing.domain\n", 3, "borders"),
        ("main.py", "def f() -> None:\n    from autocrea.billing import main\n", 3, "borders"),
        ("adapters/a.py", "import redis\n", 2, "undeclared-dependency"),
        ("adapters/a.py", "import httpx\n", 2, "undeclared-dependency"),
        ("adapters/a.py", "c.execute(f'SELECT {x}')\n", 2, "literal-sql"),
        ("adapters/a.py", "\nQ = f'SELECT * FROM {table}'\n", 3, "literal-sql"),
        ("adapters/a.py", "Q = 'DELETE FROM x WHERE y = ' + z\n", 2, "literal-sql"),
        ("adapters/a.py", "Q = 'INSERT INTO {} VALUES (1)'.format(x)\n", 2, "literal-sql"),
        ("adapters/a.py", "Q = 'UPDATE x SET y = %s' % z\n", 2, "literal-sql"),
        ("adapters/a.py", "x = 1  # TODO: later\n", 2, "left-for-later"),
        ("adapters/a.py", "x = 1\n" * 400, 401, "file-size"),
        ("adapters/a.py", "\ndef f() -> None:\n" + "    x = 1\n" * 70, 3, "function-size"),
    ],
)
def test_file_and_line_are_named_when_a_rule_is_broken(
    planted: Path, path: str, text: str, place: int, rule: str
) -> None:
    write(planted, f"{ORCHESTRATOR}/{path}", f'"""Breaks a rule."""\n{text}')
    found = broken(planted)
    assert any(line.startswith(f"{ORCHESTRATOR}/{path}:{place}: [{rule}]") for line in found), found


@pytest.mark.parametrize(
    ("path", "rule"),
    [
        (f"{ORCHESTRATOR}/services/__init__.py", "rooms"),
        (f"{ORCHESTRATOR}/models.py", "rooms"),
        ("services/billing/src/autocrea/billing/pipelines/__init__.py", "rooms"),
        ("services/billing/src/autocrea/__init__.py", "namespace"),
        ("services/billing/src/autocrea/billing/adapters/utils.py", "drawer"),
        ("libs/chassis/src/autocrea/chassis/helpers/__init__.py", "drawer"),
        ("services/billing/src/autocrea/billing/sql/migrations/2_ledger.sql", "migration-name"),
    ],
)
def test_the_place_is_named_when_something_lies_where_nothing_belongs(
    planted: Path, path: str, rule: str
) -> None:
    write(planted, path, HELLO)
    place = path.removesuffix("/__init__.py") if rule in ("rooms", "drawer") else path
    assert any(line.startswith(f"{place}:1: [{rule}]") for line in broken(planted)), broken(planted)


@pytest.mark.parametrize("room", ["domain", "entrypoints", "sql"])
def test_the_service_is_named_when_a_room_is_missing(planted: Path, room: str) -> None:
    shutil.rmtree(planted / ORCHESTRATOR / room)
    (line,) = broken(planted) if room != "domain" else broken(planted)[:1]
    assert line.startswith(f"{ORCHESTRATOR}:1: [rooms] {room} is missing")


def test_the_readme_is_named_when_it_is_missing_or_has_other_headings(planted: Path) -> None:
    readme = planted / "services/billing/README.md"
    readme.write_text("# billing\n\n## Owns\n\n## Eats\n")
    assert broken(planted) == [
        f"services/billing/README.md:5: [readme] its headings are {' · '.join(rooms.HEADINGS)}"
    ]
    readme.unlink()
    assert broken(planted) == ["services/billing/README.md:1: [readme] every service has a README"]


@pytest.mark.parametrize(
    ("path", "text", "rule"),
    [
        ("libs/contracts/src/autocrea/contracts/a.py", "import httpx\n", "contracts-pydantic-only"),
        ("libs/contracts/src/autocrea/contracts/a.py", "from autocrea.chassis import jobs\n", "borders"),
        ("libs/chassis/src/autocrea/chassis/a.py", "from autocrea.billing import main\n", "borders"),
        ("services/billing/tests/test_a.py", "import time\ntime.sleep(1)\n", "no-sleeps"),
    ],
)
def test_the_member_is_named_when_it_reaches_too_far(planted: Path, path: str, text: str, rule: str) -> None:
    write(planted, path, f'"""Breaks a rule."""\n{text}')
    found = broken(planted)
    assert any(line.startswith(f"{path}:") and f"[{rule}]" in line for line in found), found


def test_the_declaration_is_named_when_nothing_imports_it(planted: Path) -> None:
    text = '[project]\nname = "x"\ndependencies = [\n    "autocrea-contracts",\n    "httpx>=0.28",\n]\n'
    write(planted, "services/billing/pyproject.toml", text)
    found = "services/billing/pyproject.toml:5: [unused-dependency] nothing in services/billing imports httpx"
    assert broken(planted) == [found]


def test_the_file_is_named_when_it_does_not_say_what_it_is(planted: Path) -> None:
    write(planted, f"{ORCHESTRATOR}/domain/a.py", "X = 1\n")
    assert [line.partition("] ")[0] for line in broken(planted)] == [
        f"{ORCHESTRATOR}/domain/a.py:1: [docstring"
    ]


def test_imports_for_type_checkers_need_no_dependency_when_they_are_marked(planted: Path) -> None:
    text = '"""Types only."""\n\nfrom typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    import redis\n'
    write(planted, f"{ORCHESTRATOR}/adapters/a.py", text)
    assert broken(planted) == []
