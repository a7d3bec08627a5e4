"""Counting tokens as an honest provider would report them: from the text, four characters a token."""

from collections.abc import Iterable
from typing import Any

from autocrea.simulators.completions.request import Message

# The usual rule of thumb for prose and code; what matters is that both ends of the wire can count it again.
CHARS_PER_TOKEN = 4


def tokens(text: str) -> int:
    """Tokens of a text, rounded up."""
    return -(-len(text) // CHARS_PER_TOKEN)


def usage(messages: Iterable[Message], written: str) -> dict[str, Any]:
    """The `usage` object of an answer; nothing is ever cached here."""
    prompt = sum(tokens(message.content) for message in messages)
    completion = tokens(written)
    return {
        "prompt_tokens": prompt,
        "completion_tokens": completion,
        "total_tokens": prompt + completion,
        "prompt_tokens_details": {"cached_tokens": 0},
        "completion_tokens_details": {"reasoning_tokens": 0},
    }


def counted(full: dict[str, Any]) -> dict[str, int]:
    """A `usage` object in our own words, for the log: its readers know no wire."""
    return {
        "input_tokens": full["prompt_tokens"],
        "output_tokens": full["completion_tokens"],
        "cached_tokens": full["prompt_tokens_details"]["cached_tokens"],
    }
