"""Counting tokens as an honest provider would report them: from the text, four characters a token."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Protocol

from autocrea.simulators.control.effect import Effect, Miscount

# The usual rule of thumb for prose and code; what matters is that both ends of the wire can count it again.
CHARS_PER_TOKEN = 4

MISCOUNTS: dict[Miscount, Callable[[int], Any]] = {
    "zero": lambda _: 0,
    "doubled": lambda count: 2 * count,
    "negative": lambda count: -count - 1,
    "huge": lambda _: 10**18,
    "text": lambda count: f"about {count}",
    "null": lambda _: None,
}


class Said(Protocol):
    """A message of the conversation."""

    @property
    def content(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Usage:
    """What a model counts. `input_tokens` are all that it read, whether from a cache, into one, or neither."""

    input_tokens: int
    output_tokens: int
    cached_tokens: int = 0
    cache_written_tokens: int = 0
    thought_tokens: int = 0  # among the output

    def shown(self) -> dict[str, int]:
        """As the log shows it, whatever the wire."""
        return {
            "input_tokens": self.input_tokens,
            "output_tokens": self.output_tokens,
            "cached_tokens": self.cached_tokens,
        }


def tokens(text: str) -> int:
    """Tokens of a text, rounded up."""
    return -(-len(text) // CHARS_PER_TOKEN)


def counted(messages: Iterable[Said], written: str, thought: str = "", effect: Effect | None = None) -> Usage:
    """The usage of an answer; nothing is cached unless a rule says so, and never more than was read."""
    read = sum(tokens(message.content) for message in messages)
    cached = min(effect.cached_tokens if effect else 0, read)
    stored = min(effect.cache_written_tokens if effect else 0, read - cached)
    return Usage(read, tokens(written) + tokens(thought), cached, stored, tokens(thought))


def miscounted(usage: Any, kind: Miscount | None) -> Any:
    """The same JSON with every count in it changed in this way."""
    if kind is None:
        return usage
    if isinstance(usage, dict):
        return {name: miscounted(value, kind) for name, value in usage.items()}
    return MISCOUNTS[kind](usage) if isinstance(usage, int) else usage
