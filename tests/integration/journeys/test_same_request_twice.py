"""A request sent again under its Idempotency-Key is the same request: one generation, one price, one answer."""

import asyncio

import httpx
from autocrea.testkit.people import Person
from autocrea.testkit.stack import Stack


async def test_answer_is_the_first_one_when_a_request_is_sent_again(stack: Stack) -> None:
    async with stack.person() as person:
        first = await person.ask("dos-veces", key="una-clave")
        again = await person.ask("dos-veces", key="una-clave")
        end = await person.end(first.json()["generation_id"])
        later = await person.ask("dos-veces", key="una-clave")
        assert first.status_code == again.status_code == later.status_code == httpx.codes.ACCEPTED
        assert first.json() == again.json() == later.json()
        assert await generations_of(person) == [first.json()["generation_id"]]
        await person.until_available(100 - end.data["net_tokens"])
    assert len(await stack.simulated.calls(project="dos-veces")) == 5


async def test_one_generation_is_made_when_equal_requests_come_at_once(stack: Stack) -> None:
    async with stack.person() as person:
        answers = await asyncio.gather(*(person.ask("a-la-vez", key="una-clave") for _ in range(8)))
        assert {answer.status_code for answer in answers} == {httpx.codes.ACCEPTED}
        (generation_id,) = {answer.json()["generation_id"] for answer in answers}
        assert all(answer.json() == answers[0].json() for answer in answers)
        assert await generations_of(person) == [generation_id]
        end = await person.end(generation_id)
        await person.until_available(100 - end.data["net_tokens"])
    assert len(await stack.simulated.calls(project="a-la-vez")) == 5


async def test_another_request_is_refused_when_its_key_was_used(stack: Stack) -> None:
    async with stack.person() as person, stack.person() as somebody_else:
        first = await person.ask("con-clave", key="una-clave")
        for other in (
            await person.ask("con-clave", "Blog con CMS y autenticación", key="una-clave"),
            await person.ask("otro-nombre", key="una-clave"),
            await person.ask("con-clave", key="una-clave", model_preference="joxcoder"),
        ):
            assert (other.status_code, other.json()["code"]) == (
                httpx.codes.CONFLICT,
                "idempotency_key_reused",
            )
        assert await generations_of(person) == [first.json()["generation_id"]]
        theirs = await somebody_else.ask("con-clave", key="una-clave")  # a key is its owner's
        assert theirs.status_code == httpx.codes.ACCEPTED
        assert theirs.json()["generation_id"] != first.json()["generation_id"]
        await person.end(first.json()["generation_id"])
        await somebody_else.end(theirs.json()["generation_id"])


async def generations_of(person: Person) -> list[str]:
    return [row["generation_id"] for row in (await person.get("/api/generations"))["items"]]
