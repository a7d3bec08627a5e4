"""At start: what can be had here is published, whatever was published before."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from autocrea.chassis.handlers import Effects
from autocrea.llm_router.domain.providers import Sighting
from autocrea.llm_router.domain.rows import RowKey, Rows, model_row


class AnnounceModels:
    """One event for each model in the settings."""

    def __init__(self, models: Sequence[Sighting], simulated: frozenset[str]) -> None:
        self._models = models
        self._simulated = simulated

    def rows(self) -> Iterable[RowKey]:
        return (model_row(sighting.key) for sighting in self._models)

    def decide(self, rows: Rows, now: datetime) -> tuple[None, Effects]:  # noqa: ARG002
        messages = tuple(
            rows.models[sighting.key].announce(sighting, simulated=sighting.key.provider in self._simulated)
            for sighting in self._models
        )
        return None, Effects(messages=messages)
