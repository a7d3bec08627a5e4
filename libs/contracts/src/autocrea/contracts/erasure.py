"""Erasure: a stored message without what a person or a model wrote; its ids, figures, states and shape stay.

Whoever gets it for the first time afterwards can still read and count it; whoever had it drops it by its id.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from autocrea.contracts.catalogue import MESSAGES
from autocrea.contracts.envelope import open_envelope, read_data
from autocrea.contracts.message import Message, Shape
from autocrea.contracts.shapes import WrittenData
from pydantic_core import from_json, to_json

S = TypeVar("S", bound=Shape)


def erase_texts(body: bytes) -> bytes:
    """Blank the texts in a stored body; done twice it is the same. Raises InvalidEnvelope for what is none of ours."""
    envelope = open_envelope(body)
    model = MESSAGES.get(envelope.type)
    # Of a type that this build does not know nobody can say which fields are texts.
    left: Message | None = None
    if model is not None:
        left = without_texts(read_data(envelope, {envelope.type: model}))
    return to_json({**from_json(body), "data": left or {}})


def without_texts(shape: S) -> S:
    """The same with every field blank that is marked as written, at any depth."""
    changes: dict[str, Any] = {}
    for name, field in type(shape).model_fields.items():
        written = any(isinstance(mark, WrittenData) for mark in field.metadata)
        value = getattr(shape, name)
        changes[name] = _blank(value) if written else _searched(value)
    return shape.model_copy(update=changes)


def _searched(value: Any) -> Any:
    if isinstance(value, Shape):
        return without_texts(value)
    if isinstance(value, tuple):
        return tuple(_searched(each) for each in value)
    return value


def _blank(value: Any) -> Any:
    """Nothing of the same kind, so that the shape still holds."""
    if isinstance(value, str):
        return ""
    if isinstance(value, Shape):
        return value.model_copy(
            update={name: _blank(getattr(value, name)) for name in type(value).model_fields}
        )
    if isinstance(value, Mapping):
        return {}
    return value
