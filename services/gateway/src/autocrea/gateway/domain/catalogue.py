"""What the owners offer (pipelines, rate card, providers), as last published, and the quote that follows from it."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from autocrea.contracts.billing.v1 import RateCardPublished
from autocrea.contracts.ids import StepName
from autocrea.contracts.llm_router.v1 import ProviderStatusChanged
from autocrea.contracts.orchestrator.v1 import PipelinePublished, PipelineStep

Published = PipelinePublished | RateCardPublished | ProviderStatusChanged

DEFAULT_PIPELINE = "webapp"
FOUNDING_PROVIDER = "joxcoder"  # the one that `/health` names


class CatalogueKind(StrEnum):
    """What a row of `catalogues` holds."""

    PIPELINE = "pipeline"
    RATE_CARD = "rate_card"
    PROVIDER = "provider"


@dataclass(frozen=True, slots=True)
class Catalogue:
    """A publication; the highest revision of a kind and name is in force."""

    kind: CatalogueKind
    name: str
    revision: int
    published: Published


def catalogue(published: Published) -> Catalogue:
    """Name a publication."""
    match published:
        case PipelinePublished():
            return Catalogue(CatalogueKind.PIPELINE, published.pipeline, published.revision, published)
        case RateCardPublished():
            return Catalogue(CatalogueKind.RATE_CARD, "", published.revision, published)
        case ProviderStatusChanged():
            name = f"{published.provider}/{published.model}"
            return Catalogue(CatalogueKind.PROVIDER, name, published.revision, published)


@dataclass(frozen=True, slots=True)
class Quote:
    """The price of a generation before it runs, and what it pins."""

    pipeline: PipelinePublished
    rate_card: RateCardPublished

    @property
    def tokens(self) -> int:
        return self.pipeline.quote_tokens

    @property
    def typical_seconds(self) -> int:
        """The longest chain of steps that wait for one another."""
        return longest_chain(self.pipeline.steps)

    def find_model(self, preference: str) -> str | None:
        """The rate card's name of a model that a person asked for by name or alias."""
        for model in self.rate_card.models:
            if preference == model.model or preference in model.aliases:
                return model.model
        return None


def longest_chain(steps: Iterable[PipelineStep]) -> int:
    """Seconds of the longest path through the steps; they come in an order in which each follows what it depends on."""
    ends: dict[StepName, int] = {}
    for step in steps:
        begins = max((ends.get(name, 0) for name in step.depends_on), default=0)
        ends[step.step] = begins + step.typical_seconds
    return max(ends.values(), default=0)


@dataclass(frozen=True, slots=True)
class ModelStatus:
    """Whether a model answers, and whether a simulator answers in its place."""

    model: str
    available: bool
    simulated: bool


def model_statuses(
    rate_card: RateCardPublished, providers: Collection[ProviderStatusChanged]
) -> list[ModelStatus]:
    """Every model that may be chosen, in the rate card's order. One that nobody has reported on counts as available."""
    told: Mapping[str, list[ProviderStatusChanged]] = {
        model.model: [status for status in providers if status.model == model.model]
        for model in rate_card.models
    }
    return [
        ModelStatus(
            name,
            available=not statuses or any(status.available for status in statuses),
            simulated=any(status.simulated for status in statuses),
        )
        for name, statuses in told.items()
    ]


def is_joxcoder_available(providers: Collection[ProviderStatusChanged]) -> bool:
    """Whether the founding provider answers with any of its models; unknown is no."""
    return any(status.available for status in providers if status.provider == FOUNDING_PROVIDER)
