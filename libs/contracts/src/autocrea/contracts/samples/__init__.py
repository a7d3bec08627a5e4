"""One maintained sample of every message, and the golden files that hold it as it travels.

A golden file, once released, is never edited: inside a version only optional fields are added, and the old file still
parses. `python -m autocrea.contracts.samples` writes those that are missing.
"""

import json
from collections.abc import Iterator, Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from types import MappingProxyType
from typing import Final

from autocrea.contracts.envelope import Sealed, seal
from autocrea.contracts.message import Message
from autocrea.contracts.samples import artifacts, billing, gateway, llm_router, orchestrator
from autocrea.contracts.samples.values import CAUSE, TIME, TRACEPARENT

GOLDEN: Final[Traversable] = files("autocrea.contracts") / "golden"


def _samples() -> Iterator[Message]:
    for owner in (gateway, orchestrator, llm_router, billing, artifacts):
        yield from owner.samples()


SAMPLES: Final[Mapping[str, Message]] = MappingProxyType({message.type: message for message in _samples()})


def sealed_sample(message_type: str) -> Sealed:
    """The sample of a type as it would travel."""
    message = SAMPLES[message_type]
    return seal(message, source=message.sender, time=TIME, causation_id=CAUSE, traceparent=TRACEPARENT)


def golden_text(sealed: Sealed) -> str:
    """The body as its golden file shows it: the same fields in the same order, on lines of their own."""
    return json.dumps(json.loads(sealed.body), indent=2, ensure_ascii=False) + "\n"


def golden_file(message_type: str) -> Traversable:
    """Where the golden file of a type is, or belongs."""
    return GOLDEN / f"{message_type}.json"
