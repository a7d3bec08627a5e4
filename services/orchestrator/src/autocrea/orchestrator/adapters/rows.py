"""The rows of a batch in memory: what was loaded, and what the decisions made of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from autocrea.contracts.application import SecurityReport
from autocrea.contracts.ids import GenerationId, PipelineName
from autocrea.orchestrator.domain.library import Library, StoredOutput
from autocrea.orchestrator.domain.pipeline import Pipeline
from autocrea.orchestrator.domain.saga import OutputRef, Saga


@dataclass(slots=True)
class LoadedRows:
    """Implements the port `Rows`."""

    loaded: Mapping[GenerationId, Saga]
    libraries: dict[GenerationId, Library]
    by_digest: Mapping[str, Pipeline]
    in_force: dict[PipelineName, tuple[int, Pipeline]]
    sagas: dict[GenerationId, Saga] = field(default_factory=dict)
    prompts: dict[GenerationId, str] = field(default_factory=dict)
    new_outputs: dict[tuple[GenerationId, OutputRef], StoredOutput] = field(default_factory=dict)
    new_reports: dict[tuple[GenerationId, OutputRef], SecurityReport] = field(default_factory=dict)
    erased: set[GenerationId] = field(default_factory=set)
    published: list[tuple[int, Pipeline]] = field(default_factory=list)

    def saga(self, generation_id: GenerationId) -> Saga:
        found = self.sagas.get(generation_id) or self.loaded.get(generation_id)
        return found or Saga(generation_id)

    def put(self, saga: Saga) -> None:
        self.sagas[saga.generation_id] = saga

    def library(self, generation_id: GenerationId) -> Library | None:
        return self.libraries.get(generation_id)

    def pipeline(self, digest: str) -> Pipeline | None:
        return self.by_digest.get(digest)

    def current(self, name: PipelineName) -> Pipeline | None:
        found = self.in_force.get(name)
        return found[1] if found else None

    def set_prompt(self, generation_id: GenerationId, prompt: str) -> None:
        self.prompts[generation_id] = prompt

    def keep_output(self, generation_id: GenerationId, ref: OutputRef, stored: StoredOutput) -> None:
        self.new_outputs[(generation_id, ref)] = stored

    def keep_report(self, generation_id: GenerationId, ref: OutputRef, report: SecurityReport) -> None:
        self.new_reports[(generation_id, ref)] = report
        self.libraries[generation_id] = self.libraries[generation_id].with_report(ref, report)

    def erase(self, generation_id: GenerationId) -> None:
        self.erased.add(generation_id)
        self.prompts.pop(generation_id, None)
        for key in [key for key in self.new_reports if key[0] == generation_id]:
            del self.new_reports[key]
        for key in [key for key in self.new_outputs if key[0] == generation_id]:
            del self.new_outputs[key]

    def publish(self, pipeline: Pipeline) -> int:
        revision = self.in_force[pipeline.name][0] + 1 if pipeline.name in self.in_force else 1
        self.in_force[pipeline.name] = (revision, pipeline)
        self.published.append((revision, pipeline))
        return revision

    @property
    def added(self) -> list[Saga]:
        return [saga for key, saga in sorted(self.sagas.items()) if key not in self.loaded]

    @property
    def changed(self) -> list[Saga]:
        return [
            saga
            for key, saga in sorted(self.sagas.items())
            if key in self.loaded and saga != self.loaded[key]
        ]
