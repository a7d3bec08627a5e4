"""A sample of each message of the llm-router."""

from collections.abc import Iterator
from typing import Final, TypedDict

from autocrea.contracts.faults import FaultCode
from autocrea.contracts.ids import GenerationId, StepName
from autocrea.contracts.llm_router import v1
from autocrea.contracts.message import Message
from autocrea.contracts.paths import FILE_BYTES_MAX, STEP_BYTES_MAX, STEP_FILES_MAX
from autocrea.contracts.samples import values as the
from autocrea.contracts.shapes import NO_USAGE, RejectedFile


class _Common(TypedDict):
    generation_id: GenerationId
    run: int
    step: StepName
    attempt: int


_COMMON: Final = _Common(generation_id=the.GENERATION, run=1, step=the.BACKEND, attempt=1)


def samples() -> Iterator[Message]:
    """One of each, in the catalogue's order."""
    yield v1.ExecuteStep(
        **_COMMON,
        user_id=the.ADA,
        project_id=the.PROJECT,
        project_name=the.PROJECT_NAME,
        output_kind="files",
        prompt=v1.Prompt(
            system="Escribes el backend de aplicaciones web.",
            user="Project: mi-super-app\nStep: backend\nAttempt: 1\nLanguage: es\nKind: files\n\n…",
        ),
        models=(the.PRICED, the.FALLBACK),
        limits=v1.StepLimits(
            files_max=STEP_FILES_MAX,
            file_bytes_max=FILE_BYTES_MAX,
            total_bytes_max=STEP_BYTES_MAX,
            output_tokens_max=32_000,
        ),
        deadline_seconds=300,
    )
    yield v1.CancelStep(generation_id=the.GENERATION, run=1, step=the.BACKEND)
    yield v1.StepExecuted(
        **_COMMON,
        output=v1.FilesOutput(files=(the.FILE,)),
        rejected_files=(
            RejectedFile(
                path="../../etc/cron.d/x", rule="parent", sentence="the path climbs to a parent folder"
            ),
        ),
        model=the.MODEL,
        usage=the.USAGE,
        absorbed_usage=NO_USAGE,
        calls=(the.COMPLETED_CALL,),
    )
    yield v1.StepExecutionFailed(
        **_COMMON,
        fault=FaultCode.PROVIDER_UNAVAILABLE,
        detail="joxcoder answered 503 three times and no other model is available",
        absorbed_usage=NO_USAGE,
        calls=(the.BROKEN_CALL,),
    )
    yield v1.StepProgressed(
        **_COMMON,
        call_id=the.CALL,
        model="gpt-5-mini",
        replaced=v1.ReplacedModel(model=the.MODEL, reason="failover"),
        path=the.FILE.path,
        offset=0,
        text='"""Tienda de ñandúes."""\n',
        bytes=27,
        tokens=7,
    )
    yield v1.ProviderStatusChanged(
        provider="joxcoder", model=the.MODEL, revision=3, available=False, simulated=True, reason="failover"
    )
