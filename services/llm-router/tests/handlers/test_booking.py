"""Orders, verdicts and late calls in any order: every call is billed or absorbed, and nobody waits for an answer."""

import asyncio
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from autocrea.chassis import erasure
from autocrea.chassis.handlers import Effects, Failed, JobKey
from autocrea.contracts.faults import FaultCode
from autocrea.contracts.gateway.v1 import ProjectDeleted
from autocrea.contracts.ids import CallId, GenerationId, ProjectId, UserId
from autocrea.contracts.llm_router.v1 import (
    CancelStep,
    ExecuteStep,
    StepExecutionFailed,
)
from autocrea.contracts.shapes import NO_USAGE
from autocrea.contracts.vocabulary import CallKind, CallOutcome
from autocrea.llm_router.domain.answers import Ended
from autocrea.llm_router.domain.providers import ModelKey
from autocrea.llm_router.domain.rows import Rows
from autocrea.llm_router.domain.steps import Step
from autocrea.llm_router.handlers import attempt_job
from autocrea.llm_router.handlers.book_calls import BookCompletedStep, BookFailedStep
from autocrea.llm_router.handlers.cancel_step import CancelStepHandler
from autocrea.llm_router.handlers.erase_project import EraseProject
from autocrea.llm_router.handlers.execute_step import ExecuteStepHandler
from autocrea.llm_router.handlers.finish_attempt import FinishAttempt
from autocrea.llm_router.ports import PlacedCall
from openai_script import streamed
from router_orders import block, completed, done, failed, order, received, taken
from router_stage import Stage
from wire_server import WireServer

WHOLE = block("app.py", "1\n") + done("app.py")
DONE_WELL = Ended(CallOutcome.COMPLETED, NO_USAGE, 1, 2)
KEY = ModelKey("joxcoder", "joxcoder-1")


def cancelled(command: ExecuteStep) -> CancelStep:
    return CancelStep(generation_id=command.generation_id, run=command.run, step=command.step)


def placed(command: ExecuteStep) -> PlacedCall:
    step, call_id = attempt_job.step_of(command), CallId(uuid4())
    now = datetime.now(UTC)
    return PlacedCall(call_id, step, command.attempt, CallKind.FIRST, "joxcoder", "joxcoder-1", now)


def names(effects: Effects) -> list[str]:
    return [type(message).__name__ for message in effects.messages]


async def test_a_command_becomes_one_job_in_its_person_s_turn(stage: Stage) -> None:
    command = order()
    effects = await stage.decide(ExecuteStepHandler(), received(command))
    (job,) = effects.jobs
    assert (job.kind, job.fair_key) == ("execute_step", "user_ada")
    assert ExecuteStep.model_validate(job.payload) == command
    assert attempt_job.subject_of(taken(job)) == (attempt_job.step_of(command), 1)
    assert [tuple(row) for row in await stage.fetch("SELECT state, attempt FROM steps")] == [("open", 1)]


@pytest.mark.parametrize("verdict", ["cancel", "failed", "completed"])
async def test_a_verdict_that_comes_before_its_command_wins(stage: Stage, verdict: str) -> None:
    command = order()
    handler, message = {
        "cancel": (CancelStepHandler(), cancelled(command)),
        "failed": (BookFailedStep(), failed(command)),
        "completed": (BookCompletedStep(), completed(command)),
    }[verdict]
    await stage.decide(handler, received(message))
    assert await stage.decide(ExecuteStepHandler(), received(command)) == Effects()
    assert [row[0] for row in await stage.fetch("SELECT state FROM steps")] == ["closed"]


async def test_a_cancel_removes_the_jobs_of_every_attempt(stage: Stage) -> None:
    command = order(attempt=2)
    await stage.take_in(command)
    effects = await stage.decide(CancelStepHandler(), received(cancelled(command)))
    prefix = f"{command.generation_id}:1:backend"
    assert effects.removed_jobs == (
        JobKey("execute_step", f"{prefix}:1"),
        JobKey("execute_step", f"{prefix}:2"),
    )


async def test_the_accepted_attempt_s_calls_are_billed_and_all_others_absorbed(
    stage: Stage, server: WireServer
) -> None:
    server.play(streamed("no files"), streamed(WHOLE))
    first = order()
    await stage.finish(first, await stage.run(first))
    server.play(*server.scripts, streamed(WHOLE))
    second = first.model_copy(update={"attempt": 2})
    end = await stage.run(second)
    assert names(await stage.finish(second, end)) == ["StepExecuted"]
    assert await stage.calls("attempt, kind, made_output, booking") == [
        (1, "first", False, None),
        (1, "re_ask", True, None),
        (2, "first", True, None),
    ]
    await stage.decide(BookCompletedStep(), received(completed(first, attempt=2)))
    assert await stage.calls("booking") == ["absorbed", "absorbed", "billed"]
    await stage.decide(BookFailedStep(), received(failed(first)))
    assert await stage.calls("booking") == ["absorbed", "absorbed", "billed"]


async def test_every_call_is_absorbed_when_the_step_fails(stage: Stage, server: WireServer) -> None:
    server.play(streamed(WHOLE))
    command = order()
    await stage.finish(command, await stage.run(command))
    effects = await stage.decide(BookFailedStep(), received(failed(command)))
    assert await stage.calls("booking") == ["absorbed"]
    assert len(effects.removed_jobs) == 1


async def test_an_attempt_that_ends_on_a_closed_step_is_not_answered(
    stage: Stage, server: WireServer
) -> None:
    server.play(streamed(WHOLE))
    command = order()
    end = await stage.run(command)
    await stage.decide(CancelStepHandler(), received(cancelled(command)))
    assert await stage.finish(command, end) == Effects()
    assert await stage.finish(command, None) == Effects()
    assert await stage.calls("made_output, booking") == [(False, "absorbed")]


async def test_no_call_escapes_its_booking_when_cancel_and_calls_race(stage: Stage) -> None:
    commands = [order() for _ in range(5)]
    await stage.decide_all((ExecuteStepHandler(), received(command)) for command in commands)
    sent: list[PlacedCall] = []

    async def call_on(command: ExecuteStep) -> None:
        while True:
            call = placed(command)
            if not await stage.log.place(call):
                return
            sent.append(call)
            await stage.log.end(call, DONE_WELL)

    callers = [asyncio.create_task(call_on(command)) for command in commands]
    while len(sent) < 10:
        await asyncio.sleep(0)
    await stage.decide_all((CancelStepHandler(), received(cancelled(command))) for command in commands)
    async with asyncio.timeout(20):
        await asyncio.gather(*callers)
    assert await stage.calls("booking") == ["absorbed"] * len(sent)


async def test_a_job_that_hits_a_bug_is_answered_as_internal(stage: Stage) -> None:
    command = order()
    job = await stage.take_in(command)
    handler = FinishAttempt()
    given_up = Failed(job, "KeyError: 'x'")
    rows = Rows(steps={key: Step(key) for key in (attempt_job.step_of(command),)})
    assert [row.first for row in handler.rows(given_up)] == [str(command.generation_id)]
    (answer,) = handler.on_bug(rows, given_up, datetime.now(UTC)).messages
    assert isinstance(answer, StepExecutionFailed)
    assert (answer.fault, answer.attempt) == (FaultCode.INTERNAL, 1)
    (direct,) = ExecuteStepHandler().on_bug(rows, received(command), datetime.now(UTC)).messages
    assert direct == answer.model_copy(update={"detail": direct.detail})  # type: ignore[union-attr]
    rows.steps[attempt_job.step_of(command)].stop()
    assert handler.on_bug(rows, given_up, datetime.now(UTC)) == Effects()


async def test_a_deleted_project_s_prompts_go_and_its_closed_steps_stay(stage: Stage) -> None:
    generation = GenerationId(uuid4())
    open_step, closed_step = order(generation=generation), order(generation=generation, step="frontend")
    other = order()
    await stage.decide_all((ExecuteStepHandler(), received(one)) for one in (open_step, closed_step, other))
    await stage.decide(CancelStepHandler(), received(cancelled(closed_step)))
    deleted = ProjectDeleted(
        project_id=ProjectId(UUID(int=2)), user_id=UserId("user_ada"), generation_ids=(generation,)
    )
    effects = await stage.decide(EraseProject(), received(deleted))
    assert effects.removed_jobs == (JobKey("execute_step", f"{generation}:1:backend:1"),)
    assert {job.kind for job in effects.jobs} == {erasure.KIND}
    states = await stage.fetch(
        "SELECT step, state FROM steps WHERE generation_id = $1 ORDER BY step", generation
    )
    assert [tuple(row) for row in states] == [("backend", "open"), ("frontend", "closed")]


async def test_a_project_that_the_router_never_heard_of_leaves_no_trace(stage: Stage) -> None:
    deleted = ProjectDeleted(
        project_id=ProjectId(uuid4()), user_id=UserId("user_ada"), generation_ids=(GenerationId(uuid4()),)
    )
    effects = await stage.decide(EraseProject(), received(deleted))
    assert {job.kind for job in effects.jobs} == {erasure.KIND}
    assert await stage.fetch("SELECT FROM steps") == []
