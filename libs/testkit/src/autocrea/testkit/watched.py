"""Generations as a person who watches them finds them: one whose step runs, one that failed at its fourth step."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from autocrea.testkit.browser import OpenScreen, Screen
from autocrea.testkit.people import Person
from autocrea.testkit.stack import Stack
from playwright.async_api import Page


@dataclass(frozen=True, slots=True)
class Watched:
    """A generation, whose it is, and where they look at it."""

    generation_id: str
    person: Person
    screen: Screen

    @property
    def page(self) -> Page:
        return self.screen.page


@asynccontextmanager
async def running(
    stack: Stack, open_screen: OpenScreen, project: str, step: str, effect: dict[str, Any], **opened: Any
) -> AsyncIterator[Watched]:
    """Its `step` runs, and for the time of the block the model answers that step as `effect` says."""
    match = {"project": project, "step": step}
    async with stack.person() as person, stack.simulated.rule(match=match, effect=effect):
        screen = await open_screen(stack, **opened)
        await screen.enter(person.account)
        generation_id = await screen.create(project)
        await screen.until_step(step, "running")
        yield Watched(generation_id, person, screen)


@asynccontextmanager
async def failed(
    stack: Stack, open_screen: OpenScreen, project: str, **opened: Any
) -> AsyncIterator[Watched]:
    """Its deployment failed, which would succeed now."""
    async with stack.person() as person:
        screen = await open_screen(stack, **opened)
        await screen.enter(person.account)
        broken = {"project": project, "step": "devops"}
        async with stack.simulated.rule(match=broken, effect={"status": 400}):
            generation_id = await screen.create(project)
            await screen.until_status("failed")
        yield Watched(generation_id, person, screen)
