"""Golden files: what has been released stays readable and is still what we send."""

import json
from typing import Any
from uuid import UUID

import pytest
from autocrea.contracts.catalogue import MESSAGES
from autocrea.contracts.envelope import decode
from autocrea.contracts.message import Message
from autocrea.contracts.samples import GOLDEN, SAMPLES, golden_file, golden_text, sealed_sample
from pydantic import BaseModel


def test_every_message_has_a_sample_and_a_golden_file_and_no_other_has() -> None:
    golden = {file.name.removesuffix(".json") for file in GOLDEN.iterdir() if file.name.endswith(".json")}
    assert golden == set(MESSAGES), "run: python -m autocrea.contracts.samples"
    assert set(SAMPLES) == set(MESSAGES)


@pytest.mark.parametrize("message_type", sorted(MESSAGES))
def test_golden_is_what_we_send_when_the_sample_is_sealed(message_type: str) -> None:
    assert golden_text(sealed_sample(message_type)) == golden_file(message_type).read_text("utf-8")


@pytest.mark.parametrize("message_type", sorted(MESSAGES))
def test_golden_parses_to_the_sample_when_read(message_type: str) -> None:
    envelope, message = decode(golden_file(message_type).read_bytes(), MESSAGES)
    assert message == SAMPLES[message_type]
    assert envelope.id == message.message_id()
    assert isinstance(envelope.id, UUID)


def _with_novelties(value: Any) -> Any:
    """The same JSON with a field that nobody knows in every object that is a shape, not a mapping of steps."""
    if isinstance(value, list):
        return [_with_novelties(each) for each in value]
    if isinstance(value, dict):
        grown = {name: _with_novelties(each) for name, each in value.items()}
        return grown | ({} if _is_mapping(value) else {"added_by_a_newer_sender": {"x": [1]}})
    return value


def _is_mapping(value: dict[str, Any]) -> bool:
    return bool(value) and set(value) <= {"architecture", "backend", "frontend", "devops", "security_audit"}


@pytest.mark.parametrize("message_type", sorted(MESSAGES))
def test_message_is_the_same_when_a_newer_sender_added_fields(message_type: str) -> None:
    grown = _with_novelties(json.loads(golden_file(message_type).read_bytes()))
    _, message = decode(json.dumps(grown).encode(), MESSAGES)
    assert message == SAMPLES[message_type]


def _open_strings(model: BaseModel) -> list[str]:
    """The values of a message that come from a vocabulary which may grow."""
    found = []
    for name in type(model).model_fields:
        value = getattr(model, name)
        for each in value if isinstance(value, tuple) else [value]:
            if isinstance(each, BaseModel):
                found += _open_strings(each)
            elif isinstance(each, str) and type(each) is not str:
                found.append(str(each))
    return found


@pytest.mark.parametrize("message_type", sorted(MESSAGES))
def test_message_is_read_when_a_newer_sender_uses_new_values(message_type: str) -> None:
    sample = SAMPLES[message_type]
    text = golden_file(message_type).read_text("utf-8")
    document = json.loads(text)
    body = json.dumps(document["data"])
    for value in set(_open_strings(sample)):
        body = body.replace(f': "{value}"', ': "of_next_year"')
    document["data"] = json.loads(body)
    _, message = decode(json.dumps(document).encode(), MESSAGES)
    if _open_strings(sample):
        assert "of_next_year" in message.model_dump_json()
        assert _open_strings(message) == []
    assert isinstance(message, Message)
