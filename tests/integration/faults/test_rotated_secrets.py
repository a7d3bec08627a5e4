"""What the services and their databases know each other by is changed under a load: no restart, no failure."""

import asyncpg
import httpx
import pytest
from autocrea.contracts.internal import LEDGER_PATH
from autocrea.testkit.load import load_on
from autocrea.testkit.stack import Stack
from autocrea.testkit.stack_environment import (
    INTERNAL_TOKEN,
    OPERATOR_TOKEN,
    SERVICES,
    SIMULATORS,
    operator_token,
    prefix_of,
)

GENERATIONS = 4
BETWEEN = (
    ("gateway", "AUTOCREA_GATEWAY_INTERNAL_TOKEN"),
    ("billing", "AUTOCREA_BILLING_GATEWAY_TOKEN"),
    ("artifacts", "AUTOCREA_ARTIFACTS_GATEWAY_TOKEN"),
)
"""Who presents and who accepts the token between services."""


async def _ledger_answers(stack: Stack, token: str) -> int:
    async with httpx.AsyncClient(base_url=stack.processes["billing"].url, trust_env=False) as client:
        answer = await client.get(
            LEDGER_PATH.format(user_id="user_nobody"), headers={"Authorization": f"Bearer {token}"}
        )
    return answer.status_code


async def _set_password(stack: Stack, service: str, password: str) -> str:
    """What the database's operator does, and every connection of the old password ended; returns the new URL."""
    role = stack.places.database(service)
    async with stack.places.administrator() as connection:
        await connection.execute(f"ALTER ROLE \"{role}\" PASSWORD '{password}'")
        await connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = $1", role
        )
    return stack.places.postgres.url(role, user=role, password=password)


async def test_all_complete_when_every_database_s_password_is_changed(stack: Stack) -> None:
    pids = {service: stack.processes[service].pid for service in SERVICES}
    async with load_on(stack, GENERATIONS) as load:
        await load.in_the_middle()
        for service in SERVICES:
            changed = await _set_password(stack, service, "changed")
            with pytest.raises(asyncpg.InvalidPasswordError):
                await asyncpg.connect(stack.places.database_url(service))
            stack.rotate(service, f"{prefix_of(service)}DATABASE_URL", changed)
        assert load.goes_on()
        await load.completes()
    assert {service: stack.processes[service].pid for service in SERVICES} == pids
    for service in SERVICES:
        first = await _set_password(stack, service, stack.places.password(service))
        stack.rotate(service, f"{prefix_of(service)}DATABASE_URL", first)
    await stack.ready()


async def test_nobody_is_refused_when_the_token_between_services_is_changed(stack: Stack) -> None:
    changed = "the-next-token-between-services"
    async with stack.person() as person:
        for old, new in ((INTERNAL_TOKEN, changed), (changed, INTERNAL_TOKEN)):
            for values in (f"{old},{new}", f"{new},{old}", new):
                for service, variable in BETWEEN:
                    stack.rotate(service, variable, values)
                    assert (await person.get("/api/tokens/ledger"))["items"]
            assert (await _ledger_answers(stack, old), await _ledger_answers(stack, new)) == (401, 200)


async def test_operators_are_not_refused_when_their_tokens_are_changed(stack: Stack) -> None:
    changed = "the-next-token-of-operators"
    async with httpx.AsyncClient(base_url=stack.processes[SIMULATORS].url, trust_env=False) as issuer:
        token = (await issuer.post("/identity/token", json={"account": "olga"})).json()["token"]
    async with httpx.AsyncClient(
        base_url=stack.url, headers={"Authorization": f"Bearer {token}"}, trust_env=False
    ) as olga:
        for old, new in ((OPERATOR_TOKEN, changed), (changed, OPERATOR_TOKEN)):
            for values in (f"{old},{new}", f"{new},{old}", new):
                for service in SERVICES:
                    stack.rotate(service, operator_token(service), values)
                answer = await olga.get("/api/operations/dead-letters")
                assert (answer.status_code, answer.json()["silent"]) == (200, [])
