"""Counting tokens as an honest provider would report them: from the text, four characters a token."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Protocol

# The usual rule of thumb for prose and code; what matters is that both ends of the wire can count it again.
CHARS_PER_TOKEN = 4


class Said(Protocol):
    """A message of the conversation."""

    @property
    def content(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Usage:
    """What a model counts. `input_tokens` are all that it read; `cached_tokens` are those of them from a cache."""

    input_tokens: int
    output_tokens: int
    cached_tokens: int = 0

    def shown(self) -> dict[str, int]:
        """As the log shows it, whatever the wire."""
        return asdict(self)


def tokens(text: str) -> int:
    """Tokens of a text, rounded up."""
    return -(-len(text) // CHARS_PER_TOKEN)


def counted(messages: Iterable[Said], written: str) -> Usage:
    """The usage of an answer; nothing is ever cached here."""
    return Usage(sum(tokens(message.content) for message in messages), tokens(written))
