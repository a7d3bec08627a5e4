"""A provider's key is another one: its models are announced, and what failed with the old key is tried again."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from autocrea.chassis.handlers import Effects, Signal
from autocrea.llm_router.domain.providers import Sighting
from autocrea.llm_router.domain.rows import RowKey, Rows, model_row
from autocrea.llm_router.handlers.guard_models import BREAKERS_CHANNEL


class RekeyModels:
    """The models of one provider, with what the settings say about them now."""

    def __init__(self, models: Sequence[Sighting], simulated: frozenset[str]) -> None:
        self._models = models
        self._simulated = simulated

    def rows(self) -> Iterable[RowKey]:
        return (model_row(sighting.key) for sighting in self._models)

    def decide(self, rows: Rows, now: datetime) -> tuple[None, Effects]:
        messages = tuple(
            rows.models[one.key].rekeyed(one, now, simulated=one.key.provider in self._simulated)
            for one in self._models
        )
        return None, Effects(messages=messages, signals=(Signal(BREAKERS_CHANNEL),))
