"""*Operaciones* in a real browser, and that nobody else gets there; a person's keys."""

from autocrea.testkit.browser import OpenScreen
from autocrea.testkit.stack import Stack
from playwright.async_api import expect

OPERATOR = "olga"


async def test_operator_sees_queues_providers_and_everybodys_generations_when_signed_in(
    stack: Stack, open_screen: OpenScreen
) -> None:
    async with stack.person() as person:
        generation_id = await person.generate("vigilada")
        await person.end(generation_id)
        screen = await open_screen(stack)
        page = screen.page
        await screen.enter(OPERATOR)
        await page.get_by_role("link", name="Operaciones").click()
        queue = page.locator('[data-queue="billing.inbox"]')
        await expect(queue).to_be_visible()
        await expect(queue.get_by_text("nadie")).to_have_count(0)
        await expect(page.locator('[data-provider][data-available="true"]').first).to_contain_text("llamada")
        row = page.locator(f'[data-operated="{generation_id}"]')
        await row.get_by_role("button", name=person.user_id).click()
        await expect(page.locator("[data-operated]")).to_have_count(1)
        assert "vigilada" not in await page.locator("main").inner_text()


async def test_everybody_is_told_why_when_an_operator_pauses_the_intake(
    stack: Stack, open_screen: OpenScreen
) -> None:
    async with stack.person() as person:
        screen, reader = await open_screen(stack), await open_screen(stack)
        await screen.enter(OPERATOR, "/operaciones")
        await reader.enter(person.account)
        page = screen.page
        await page.get_by_role("button", name="Pausar").click()
        await expect(page.get_by_role("alertdialog").get_by_role("textbox")).to_be_focused()
        await page.keyboard.type("cambio de disco")
        await page.keyboard.press("Enter")
        try:
            await expect(page.locator('[data-paused="true"]')).to_be_visible()
            await expect(reader.page.get_by_text("cambio de disco").first).to_be_visible()
        finally:
            await page.get_by_role("button", name="Volver a aceptar").click()
            await expect(page.locator('[data-paused="false"]')).to_be_visible()
        await expect(reader.page.get_by_text("cambio de disco")).to_have_count(0)


async def test_nothing_is_shown_when_somebody_else_comes_to_operations(
    stack: Stack, open_screen: OpenScreen
) -> None:
    async with stack.person() as person:
        screen = await open_screen(stack)
        await screen.enter(person.account, "/operaciones")
        await expect(screen.page.get_by_text("Esta página es solo para operadores.")).to_be_visible()
        await expect(screen.page.get_by_role("link", name="Operaciones")).to_have_count(0)


async def test_key_is_shown_once_and_proves_nothing_more_when_it_was_revoked(
    stack: Stack, open_screen: OpenScreen
) -> None:
    async with stack.person() as person:
        screen = await open_screen(stack)
        page = screen.page
        await screen.enter(person.account, "/cuenta")
        await page.get_by_label("Nombre").fill("portátil")
        await page.get_by_role("button", name="Crear clave").click()
        shown = page.get_by_label("Cópiala ahora")
        await expect(shown).to_be_focused()
        key = {"Authorization": f"Bearer {await shown.input_value()}"}
        assert (await person.request("GET", "/api/projects", headers=key)).status_code == 200
        await page.reload()
        await expect(page.locator('[data-token="portátil"]')).to_be_visible()
        await expect(shown).to_have_count(0)
        await page.get_by_role("button", name="Revocar la clave portátil").click()
        await page.get_by_role("alertdialog").get_by_role("button", name="Revocar").click()
        await expect(page.get_by_text("No tienes claves de acceso.")).to_be_visible()
        assert (await person.request("GET", "/api/projects", headers=key)).status_code == 401
