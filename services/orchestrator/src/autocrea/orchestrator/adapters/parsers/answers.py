"""How facts and hazards travel from a worker process to the one that asked."""

from autocrea.orchestrator.domain.facts import FileFacts
from autocrea.orchestrator.domain.hazards import Hazard
from pydantic import TypeAdapter

_FACTS = TypeAdapter(FileFacts)
_HAZARDS = TypeAdapter(tuple[Hazard, ...])


def encode_facts(facts: FileFacts) -> bytes:
    return _FACTS.dump_json(facts, exclude_defaults=True)


def decode_facts(answer: bytes) -> FileFacts:
    return _FACTS.validate_json(answer)


def encode_hazards(hazards: tuple[Hazard, ...]) -> bytes:
    return _HAZARDS.dump_json(hazards)


def decode_hazards(answer: bytes) -> tuple[Hazard, ...]:
    return _HAZARDS.validate_json(answer)
