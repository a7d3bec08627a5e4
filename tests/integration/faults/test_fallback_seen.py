"""A provider that is down, as a person sees it: the step says who answers instead, and no step goes over its cap."""

from autocrea.testkit.browser import OpenScreen, browser, chromium, open_screen
from autocrea.testkit.stack import Stack
from playwright.async_api import expect

__all__ = ["browser", "chromium", "open_screen"]  # fixtures: they stay with the tests that pay for them


async def test_step_says_who_answers_when_the_first_provider_does_not(
    quick_stack: Stack, open_screen: OpenScreen
) -> None:
    project = "suplente"
    async with (
        quick_stack.person() as person,
        quick_stack.simulated.rule(
            match={"project": project, "provider": "joxcoder"}, effect={"status": 503}
        ),
        quick_stack.simulated.rule(
            match={"project": project, "provider": "openai"}, effect={"tokens_per_second": 600.0}
        ),
    ):
        screen = await open_screen(quick_stack)
        page = screen.page
        await screen.enter(person.account)
        generation_id = await screen.create(project)
        step = page.locator('[data-step="architecture"]')
        await expect(step.get_by_text("no responde; responde")).to_be_visible(timeout=60_000)
        await screen.until_status("completed", "completed_with_warnings")
        await expect(step.get_by_text("no respondió; respondió")).to_be_visible()
        steps = (await person.generation(generation_id))["steps"]
        for told in steps:
            shown = page.locator(f'[data-step="{told["step"]}"]')
            await expect(shown.get_by_text(f"Modelo: {told['model']}")).to_be_visible()
            assert told["charge_tokens"] <= told["cap_tokens"]
        assert not any(told["model"].startswith("joxcoder") for told in steps)
