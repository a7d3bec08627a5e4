"""An output is whole when its end marker says so and nothing it lists is missing; else it goes on, never shorter."""

import pytest
from autocrea.contracts.llm_router.v1 import FilesOutput, StepLimits
from autocrea.llm_router.domain.answers import Stop
from autocrea.llm_router.domain.files_output import FilesGathering
from autocrea.llm_router.domain.outputs import Incomplete, Invalid, Verdict, Whole
from router_orders import NONCE, block, done

LIMITS = StepLimits(files_max=3, file_bytes_max=100, total_bytes_max=200, output_tokens_max=1000)


def taken(gathering: FilesGathering, answer: str, stop: Stop = Stop.END) -> Verdict:
    reading = gathering.begin()
    reading.feed(answer)
    assert reading.chars == len(answer)
    assert reading.bytes == len(answer.encode("utf-8", "surrogatepass"))
    return reading.finish(stop)


def files(verdict: Verdict) -> dict[str, str]:
    assert isinstance(verdict, Whole)
    assert isinstance(verdict.output, FilesOutput)
    return {file.path: file.text for file in verdict.output.files}


def test_the_output_is_whole_when_every_listed_file_arrived() -> None:
    verdict = taken(
        FilesGathering(NONCE, LIMITS), block("a.py", "1\n") + block("b.py", "") + done("a.py", "b.py")
    )
    assert files(verdict) == {"a.py": "1\n", "b.py": ""}


@pytest.mark.parametrize(
    "lines",
    [
        ("- a.py", "* b c.md"),
        ("1. a.py", "2) b c.md"),
        ("`a.py`", '"b c.md"'),
        ("```", "a.py", "b c.md", "```"),
        ("", "a.py (1 line)", "b c.md", "That is all of it."),
    ],
)
def test_the_list_is_read_when_it_is_decorated(lines: tuple[str, ...]) -> None:
    answer = block("a.py", "1") + block("b c.md", "2") + done(*lines)
    assert set(files(taken(FilesGathering(NONCE, LIMITS), answer))) == {"a.py", "b c.md"}


def test_it_goes_on_from_the_last_closed_file_when_the_answer_is_cut() -> None:
    gathering = FilesGathering(NONCE, LIMITS)
    first = taken(gathering, block("a.py", "1\n") + f"<<<FILE {NONCE} b.py>>>\nhal", Stop.LENGTH)
    assert isinstance(first, Incomplete)
    assistant, user = first.turns
    assert (assistant.role, user.role) == ("assistant", "user")
    assert assistant.text == block("a.py", "1\n").rstrip("\n")
    assert "- a.py" in user.text
    assert "- b.py" in user.text
    second = taken(gathering, block("b.py", "2\n") + done("a.py", "b.py"))
    assert files(second) == {"a.py": "1\n", "b.py": "2\n"}


def test_it_asks_for_the_list_alone_when_only_the_end_marker_is_missing() -> None:
    gathering = FilesGathering(NONCE, LIMITS)
    assert isinstance(taken(gathering, block("a.py", "1")), Incomplete)
    assert files(taken(gathering, done("a.py"))) == {"a.py": "1"}


def test_it_goes_on_when_a_listed_file_did_not_arrive() -> None:
    verdict = taken(FilesGathering(NONCE, LIMITS), block("a.py", "1") + done("a.py", "b.py"))
    assert isinstance(verdict, Incomplete)
    assert "- b.py" in verdict.turns[-1].text


def test_a_length_limit_after_the_whole_list_changes_nothing() -> None:
    verdict = taken(
        FilesGathering(NONCE, LIMITS), block("a.py", "1") + done("a.py") + "\nAnd now", Stop.LENGTH
    )
    assert files(verdict) == {"a.py": "1"}


def test_an_answer_without_files_is_asked_for_again() -> None:
    for answer in ("", "```python\nprint(1)\n```", done()):
        verdict = taken(FilesGathering(NONCE, LIMITS), answer)
        assert isinstance(verdict, Invalid)
        assert NONCE in verdict.turns[-1].text


def test_a_bad_path_rejects_its_file_and_says_so() -> None:
    answer = block("../../etc/cron.d/x", "evil") + block("a.py", "1") + done("../../etc/cron.d/x", "a.py")
    verdict = taken(FilesGathering(NONCE, LIMITS), answer)
    assert files(verdict) == {"a.py": "1"}
    assert isinstance(verdict, Whole)
    assert [(one.path, one.rule) for one in verdict.rejected] == [("../../etc/cron.d/x", "parent")]


@pytest.mark.parametrize(
    ("answer", "kept", "rule"),
    [
        (block("a.md", "x" * 101), [], "file_too_large"),
        (block("a.md", "ñ" * 51), [], "file_too_large"),
        ("".join(block(f"{n}.md", "x" * 90) for n in range(3)), ["0.md", "1.md"], "set_too_large"),
        ("".join(block(f"{n}.md", "x") for n in range(4)), ["0.md", "1.md", "2.md"], "too_many_files"),
        (block("A.md", "x") + block("a.md", "y"), ["A.md"], "collision"),
        (block("a.md", "nul \0"), [], "text"),
        (block("a.md", "half \ud83d"), [], "text"),
    ],
)
def test_a_file_over_a_limit_is_rejected_by_name(answer: str, kept: list[str], rule: str) -> None:
    verdict = taken(FilesGathering(NONCE, LIMITS), answer + done())
    assert list(files(verdict)) == kept
    assert isinstance(verdict, Whole)
    assert [one.rule for one in verdict.rejected] == [rule]


def test_content_that_escapes_to_more_than_a_message_holds_is_rejected() -> None:
    limits = StepLimits(files_max=9, file_bytes_max=2**20, total_bytes_max=2**21, output_tokens_max=1)
    answer = block("a.md", "\n" * 600_000) + block("b.md", "\n" * 600_000) + done()
    verdict = taken(FilesGathering(NONCE, limits), answer)
    assert list(files(verdict)) == ["a.md"]
