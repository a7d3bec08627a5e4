"""Attempts end in bounded time, with a whole output or an honest failure, and with a row for every request."""

import asyncio
import json
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from autocrea.contracts.faults import FaultCode
from autocrea.contracts.ids import CallId
from autocrea.contracts.llm_router.v1 import (
    CancelStep,
    DocumentOutput,
    ExecuteStep,
    FilesOutput,
    ReplacedModel,
    StepExecuted,
    StepExecutionFailed,
)
from autocrea.contracts.shapes import Usage
from autocrea.contracts.vocabulary import CallKind, CallOutcome
from autocrea.llm_router.domain.answers import Ended, pseudonym
from autocrea.llm_router.handlers import attempt_job, clocks
from autocrea.llm_router.handlers.cancel_step import CancelStepHandler
from autocrea.llm_router.handlers.clocks import Clocks
from autocrea.llm_router.handlers.finish_attempt import AttemptEnd
from autocrea.llm_router.ports import PlacedCall
from autocrea.testkit.waiting import eventually
from openai_script import DONE, delta, stop, streamed
from router_orders import NONCE, block, done, order, received
from router_stage import QUICK, Stage
from wire_server import END, KEEP_ALIVE, STREAM_HEAD, Abort, Pause, Script, WireServer, event, plain

WHOLE = block("app.py", "print('ñ')\n") + done("app.py")
DOWN: Script = [plain(503, b'{"error":{"type":"server_error"}}')]
TOLD = Usage(input_tokens=11, output_tokens=7, cached_tokens=3, estimated=False)


def files(end: AttemptEnd) -> dict[str, str]:
    assert isinstance(end.answer, StepExecuted), end.answer
    assert isinstance(end.answer.output, FilesOutput)
    return {file.path: file.text for file in end.answer.output.files}


def fault(end: AttemptEnd) -> FaultCode | str:
    assert isinstance(end.answer, StepExecutionFailed), end.answer
    return end.answer.fault


async def test_a_whole_answer_is_delivered_with_its_row(stage: Stage, server: WireServer) -> None:
    server.play(streamed(WHOLE[:30], WHOLE[30:]))
    end = await stage.run(order())
    assert files(end) == {"app.py": "print('ñ')\n"}
    assert isinstance(end.answer, StepExecuted)
    (call,) = end.answer.calls
    assert end.made_by == {call.call_id}
    assert (end.answer.model, end.answer.usage, end.answer.absorbed_usage.output_tokens) == (
        "joxcoder-1",
        TOLD,
        0,
    )
    columns = "call_id, kind, provider, model, outcome, input_tokens, output_tokens, cached_tokens, estimated, booking"
    (row,) = await stage.calls(columns)
    assert row == (call.call_id, "first", "joxcoder", "joxcoder-1", "completed", 11, 7, 3, False, None)
    assert server.seen[0].header("X-Autocrea-Call-Id") == str(call.call_id)
    assert server.seen[0].body["messages"][1]["content"].startswith("Project: tienda\nStep: backend\n")
    assert server.seen[0].body["user"] == pseudonym("user_ada") != "user_ada"


async def test_the_row_is_there_before_the_request_is_sent(stage: Stage, server: WireServer) -> None:
    pause = Pause()
    server.play([pause, *streamed(WHOLE)])
    attempt = asyncio.create_task(stage.run(order(), Clocks(20, 20, 60)))
    await eventually(lambda: server.seen)
    assert await stage.calls("call_id::text, outcome") == [
        (server.seen[0].header("X-Autocrea-Call-Id"), None)
    ]
    pause.over.set()
    assert files(await attempt)


async def test_a_failed_call_is_repeated_and_its_text_forgotten(stage: Stage, server: WireServer) -> None:
    half = block("app.py", "old text\n") + block("old.py", "x")
    server.play(DOWN, [STREAM_HEAD, delta(half), Abort()], streamed(WHOLE))
    end = await stage.run(order())
    assert files(end) == {"app.py": "print('ñ')\n"}
    assert await stage.calls("kind, outcome, estimated") == [
        ("first", "retry_same", False),
        ("retry", "retry_same", True),
        ("retry", "completed", False),
    ]
    assert isinstance(end.answer, StepExecuted)
    assert end.answer.usage == TOLD
    assert end.answer.absorbed_usage.estimated


async def test_the_next_model_answers_when_the_first_is_down(stage: Stage, server: WireServer) -> None:
    pause = Pause()
    server.play(DOWN, DOWN, DOWN, [pause, *streamed(WHOLE)])
    attempt = asyncio.create_task(stage.run(order(), Clocks(20, 20, 60)))
    progress = await eventually(lambda: [one for one in stage.progress if one.model == "gpt-4.1"])
    assert progress[0].replaced == ReplacedModel(model="joxcoder-1", reason="retry_same")
    pause.over.set()
    end = await attempt
    assert isinstance(end.answer, StepExecuted)
    assert end.answer.model == "gpt-4.1"
    assert [call.provider for call in end.answer.calls] == ["joxcoder"] * 3 + ["openai"]


async def test_it_fails_honestly_when_every_model_is_down(stage: Stage, server: WireServer) -> None:
    server.play(DOWN)
    end = await stage.run(order("joxcoder-1", "gpt-4.1"))
    assert fault(end) is FaultCode.PROVIDER_UNAVAILABLE
    assert len(server.seen) == len(end.answer.calls) == 6
    assert end.made_by == frozenset()


async def test_one_account_that_is_rejected_is_asked_once(stage: Stage, server: WireServer) -> None:
    server.play([plain(401, b'{"error":{"code":"invalid_api_key"}}')])
    end = await stage.run(order("joxcoder-1"))
    assert fault(end) is FaultCode.PROVIDER_ACCOUNT
    assert len(server.seen) == 1


async def test_a_cut_answer_is_continued_and_every_part_is_billable(stage: Stage, server: WireServer) -> None:
    server.play(
        streamed(block("a.py", "1\n") + f"<<<FILE {NONCE} b.py>>>\nha", reason="length"),
        streamed(block("b.py", "2\n") + done("a.py", "b.py")),
    )
    end = await stage.run(order())
    assert files(end) == {"a.py": "1\n", "b.py": "2\n"}
    assert await stage.calls("kind, outcome") == [("first", "truncated"), ("continuation", "completed")]
    assert len(end.made_by) == 2
    assert [message["role"] for message in server.seen[1].body["messages"]] == [
        "system",
        "user",
        "assistant",
        "user",
    ]
    assert server.seen[1].body["max_tokens"] == 10_000 - TOLD.output_tokens


async def test_it_fails_as_truncated_when_no_answer_ends(stage: Stage, server: WireServer) -> None:
    server.play(streamed(block("a.py", "1\n"), reason="length"))
    end = await stage.run(order())
    assert fault(end) is FaultCode.OUTPUT_TRUNCATED
    assert len(server.seen) == 4


async def test_a_document_is_asked_for_again_with_what_is_wrong(stage: Stage, server: WireServer) -> None:
    report = {"summary": "Bien.", "findings": []}
    server.play(streamed('{"findings": []}'), streamed(f"Aquí está:\n```json\n{json.dumps(report)}\n```"))
    end = await stage.run(order(kind="findings", step="security_audit"))
    assert isinstance(end.answer, StepExecuted)
    assert end.answer.output == DocumentOutput(kind="findings", document=report)
    assert end.made_by == {end.answer.calls[1].call_id}
    assert "summary: Field required" in server.seen[1].body["messages"][-1]["content"]
    assert await stage.calls("kind, outcome") == [("first", "invalid"), ("re_ask", "completed")]


async def test_a_model_is_told_what_it_wrote_when_it_wrote_half_a_character(
    stage: Stage, server: WireServer
) -> None:
    """No request can carry one, and the answer that is to be repaired or continued holds it."""
    report = {"summary": "Bien.", "findings": []}
    server.play(streamed('{"summary": "half \ud83d", "findings": []}'), streamed(json.dumps(report)))
    end = await stage.run(order(kind="findings", step="security_audit"))
    assert isinstance(end.answer, StepExecuted), end.answer
    assert server.seen[1].body["messages"][2]["content"] == '{"summary": "half ?", "findings": []}'


async def test_a_refusal_ends_the_attempt(stage: Stage, server: WireServer) -> None:
    server.play(streamed("I cannot", reason="content_filter"))
    end = await stage.run(order())
    assert fault(end) is FaultCode.CONTENT_REFUSED
    assert len(server.seen) == 1


@pytest.mark.parametrize(
    "script",
    [
        [Pause()],
        [STREAM_HEAD, Pause()],
        [STREAM_HEAD, delta("half"), Pause()],
        [STREAM_HEAD, delta("half"), *([KEEP_ALIVE, event({"choices": []})] * 3), Pause()],
    ],
)
async def test_a_silent_model_is_given_up_whatever_it_sent_before(
    stage: Stage, server: WireServer, script: Script
) -> None:
    server.play(script, script, streamed(WHOLE))
    end = await stage.run(order(), QUICK)
    assert isinstance(end.answer, StepExecuted)
    assert end.answer.model == "gpt-4.1"
    assert await stage.calls() == ["retry_same", "retry_same", "completed"]
    async with asyncio.timeout(5):
        await server.seen[0].left.wait()


async def test_keep_alives_for_ever_do_not_keep_a_call_alive(stage: Stage, server: WireServer) -> None:
    class Endless(list[bytes]):
        def __iter__(self):  # type: ignore[no-untyped-def]
            yield STREAM_HEAD
            yield delta("half")
            while True:
                yield KEEP_ALIVE

    server.play(Endless(), Endless(), streamed(WHOLE))  # type: ignore[arg-type]
    assert files(await stage.run(order(), QUICK))


async def test_no_call_runs_past_the_attempt_s_deadline(stage: Stage, server: WireServer) -> None:
    server.play([STREAM_HEAD, delta("half"), Pause()])
    end = await stage.run(order(deadline_seconds=1), Clocks(60, 60, 60))
    assert fault(end) is FaultCode.PROVIDER_UNAVAILABLE
    assert len(server.seen) == 1


async def test_an_endless_answer_is_cut_like_one_at_its_limit(
    stage: Stage, server: WireServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clocks, "ANSWER_BYTES_MAX", 10_000)
    looped = [STREAM_HEAD, delta(block("a.py", "1\n")), *([delta("again and " * 100)] * 50), Pause()]
    server.play(looped, streamed(done("a.py")))
    assert files(await stage.run(order())) == {"a.py": "1\n"}
    assert await stage.calls() == ["truncated", "completed"]


async def test_an_unknown_model_is_named_and_nobody_is_called(stage: Stage, server: WireServer) -> None:
    end = await stage.run(order("mystery-9"))
    assert fault(end) is FaultCode.PROVIDER_UNAVAILABLE
    assert isinstance(end.answer, StepExecutionFailed)
    assert "mystery-9" in end.answer.detail
    assert server.seen == []
    assert await stage.calls() == []


async def test_a_cancelled_attempt_cuts_its_stream_and_notes_it(stage: Stage, server: WireServer) -> None:
    server.play([STREAM_HEAD, delta("some text"), Pause()])
    task = asyncio.create_task(stage.run(order(), Clocks(60, 60, 60)))
    await eventually(lambda: len(stage.progress) > 0 and server.seen)
    await eventually(lambda: stage.calls())
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with asyncio.timeout(5):
        await server.seen[0].left.wait()
    assert await stage.calls() == ["aborted"]


async def test_nothing_runs_when_the_step_was_closed_before(stage: Stage, server: WireServer) -> None:
    command = order()
    job = await stage.take_in(command)
    await stage.decide(CancelStepHandler(), received(_cancel(command)))
    assert await stage.runner()(job) is None
    assert server.seen == []


async def test_no_further_call_is_sent_when_the_step_is_closed_meanwhile(
    stage: Stage, server: WireServer
) -> None:
    command = order()
    pause = Pause()
    server.play([pause, *DOWN])
    job = await stage.take_in(command)
    task = asyncio.create_task(stage.runner(Clocks(60, 60, 60))(job))
    await eventually(lambda: server.seen)
    await stage.decide(CancelStepHandler(), received(_cancel(command)))
    pause.over.set()
    assert await task is None
    assert len(server.seen) == 1
    assert await stage.calls("outcome, booking") == [("retry_same", "absorbed")]


async def test_calls_of_a_worker_that_died_are_marked_when_another_takes_over(
    stage: Stage, server: WireServer
) -> None:
    command = order()
    pause = Pause()
    server.play([pause], streamed(WHOLE))
    job = await stage.take_in(command)
    zombie = asyncio.create_task(stage.runner(Clocks(60, 60, 60))(job))
    await eventually(lambda: server.seen)
    end = await stage.runner()(job)
    assert end is not None
    assert isinstance(end.answer, StepExecuted)
    assert await stage.calls("outcome, reason") == [("aborted", "its worker was gone"), ("completed", None)]
    assert len(end.answer.calls) == 1
    zombie.cancel()
    await asyncio.gather(zombie, return_exceptions=True)


async def test_a_call_that_ends_on_a_closed_step_is_absorbed_at_once(
    stage: Stage, server: WireServer
) -> None:
    command = order()
    await stage.take_in(command)
    call = _placed(command)
    assert await stage.log.place(call)
    await stage.fetch("UPDATE steps SET state = 'closed'")
    await stage.log.end(call, Ended(CallOutcome.COMPLETED, TOLD, 5, 10))
    assert await stage.calls("outcome, booking, total_ms") == [("completed", "absorbed", 10)]
    assert not await stage.log.place(_placed(command))


async def test_text_travels_as_progress_and_half_a_marker_does_not(stage: Stage, server: WireServer) -> None:
    pause = Pause()
    server.play([STREAM_HEAD, delta(WHOLE[:-4]), pause, delta(WHOLE[-4:]), stop(), DONE, END])
    task = asyncio.create_task(stage.run(order(), Clocks(20, 20, 60)))
    await eventually(lambda: len(stage.progress) > 0)
    pause.over.set()
    await task
    assert stage.progress[0].text == ""
    assert all("<<<" not in message.text for message in stage.progress)


def _cancel(command: ExecuteStep) -> CancelStep:
    return CancelStep(generation_id=command.generation_id, run=command.run, step=command.step)


def _placed(command: ExecuteStep) -> PlacedCall:
    step = attempt_job.step_of(command)
    call_id = CallId(uuid4())
    return PlacedCall(call_id, step, 1, CallKind.FIRST, "joxcoder", "joxcoder-1", datetime.now(UTC))
