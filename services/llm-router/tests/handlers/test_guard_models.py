"""Breakers shared by replicas through the database: one probe, whoever asks; people are told once."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from autocrea.chassis.errors import Unavailable
from autocrea.contracts.faults import FaultCode
from autocrea.contracts.ids import CallId
from autocrea.contracts.llm_router.v1 import ReplacedModel, StepExecuted, StepExecutionFailed
from autocrea.contracts.shapes import NO_USAGE
from autocrea.contracts.vocabulary import CallKind, CallOutcome
from autocrea.llm_router.adapters.breaker_cache import BreakerCache
from autocrea.llm_router.adapters.fair_turns import FairTurns
from autocrea.llm_router.domain.answers import Ended, Failure
from autocrea.llm_router.domain.breaker import FAILURES_MIN, IDLE_SECONDS, WINDOW_SECONDS, Gate
from autocrea.llm_router.domain.providers import ModelKey, Sighting
from autocrea.llm_router.handlers import attempt_job
from autocrea.llm_router.handlers.announce_models import AnnounceModels
from autocrea.llm_router.handlers.cancel_step import CancelStepHandler
from autocrea.llm_router.handlers.guard_models import GuardModels
from autocrea.llm_router.handlers.rekey_models import RekeyModels
from autocrea.llm_router.handlers.rest_models import RestModel, rest_job
from autocrea.llm_router.ports import PlacedCall
from autocrea.testkit.waiting import eventually
from openai_script import streamed
from prometheus_client import REGISTRY
from router_orders import block, cancel, done, finished, order, received
from router_stage import Stage
from wire_server import Pause, Script, WireServer, plain

WHOLE = block("app.py", "1\n") + done("app.py")
DOWN: Script = [plain(503, b'{"error":{"type":"server_error"}}')]
REJECTED: Script = [plain(401, b'{"error":{"code":"invalid_api_key"}}')]
KEY = ModelKey("joxcoder", "joxcoder-1")
WAITING = "autocrea_llm_calls_waiting"
SET_UP = (Sighting(KEY, None), Sighting(ModelKey("openai", "gpt-4.1"), "not_configured"))
DEAD = Failure(CallOutcome.RETRY_SAME, "answers 503")
SPENT = Failure(CallOutcome.ACCOUNT, "answers 401")


async def note_calls(stage: Stage, *outcomes: CallOutcome) -> None:
    """Rows of calls that ended just now."""
    command = order()
    await stage.take_in(command)
    for outcome in outcomes:
        step = attempt_job.step_of(command)
        call = PlacedCall(CallId(uuid4()), step, 1, CallKind.FIRST, *KEY, datetime.now(UTC))
        assert await stage.log.place(call)
        await stage.log.end(call, Ended(outcome, NO_USAGE, None, 5))


async def replica(stage: Stage) -> GuardModels:
    cache = BreakerCache(stage.database, stage.now, lambda: SET_UP)
    await cache.read()
    return stage.new_guard(cache)


def told(stage: Stage) -> list[tuple[int, bool, str | None]]:
    return [(one.revision, one.available, one.reason) for one in stage.sent if one.model == KEY.model]


async def announced(stage: Stage) -> None:
    models = AnnounceModels(SET_UP, frozenset(("joxcoder",)))
    await stage.transact(models.rows(), models.decide)


async def cooled(stage: Stage) -> GuardModels:
    """A replica that finds the breaker half open."""
    await announced(stage)
    await stage.guard.failed(KEY, SPENT, probe=False)
    stage.later = timedelta(seconds=16)
    return await replica(stage)


async def test_it_opens_for_every_replica_when_the_calls_of_late_failed(stage: Stage) -> None:
    await announced(stage)
    await note_calls(stage, *[CallOutcome.RETRY_SAME] * (FAILURES_MIN - 1))
    await stage.guard.failed(KEY, DEAD, probe=False)
    assert stage.guard.look(KEY) is Gate.CLOSED
    await note_calls(stage, CallOutcome.RETRY_SAME, CallOutcome.ABORTED, CallOutcome.FAILOVER)
    await stage.guard.failed(KEY, DEAD, probe=False)
    assert stage.guard.look(KEY) is Gate.OPEN
    assert (await replica(stage)).look(KEY) is Gate.OPEN
    assert told(stage) == [(1, True, None), (2, False, "retry_same")]
    assert stage.sent[-1].simulated


async def test_it_stays_closed_when_most_calls_were_answered_or_the_failures_are_old(stage: Stage) -> None:
    await note_calls(stage, *[CallOutcome.RETRY_SAME] * FAILURES_MIN)
    await stage.fetch(f"UPDATE llm_calls SET ended_at = now() - interval '{WINDOW_SECONDS + 1} seconds'")
    await stage.guard.failed(KEY, DEAD, probe=False)
    assert stage.guard.look(KEY) is Gate.CLOSED
    await note_calls(
        stage, *[CallOutcome.COMPLETED] * (FAILURES_MIN + 1), *[CallOutcome.RETRY_SAME] * FAILURES_MIN
    )
    await stage.guard.failed(KEY, DEAD, probe=False)
    assert stage.guard.look(KEY) is Gate.CLOSED


async def test_what_was_wrong_with_a_request_says_nothing_against_the_model(stage: Stage) -> None:
    await note_calls(stage, *[CallOutcome.RETRY_SAME] * FAILURES_MIN)
    await stage.guard.failed(KEY, Failure(CallOutcome.FAILOVER, "answers 413"), probe=False)
    assert await stage.fetch("SELECT FROM providers") == []


async def test_one_replica_of_many_gets_the_probe_when_the_cooldown_is_over(stage: Stage) -> None:
    await cooled(stage)
    replicas = [await replica(stage) for _ in range(8)]
    gates = await asyncio.gather(*(one.admit(KEY) for one in replicas))
    assert sorted(gates) == sorted([Gate.HALF_OPEN, *[Gate.OPEN] * 7])


async def test_it_closes_for_everybody_when_the_probe_is_answered(stage: Stage) -> None:
    prober = await cooled(stage)
    assert await prober.admit(KEY) is Gate.HALF_OPEN
    await prober.answered(KEY)
    assert prober.look(KEY) is Gate.CLOSED
    assert await (await replica(stage)).admit(KEY) is Gate.CLOSED
    assert told(stage) == [(1, True, None), (2, False, "account"), (3, True, None)]


async def test_it_stays_open_and_nobody_is_told_again_when_the_probe_fails(stage: Stage) -> None:
    prober = await cooled(stage)
    assert await prober.admit(KEY) is Gate.HALF_OPEN
    await prober.failed(KEY, SPENT, probe=True)
    assert (await replica(stage)).look(KEY) is Gate.OPEN
    stage.later += timedelta(seconds=16)
    assert prober.look(KEY) is Gate.OPEN, "the second cooldown is longer"
    assert len(told(stage)) == 2


async def test_the_next_call_may_probe_when_the_probe_showed_nothing(stage: Stage) -> None:
    prober = await cooled(stage)
    assert await prober.admit(KEY) is Gate.HALF_OPEN
    await prober.released(KEY)
    assert await (await replica(stage)).admit(KEY) is Gate.HALF_OPEN


async def test_failures_before_it_closed_are_forgotten_when_it_counts_again(stage: Stage) -> None:
    await note_calls(stage, *[CallOutcome.RETRY_SAME] * FAILURES_MIN)
    await stage.guard.failed(KEY, DEAD, probe=False)
    await stage.guard.answered(KEY)
    await note_calls(stage, CallOutcome.RETRY_SAME)
    await stage.guard.failed(KEY, DEAD, probe=False)
    assert stage.guard.look(KEY) is Gate.CLOSED


async def test_it_is_half_open_and_announced_when_its_key_is_replaced(stage: Stage) -> None:
    await announced(stage)
    await stage.guard.failed(KEY, SPENT, probe=False)
    rekey = RekeyModels(SET_UP[:1], frozenset())
    await stage.transact(rekey.rows(), rekey.decide)
    assert (await replica(stage)).look(KEY) is Gate.HALF_OPEN
    assert told(stage)[-1] == (3, True, None)


async def test_an_open_breaker_is_announced_as_such_when_a_process_starts(stage: Stage) -> None:
    await announced(stage)
    await stage.guard.failed(KEY, SPENT, probe=False)
    await announced(stage)
    assert told(stage)[-1] == (3, False, "account")
    assert [(one.provider, one.available) for one in stage.sent[-1:]] == [("openai", False)]


async def test_it_is_offered_again_when_nobody_tried_it_for_a_while(stage: Stage) -> None:
    await announced(stage)
    await stage.guard.failed(KEY, SPENT, probe=False)
    ((kind, due_at),) = await stage.fetch("SELECT kind, due_at FROM jobs")
    assert kind == "rest_model"
    handler, job = RestModel(frozenset()), finished(rest_job(KEY, due_at), None)
    early = await stage.decide(handler, job)
    assert (early.messages, len(early.jobs)) == ((), 1)
    stage.later = timedelta(seconds=15 + IDLE_SECONDS)
    (message,) = (await stage.decide(handler, job)).messages
    assert (message.available, message.revision) == (True, 3)  # type: ignore[attr-defined]
    assert (await replica(stage)).look(KEY) is Gate.HALF_OPEN, "the first who tries is still the only one"
    assert (await stage.decide(handler, job)).jobs == ()


async def test_it_is_not_offered_when_its_key_is_gone_meanwhile(stage: Stage) -> None:
    await announced(stage)
    await stage.guard.failed(KEY, SPENT, probe=False)
    rekey = RekeyModels((Sighting(KEY, "not_configured"),), frozenset())
    await stage.transact(rekey.rows(), rekey.decide)
    stage.later = timedelta(seconds=600)
    effects = await stage.decide(RestModel(frozenset()), finished(rest_job(KEY, stage.now()), None))
    assert (effects.messages, effects.jobs) == ((), ())
    assert told(stage)[-1] == (3, False, "not_configured")


async def test_it_is_looked_at_again_when_its_probe_runs_at_that_moment(stage: Stage) -> None:
    await announced(stage)
    await stage.guard.failed(KEY, SPENT, probe=False)
    stage.later = timedelta(seconds=15 + IDLE_SECONDS)
    assert await stage.guard.admit(KEY) is Gate.HALF_OPEN
    effects = await stage.decide(RestModel(frozenset()), finished(rest_job(KEY, stage.now()), None))
    assert (effects.messages, len(effects.jobs)) == ((), 1)


async def test_an_answer_is_not_lost_when_the_breaker_cannot_be_noted(
    stage: Stage, server: WireServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object) -> None:
        raise Unavailable("the database does not answer")

    monkeypatch.setattr(stage, "transact", away)
    stage.guard = stage.new_guard(stage.breakers)
    server.play(DOWN, streamed(WHOLE))
    assert isinstance((await stage.run(order())).answer, StepExecuted)


async def test_the_next_model_is_asked_at_once_and_people_see_why_when_the_first_is_open(
    stage: Stage, server: WireServer
) -> None:
    await stage.guard.failed(KEY, SPENT, probe=False)
    server.play(streamed(WHOLE))
    end = await stage.run(order())
    assert isinstance(end.answer, StepExecuted)
    assert [(call.model, call.kind) for call in end.answer.calls] == [("gpt-4.1", "fallback")]
    assert stage.progress[0].replaced == ReplacedModel(model="joxcoder-1", reason="account")


@pytest.mark.parametrize(
    ("failure", "fault"),
    [(DEAD, FaultCode.PROVIDER_UNAVAILABLE), (SPENT, FaultCode.PROVIDER_ACCOUNT)],
)
async def test_an_attempt_fails_at_once_and_calls_nobody_when_its_whole_route_is_open(
    stage: Stage, server: WireServer, failure: Failure, fault: FaultCode
) -> None:
    await note_calls(stage, *[CallOutcome.RETRY_SAME] * FAILURES_MIN)
    await stage.guard.failed(KEY, failure, probe=False)
    end = await stage.run(order("joxcoder-1"))
    assert isinstance(end.answer, StepExecutionFailed)
    assert end.answer.fault is fault
    assert (end.answer.calls, server.seen) == ((), [])


async def test_a_dead_model_is_not_stormed_when_many_attempts_meet_it(
    stage: Stage, server: WireServer
) -> None:
    server.play(DOWN)
    ends = await asyncio.gather(*(stage.run(order("joxcoder-1")) for _ in range(30)))
    assert all(isinstance(end.answer, StepExecutionFailed) for end in ends)
    assert len(server.seen) <= 30 + FAILURES_MIN, "one each at most, but for those that opened it"
    server.seen.clear()
    stage.later = timedelta(seconds=16)
    await asyncio.gather(*(stage.run(order("joxcoder-1")) for _ in range(30)))
    assert len(server.seen) == 1, "one probe"
    server.seen.clear()
    server.play(streamed(WHOLE))
    stage.later = timedelta(seconds=16 + 31)
    assert isinstance((await stage.run(order("joxcoder-1"))).answer, StepExecuted)
    ends = await asyncio.gather(*(stage.run(order("joxcoder-1")) for _ in range(5)))
    assert all(isinstance(end.answer, StepExecuted) for end in ends)


async def test_the_others_go_on_as_soon_as_the_probe_s_model_says_anything(
    stage: Stage, server: WireServer
) -> None:
    await cooled(stage)
    pause = Pause()
    whole = streamed(WHOLE)
    server.play([*whole[:2], pause, *whole[2:]], streamed(WHOLE))
    probe = asyncio.create_task(stage.run(order("joxcoder-1")))
    await eventually(lambda: stage.guard.look(KEY) is Gate.CLOSED)
    assert isinstance((await stage.run(order("joxcoder-1"))).answer, StepExecuted)
    pause.over.set()
    await probe


async def test_the_probe_is_given_back_when_its_attempt_is_cancelled(
    stage: Stage, server: WireServer
) -> None:
    await cooled(stage)
    server.play([Pause()])
    probe = asyncio.create_task(stage.run(order("joxcoder-1")))
    await eventually(lambda: server.seen)
    assert (await replica(stage)).look(KEY) is Gate.OPEN
    probe.cancel()
    await asyncio.gather(probe, return_exceptions=True)
    assert (await replica(stage)).look(KEY) is Gate.HALF_OPEN


async def test_the_probe_is_given_back_when_its_step_is_closed_before_it_is_sent(
    stage: Stage, server: WireServer
) -> None:
    await cooled(stage)
    stage.turns = FairTurns(1)
    command = order("joxcoder-1")
    job = await stage.take_in(command)
    async with stage.turns.turn("joxcoder", "another", begins=True):
        probe = asyncio.create_task(stage.runner()(job))
        await eventually(lambda: REGISTRY.get_sample_value(WAITING, {"provider": "joxcoder"}) == 1)
        await stage.decide(CancelStepHandler(), received(cancel(command)))
    assert await probe is None
    assert server.seen == []
    assert (await replica(stage)).look(KEY) is Gate.HALF_OPEN


async def test_the_probe_is_given_back_when_it_is_cancelled_before_it_is_sent(
    stage: Stage, server: WireServer
) -> None:
    await cooled(stage)
    command = order("joxcoder-1")
    job = await stage.take_in(command)
    async with stage.database.transaction() as connection:
        await connection.execute("SELECT FROM steps FOR UPDATE")  # its row waits for this lock
        probe = asyncio.create_task(stage.runner()(job))
        await eventually(lambda: stage.fetch("SELECT FROM providers WHERE probe_until IS NOT NULL"))
        probe.cancel()
        await asyncio.gather(probe, return_exceptions=True)
    assert server.seen == []
    assert (await replica(stage)).look(KEY) is Gate.HALF_OPEN


async def test_a_change_is_seen_at_once_when_it_is_signalled_and_late_when_it_is_not(stage: Stage) -> None:
    cache = BreakerCache(stage.database, stage.now, lambda: SET_UP)
    reading = asyncio.create_task(cache.run())
    await stage.guard.failed(KEY, SPENT, probe=False)
    cache.wake()
    await eventually(lambda: cache.of(KEY).gate(stage.now()) is Gate.OPEN)
    reading.cancel()
    await asyncio.gather(reading, return_exceptions=True)


async def test_the_metric_is_of_models_that_are_asked_when_a_provider_is_not_set_up(stage: Stage) -> None:
    """Else an alert that no model answers would wait for one that cannot."""
    await announced(stage)
    await stage.guard.failed(KEY, SPENT, probe=False)
    await replica(stage)
    ((told,),) = (
        [one for one in family.samples if one.name == "autocrea_llm_breaker"]
        for family in REGISTRY.collect()
        if family.name == "autocrea_llm_breaker"
    )
    assert (told.labels, told.value) == ({"provider": KEY.provider, "model": KEY.model}, 2)
