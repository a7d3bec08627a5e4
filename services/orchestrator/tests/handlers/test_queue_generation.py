"""The request's own words are kept whatever becomes of the request."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from autocrea.chassis.handlers import Received
from autocrea.contracts.envelope import open_envelope, seal
from autocrea.orchestrator.adapters.rows import LoadedRows
from autocrea.orchestrator.domain.saga import RunState, Saga
from autocrea.orchestrator.handlers.queue_generation import QueueGeneration
from autocrea.orchestrator.ports import DIGEST, PIPELINE, SAGA, Key
from saga_values import GENERATION, WEBAPP, request_message

NOW = datetime(2026, 11, 22, tzinfo=UTC)
HANDLER = QueueGeneration()


def received(**changes: object) -> Received[Any]:
    message = request_message(**changes)
    return Received(open_envelope(seal(message, source="gateway", time=NOW).body), message)


def rows(**saga: Any) -> LoadedRows:
    loaded = {GENERATION: Saga(GENERATION, **saga)} if saga else {}
    return LoadedRows(loaded, {}, {WEBAPP.digest: WEBAPP}, {WEBAPP.name: (1, WEBAPP)})


def test_request_concerns_its_generation_and_its_pipeline() -> None:
    assert set(HANDLER.rows(received())) == {
        Key(SAGA, str(GENERATION)),
        Key(DIGEST, WEBAPP.digest),
        Key(PIPELINE, WEBAPP.name),
    }


@pytest.mark.parametrize(
    ("handle", "state"), [(HANDLER.decide, RunState.QUEUED), (HANDLER.on_bug, RunState.FAILED)]
)
def test_words_are_kept_for_a_retry(handle: Callable[..., Any], state: RunState) -> None:
    loaded = rows()
    handle(loaded, received(prompt="Una\x00 agenda"), NOW)
    assert loaded.saga(GENERATION).state is state
    assert loaded.prompts == {GENERATION: "Una agenda"}


def test_words_are_not_kept_when_the_project_is_gone() -> None:
    loaded = rows(erased=True)
    HANDLER.decide(loaded, received(), NOW)
    assert loaded.saga(GENERATION).state is RunState.CANCELLED
    assert loaded.prompts == {}


def test_words_stay_as_they_are_when_the_request_comes_again() -> None:
    loaded = rows(state=RunState.QUEUED, run=1)
    HANDLER.decide(loaded, received(), NOW)
    assert loaded.prompts == {}
