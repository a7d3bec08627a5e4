"""The moment when a model that nobody has tried since its cooldown is offered to people again."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from autocrea.chassis.handlers import Effects, Failed, Finished, HandlerBase, NewJob
from autocrea.llm_router.domain.breaker import IDLE_SECONDS
from autocrea.llm_router.domain.providers import ModelKey
from autocrea.llm_router.domain.rows import RowKey, Rows, model_row

REST_MODEL = "rest_model"


def rest_job(key: ModelKey, due_at: datetime) -> NewJob:
    """One a model: where one waits already, it stays."""
    return NewJob(REST_MODEL, f"{key.provider}:{key.model}", due_at=due_at)


class RestModel(HandlerBase):
    """Looks again later until the model is offered. In the place of `simulated` providers a simulator answers."""

    def __init__(self, simulated: frozenset[str]) -> None:
        self._simulated = simulated

    def rows(self, item: Finished[None] | Failed) -> Iterable[RowKey]:
        return (model_row(_key(item)),)

    def decide(self, rows: Rows, item: Finished[None] | Failed, now: datetime) -> Effects:
        model = rows.models[_key(item)]
        message = model.rest(now, simulated=model.key.provider in self._simulated)
        if message is not None:
            return Effects(messages=(message,))
        idle_at = model.breaker.idle_at()
        if idle_at is None or not model.is_told_open:
            return Effects()
        return Effects(jobs=(rest_job(model.key, max(idle_at, now + timedelta(seconds=IDLE_SECONDS))),))


def _key(item: Finished[None] | Failed) -> ModelKey:
    provider, _, model = item.job.key.partition(":")
    return ModelKey(provider, model)
