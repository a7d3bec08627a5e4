"""The scene that defects are planted in: what was there to see after one real generation."""

import sys
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import pytest_asyncio
from autocrea.testkit.stack import Stack

sys.path.insert(0, str(Path(__file__).parent / "support"))

from checker_scene import Scene


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def scene(shared_stack: Stack) -> AsyncIterator[Scene]:
    """One person completes a generation, another one has tokens that an operator gave; then everything is at rest."""
    async with shared_stack.person() as person, shared_stack.person(tokens=7) as somebody_else:
        generation_id = await person.generate("para-el-comprobador")
        assert (await person.end(generation_id)).name == "generation_completed"
        assert await shared_stack.checker.findings() == []
        evidence = await shared_stack.checker.evidence()
        yield Scene(evidence, UUID(generation_id), person.user_id, somebody_else.user_id)
