"""Whether a model can be had now: what people are told, and when it changes."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from autocrea.contracts.llm_router.v1 import ProviderStatusChanged
from autocrea.contracts.vocabulary import CallOutcome


class ModelKey(NamedTuple):
    """A model at a provider."""

    provider: str
    model: str


@dataclass(frozen=True, slots=True)
class Sighting:
    """What a call, or a look at the provider, said about a model. `reason` is None when it can be had."""

    key: ModelKey
    reason: str | None

    @property
    def available(self) -> bool:
        return self.reason is None


@dataclass(slots=True)
class ModelStatus:
    """What was last published about a model. Revision 0: nothing yet."""

    key: ModelKey
    available: bool = False
    reason: str | None = None
    revision: int = 0
    changed: bool = False

    def announce(self, sighting: Sighting, *, simulated: bool) -> ProviderStatusChanged:
        """Publish this, whatever was published before."""
        self.available, self.reason = sighting.available, sighting.reason
        self.revision, self.changed = self.revision + 1, True
        return ProviderStatusChanged(
            provider=self.key.provider,
            model=self.key.model,
            revision=self.revision,
            available=self.available,
            simulated=simulated,
            reason=self.reason,
        )

    def see(self, sighting: Sighting, *, simulated: bool) -> ProviderStatusChanged | None:
        """Publish this if it differs in whether the model can be had."""
        if self.revision and self.available == sighting.available:
            return None
        return self.announce(sighting, simulated=simulated)


def sightings(
    provider_of: dict[str, str], answered: Iterable[str], left_behind: Iterable[tuple[str, CallOutcome]]
) -> tuple[Sighting, ...]:
    """What an attempt learnt: models that answered can be had, models that were given up on cannot."""
    seen = {model: Sighting(ModelKey(provider_of[model], model), None) for model in answered}
    for model, outcome in left_behind:
        seen[model] = Sighting(ModelKey(provider_of[model], model), outcome.value)
    return tuple(seen.values())
