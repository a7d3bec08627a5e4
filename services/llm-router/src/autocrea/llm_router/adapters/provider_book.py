"""Which models are set up here, who serves each, and under which name."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from autocrea.llm_router.domain.providers import ModelKey, Sighting
from autocrea.llm_router.ports import Provider, Served

NOT_SET_UP = "not_configured"


@dataclass(frozen=True, slots=True)
class Entry:
    """A provider and its models, by the rate card's name. Without an address there is no provider to ask."""

    name: str
    provider: Provider | None
    models: Mapping[str, str]

    @property
    def serves(self) -> Provider | None:
        """Who answers now: a provider whose key is missing is told of, not called."""
        return self.provider if self.provider is not None and self.provider.ready else None


class ProviderBook:
    """Every model of the settings. No two providers have one in common."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._entry_of = {model: entry for entry in entries for model in entry.models}

    def find(self, model: str) -> Served | None:
        entry = self._entry_of.get(model)
        if entry is None or (provider := entry.serves) is None:
            return None
        return Served(provider, entry.models[model])

    def models(self, provider: str | None = None) -> Iterator[Sighting]:
        """Every model in the settings, or a provider's: available as far as is known before a call."""
        for model, entry in self._entry_of.items():
            if provider in (None, entry.name):
                yield Sighting(ModelKey(entry.name, model), None if entry.serves else NOT_SET_UP)
