"""Which models are set up here, and who serves each."""

from collections.abc import Iterator, Sequence

from autocrea.llm_router.domain.providers import ModelKey, Sighting
from autocrea.llm_router.ports import Provider

NOT_SET_UP = "not_configured"


class ProviderBook:
    """Models by provider. A provider that is None has models but no key or address: they are told, not served."""

    def __init__(self, entries: Sequence[tuple[str, Provider | None, tuple[str, ...]]]) -> None:
        self._entries = entries
        self._serving: dict[str, Provider] = {}
        for name, provider, models in entries:
            for model in models:
                if model in self._serving:
                    raise ValueError(
                        f"the model {model} is set up at {self._serving[model].name} and at {name}"
                    )
                if provider is not None:
                    self._serving[model] = provider

    def provider_of(self, model: str) -> Provider | None:
        return self._serving.get(model)

    def models(self) -> Iterator[Sighting]:
        """Every model in the settings: available as far as is known before a call."""
        for name, provider, models in self._entries:
            for model in models:
                yield Sighting(ModelKey(name, model), None if provider is not None else NOT_SET_UP)
