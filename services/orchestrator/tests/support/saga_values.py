"""A small pipeline and the messages of one generation, as the other ends would send them."""

from decimal import Decimal
from uuid import UUID

from autocrea.contracts.artifacts.v1 import ArtifactReady, PackagingFailed
from autocrea.contracts.billing.v1 import ReservationRefused, TokensReserved, TokensSettled
from autocrea.contracts.faults import FaultCode
from autocrea.contracts.gateway.v1 import (
    CancellationRequested,
    GenerationRequested,
    ProjectDeleted,
    RetryRequested,
)
from autocrea.contracts.ids import ArchiveId, CallId, GenerationId, PipelineName, ProjectId, StepName, UserId
from autocrea.contracts.llm_router.v1 import (
    DocumentOutput,
    FilesOutput,
    Output,
    OutputKind,
    StepExecuted,
    StepExecutionFailed,
)
from autocrea.contracts.shapes import (
    NO_USAGE,
    Call,
    FileEntry,
    Finding,
    GeneratedFile,
    PricedModel,
    Usage,
)
from autocrea.contracts.vocabulary import CallKind, CallOutcome, FindingClass, Language
from autocrea.orchestrator.domain.events import Requested, Verified
from autocrea.orchestrator.domain.pipeline import Context, Pipeline, StepSpec, assemble

GENERATION = GenerationId(UUID(int=1))
PROJECT = ProjectId(UUID(int=2))
ADA = UserId("user_ada")
MODEL = PricedModel(
    model="joxcoder-1",
    price_input=Decimal("0.1"),
    price_output=Decimal(1),
    price_cached=Decimal("0.01"),
    context_tokens=100_000,
)
DEAR = MODEL.model_copy(update={"model": "dear-1", "price_output": Decimal(3)})
CHEAP = MODEL.model_copy(update={"model": "cheap-1", "price_output": Decimal("0.5")})
USAGE = Usage(input_tokens=1000, output_tokens=2900, cached_tokens=0, estimated=False)  # 3 tokens of MODEL's

CONTRACT_DOCUMENT = {
    "summary": "Una agenda de contactos.",
    "stack": ["FastAPI: API", "SQLite: datos"],
    "files": [
        {"path": "backend/main.py", "step": "backend", "purpose": "API"},
        {"path": "frontend/index.html", "step": "frontend", "purpose": "Página"},
        {"path": "compose.yaml", "step": "devops", "purpose": "Arranque"},
    ],
    "routes": [
        {"method": "GET", "path": "/api/health", "summary": "Vida", "response_example": {"status": "ok"}},
    ],
    "env": [{"name": "DATABASE_PATH", "purpose": "Dónde está la base", "example": "data.db"}],
    "dependencies": [{"name": "fastapi", "ecosystem": "python", "version": ">=0.115"}],
    "data_model": [{"entity": "contact", "fields": [{"name": "id", "type": "integer"}]}],
    "ports": [{"service": "backend", "port": 8000}],
}
AUDIT_DOCUMENT = {
    "summary": "Se puede publicar.",
    "findings": [
        {"severity": "low", "file": "backend/main.py", "line": 1, "what": "Sin límite", "fix": "Añade uno"}
    ],
}
BACKEND = """import fastapi

app = fastapi.FastAPI()


@app.get("/api/health")
def health():
    return {"status": "ok"}
"""
TEXTS = {
    "backend": {"backend/main.py": BACKEND},
    "frontend": {"frontend/index.html": "<!doctype html>\n<html><title>x</title></html>\n"},
    "devops": {"compose.yaml": "services:\n  backend:\n    image: python:3.12-slim\n"},
}


def spec(
    name: str, kind: OutputKind, cap: int, depends_on: tuple[str, ...] = (), context: Context | None = None
) -> StepSpec:
    return StepSpec(
        name=StepName(name),
        title_es=f"Paso {name}",
        title_en=f"Step {name}",
        icon="📝",
        output_kind=kind,
        depends_on=tuple(StepName(one) for one in depends_on),
        cap_tokens=cap,
        typical_seconds=10,
        deadline_seconds=300,
        output_tokens_max=8_000,
        model=None,
        context=context or Context(contract=True),
        instruction=f"Do the step {name}.",
        serves_routes=name == "backend",
    )


WEBAPP: Pipeline = assemble(
    PipelineName("webapp"),
    run_deadline_seconds=1800,
    system="You are an engineer.",
    steps=[
        spec("architecture", "contract", 8),
        spec("backend", "files", 16, ("architecture",)),
        spec("frontend", "files", 14, ("architecture",)),
        spec("devops", "files", 6, ("backend", "frontend"), Context(contract=True, file_list=True)),
        spec("security_audit", "findings", 6, ("devops",), Context(contract=True, files=("*",))),
    ],
)


def request_message(**changes: object) -> GenerationRequested:
    fields: dict[str, object] = {
        "generation_id": GENERATION,
        "run": 1,
        "project_id": PROJECT,
        "project_name": "mi-super-app",
        "user_id": ADA,
        "prompt": "Una agenda de contactos",
        "language": Language.ES,
        "pipeline": WEBAPP.name,
        "pipeline_digest": WEBAPP.digest,
        "rate_card_version": "2026-11",
        "quote_tokens": 50,
        "model_preference": None,
        "email_verified": True,
        **changes,
    }
    return GenerationRequested.model_validate(fields)


def requested(**changes: object) -> Requested:
    message = request_message(**changes)
    pinned = WEBAPP if message.pipeline_digest == WEBAPP.digest else None
    return Requested(message, pinned, WEBAPP if message.pipeline == WEBAPP.name else None)


def retry(run: int, quote_tokens: int | None = None) -> RetryRequested:
    return RetryRequested(generation_id=GENERATION, run=run, user_id=ADA, quote_tokens=quote_tokens)


def cancel(run: int = 1) -> CancellationRequested:
    return CancellationRequested(generation_id=GENERATION, run=run, user_id=ADA)


def deleted() -> ProjectDeleted:
    return ProjectDeleted(project_id=PROJECT, user_id=ADA, generation_ids=(GENERATION,))


def reserved(run: int = 1, held: int = 50, models: tuple[PricedModel, ...] = (MODEL,)) -> TokensReserved:
    return TokensReserved(
        generation_id=GENERATION, run=run, held_tokens=held, rate_card_version="2026-11", models=models
    )


def refused(fault: FaultCode, run: int = 1, available: int | None = 0) -> ReservationRefused:
    return ReservationRefused(
        generation_id=GENERATION,
        run=run,
        fault=fault,
        available_tokens=available,
        needed_tokens=50,
        retry_after_seconds=None,
    )


def call(model: str = "joxcoder-1") -> Call:
    return Call(
        call_id=CallId(UUID(int=9)),
        kind=CallKind.FIRST,
        provider="joxcoder",
        model=model,
        outcome=CallOutcome.COMPLETED,
        usage=USAGE,
        first_token_ms=200,
        total_ms=4000,
    )


def output_of(step: str, files: dict[str, str] | None = None) -> Output:
    if step == "architecture":
        return DocumentOutput(kind="contract", document=CONTRACT_DOCUMENT)
    if step == "security_audit":
        return DocumentOutput(kind="findings", document=AUDIT_DOCUMENT)
    texts = TEXTS[step] if files is None else files
    return FilesOutput(files=tuple(GeneratedFile(path=path, text=text) for path, text in texts.items()))


def executed(
    step: str,
    attempt: int = 1,
    run: int = 1,
    *,
    usage: Usage = USAGE,
    model: str = "joxcoder-1",
    output: Output | None = None,
) -> StepExecuted:
    return StepExecuted(
        generation_id=GENERATION,
        run=run,
        step=StepName(step),
        attempt=attempt,
        output=output or output_of(step),
        rejected_files=(),
        model=model,
        usage=usage,
        absorbed_usage=NO_USAGE,
        calls=(call(model),),
    )


def not_executed(step: str, fault: FaultCode, attempt: int = 1, run: int = 1) -> StepExecutionFailed:
    return StepExecutionFailed(
        generation_id=GENERATION,
        run=run,
        step=StepName(step),
        attempt=attempt,
        fault=fault,
        detail="as the test wants it",
        absorbed_usage=USAGE,
        calls=(call(),),
    )


def found(class_: FindingClass, rule: str = "syntax_python", sentence: str = "It does not parse.") -> Finding:
    return Finding(rule=rule, class_=class_, path="backend/main.py", line=3, sentence=sentence)


def verified(step: str, attempt: int = 1, run: int = 1, findings: tuple[Finding, ...] = ()) -> Verified:
    entry = FileEntry(path=f"{step}/file.txt", sha256="0" * 64, bytes=4)
    return Verified(run, StepName(step), attempt, findings, (entry,), (), f"{step}: hecho")


def settled(
    charges: dict[str, int] | None = None, refunds: dict[str, int] | None = None, run: int = 1
) -> TokensSettled:
    return TokensSettled(
        generation_id=GENERATION,
        run=run,
        charges={StepName(step): tokens for step, tokens in (charges or {}).items()},
        refunds={StepName(step): tokens for step, tokens in (refunds or {}).items()},
        released_tokens=0,
    )


def archived(run: int = 1) -> ArtifactReady:
    return ArtifactReady(
        generation_id=GENERATION,
        run=run,
        archive_id=ArchiveId(UUID(int=3)),
        file_name="mi-super-app.zip",
        sha256="1" * 64,
        bytes=1234,
        files=7,
        user_id=ADA,
        project_id=PROJECT,
    )


def not_archived(run: int = 1) -> PackagingFailed:
    return PackagingFailed(
        generation_id=GENERATION, run=run, fault=FaultCode.PACKAGING_FAILED, detail="no room"
    )
