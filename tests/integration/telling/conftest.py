"""One story on a stack of its own, and everything that its processes told of it: logs, traces, bugs."""

import sys
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest
import pytest_asyncio
from autocrea.cli.parts import PostgresEndpoint, RabbitmqEndpoint, S3Endpoint
from autocrea.testkit.collector import Collector
from autocrea.testkit.stack import running_stack
from autocrea.testkit.stack_environment import SERVICES

sys.path.insert(0, str(Path(__file__).parent / "support"))

from told_story import Told, play


@pytest.hookimpl(tryfirst=True)  # before xdist reads the marks
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All that ask for the story run on one worker: it is told once."""
    for item in items:
        if isinstance(item, pytest.Function) and "told" in item.fixturenames:
            item.add_marker(pytest.mark.xdist_group("told"))


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def told(
    tmp_path_factory: pytest.TempPathFactory,
    postgres: PostgresEndpoint,
    rabbitmq: RabbitmqEndpoint,
    s3: S3Endpoint,
) -> AsyncIterator[Told]:
    folder, trace = tmp_path_factory.mktemp("told"), uuid4().hex
    with Collector() as collector:
        async with (
            running_stack(
                folder, postgres=postgres, rabbitmq=rabbitmq, s3=s3, settings=collector.settings
            ) as stack,
            stack.person(tokens=200) as person,
        ):
            text = await play(stack, person, trace)
            # A service tells the last of its traces when it ends.
            await stack.end(SERVICES)
        logs = {name: (folder / f"{name}.log").read_text("utf-8") for name in SERVICES}
        yield Told(collector, logs, trace, text)
