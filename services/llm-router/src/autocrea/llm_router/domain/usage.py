"""What models count: a provider's figures checked for sense, and an estimate where it gave none."""

from collections.abc import Iterable

from autocrea.contracts.shapes import NO_USAGE, Usage
from autocrea.llm_router.domain.answers import Turn

CHARS_PER_TOKEN = (
    4  # the usual figure for prose and code; a tokenizer's tables would have to be fetched at run time
)
TOKENS_SENSIBLE_MAX = 100_000_000  # beyond any context in sight: a larger figure is a defect, not a count


def tokens_of_chars(chars: int) -> int:
    """About how many tokens a text of this length is, rounded up."""
    return -(-chars // CHARS_PER_TOKEN)


def estimated_tokens(text: str) -> int:
    """About how many tokens a text is, rounded up."""
    return tokens_of_chars(len(text))


def estimated_usage(turns: Iterable[Turn], written_chars: int) -> Usage:
    """Our own count of a call, marked so."""
    return Usage(
        input_tokens=sum(estimated_tokens(turn.text) for turn in turns),
        output_tokens=tokens_of_chars(written_chars),
        cached_tokens=0,
        estimated=True,
    )


def checked_usage(input_tokens: object, output_tokens: object, cached_tokens: object) -> Usage | None:
    """A provider's figures as usage, or None when they make no sense."""
    read, written = _count(input_tokens), _count(output_tokens)
    if read is None or written is None:
        return None
    cached = _count(cached_tokens) or 0
    return Usage(input_tokens=read, output_tokens=written, cached_tokens=min(cached, read), estimated=False)


def plausible(usage: Usage | None, turns: Iterable[Turn], written_chars: int) -> Usage:
    """The provider's usage; an estimate when there is none or it says that nothing was read or written."""
    if usage is None or usage.input_tokens == 0 or (usage.output_tokens == 0 and written_chars > 0):
        return estimated_usage(turns, written_chars)
    return usage


def partial_usage(turns: Iterable[Turn], written_chars: int) -> Usage:
    """Of an answer that broke off no usage is told; where no text came, none is known to have been used."""
    return estimated_usage(turns, written_chars) if written_chars else NO_USAGE


def total(usages: Iterable[Usage]) -> Usage:
    """The sum; estimated when any part is."""
    return sum(usages, NO_USAGE)


def _count(value: object) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= TOKENS_SENSIBLE_MAX:
        return None
    return value
