"""How sagas, outputs and pipelines look as stored JSON, and how an older format becomes the present one."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from autocrea.contracts.application import SecurityReport
from autocrea.orchestrator.domain.library import StoredOutput
from autocrea.orchestrator.domain.pipeline import Pipeline
from autocrea.orchestrator.domain.saga import Saga
from pydantic import TypeAdapter

STATE_VERSION = 1  # raised with every change of `Saga` that its stored form does not survive

Json = dict[str, Any]

_UPCASTERS: Mapping[int, Callable[[Json], Json]] = {}
"""From the version in the key to the next one."""

_SAGA = TypeAdapter(Saga)
_PIPELINE = TypeAdapter(Pipeline)
_OUTPUT = TypeAdapter(StoredOutput)


class UnknownStateVersion(Exception):
    """A saga written by a newer build, or by one so old that its upcaster is gone."""


def encode_saga(saga: Saga) -> bytes:
    return _SAGA.dump_json(saga)


def decode_saga(
    state: Json, version: int, upcasters: Mapping[int, Callable[[Json], Json]] = _UPCASTERS
) -> Saga:
    """Read a stored saga, upcast step by step to the present version. Raises UnknownStateVersion."""
    while version < STATE_VERSION:
        upcast = upcasters.get(version)
        if upcast is None:
            raise UnknownStateVersion(f"no upcaster from version {version} of a saga's state")
        state, version = upcast(state), version + 1
    if version > STATE_VERSION:
        raise UnknownStateVersion(f"version {version} of a saga's state is newer than this build")
    return _SAGA.validate_python(state)


def encode_pipeline(pipeline: Pipeline) -> Json:
    encoded: Json = _PIPELINE.dump_python(pipeline, mode="json")
    return encoded


def decode_pipeline(definition: Json) -> Pipeline:
    return _PIPELINE.validate_python(definition)


def encode_output(stored: StoredOutput) -> bytes:
    """What the router delivered; the report is a column of its own."""
    return _OUTPUT.dump_json(stored, exclude={"report"})


def decode_output(body: bytes, report: bytes | None = None) -> StoredOutput:
    stored = _OUTPUT.validate_json(body)
    return replace(stored, report=SecurityReport.model_validate_json(report)) if report else stored


def encode_report(report: SecurityReport) -> bytes:
    return report.model_dump_json().encode()
