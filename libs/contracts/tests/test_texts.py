"""Texts that cannot travel or be stored are named as such."""

import pytest
from autocrea.contracts.texts import document_flaw, flaw
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
