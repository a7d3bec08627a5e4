"""The documents that models write: strict where later steps depend on them, lenient where models slip."""

import pytest
from autocrea.contracts.application import ApplicationContract, AuditReport
from pydantic import ValidationError

CONTRACT = {
    "summary": " Una landing page. ",
    "stack": ["FastAPI: API", "SQLite: datos"],
    "files": [{"path": "backend/main.py", "step": "backend", "purpose": "La API"}],
    "routes": [
        {
            "method": "post",
            "path": "/api/contactos",
            "summary": "Guarda un contacto",
            "request_example": {"nombre": "Ada"},
            "response_example": {"id": 1},
            "status": 201,
        }
    ],
    "env": [{"name": "DATABASE_PATH", "purpose": "Dónde guardar", "example": "app.db", "secret": False}],
    "dependencies": [{"name": "fastapi", "ecosystem": "Python"}],
    "data_model": [{"entity": "contacto", "fields": [{"name": "nombre", "type": "text"}]}],
    "ports": [{"service": "backend", "port": 8000}],
    "deviations": [],
    "a_word_of_its_own": "ignored",
}


def test_contract_parses_when_a_model_slips_in_case_and_extras() -> None:
    contract = ApplicationContract.model_validate(CONTRACT)
    assert contract.summary == "Una landing page."
    assert contract.routes[0].method == "POST"
    assert contract.dependencies[0].ecosystem == "python"
    assert contract.data_model[0].fields[0].required


def test_contract_survives_a_round_trip_when_it_travels_as_json() -> None:
    contract = ApplicationContract.model_validate(CONTRACT)
    assert ApplicationContract.model_validate_json(contract.model_dump_json()) == contract


@pytest.mark.parametrize(
    "broken",
    [
        {"files": []},
        {"summary": "  "},
        {"files": [{"path": "", "step": "backend"}]},
        {"files": [{"path": "a.py", "step": "Back End"}]},
        {"routes": [{"method": "BREW", "path": "/"}]},
        {"routes": [{"method": "GET", "path": "api"}]},
        {"dependencies": [{"name": "x", "ecosystem": "cargo"}]},
        {"ports": [{"service": "x", "port": 70000}]},
        {"env": [{"name": "NOT A NAME"}]},
    ],
)
def test_contract_is_refused_when_later_steps_could_not_rely_on_it(broken: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        ApplicationContract.model_validate(CONTRACT | broken)


def test_schema_shows_the_model_its_choices_when_generated() -> None:
    schema = ApplicationContract.model_json_schema()
    assert schema["$defs"]["Route"]["properties"]["method"]["enum"] == [
        "GET",
        "POST",
        "PUT",
        "PATCH",
        "DELETE",
    ]
    assert schema["$defs"]["Dependency"]["properties"]["ecosystem"]["enum"] == ["python", "npm"]
    assert set(schema["required"]) == {"summary", "files"}


def test_audit_parses_when_nothing_was_found_and_when_something_was() -> None:
    assert AuditReport.model_validate({"summary": "Sin hallazgos."}).findings == ()
    report = AuditReport.model_validate(
        {
            "summary": "Uno.",
            "findings": [{"severity": "HIGH", "file": "a.py", "line": 3, "what": "SQL en texto"}],
        }
    )
    assert report.findings[0].severity == "high"


def test_audit_is_refused_when_its_severity_is_none_of_ours() -> None:
    with pytest.raises(ValidationError, match="severity"):
        AuditReport.model_validate(
            {"summary": "x", "findings": [{"severity": "meh", "file": "a", "what": "b"}]}
        )
