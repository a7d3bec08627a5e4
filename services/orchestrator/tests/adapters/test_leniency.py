"""What the rules let pass: other ways to write the same, and what only running would tell."""

import tomllib
from pathlib import Path
from typing import Any

import pytest
from autocrea.contracts.application import ApplicationContract
from autocrea.contracts.ids import StepName
from autocrea.contracts.llm_router.v1 import FilesOutput
from autocrea.contracts.shapes import GeneratedFile
from autocrea.orchestrator.domain.verification import Material
from autocrea.testkit.processor_time import processor_seconds_at_most
from written_applications import findings, pipeline

CONTRACT = ApplicationContract.model_validate(
    {
        "summary": "Notes",
        "files": [{"path": "README.md", "step": "devops"}],
        "routes": [
            {"method": "GET", "path": "/api/notes"},
            {"method": "GET", "path": "/api/notes/{note_id}"},
            {"method": "POST", "path": "/api/notes"},
        ],
        "env": [{"name": "DATABASE_URL"}, {"name": "APP_PORT"}],
        "dependencies": [
            {"name": "fastapi", "ecosystem": "python"},
            {"name": "Flask", "ecosystem": "python"},
            {"name": "PyYAML", "ecosystem": "python"},
            {"name": "python-dotenv", "ecosystem": "python"},
            {"name": "pydantic-settings", "ecosystem": "python"},
            {"name": "express", "ecosystem": "npm"},
        ],
    }
)
CORPUS = Path(__file__).parent.parent / "corpus"
LENIENT: list[dict[str, Any]] = tomllib.loads((CORPUS / "lenient.toml").read_text("utf-8"))["case"]


@pytest.mark.parametrize("case", LENIENT, ids=[case["name"] for case in LENIENT])
def test_files_pass_however_they_are_written(case: dict[str, Any]) -> None:
    assert found(case["step"], {file["path"]: file["text"] for file in case["files"]}) == []


def test_framework_that_cannot_be_read_is_a_warning_that_says_so() -> None:
    urls = "from django.urls import path\nurlpatterns = [path('api/notes', x)]\n"
    told = found("backend", {"urls.py": urls, "requirements.txt": "Django\n"})
    assert [one for one in told if one[0] != "dependency_missing"] == [("routes_unchecked", "warning")]


@processor_seconds_at_most(5)
def test_path_made_to_take_for_ever_is_read_in_one_pass() -> None:
    path = "/api/notes" + "${a}a" * 60
    long = CONTRACT.routes[0].model_copy(update={"path": "/api/notes" + "a" * 5_000 + "b"})
    contract = CONTRACT.model_copy(update={"routes": (*CONTRACT.routes, long)})
    assert found("frontend", {"a.js": f"fetch(`{path}`);\n"}, contract) == [("call_unknown_route", "error")]


def found(
    step: str, files: dict[str, str], contract: ApplicationContract = CONTRACT
) -> list[tuple[str, str]]:
    output = FilesOutput(files=tuple(GeneratedFile(path=path, text=text) for path, text in files.items()))
    told = findings(Material(pipeline("webapp"), StepName(step), "en", output, (), contract, {}))
    return [(one.rule, str(one.class_)) for one in told]
