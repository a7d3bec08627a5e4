"""For everybody: axe's rules whatever the state of a page, the narrowest screen, less motion."""

import pytest
from autocrea.testkit.access import overflows, violations
from autocrea.testkit.browser import DESK, NARROWEST, PHONE, OpenScreen
from autocrea.testkit.stack import Stack
from autocrea.testkit.stack_environment import frontend
from playwright.async_api import expect

NEVER = {"first_token_delay_seconds": 600}


@pytest.mark.parametrize("size", [DESK, PHONE, NARROWEST], ids=["desk", "phone", "narrowest"])
async def test_no_rule_of_wcag_is_broken_on_any_page_whatever_its_state(
    stack: Stack, open_screen: OpenScreen, size: tuple[int, int]
) -> None:
    await frontend().install()
    project = f"acceso-{size[0]}"
    async with stack.person() as person:
        screen = await open_screen(stack, size=size, reduced=True)
        page = screen.page
        await page.goto(stack.url)
        await expect(page.get_by_role("heading", name="Inicia sesión")).to_be_visible()
        seen = {"sign-in": await violations(page)}
        await screen.enter(person.account)
        await expect(page.get_by_text("Costo estimado")).to_be_visible()
        seen["create"] = await violations(page)
        await page.get_by_role("button", name="Generar Aplicación").click()
        seen["create, incomplete"] = await violations(page)
        assert await overflows(page) <= 0
        devops = {"project": project, "step": "devops"}
        again = page.get_by_role("button", name="Reintentar desde")
        async with stack.simulated.rule(match=devops, effect={"status": 400}):
            await screen.create(project)
            await screen.until_status("failed")
        seen["failed"] = await violations(page)
        assert await overflows(page) <= 0
        async with stack.simulated.rule(match=devops, effect=NEVER):
            await again.click()
            await screen.until_step("devops", "running")
            seen["running"] = await violations(page)
            await page.get_by_role("button", name="Detener").click()
            await screen.until_status("cancelled")
        await again.click()
        await screen.until_status("completed", "completed_with_warnings")
        seen["completed"] = await violations(page)
        await page.get_by_role("link", name="Código").click()
        await expect(page.locator(".cm-content")).not_to_be_empty()
        seen["code"] = await violations(page)
        assert await overflows(page) <= 0
        assert {state: found for state, found in seen.items() if found} == {}


async def test_nothing_moves_when_less_motion_is_asked_for(stack: Stack, open_screen: OpenScreen) -> None:
    project = "quieta"
    async with (
        stack.person() as person,
        stack.simulated.rule(match={"project": project, "step": "architecture"}, effect=NEVER),
    ):
        screen = await open_screen(stack, reduced=True)
        page = screen.page
        await screen.enter(person.account)
        await screen.create(project)
        await screen.until_step("architecture", "running")
        running = "() => document.getAnimations().filter(one => one.playState === 'running').length"
        assert await page.evaluate(running) == 0
        await page.get_by_role("button", name="Detener").click()
        await screen.until_status("cancelled")


@pytest.mark.parametrize("size", [DESK, NARROWEST], ids=["desk", "narrowest"])
async def test_no_rule_of_wcag_is_broken_where_tokens_projects_and_keys_are(
    stack: Stack, open_screen: OpenScreen, size: tuple[int, int]
) -> None:
    await frontend().install()
    async with stack.person() as person:
        generation_id = await person.generate("accesible")
        await person.end(generation_id)
        project = (await person.generation(generation_id))["project_id"]
        pages = {
            "/tokens": "[data-kind]",
            "/proyectos": "[data-project]",
            f"/proyectos/{project}": "[data-generation]",
            "/cuenta": "form",
        }
        screen = await open_screen(stack, size=size, reduced=True)
        page = screen.page
        await screen.enter(person.account)
        seen = {}
        for path, whole in pages.items():
            await page.goto(stack.url + path)
            await expect(page.locator(whole).first).to_be_visible()
            seen[path] = await violations(page)
            assert await overflows(page) <= 0, path
        await page.get_by_role("button", name="Eliminar la cuenta").click()
        await expect(page.get_by_role("alertdialog")).to_be_visible()
        seen["erasure"] = await violations(page)
        operator = await open_screen(stack, size=size, reduced=True)
        await operator.enter("olga", "/operaciones")
        await expect(operator.page.locator("[data-operated]").first).to_be_visible()
        await expect(operator.page.locator("[data-queue]").first).to_be_visible()
        seen["/operaciones"] = await violations(operator.page)
        assert await overflows(operator.page) <= 0
        assert {state: found for state, found in seen.items() if found} == {}
