"""The output of an attempt is to be checked: the work outside transactions, and what its findings lead to."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from autocrea.chassis.handlers import Effects, Failed, Finished, Job
from autocrea.contracts.ids import GenerationId
from autocrea.contracts.llm_router.v1 import FilesOutput
from autocrea.orchestrator.domain.concluding import conclude
from autocrea.orchestrator.domain.events import Bug
from autocrea.orchestrator.domain.saga import OutputRef
from autocrea.orchestrator.domain.verification import Verdict, judge
from autocrea.orchestrator.handlers.apply_decision import apply
from autocrea.orchestrator.ports import CONTENTS, Key, Materials, Parsers, Rows


class VerificationWork:
    """Read, then apply the rules. Touches no row: another replica may do the same at the same time."""

    def __init__(self, materials: Materials, parsers: Parsers) -> None:
        self._materials = materials
        self._parsers = parsers

    async def __call__(self, job: Job) -> Verdict | None:
        """The verdict; None when the attempt is not waiting for it any more."""
        payload = job.payload
        material = await self._materials.material(
            _generation(job), payload["run"], payload["step"], payload["attempt"]
        )
        if material is None:
            return None
        files = material.output.files if isinstance(material.output, FilesOutput) else ()
        hazards = await self._parsers.hazards(material.written) if material.audits else ()
        return judge(material, await self._parsers.facts(files), hazards)


class VerifyStep:
    """Complete, repair or fail the step."""

    def rows(self, item: Finished[Verdict | None] | Failed) -> Iterable[Key]:
        return (Key(CONTENTS, item.job.payload["generation_id"]),)

    def decide(self, rows: Rows, item: Finished[Verdict | None] | Failed, now: datetime) -> Effects:
        generation_id = _generation(item.job)
        library = rows.library(generation_id)
        if isinstance(item, Failed) or item.result is None or library is None:
            return Effects()
        payload, verdict, saga = item.job.payload, item.result, rows.saga(generation_id)
        run, step, attempt = payload["run"], payload["step"], payload["attempt"]
        if verdict.report is not None and saga.verifying(run, step, attempt):
            rows.keep_report(generation_id, OutputRef(run, step, attempt), verdict.report)
        event = conclude(
            saga,
            library,
            run=run,
            step=step,
            attempt=attempt,
            findings=verdict.findings,
            report=verdict.report,
        )
        return apply(rows, generation_id, event, now).effects

    def on_bug(self, rows: Rows, item: Finished[Verdict | None] | Failed, now: datetime) -> Effects:
        payload = item.job.payload
        return apply(rows, _generation(item.job), Bug(payload["run"], payload["step"]), now).effects


def _generation(job: Job) -> GenerationId:
    return GenerationId(UUID(job.payload["generation_id"]))
