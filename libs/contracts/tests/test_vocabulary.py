"""Vocabularies that may grow: known values are members, unknown ones survive as strings."""

from autocrea.contracts.message import Shape
from autocrea.contracts.vocabulary import Open, StepState, known


class _Row(Shape):
    state: Open[StepState]
    before: Open[StepState] | None


def test_value_is_a_member_when_it_is_known() -> None:
    row = _Row.model_validate({"state": "completed", "before": "running"})
    assert row.state is StepState.COMPLETED
    assert row.before is StepState.RUNNING


def test_value_survives_a_round_trip_when_it_is_unknown() -> None:
    row = _Row.model_validate_json('{"state": "paused", "before": null}')
    assert row.state == "paused"
    assert row.model_dump_json() == '{"state":"paused","before":null}'


def test_known_narrows_when_the_value_is_a_members() -> None:
    assert known(StepState, "failed") is StepState.FAILED
    assert known(StepState, "paused") is None
    assert known(StepState, None) is None
