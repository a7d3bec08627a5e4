"""What is left of a message once it is erased: its shape, its ids, its figures, and not a word of anybody's."""

from datetime import UTC, datetime
from typing import Any

import pytest
from autocrea.contracts.catalogue import MESSAGES
from autocrea.contracts.envelope import decode, open_envelope, seal
from autocrea.contracts.erasure import erase_texts
from autocrea.contracts.message import Message
from autocrea.contracts.samples import SAMPLES
from pydantic_core import from_json, to_json

NAMES = frozenset({"user_id", "userid"})  # who it is stays: the ledger's pseudonym
_OURS = """
type name state outcome fault detail title es en icon model models provider reason kind rule class pipeline language
pipeline_digest rate_card_version version rounding pack currency amount digest step steps sha256 depends_on sets
output_kind price_input price_output price_cached model_preference
"""
OURS = frozenset(_OURS.split())
"""Fields whose texts are ours: names, states, digests, titles of pipelines, reasons without content."""


def sealed(message: Message) -> bytes:
    return seal(message, source=message.sender.value, time=datetime(2026, 11, 22, tzinfo=UTC)).body


@pytest.mark.parametrize("message", SAMPLES.values(), ids=SAMPLES)
def test_message_can_still_be_read_and_is_the_same_fact_when_it_is_erased(message: Message) -> None:
    before = sealed(message)
    after = erase_texts(before)
    envelope, data = decode(after, MESSAGES)
    assert envelope.id == open_envelope(before).id
    assert data.message_id() == message.message_id()
    assert erase_texts(after) == after
    assert {**from_json(after), "data": None} == {**from_json(before), "data": None}


@pytest.mark.parametrize(
    "type_",
    [
        "gateway.generation_requested.v1",
        "llm-router.execute_step.v1",
        "llm-router.step_executed.v1",
        "artifacts.store_step_files.v1",
        "artifacts.package_generation.v1",
        "artifacts.artifact_ready.v1",
        "orchestrator.step_attempt_failed.v1",
        "orchestrator.step_completed.v1",
        "orchestrator.generation_completed.v1",
    ],
)
def test_no_word_is_left_when_every_text_of_a_message_is_the_canary(type_: str) -> None:
    message = SAMPLES[type_]
    filled = _with_canary(message.model_dump(mode="json", by_alias=True))
    body = from_json(sealed(message))
    body["data"] = filled
    assert b"canary" in to_json(body)
    assert b"canary" not in erase_texts(to_json(body))


def test_nothing_is_left_of_the_data_when_the_type_is_not_known() -> None:
    body = from_json(sealed(SAMPLES["gateway.generation_requested.v1"]))
    body["type"] = "gateway.generation_wished.v9"
    assert from_json(erase_texts(to_json(body)))["data"] == {}


def _with_canary(value: Any, name: str = "") -> Any:
    """Every text that is not a word of ours carries the canary."""
    if name in OURS | NAMES or name.endswith(("_id", "_steps")):
        return value
    if isinstance(value, dict):
        return {key: _with_canary(each, key) for key, each in value.items()}
    if isinstance(value, list):
        return [_with_canary(each, name) for each in value]
    return f"{value} canary" if isinstance(value, str) else value
