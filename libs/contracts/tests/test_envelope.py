"""Sealing and opening: what is in the bytes, what is refused, and what a refusal may say."""

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import uuid4

import pytest
from autocrea.contracts.catalogue import MESSAGES
from autocrea.contracts.envelope import (
    InvalidData,
    InvalidEnvelope,
    MessageTooLarge,
    UnknownType,
    decode,
    open_envelope,
    seal,
)
from autocrea.contracts.gateway.v1 import GenerationRequested
from autocrea.contracts.llm_router.v1 import CancelStep
from autocrea.contracts.message import BODY_BYTES_MAX, CONTENT_BODY_BYTES_MAX
from autocrea.contracts.samples import SAMPLES, sealed_sample
from autocrea.contracts.samples import values as the

CANCEL = CancelStep(generation_id=the.GENERATION, run=1, step=the.BACKEND)


def _document(**changes: Any) -> dict[str, Any]:
    document = json.loads(sealed_sample("llm-router.cancel_step.v1").body)
    document |= changes
    return {name: value for name, value in document.items() if value != "absent"}


def _body(**changes: Any) -> bytes:
    return json.dumps(_document(**changes)).encode()


@pytest.mark.parametrize("message_type", sorted(SAMPLES))
def test_message_comes_back_equal_when_sealed_and_decoded(message_type: str) -> None:
    sealed = sealed_sample(message_type)
    envelope, message = decode(sealed.body, MESSAGES)
    assert message == SAMPLES[message_type]
    assert (envelope.id, envelope.type) == (sealed.id, sealed.type)
    assert envelope.time == the.TIME
    assert envelope.correlationid == sealed.correlation_id


def test_bytes_are_the_same_when_sealed_twice() -> None:
    assert sealed_sample("orchestrator.step_completed.v1") == sealed_sample("orchestrator.step_completed.v1")


def test_bytes_do_not_depend_on_the_zone_when_the_moment_is_the_same() -> None:
    elsewhere = the.TIME.astimezone(timezone(timedelta(hours=-5)))
    here = seal(CANCEL, source="orchestrator", time=the.TIME)
    assert seal(CANCEL, source="orchestrator", time=elsewhere).body == here.body


def test_time_is_refused_when_it_has_no_zone() -> None:
    with pytest.raises(ValueError, match="time zone"):
        seal(CANCEL, source="orchestrator", time=datetime(2026, 1, 1))  # noqa: DTZ001


def test_optional_attributes_are_left_out_when_unknown() -> None:
    document = json.loads(seal(CANCEL, source="orchestrator", time=the.TIME).body)
    assert not {"causationid", "userid", "traceparent"} & document.keys()


TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


@pytest.mark.parametrize(
    ("traceparent", "trace_id"),
    [
        (f"00-{TRACE}-00f067aa0ba902b7-01", TRACE),
        ("absent", None),
        ("", None),
        (f"00-{'0' * 32}-00f067aa0ba902b7-01", None),
        (f"00-{TRACE.upper()}-00f067aa0ba902b7-01", None),
        (f"00-{TRACE}-00f067aa0ba902b7-01<script>", None),
    ],
)
def test_trace_is_named_when_its_sender_wrote_one_that_can_be_read(
    traceparent: str, trace_id: str | None
) -> None:
    assert open_envelope(_body(traceparent=traceparent)).trace_id == trace_id


def test_attributes_are_those_of_cloudevents_when_sealed() -> None:
    document = json.loads(seal(CANCEL, source="orchestrator", time=the.TIME).body)
    assert document["specversion"] == "1.0"
    assert document["source"] == "/autocrea/orchestrator"
    assert document["time"] == "2026-11-22T12:30:00.250000Z"
    assert document["datacontenttype"] == "application/json"
    assert document["dataschema"] == "urn:autocrea:schema:llm-router.cancel_step.v1"
    assert all(name.isalnum() and name.islower() for name in document)


def test_user_is_named_when_the_message_names_one() -> None:
    sealed = seal(SAMPLES["gateway.account_opened.v1"], source="gateway", time=the.TIME)
    assert open_envelope(sealed.body).userid == "user_ada"
    assert open_envelope(seal(CANCEL, source="orchestrator", time=the.TIME).body).userid is None


def test_ids_are_cause_free_when_causes_differ() -> None:
    one = seal(CANCEL, source="orchestrator", time=the.TIME, causation_id=uuid4())
    other = seal(CANCEL, source="orchestrator", time=datetime.now(UTC), causation_id=uuid4())
    assert one.id == other.id
    assert one.body != other.body


def _request(prompt: str) -> GenerationRequested:
    sample = SAMPLES["gateway.generation_requested.v1"]
    assert isinstance(sample, GenerationRequested)
    return sample.model_copy(update={"prompt": prompt})


def test_message_passes_when_it_is_exactly_at_its_limit() -> None:
    empty = len(seal(_request(""), source="gateway", time=the.TIME).body)
    fits = seal(_request("x" * (BODY_BYTES_MAX - empty)), source="gateway", time=the.TIME)
    assert len(fits.body) == BODY_BYTES_MAX


def test_message_is_too_large_when_one_byte_over_its_limit() -> None:
    empty = len(seal(_request(""), source="gateway", time=the.TIME).body)
    with pytest.raises(MessageTooLarge) as caught:
        seal(_request("x" * (BODY_BYTES_MAX - empty + 1)), source="gateway", time=the.TIME)
    assert (caught.value.size_bytes, caught.value.limit_bytes) == (BODY_BYTES_MAX + 1, BODY_BYTES_MAX)


def test_limit_counts_bytes_when_text_is_not_ascii() -> None:
    with pytest.raises(MessageTooLarge):
        seal(_request("ñ" * (BODY_BYTES_MAX // 2)), source="gateway", time=the.TIME)


def test_only_messages_with_contents_have_the_large_limit() -> None:
    large = {key for key, message in MESSAGES.items() if message.limit_bytes == CONTENT_BODY_BYTES_MAX}
    assert large == {
        "llm-router.execute_step.v1",
        "llm-router.step_executed.v1",
        "artifacts.store_step_files.v1",
    }


@pytest.mark.parametrize(
    ("body", "named"),
    [
        (b"", "JSON"),
        (b"not json", "JSON"),
        (b"\xff\xfe\x00", "JSON"),
        (b"[]", "body"),
        (b"null", "body"),
        (_body(specversion="0.3"), "specversion"),
        (_body(specversion="absent"), "specversion"),
        (_body(id="absent"), "id"),
        (_body(id="42"), "id"),
        (_body(type="absent"), "type"),
        (_body(time="yesterday"), "time"),
        (_body(time="2026-11-22T12:30:00"), "time"),
        (_body(data="absent"), "data"),
        (_body(data=[1]), "data"),
        (_body(datacontenttype="application/xml"), "datacontenttype"),
    ],
)
def test_body_is_refused_when_it_is_no_envelope_of_ours(body: bytes, named: str) -> None:
    with pytest.raises(InvalidEnvelope, match=named):
        decode(body, MESSAGES)


def test_type_is_unknown_when_the_receiver_has_no_model() -> None:
    with pytest.raises(UnknownType, match=r"billing\.invented\.v1"):
        decode(_body(type="billing.invented.v1"), MESSAGES)


def test_data_is_refused_when_it_lacks_the_shape_of_its_type() -> None:
    with pytest.raises(InvalidData, match="run"):
        decode(_body(data={"generation_id": str(the.GENERATION), "run": 0, "step": "backend"}), MESSAGES)


def test_refusal_quotes_no_content_when_data_is_invalid() -> None:
    secret = "canario-7781"
    data = {"generation_id": secret, "run": secret, "step": f"!{secret}"}
    with pytest.raises(InvalidData) as caught:
        decode(_body(data=data), MESSAGES)
    assert secret not in str(caught.value)
    assert secret not in str(caught.value.__cause__)


def test_unknown_attributes_are_ignored_when_opened() -> None:
    envelope, message = decode(_body(novelty={"a": 1}, causationid="absent"), MESSAGES)
    assert envelope.causationid is None
    assert message == CANCEL
