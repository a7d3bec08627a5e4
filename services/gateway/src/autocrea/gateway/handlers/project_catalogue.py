"""A catalogue that an owner published: the highest revision of each is in force."""

from collections.abc import Iterable
from datetime import datetime
from typing import TypeVar

from autocrea.chassis.handlers import Effects, HandlerBase, Received, Signal
from autocrea.contracts.billing.v1 import RateCardPublished
from autocrea.contracts.llm_router.v1 import ProviderStatusChanged
from autocrea.contracts.orchestrator.v1 import PipelinePublished
from autocrea.gateway.domain.catalogue import catalogue
from autocrea.gateway.domain.read_model import STATUS_CHANNEL, Key, Rows, catalogue_key

P = TypeVar("P", PipelinePublished, RateCardPublished, ProviderStatusChanged)


class ProjectCatalogue(HandlerBase):
    """Keeps pipelines, the rate card and what providers are up."""

    def rows(self, item: Received[P]) -> Iterable[Key]:
        entry = catalogue(item.data)
        return (catalogue_key(entry.kind, entry.name),)

    def decide(self, rows: Rows, item: Received[P], now: datetime) -> Effects:  # noqa: ARG002
        entry = catalogue(item.data)
        key = catalogue_key(entry.kind, entry.name)
        known = rows.catalogues.get(key)
        if known is not None and known.revision >= entry.revision:
            return Effects()
        rows.catalogues[key] = entry
        return Effects(signals=(Signal(STATUS_CHANNEL),))
