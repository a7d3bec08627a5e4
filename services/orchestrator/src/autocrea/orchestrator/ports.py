"""What the orchestrator's decisions need from outside, in the domain's words."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from autocrea.contracts.application import SecurityReport
from autocrea.contracts.ids import GenerationId, PipelineName, StepName
from autocrea.contracts.shapes import GeneratedFile
from autocrea.orchestrator.domain.facts import FileFacts
from autocrea.orchestrator.domain.hazards import FileHazards
from autocrea.orchestrator.domain.library import Library, StoredOutput
from autocrea.orchestrator.domain.pipeline import Pipeline
from autocrea.orchestrator.domain.saga import OutputRef, Saga
from autocrea.orchestrator.domain.verification import Material

SAGA = "saga"
CONTENTS = "contents"  # the saga with the person's words and the outputs that it refers to
DIGEST = "digest"  # the pipeline that has this digest
PIPELINE = "pipeline"  # the pipeline of this name that is in force
PUBLICATION = "publication"  # the same, held against another publication


class Key(NamedTuple):
    """What a message concerns: a kind from above and its id as text."""

    kind: str
    id: str


class Rows(Protocol):
    """What was loaded for a batch, and what its decisions change."""

    def saga(self, generation_id: GenerationId) -> Saga:
        """The generation as it stands; an absent one has nothing but its id."""

    def put(self, saga: Saga) -> None: ...

    def library(self, generation_id: GenerationId) -> Library | None:
        """What was loaded for the key `contents`; None when there is nothing to load."""

    def pipeline(self, digest: str) -> Pipeline | None: ...

    def current(self, name: PipelineName) -> Pipeline | None: ...

    def set_prompt(self, generation_id: GenerationId, prompt: str) -> None: ...

    def keep_output(self, generation_id: GenerationId, ref: OutputRef, stored: StoredOutput) -> None: ...

    def keep_report(self, generation_id: GenerationId, ref: OutputRef, report: SecurityReport) -> None:
        """Store what was made of an audit; the library has it from now on."""

    def erase(self, generation_id: GenerationId) -> None:
        """Forget the prompt and every output."""

    def publish(self, pipeline: Pipeline) -> int:
        """Count a publication and return its revision."""


class Materials(Protocol):
    """Reads what a verification looks at, outside any decision."""

    async def material(
        self, generation_id: GenerationId, run: int, step: StepName, attempt: int
    ) -> Material | None:
        """None when this attempt is not waiting for its verification any more."""


class Parsers(Protocol):
    """Reads generated files where they can do no harm."""

    async def facts(self, files: Sequence[GeneratedFile]) -> tuple[FileFacts, ...]:
        """What each file looks like; a parser that crashes or hangs is a fact as well."""

    async def hazards(self, files: Sequence[GeneratedFile]) -> tuple[FileHazards, ...]:
        """What the scanners of the security audit find in each file."""
