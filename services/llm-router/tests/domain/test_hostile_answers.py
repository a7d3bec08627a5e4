"""Answers made to be slow to read: whoever prompts has a say in them, and everybody's streams share the loop."""

import pytest
from autocrea.contracts.llm_router.v1 import FilesOutput
from autocrea.llm_router.domain.answers import Stop
from autocrea.llm_router.domain.document_output import DocumentGathering
from autocrea.llm_router.domain.files_output import FilesGathering
from autocrea.llm_router.domain.outputs import Gathering, Invalid, Verdict, Whole
from autocrea.testkit.processor_time import processor_seconds_at_most
from router_orders import NONCE, block, done, order

LIMITS = order().limits
TIMES = 1_000_000
SECONDS_MAX = 10
"""Each took minutes, or would have."""


def verdict(gathering: Gathering, answer: str) -> Verdict:
    reading = gathering.begin()
    reading.feed(answer)
    return reading.finish(Stop.END)


def files(answer: str, *paths: str) -> dict[str, str]:
    whole = verdict(FilesGathering(NONCE, LIMITS), answer + done(*paths))
    assert isinstance(whole, Whole)
    assert isinstance(whole.output, FilesOutput)
    return {file.path: file.text for file in whole.output.files}


@pytest.mark.parametrize(
    "line",
    [
        f"<<<FILE{' ' * 300}abcd{' ' * 300}{'p' * 300}",
        f"<<<END{' ' * 200}FILE{' ' * 200}abcd{' ' * 200}{'p' * 200}",
        f"<<<FILE abcd p{' ' * 1_000}",
        f"{'`' * 1_000}<<<",
        "<<<FILE : " * 100,
    ],
)
@processor_seconds_at_most(SECONDS_MAX)
def test_lines_that_are_almost_markers_are_read_at_once(line: str) -> None:
    text = f"{line}\n" * 400
    assert files(text + block("a.md", text), "a.md") == {"a.md": text}


@processor_seconds_at_most(SECONDS_MAX)
def test_a_fence_that_almost_closes_its_file_is_read_at_once() -> None:
    text = "```\nx\n```" + " " * 400_000 + "x"
    assert files(block("a.py", text), "a.py") == {"a.py": text}


@pytest.mark.parametrize(
    ("kind", "answer"),
    [
        ("contract", '{"files": [' + "1," * TIMES + "1]}"),
        ("contract", '{"routes": [' + "{}," * TIMES + "{}]}"),
        ("findings", '{"findings": [' + "1," * TIMES + "1]}"),
        ("findings", "```json\n" * (TIMES // 2)),
        ("findings", "```\n{}\n```\n" * (TIMES // 4)),
        ("findings", "{}" * TIMES),
    ],
    ids=["files", "routes", "findings", "fences", "fenced", "braces"],
)
@processor_seconds_at_most(SECONDS_MAX)
def test_a_document_of_megabytes_that_is_wrong_everywhere_is_told_at_once(kind: str, answer: str) -> None:
    assert isinstance(verdict(DocumentGathering(kind, LIMITS), answer), Invalid)
