"""Documents become files that a person reads, and every step yields some."""

import json

import pytest
from autocrea.contracts.ids import StepName
from autocrea.contracts.llm_router.v1 import DocumentOutput
from autocrea.orchestrator.domain.archive_name import archive_name
from autocrea.orchestrator.domain.documents import files_of
from autocrea.orchestrator.domain.markdown import fenced, table
from saga_values import AUDIT_DOCUMENT, CONTRACT_DOCUMENT, WEBAPP, output_of


def page(step: str, document: dict[str, object], kind: str, language: str = "es") -> str:
    output = DocumentOutput(kind=kind, document=document)  # type: ignore[arg-type]
    return files_of(StepName(step), output, language)[1].text


def test_every_step_of_the_pipeline_yields_files() -> None:
    for step in WEBAPP.steps:
        assert files_of(step.name, output_of(step.name), "es")


def test_document_is_kept_as_data_and_as_a_page() -> None:
    data, readable = files_of(StepName("architecture"), output_of("architecture"), "es")
    assert (data.path, readable.path) == ("docs/architecture.json", "docs/architecture.md")
    assert json.loads(data.text) == CONTRACT_DOCUMENT
    assert data.text.endswith("}\n")


def test_architecture_page_names_everything_that_was_agreed() -> None:
    text = page("architecture", CONTRACT_DOCUMENT, "contract")
    for part in (
        "# Arquitectura",
        "Una agenda de contactos.",
        "| `backend/main.py` | backend | API |",
        "### `GET /api/health`",
        '"status": "ok"',
        "| `DATABASE_PATH` |",
        "- fastapi>=0.115 (python)",
        "### contact",
        "- backend: 8000",
    ):
        assert part in text


def test_page_is_in_the_language_of_the_request() -> None:
    assert "# Architecture" in page("architecture", CONTRACT_DOCUMENT, "contract", "en")
    assert "## Low: `backend/main.py`, line 1" in page("security_audit", AUDIT_DOCUMENT, "findings", "en")
    assert "# Auditoría de seguridad" in page("security_audit", AUDIT_DOCUMENT, "findings", "de")


def test_audit_page_says_so_when_nothing_was_found() -> None:
    text = page("security_audit", {"summary": "Bien.", "findings": []}, "findings")
    assert "Ni el modelo ni los analizadores encontraron nada" in text


def test_fence_is_longer_than_any_inside() -> None:
    assert fenced("a\n````\nb", "md") == "`````md\na\n````\nb\n`````"


def test_table_keeps_its_shape_whatever_a_cell_holds() -> None:
    assert table(("a",), [("x|y\nz",)]).splitlines()[-1] == "| x\\|y z |"


@pytest.mark.parametrize(
    ("project", "name"),
    [
        ("mi-super-app", "mi-super-app.zip"),
        ("Tienda de ñandúes", "Tienda de ñandúes.zip"),
        ("../../etc/passwd", "etc-passwd.zip"),
        ('a:"b"\n', "a-b.zip"),
        ("   ", "autocrea.zip"),
        ("x" * 300, "x" * 80 + ".zip"),
    ],
)
def test_archive_has_the_projects_name(project: str, name: str) -> None:
    assert archive_name(project) == name
