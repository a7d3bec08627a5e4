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


async def test_everybody_is_told_when_no_model_answers(quick_stack: Stack, open_screen: OpenScreen) -> None:
    """One generation fails and costs nothing; what the next person types is kept, and the form says why to wait."""
    project = "ninguno"
    async with (
        quick_stack.person() as person,
        quick_stack.simulated.rule(match={"project": project}, effect={"error": "spend_cap"}),
    ):
        screen, operator = await open_screen(quick_stack), await open_screen(quick_stack)
        page = screen.page
        await screen.enter(person.account)
        await screen.create(project)
        await screen.until_status("failed")
        await expect(page.get_by_text("Código: provider_account")).to_be_visible()
        await expect(page.get_by_text("No has pagado nada")).to_be_visible()
        await expect(page.get_by_label("Tus tokens")).to_have_text("100 tokens")

        await page.get_by_role("link", name="Crear", exact=True).click()
        await page.get_by_label("Nombre del proyecto").fill("despues")
        told = page.locator("form").get_by_text("Ahora mismo ningún modelo responde.")
        await expect(told).to_be_visible()
        await page.reload()
        await expect(told).to_be_visible()
        await expect(page.get_by_label("Nombre del proyecto")).to_have_value("despues")

        await operator.enter("olga", "/operaciones")
        models = operator.page.locator("[data-provider]")
        await expect(models.first).to_contain_text("Rechaza nuestra clave o nuestra cuenta")
        await expect(models.and_(operator.page.locator('[data-available="true"]'))).to_have_count(0)
