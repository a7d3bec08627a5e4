"""The output of an attempt is to be checked: the work outside transactions, and what its findings lead to."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from autocrea.chassis.handlers import Effects, Failed, Finished, Job
from autocrea.contracts.ids import GenerationId
from autocrea.contracts.llm_router.v1 import FilesOutput
from autocrea.contracts.shapes import Finding
from autocrea.orchestrator.domain.concluding import conclude
from autocrea.orchestrator.domain.events import Bug
from autocrea.orchestrator.domain.verification import verify
from autocrea.orchestrator.handlers.apply_decision import apply
from autocrea.orchestrator.ports import CONTENTS, Key, Materials, Parsers, Rows

Findings = tuple[Finding, ...]


class VerificationWork:
    """Parse, then apply the rules. Touches no row: another replica may do the same at the same time."""

    def __init__(self, materials: Materials, parsers: Parsers) -> None:
        self._materials = materials
        self._parsers = parsers

    async def __call__(self, job: Job) -> Findings | None:
        """The findings; None when the attempt is not waiting for them any more."""
        payload = job.payload
        material = await self._materials.material(
            _generation(job), payload["run"], payload["step"], payload["attempt"]
        )
        if material is None:
            return None
        files = material.output.files if isinstance(material.output, FilesOutput) else ()
        return verify(material, await self._parsers.facts(files))


class VerifyStep:
    """Complete, repair or fail the step."""

    def rows(self, item: Finished[Findings | None] | Failed) -> Iterable[Key]:
        return (Key(CONTENTS, item.job.payload["generation_id"]),)

    def decide(self, rows: Rows, item: Finished[Findings | None] | Failed, now: datetime) -> Effects:
        generation_id = _generation(item.job)
        library = rows.library(generation_id)
        if isinstance(item, Failed) or item.result is None or library is None:
            return Effects()
        payload = item.job.payload
        event = conclude(
            rows.saga(generation_id),
            library,
            run=payload["run"],
            step=payload["step"],
            attempt=payload["attempt"],
            findings=item.result,
        )
        return apply(rows, generation_id, event, now).effects

    def on_bug(self, rows: Rows, item: Finished[Findings | None] | Failed, now: datetime) -> Effects:
        payload = item.job.payload
        return apply(rows, _generation(item.job), Bug(payload["run"], payload["step"]), now).effects


def _generation(job: Job) -> GenerationId:
    return GenerationId(UUID(job.payload["generation_id"]))
