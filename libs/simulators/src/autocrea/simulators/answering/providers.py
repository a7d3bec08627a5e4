"""Which providers there are here, with which wire, models and key."""

from dataclasses import dataclass

from autocrea.simulators.answering.wire import Wire
from autocrea.simulators.completions.wire import CompletionsWire
from autocrea.simulators.messages.wire import MessagesWire
from autocrea.simulators.settings import Settings


@dataclass(frozen=True, slots=True)
class Provider:
    """A provider: `models` are listed, `aliases` are accepted as well."""

    name: str
    wire: Wire
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
            CompletionsWire(),
            settings.joxcoder_api_key.get_secret_value(),
            ("joxcoder-1",),
            ("joxcoder", "joxcoder-latest", "joxcoder-1-latest"),
        ),
        Provider(
            "openai",
            CompletionsWire(),
            settings.openai_api_key.get_secret_value(),
            ("gpt-4.1", "gpt-4.1-mini"),
            ("gpt-4.1-2025-04-14", "gpt-4.1-mini-2025-04-14"),
        ),
        Provider(
            "anthropic",
            MessagesWire(),
            settings.anthropic_api_key.get_secret_value(),
            ("claude-sonnet-5-5", "claude-haiku-5-5", "claude-sonnet-4-5", "claude-haiku-4-5"),
            ("claude-sonnet-4-5-20250929", "claude-haiku-4-5-20251001"),
        ),
    )
