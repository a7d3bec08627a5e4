"""A document is found whatever stands around it, and nothing is made up where it is broken."""

import json

import pytest
from autocrea.contracts.llm_router.v1 import DocumentOutput, StepLimits
from autocrea.contracts.texts import DOCUMENT_DEPTH_MAX
from autocrea.llm_router.domain.answers import Stop
from autocrea.llm_router.domain.document_output import DocumentGathering
from autocrea.llm_router.domain.outputs import Invalid, Verdict, Whole
from pydantic import JsonValue

LIMITS = StepLimits(files_max=10, file_bytes_max=1000, total_bytes_max=10_000, output_tokens_max=1000)
REPORT = {
    "summary": "Todo bien: ñandú {seguro}.",
    "findings": [
        {
            "severity": "Low",
            "file": "a.py",
            "what": "a very long explanation of what is wrong with this line of the application's code",
        }
    ],
}
CONTRACT = {"summary": "A shop.", "files": [{"path": "a.py", "step": "backend"}]}


def verdict(answer: str, kind: str = "findings", stop: Stop = Stop.END) -> Verdict:
    gathering = DocumentGathering(kind, LIMITS)
    reading = gathering.begin()
    for start in range(0, len(answer), 7):
        reading.feed(answer[start : start + 7])
    return reading.finish(stop)


@pytest.mark.parametrize(
    "answer",
    [
        json.dumps(REPORT),
        json.dumps(REPORT, indent=2, ensure_ascii=False) + "\n",
        "\ufeff" + json.dumps(REPORT),
        "```json\n" + json.dumps(REPORT, indent=1) + "\n```",
        "Claro, aquí {tienes}:\n\n```\n" + json.dumps(REPORT) + "\n```\n\nEspero que te sirva.",
        "Here you go: " + json.dumps(REPORT) + " Anything else?",
        "<think>{maybe} so</think>\n" + json.dumps(REPORT),
    ],
)
def test_the_document_is_found_when_something_stands_around_it(answer: str) -> None:
    result = verdict(answer)
    assert isinstance(result, Whole)
    assert isinstance(result.output, DocumentOutput)
    assert result.output.document["summary"] == REPORT["summary"]
    assert result.output.document["findings"][0]["severity"] == "low"  # type: ignore[index,call-overload]


def test_a_contract_is_validated_and_filled_up_with_its_defaults() -> None:
    result = verdict(json.dumps(CONTRACT), "contract")
    assert isinstance(result, Whole)
    assert isinstance(result.output, DocumentOutput)
    assert result.output.kind == "contract"
    assert result.output.document["routes"] == []


def test_what_is_wrong_is_told_when_the_document_does_not_validate() -> None:
    result = verdict(json.dumps({"summary": "x", "files": []}), "contract")
    assert isinstance(result, Invalid)
    assert not result.cut
    assert "files" in result.sentence
    assert [turn.role for turn in result.turns] == ["assistant", "user"]
    assert "files" in result.turns[-1].text


@pytest.mark.parametrize("cut", [1, 40, 60, 120, 200])
def test_a_part_of_a_broken_document_is_never_taken_for_it(cut: int) -> None:
    nested = {"summary": "the outer report" + "x" * 120, "findings": [{"summary": "inner"}] * 5}
    result = verdict(json.dumps(nested)[:-cut])
    assert isinstance(result, Invalid)


def test_a_document_at_its_length_limit_is_asked_for_shorter() -> None:
    result = verdict(json.dumps(REPORT)[:-5], stop=Stop.LENGTH)
    assert isinstance(result, Invalid)
    assert result.cut
    assert [turn.role for turn in result.turns] == ["user"]


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "no JSON at all",
        "[]",
        '"text"',
        '{"summary": NaN}',
        '{"summary": "half \\ud83d"}',
        '{"summary": "nul \\u0000"}',
        "[" * 100_000,
        '{"a":' * 100_000,
        json.dumps({"summary": "x" * 10_001}),
    ],
)
def test_what_cannot_be_stored_or_read_is_invalid(answer: str) -> None:
    assert isinstance(verdict(answer), Invalid)


def test_a_document_that_no_reader_of_the_reply_could_parse_is_invalid() -> None:
    deep: JsonValue = 1
    for _ in range(DOCUMENT_DEPTH_MAX):
        deep = [deep]
    route = {"method": "GET", "path": "/", "response_example": deep}
    result = verdict(json.dumps({**CONTRACT, "routes": [route]}), kind="contract")
    assert isinstance(result, Invalid)
    assert "nested" in result.sentence
