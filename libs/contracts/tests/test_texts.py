"""Texts that cannot travel or be stored are named as such."""

from datetime import UTC, datetime

import pytest
from autocrea.contracts.envelope import decode, seal
from autocrea.contracts.llm_router.v1 import DocumentOutput, StepExecuted
from autocrea.contracts.samples import SAMPLES
from autocrea.contracts.texts import DOCUMENT_DEPTH_MAX, document_flaw, flaw
from pydantic import JsonValue
from pydantic_core import to_json


@pytest.mark.parametrize("text", ["", "hola\n", "ñandú 🦤", "\x01\x1f\x7f", "\ufffd", "a\\u0000b"])
def test_text_has_no_flaw_when_it_can_be_stored(text: str) -> None:
    assert flaw(text) is None
    assert to_json(text)


@pytest.mark.parametrize(("text", "word"), [("a\x00", "NUL"), ("\ud800", "half"), ("a\udfff", "half")])
def test_text_has_a_flaw_when_it_cannot(text: str, word: str) -> None:
    found = flaw(text)
    assert found is not None
    assert word in found


@pytest.mark.parametrize("document", [{"a": ["b", {"c\x00": 1}]}, ["\x00"], {"a": {"b": "\ud800"}}, "\x00"])
def test_document_has_a_flaw_when_a_string_inside_has_one(document: JsonValue) -> None:
    assert document_flaw(document) is not None


def test_document_has_no_flaw_when_every_string_can_be_stored() -> None:
    assert document_flaw({"a": [1, 2.5, None, True, "b"], "c": {}}) is None


@pytest.mark.parametrize("key", [None, "a"])
def test_document_travels_when_it_is_as_deep_as_it_may_be(key: str | None) -> None:
    deep: JsonValue = 1
    for _ in range(DOCUMENT_DEPTH_MAX - 1):
        deep = [deep] if key is None else {key: deep}
    assert document_flaw({"a": deep}) is None
    assert document_flaw({"a": [deep]}) is not None
    output = DocumentOutput(kind="contract", document={"a": deep})
    executed = SAMPLES[StepExecuted.type].model_copy(update={"output": output})
    _, read = decode(
        seal(executed, source="llm-router", time=datetime.now(UTC)).body, {StepExecuted.type: StepExecuted}
    )
    assert read == executed
