"""A stack for what models do to calls: three providers, short clocks, breakers that are nobody else's."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from autocrea.cli.parts import PostgresEndpoint, RabbitmqEndpoint, S3Endpoint
from autocrea.testkit.stack import Stack, running_stack

PROVIDERS = ("joxcoder", "openai", "anthropic")
SETTINGS = {
    "AUTOCREA_LLM_ROUTER_FIRST_TOKEN_SECONDS": "4",  # a busy machine delays a healthy token by one or two
    "AUTOCREA_LLM_ROUTER_SILENCE_SECONDS": "3",
    "AUTOCREA_GATEWAY_OPEN_GENERATIONS_MAX": "32",
    "AUTOCREA_BILLING_ABSORBED_DAILY_MAX_TOKENS": "100000",
}

OPEN_BREAKERS = "SELECT 1 FROM providers WHERE open_until IS NOT NULL"
CLOSE_BREAKERS = """
UPDATE providers SET open_until = NULL, open_reason = NULL, probe_until = NULL, failed_probes = 0, closed_at = now()"""


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def shared_quick_stack(
    tmp_path_factory: pytest.TempPathFactory,
    postgres: PostgresEndpoint,
    rabbitmq: RabbitmqEndpoint,
    s3: S3Endpoint,
) -> AsyncIterator[Stack]:
    folder = tmp_path_factory.mktemp("quick-stack")
    async with running_stack(
        folder, postgres=postgres, rabbitmq=rabbitmq, s3=s3, settings=SETTINGS, providers=PROVIDERS
    ) as stack:
        yield stack


@pytest.fixture
async def quick_stack(shared_quick_stack: Stack) -> AsyncIterator[Stack]:
    """Every test begins with closed breakers, and leaves nothing for the checker to find."""
    await _close_breakers(shared_quick_stack)
    yield shared_quick_stack
    assert await shared_quick_stack.checker.findings() == []


async def _close_breakers(stack: Stack) -> None:
    """And forget what was counted; a router that starts says that its models are there."""
    shut = await stack.fetch("llm-router", OPEN_BREAKERS)
    if shut:
        await stack.end(["llm-router"])
    await stack.fetch("llm-router", CLOSE_BREAKERS)
    if shut:
        await stack.restart("llm-router")
        await stack.ready()
