"""At most ten messages a second, with offsets that fit together, and no message too big to be sent."""

from itertools import pairwise
from uuid import UUID

from autocrea.contracts.envelope import seal
from autocrea.contracts.ids import CallId
from autocrea.contracts.llm_router.v1 import ReplacedModel, StepProgressed
from autocrea.llm_router.domain.outputs import Piece
from autocrea.llm_router.domain.progress import SEGMENTS_MAX, TEXT_CHARS_MAX, ProgressMeter
from router_orders import NOW, order

CALL = CallId(UUID(int=7))
KEY = "AKIAQ3EGPLVT2K5JXW7N"


def test_at_most_ten_messages_a_second_and_no_text_lost_when_the_pace_allows_it() -> None:
    meter = ProgressMeter(order())
    sent: list[tuple[float, StepProgressed]] = []
    first = meter.placed(CALL, "joxcoder-1", None, 0.0)
    assert first is not None
    sent.append((0.0, first))
    offset = 0
    for tick in range(1, 400):
        now = tick * 0.01
        message = meter.wrote([Piece("a.py", offset, "a\n")], 2 * tick, 2 * tick, now)
        offset += 2
        if message is not None:
            sent.append((now, message))
    times = [at for at, _ in sent]
    assert all(later - earlier >= 0.0999 for earlier, later in pairwise(times))
    text = ""
    for _, message in sent[1:]:
        assert message.offset == len(text)
        text += message.text
    assert len(text) > 700


def test_a_call_that_replaces_another_says_so_in_every_message() -> None:
    meter = ProgressMeter(order())
    replaced = ReplacedModel(model="joxcoder-1", reason="retry_same")
    first = meter.placed(CALL, "gpt-4.1", replaced, 0.0)
    second = meter.wrote([Piece("a.py", 0, "x")], 1, 1, 1.0)
    assert first is not None
    assert second is not None
    assert first.replaced == second.replaced == replaced
    assert (first.path, first.text) == (None, "")
    assert (second.model, second.path, second.bytes) == ("gpt-4.1", "a.py", 1)


def test_another_call_is_told_at_once_within_ten_messages_a_second() -> None:
    meter = ProgressMeter(order())
    told = [meter.placed(CallId(UUID(int=n)), f"m{n}", None, n * 0.01) for n in range(30)]
    assert [message is not None for message in told] == [True] * 10 + [False] * 20
    assert meter.wrote([Piece("a.py", 0, "x")], 1, 1, 0.95) is None
    assert meter.wrote([], 1, 1, 1.0) is not None


def test_unsent_text_of_a_failed_call_is_dropped_when_the_next_begins() -> None:
    meter = ProgressMeter(order())
    meter.placed(CALL, "joxcoder-1", None, 0.0)
    assert meter.wrote([Piece("a.py", 0, "old")], 3, 3, 0.01) is None
    other = CallId(UUID(int=8))
    message = meter.placed(other, "gpt-4.1", None, 1.0)
    assert message is not None
    assert (message.call_id, message.text) == (other, "")
    assert meter.wrote([], 0, 0, 2.0) is None


def test_the_oldest_file_is_skipped_when_files_come_faster_than_messages_may() -> None:
    meter = ProgressMeter(order())
    meter.placed(CALL, "joxcoder-1", None, 0.0)
    for number in range(SEGMENTS_MAX + 5):
        meter.wrote([Piece(f"{number}.py", 0, "x")], number, number, 0.01)
    message = meter.wrote([], 0, 0, 1.0)
    assert message is not None
    assert message.path == "5.py"


def test_a_burst_is_spread_over_messages_that_fit_their_limit() -> None:
    meter = ProgressMeter(order())
    meter.placed(CALL, "joxcoder-1", None, 0.0)
    worst = "\x01" * (TEXT_CHARS_MAX + 9) + "\n"
    first = meter.wrote([Piece("a.py", 0, worst)], 1, 1, 1.0)
    second = meter.wrote([], 1, 1, 2.0)
    assert first is not None
    assert second is not None
    assert first.text + second.text == worst
    assert second.offset == len(first.text)
    seal(first, source="llm-router", time=NOW)


def test_half_a_character_does_not_break_the_message() -> None:
    meter = ProgressMeter(order())
    meter.placed(CALL, "joxcoder-1", None, 0.0)
    message = meter.wrote([Piece("a.py", 0, "a\ud83d\n")], 1, 1, 1.0)
    assert message is not None
    assert message.text == "a?\n"


def test_tokens_are_about_a_quarter_of_the_characters_when_text_is_told() -> None:
    meter = ProgressMeter(order())
    meter.placed(CALL, "joxcoder-1", None, 0.0)
    message = meter.wrote([Piece("a.py", 0, "ñandú")], 7, 5, 1.0)
    assert message is not None
    assert (message.bytes, message.tokens) == (7, 2)


def test_key_is_masked_when_it_comes_in_pieces_and_the_file_ends_with_it() -> None:
    meter = ProgressMeter(order())
    meter.placed(CALL, "joxcoder-1", None, 0.0)
    shown = dict.fromkeys(("a.py", "b.py"), "")
    text = f'import os\nkey = "{KEY}"'
    pieces = [Piece("a.py", at, text[at : at + 3]) for at in range(0, len(text), 3)]
    for tick, piece in enumerate([*pieces, Piece("b.py", 0, "x\n"), Piece("b.py", 2, "")]):
        message = meter.wrote([piece], tick, tick, 1.0 + tick)
        assert message is not None, "a page is told how much was written, also while a line is held back"
        assert message.path is not None
        assert message.offset == len(shown[message.path])
        shown[message.path] += message.text
    assert shown == {"a.py": 'import os\nkey = "AKIA' + "•" * 16 + '"', "b.py": "x\n"}
