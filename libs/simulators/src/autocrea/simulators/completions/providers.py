"""Which providers speak this wire here, with which models and which key."""

from dataclasses import dataclass

from autocrea.simulators.settings import Settings


@dataclass(frozen=True, slots=True)
class Provider:
    """A provider: `models` are listed, `aliases` are accepted as well."""

    name: str
    api_key: str
    models: tuple[str, ...]
    aliases: tuple[str, ...] = ()

    def knows(self, model: str) -> bool:
        """Whether a request may ask for this model."""
        return model in self.models or model in self.aliases


def providers(settings: Settings) -> tuple[Provider, ...]:
    """Every provider of the process; each is mounted at `/<name>/v1`."""
    return (
        Provider(
            "joxcoder",
            settings.joxcoder_api_key.get_secret_value(),
            ("joxcoder-1",),
            ("joxcoder", "joxcoder-latest", "joxcoder-1-latest"),
        ),
        Provider(
            "openai",
            settings.openai_api_key.get_secret_value(),
            ("gpt-4.1", "gpt-4.1-mini"),
            ("gpt-4.1-2025-04-14", "gpt-4.1-mini-2025-04-14"),
        ),
    )
