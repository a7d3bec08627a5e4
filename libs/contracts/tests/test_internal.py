"""Paths of synchronous calls: one template serves the caller and the route."""

from autocrea.contracts import internal
from autocrea.contracts.samples import values as the


def test_path_is_complete_when_formatted() -> None:
    assert internal.ARCHIVE_CONTENT_PATH.format(generation_id=the.GENERATION, run=2) == (
        f"/internal/generations/{the.GENERATION}/runs/2/archive/content"
    )
    assert internal.LEDGER_PATH.format(user_id=the.ADA) == "/internal/users/user_ada/ledger"


def test_error_parses_when_it_has_no_trace() -> None:
    body = internal.ErrorBody.model_validate_json('{"detail": "No.", "code": "not_found"}')
    assert body.trace_id is None
