"""Secrets in texts: which ones are recognised, and how a text is shown without them.

Every pattern is anchored by a literal and bounded, so that a text of any kind is read in linear time.
"""

import re
from collections.abc import Iterator
from math import log2
from typing import Final

from autocrea.orchestrator.domain.facts import FACTS_MAX, Named
from pydantic import JsonValue

SHOWN_CHARACTERS = 4  # of a secret, so that its owner knows which one it is
ENTROPY_BITS_MIN = 2.8  # a character: below it stand rows of x, and short words

PRIVATE_KEY: Final = "private key"
_KNOWN: Final = (
    (
        PRIVATE_KEY,
        r"-----BEGIN (?:[A-Z]{2,10} ){0,2}PRIVATE KEY-----[^-]{0,8000}(?:-----END [A-Z ]{0,30}-----)?",
    ),
    ("AWS access key", r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"),
    ("GitHub token", r"\b(?:gh[pousr]_[A-Za-z0-9]{36,255}|github_pat_[A-Za-z0-9_]{22,255})\b"),
    ("Stripe key", r"\b(?:[sr]k_(?:live|test)|whsec)_[A-Za-z0-9]{16,255}\b"),
    ("model provider's key", r"\bsk-(?:proj-|ant-)?[A-Za-z0-9_-]{20,255}"),
    ("Google API key", r"\bAIza[0-9A-Za-z_-]{35}\b"),
    ("Slack token", r"\bxox[abeoprs]-[0-9A-Za-z-]{10,255}"),
    ("signed token", r"\beyJ[A-Za-z0-9_-]{10,2000}\.eyJ[A-Za-z0-9_-]{10,4000}\.[A-Za-z0-9_-]{10,2000}"),
)
_URL: Final = r"\b[a-z][a-z0-9+]{1,20}://[^\s:/@\"'<>]{1,100}:([^\s:/@\"'<>]{6,200})@"
_ASSIGNED: Final = (
    r"(?i:secret|token|passw(?:or)?d|passphrase|api_?key|access_?key|private_?key)[\w-]{0,40}"
    r"[\"']?\s{0,3}(?::|=)\s{0,3}[\"']([^\"'\s]{12,500})[\"']"
)
_ALL: Final = re.compile(
    "|".join(f"(?P<k{n}>{pattern})" for n, (_, pattern) in enumerate(_KNOWN)) + f"|{_URL}|{_ASSIGNED}"
)
_PLACEHOLDER: Final = re.compile(
    r"(?i)example|ejemplo|change|cambia|your|dummy|sample|placeholder|secret|passw|xxx|<|\$|\{|%|os\.|env|test|demo|dev"
)


def secrets_in(text: str) -> tuple[Named, ...]:
    """The kind of every secret in the text and its line, never the secret."""
    found: list[Named] = []
    line, counted = 1, 0
    for kind, start, _ in _found(text):
        line, counted = line + text.count("\n", counted, start), start
        found.append(Named(kind, line))
    return tuple(found[:FACTS_MAX])


def masked(text: str) -> str:
    """The text with all but the first characters of every secret taken out."""
    parts: list[str] = []
    end = 0
    for _, start, stop in _found(text):
        shown = min(SHOWN_CHARACTERS, (stop - start) // 4)
        parts += [text[end : start + shown], "••••"]
        end = stop
    return "".join([*parts, text[end:]])


def _found(text: str) -> Iterator[tuple[str, int, int]]:
    for match in _ALL.finditer(text):
        start, stop = match.span(match.lastindex or 0)
        value = text[start:stop]
        known = match if match.lastgroup else _ALL.match(value)
        if known is not None and known.lastgroup is not None:
            kind = _KNOWN[int(known.lastgroup[1:])][0]
            if kind == PRIVATE_KEY or _entropy_bits(value) >= ENTROPY_BITS_MIN:
                yield kind, start, stop
        elif _is_key(value):
            yield "password or key", start, stop


def _is_key(value: str) -> bool:
    """Whether a value looks made by a machine: mixed, not a word, not somebody's placeholder."""
    mixed = any(one.isdigit() for one in value) and any(one.isalpha() for one in value)
    return mixed and _PLACEHOLDER.search(value) is None and _entropy_bits(value) >= ENTROPY_BITS_MIN


def _entropy_bits(value: str) -> float:
    counts = (value.count(one) for one in set(value))
    return -sum(count / len(value) * log2(count / len(value)) for count in counts)


def masked_json(value: JsonValue) -> JsonValue:
    """A document with the secrets of every text in it masked."""
    if isinstance(value, str):
        return masked(value)
    if isinstance(value, list):
        return [masked_json(one) for one in value]
    if isinstance(value, dict):
        return {masked(name): masked_json(one) for name, one in value.items()}
    return value
