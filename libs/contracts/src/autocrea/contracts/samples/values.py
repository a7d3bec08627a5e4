"""The people, ids and shapes of the one story that all samples tell."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from autocrea.contracts.digests import entry
from autocrea.contracts.ids import (
    ArchiveId,
    CallId,
    GenerationId,
    PipelineName,
    ProjectId,
    PurchaseId,
    StepName,
    UserId,
)
from autocrea.contracts.shapes import Call, Finding, GeneratedFile, LocalText, PricedModel, Usage
from autocrea.contracts.vocabulary import CallKind, CallOutcome, FindingClass

TIME: Final = datetime(2026, 11, 22, 12, 30, 0, 250_000, tzinfo=UTC)
CAUSE: Final = UUID("0a7d2c8e-55a5-5c43-8d1b-6a9f1e0b7c55")
TRACEPARENT: Final = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

ADA: Final = UserId("user_ada")
PROJECT: Final = ProjectId(UUID("2f1c9a54-6f0e-4a57-9a0b-0d8a5c1b7e11"))
GENERATION: Final = GenerationId(UUID("8d3e6b1f-3c5a-4f7e-8a21-94b7f0c6d2e3"))
ARCHIVE: Final = ArchiveId(UUID("5b0e4d6a-9d7c-4e11-b1a8-2c3f4a5b6c7d"))
PURCHASE: Final = PurchaseId(UUID("c4a1d2e3-7b6f-4c58-9e0d-1f2a3b4c5d6e"))
CALL: Final = CallId(UUID("e9b8a7c6-1d2e-4f30-8a4b-5c6d7e8f9a0b"))
PROJECT_NAME: Final = "mi-super-app"
FILE_NAME: Final = "mi-super-app.zip"

PIPELINE: Final = PipelineName("webapp")
PIPELINE_DIGEST: Final = "3b7c1f0a9e8d6c5b4a392817f6e5d4c3b2a190817263544536271809fae0d1c2"
RATE_CARD: Final = "2026-11"
ARCHITECTURE: Final = StepName("architecture")
BACKEND: Final = StepName("backend")
FRONTEND: Final = StepName("frontend")
DEVOPS: Final = StepName("devops")
AUDIT: Final = StepName("security_audit")

TITLES: Final = {
    ARCHITECTURE: (LocalText(es="Diseñando arquitectura", en="Designing the architecture"), "📐", 8, ()),
    BACKEND: (LocalText(es="Generando backend", en="Writing the back end"), "🔧", 16, (ARCHITECTURE,)),
    FRONTEND: (LocalText(es="Creando interfaz", en="Making the interface"), "🎨", 14, (ARCHITECTURE,)),
    DEVOPS: (
        LocalText(es="Configurando deployment", en="Setting up deployment"),
        "🚀",
        6,
        (BACKEND, FRONTEND),
    ),
    AUDIT: (LocalText(es="Auditando seguridad", en="Auditing security"), "🔒", 6, (DEVOPS,)),
}
CAPS: Final = {step: cap for step, (_, _, cap, _) in TITLES.items()}
CHARGES: Final = {ARCHITECTURE: 5, BACKEND: 11, FRONTEND: 9, DEVOPS: 3, AUDIT: 4}

MODEL: Final = "joxcoder-1"
USAGE: Final = Usage(input_tokens=5200, output_tokens=9800, cached_tokens=1200, estimated=False)
PRICED: Final = PricedModel(
    model=MODEL,
    price_input=Decimal("0.25"),
    price_output=Decimal("1"),
    price_cached=Decimal("0.025"),
    context_tokens=128_000,
)
FALLBACK: Final = PricedModel(
    model="gpt-5-mini",
    price_input=Decimal("0.4"),
    price_output=Decimal("1.6"),
    price_cached=Decimal("0.04"),
    context_tokens=400_000,
)
COMPLETED_CALL: Final = Call(
    call_id=CALL,
    kind=CallKind.FIRST,
    provider="joxcoder",
    model=MODEL,
    outcome=CallOutcome.COMPLETED,
    usage=USAGE,
    first_token_ms=420,
    total_ms=18_300,
)
BROKEN_CALL: Final = COMPLETED_CALL.model_copy(
    update={"outcome": CallOutcome.FAILOVER, "first_token_ms": None, "total_ms": 10_000}
)
FILE: Final = GeneratedFile(path="backend/main.py", text='"""Tienda de ñandúes."""\n\nprint("hola")\n')
FILE_ENTRY: Final = entry(FILE)
WARNING: Final = Finding.model_validate(
    {
        "rule": "routes_called_exist",
        "class": FindingClass.WARNING,
        "path": "frontend/app.js",
        "line": 12,
        "sentence": "the page calls GET /api/avisos, which the back end does not have",
    }
)
ERROR: Final = WARNING.model_copy(update={"class_": FindingClass.ERROR})
