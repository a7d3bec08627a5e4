"""From what a decision wants done to the messages that carry contents: prompts and files, out of the library."""

from dataclasses import dataclass, replace

from autocrea.contracts.artifacts.v1 import StoreStepFiles
from autocrea.contracts.digests import entry, set_sha256
from autocrea.contracts.ids import StepName
from autocrea.contracts.llm_router.v1 import ExecuteStep, FilesOutput, StepLimits
from autocrea.contracts.message import Message
from autocrea.contracts.paths import FILE_BYTES_MAX, STEP_BYTES_MAX, STEP_FILES_MAX
from autocrea.contracts.shapes import GeneratedFile
from autocrea.orchestrator.domain import money
from autocrea.orchestrator.domain.decision import Decision, StartAttempt, StoreFiles
from autocrea.orchestrator.domain.documents import pretty_json
from autocrea.orchestrator.domain.library import Library
from autocrea.orchestrator.domain.pipeline import StepSpec
from autocrea.orchestrator.domain.prompting import Brief, compose
from autocrea.orchestrator.domain.saga import Saga


@dataclass(frozen=True, slots=True)
class Prepared:
    """A decision's messages, complete, and the saga that notes what its prompts left out."""

    saga: Saga
    messages: tuple[Message, ...]


def prepare(decision: Decision, library: Library | None) -> Prepared:
    """Complete the messages of a decision. The library may be missing only where none of them needs it."""
    saga = decision.saga
    messages: list[Message] = []
    for outgoing in decision.outgoing:
        if isinstance(outgoing, Message):
            messages.append(outgoing)
            continue
        assert library is not None, "a decision that needs contents was taken without them"
        if isinstance(outgoing, StoreFiles):
            messages.append(_store(saga, outgoing.step, library))
        else:
            saga, message = _execute(saga, outgoing, library)
            messages.append(message)
    return Prepared(saga, tuple(messages))


def _execute(saga: Saga, start: StartAttempt, library: Library) -> tuple[Saga, ExecuteStep]:
    spec = library.pipeline.step(start.step)
    step = saga.step(start.step)
    assert step is not None, f"the generation has no step {start.step}"
    models = money.models_for(saga, step)
    composed = compose(
        library.pipeline, start.step, _brief(saga, start, library), context_tokens=models[0].context_tokens
    )
    order = saga.terms
    message = ExecuteStep(
        generation_id=saga.generation_id,
        run=saga.run,
        step=start.step,
        attempt=start.attempt,
        user_id=order.user_id,
        project_id=order.project_id,
        project_name=order.project_name,
        output_kind=spec.output_kind,
        prompt=composed.prompt,
        models=models,
        limits=_limits(spec),
        deadline_seconds=spec.deadline_seconds,
    )
    return saga.with_step(replace(step, omitted=composed.omitted)), message


def _brief(saga: Saga, start: StartAttempt, library: Library) -> Brief:
    step = saga.step(start.step)
    assert step is not None, f"the generation has no step {start.step}"
    upstream = [
        file
        for spec in library.pipeline.upstream(start.step)
        if spec.output_kind == "files"  # the contract stands in the prompt as it is
        for file in library.delivered(saga, spec.name)
    ]
    return Brief(
        project_name=saga.terms.project_name,
        request=library.prompt,
        language=saga.terms.language,
        attempt=start.attempt,
        contract=library.contract(saga),
        upstream=tuple(upstream),
        previous=_previous(saga, start, library),
        findings=step.findings,
    )


def _previous(saga: Saga, start: StartAttempt, library: Library) -> tuple[GeneratedFile, ...]:
    """The answer that is to be repaired, as far as it can be shown."""
    stored = library.attempt(saga, start.step, start.attempt - 1) if start.attempt > 1 else None
    if stored is None:
        return ()
    if isinstance(stored.output, FilesOutput):
        return stored.output.files
    return (GeneratedFile(path="answer.json", text=pretty_json(stored.output.document)),)


def _limits(spec: StepSpec) -> StepLimits:
    return StepLimits(
        files_max=STEP_FILES_MAX,
        file_bytes_max=FILE_BYTES_MAX,
        total_bytes_max=STEP_BYTES_MAX,
        output_tokens_max=spec.output_tokens_max,
    )


def _store(saga: Saga, name: StepName, library: Library) -> StoreStepFiles:
    files = library.delivered(saga, name)
    order = saga.terms
    return StoreStepFiles(
        generation_id=saga.generation_id,
        run=saga.run,
        step=name,
        user_id=order.user_id,
        project_id=order.project_id,
        files=files,
        sha256=set_sha256(entry(file) for file in files),
    )
