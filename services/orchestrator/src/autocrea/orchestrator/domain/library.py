"""The stored outputs of a generation, as decisions see them: the contract, what was delivered, what is at hand."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from autocrea.contracts.application import ApplicationContract, SecurityReport
from autocrea.contracts.ids import StepName
from autocrea.contracts.llm_router.v1 import DocumentOutput
from autocrea.contracts.shapes import GeneratedFile, RejectedFile
from autocrea.orchestrator.domain.delivery import without
from autocrea.orchestrator.domain.documents import Output, files_of
from autocrea.orchestrator.domain.pipeline import Pipeline
from autocrea.orchestrator.domain.saga import OutputRef, Saga
from autocrea.orchestrator.domain.verification import Material


@dataclass(frozen=True, slots=True)
class StoredOutput:
    """What the router delivered for one attempt, and of an audit the report that verification made of it."""

    output: Output
    rejected_files: tuple[RejectedFile, ...] = ()
    report: SecurityReport | None = None


@dataclass(frozen=True, slots=True)
class Library:
    """Everything that was loaded of one generation: the person's words, the pinned pipeline, outputs by attempt."""

    prompt: str
    pipeline: Pipeline
    outputs: Mapping[OutputRef, StoredOutput]

    def output(self, saga: Saga, step: StepName) -> StoredOutput | None:
        """The output of the step's present attempt."""
        found = saga.step(step)
        return self.attempt(saga, step, found.attempt) if found else None

    def attempt(self, saga: Saga, step: StepName, attempt: int) -> StoredOutput | None:
        """The output of an attempt in the run in which the step was last started."""
        found = saga.step(step)
        return self.outputs.get(OutputRef(found.run, found.name, attempt)) if found else None

    def delivered(self, saga: Saga, step: StepName) -> tuple[GeneratedFile, ...]:
        """The files of a completed step, as they were stored."""
        found, stored = saga.step(step), self.output(saga, step)
        assert found is not None, f"the generation has no step {step}"
        assert stored is not None, f"the output of {step} was not loaded"
        files = files_of(step, stored.output, saga.terms.language, stored.report)
        return without(files, found.dropped)

    def with_report(self, ref: OutputRef, report: SecurityReport) -> "Library":
        """The library in which that audit has its report."""
        stored = replace(self.outputs[ref], report=report)
        return replace(self, outputs={**self.outputs, ref: stored})

    def contract(self, saga: Saga) -> ApplicationContract | None:
        """The contract of this generation, once its step is completed."""
        for step in saga.steps:
            stored = self.output(saga, step.name) if step.completed else None
            if stored and isinstance(stored.output, DocumentOutput) and stored.output.kind == "contract":
                return ApplicationContract.model_validate(stored.output.document)
        return None

    def material(self, saga: Saga, step: StepName) -> Material | None:
        """What the verification of a step looks at; None when its output is gone."""
        stored = self.output(saga, step)
        if stored is None:
            return None
        completed = [one.name for one in saga.steps if one.completed and one.name != step]
        return Material(
            pipeline=self.pipeline,
            step=step,
            language=saga.terms.language,
            output=stored.output,
            rejected_files=stored.rejected_files,
            contract=self.contract(saga),
            upstream={name: self.delivered(saga, name) for name in completed},
        )
