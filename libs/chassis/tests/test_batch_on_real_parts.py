"""Exactly-once effects of messages and jobs, and what becomes of bugs, on the real broker and database."""

import httpx
import pytest
from autocrea.testkit.processes import ServiceProcess
from autocrea.testkit.stage import Stage, reserve, settle
from autocrea.testkit.waiting import eventually

OPERATOR = {"Authorization": "Bearer operator"}


async def test_each_effect_happens_once_when_messages_are_duplicated(
    stage: Stage, service: ServiceProcess
) -> None:
    commands = [reserve() for _ in range(20)]
    await stage.publish(*commands, *reversed(commands), *commands[:5])
    await stage.all_done(20)
    types = sorted(reply["type"] for reply in await stage.replies())
    assert types == ["billing.tokens_reserved.v1"] * 20 + ["billing.tokens_settled.v1"] * 20


async def test_effects_happen_once_when_two_replicas_share_the_queue(
    stage: Stage, service: ServiceProcess
) -> None:
    other = stage.service()
    await other.start()
    try:
        commands = [reserve(f"user-{n % 3}") for n in range(60)]
        await stage.publish(*commands, *commands)
        await stage.all_done(60)
    finally:
        await other.kill()


async def test_only_the_culprit_is_given_up_when_one_message_of_many_is_poisonous(
    stage: Stage, service: ServiceProcess
) -> None:
    poison, deaf = reserve("poison"), reserve("deaf")
    good = [reserve() for _ in range(30)]
    await stage.publish(*good[:15], poison, deaf, *good[15:])
    await stage.publish_raw("billing.reserve_tokens.v1", b'{"specversion": "1.0", "id": 7}')
    await stage.all_done(30, besides=1)
    letters = await eventually(lambda: _letters(stage, 3), what="three dead letters")
    by_message = {letter["message_id"]: letter for letter in letters}
    assert by_message[poison.id]["reason"] == "ValueError: the sample was asked to hit a bug"
    assert "ValueError" in by_message[poison.id]["traceback"]
    assert "answering it failed too" in by_message[deaf.id]["reason"]
    assert "not one of our CloudEvents" in by_message[None]["reason"]
    refused = [r for r in await stage.replies() if r["type"] == "billing.reservation_refused.v1"]
    assert [reply["causationid"] for reply in refused] == [str(poison.id)]
    assert refused[0]["data"]["fault"] == "internal"


@pytest.mark.timeout(300)  # twenty-one starts
async def test_a_command_is_refused_and_its_neighbours_live_when_it_kills_its_consumer(
    stage: Stage,
) -> None:
    deadly, good = reserve("deadly"), [reserve() for _ in range(20)]
    service = stage.service()
    await service.start()
    await stage.publish(deadly, *good)

    async def refused() -> bool:
        if not service.alive:
            await service.start(wait=False)  # as its supervisor does
        return bool(await stage.fetch("SELECT 1 FROM dead_letters"))

    await eventually(refused, timeout_seconds=240, what="the broker gave up on it and so did the service")
    await stage.all_done(20, besides=1)
    [letter] = await eventually(lambda: _letters(stage, 1))
    assert letter["message_id"] == deadly.id
    assert letter["source"] == "queue"
    refused = [r for r in await stage.replies() if r["type"] == "billing.reservation_refused.v1"]
    assert [reply["causationid"] for reply in refused] == [str(deadly.id)]
    await service.kill()


async def test_a_job_is_given_up_and_answered_when_its_work_keeps_failing(
    stage: Stage, service: ServiceProcess
) -> None:
    await stage.publish(reserve("broken-work"))
    [letter] = await eventually(lambda: _letters(stage, 1))
    assert (letter["source"], letter["type"]) == ("job", "work")
    [(reserved, worked, reminded, failed)] = (await stage.counts()).values()
    assert (reserved, worked, reminded, failed) == (1, 0, 1, 1)
    assert await stage.fetch("SELECT 1 FROM jobs WHERE kind = 'work'") == []


async def test_a_letter_is_handled_once_when_it_is_replayed_twice(
    stage: Stage, service: ServiceProcess
) -> None:
    await stage.publish(reserve("broken-work"))
    [letter] = await eventually(lambda: _letters(stage, 1))
    async with httpx.AsyncClient(base_url=service.url, trust_env=False) as client:
        path = f"/operator/dead-letters/{letter['id']}"
        assert (await client.post(f"{path}/replay")).status_code == 401
        said = {"who": "olga", "reason": "the work was mended"}
        first = await client.post(f"{path}/replay", json=said, headers=OPERATOR)
        second = await client.post(f"{path}/replay", json=said, headers=OPERATOR)
        nameless = await client.post(f"{path}/discard", json={}, headers=OPERATOR)
    assert first.status_code == 200, first.text
    assert (second.status_code, second.json()["code"]) == (409, "already_resolved")
    assert (nameless.status_code, nameless.json()["code"]) == (422, "invalid_request")
    await eventually(lambda: _letters(stage, 2), what="the work failed again and left a letter of its own")


async def test_running_work_is_cancelled_when_its_job_is_removed(
    stage: Stage, service: ServiceProcess
) -> None:
    command = reserve(slow=True)
    await stage.publish(command)
    leased = "SELECT 1 FROM jobs WHERE kind = 'work' AND leased_until > now()"
    await eventually(lambda: stage.fetch(leased), what="the work runs")
    [generation] = await stage.counts()
    await stage.publish(settle(generation))
    await eventually(lambda: "job removed or taken over" in service.log)
    assert (await stage.counts())[generation] == (1, 0, 1, 0)


async def test_the_same_bytes_are_sent_again_when_an_operator_republishes(
    stage: Stage, service: ServiceProcess
) -> None:
    await stage.publish(*(reserve() for _ in range(5)))
    await stage.all_done(5)
    async with httpx.AsyncClient(base_url=service.url, trust_env=False) as client:
        asked = {"since": "2000-01-01T00:00:00+00:00", "who": "ada-who-operates"}
        answer = await client.post("/operator/outbox/republish", json=asked, headers=OPERATOR)
        wrong = await client.post("/operator/outbox/republish", json={"since": "now"}, headers=OPERATOR)
    assert answer.json() == {"republished": 10}
    assert wrong.json()["code"] == "invalid_request"

    async def all_twice() -> bool:
        return await stage.in_queue("orchestrator.inbox") == 20

    await eventually(all_twice, what="every reply is there twice")
    bodies = await stage.bodies()
    assert len(bodies) == 20
    assert len(set(bodies)) == 10


async def _letters(stage: Stage, count: int) -> list[dict[str, object]]:
    rows = await stage.fetch("SELECT * FROM dead_letters")
    return [dict(row) for row in rows] if len(rows) == count else []
