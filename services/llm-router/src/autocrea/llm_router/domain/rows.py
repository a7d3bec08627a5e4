"""What a batch holds in memory, and the keys that name it in one order for all: models before steps."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from autocrea.contracts.ids import GenerationId
from autocrea.llm_router.domain.providers import ModelKey, ModelStatus
from autocrea.llm_router.domain.steps import Step, StepKey

MODELS = "models"
STEPS = "steps"
ANY_RUN = 0  # in a key: every step of the generation that exists


class RowKey(NamedTuple):
    """Sortable across both tables."""

    table: str
    first: str  # generation or provider
    run: int
    last: str  # step or model


@dataclass(slots=True)
class Rows:
    """The rows that a batch has locked."""

    steps: dict[StepKey, Step] = field(default_factory=dict)
    models: dict[ModelKey, ModelStatus] = field(default_factory=dict)

    def of_generation(self, generation_id: GenerationId) -> Iterator[Step]:
        """Its steps, in order."""
        for key in sorted(self.steps):
            if key.generation_id == generation_id:
                yield self.steps[key]


def step_row(key: StepKey) -> RowKey:
    return RowKey(STEPS, str(key.generation_id), key.run, key.step)


def generation_rows(generation_id: GenerationId) -> RowKey:
    return RowKey(STEPS, str(generation_id), ANY_RUN, "")


def model_row(key: ModelKey) -> RowKey:
    return RowKey(MODELS, key.provider, 0, key.model)
