"""*Tu cuenta* in a real browser: its menu, keys that are shown once, and leaving for good."""

from functools import partial

import pytest
from autocrea.testkit.access import violations
from autocrea.testkit.browser import DESK, PHONE, OpenScreen
from autocrea.testkit.stack import Stack
from autocrea.testkit.stack_environment import frontend
from autocrea.testkit.waiting import eventually
from playwright.async_api import Page, expect

FROM_THE_EDGE = """button => {
  const header = button.closest('header').getBoundingClientRect();
  return Math.round(header.right - button.getBoundingClientRect().right);
}"""
KEPT = "() => JSON.stringify(localStorage) + JSON.stringify(sessionStorage)"


async def keeps_nothing(tab: Page) -> bool:
    return bool(await tab.evaluate(KEPT) == "{}{}")


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
async def test_menu_is_at_the_right_edge_when_nobody_is_signed_in_and_when_somebody_is(
    stack: Stack, open_screen: OpenScreen, size: tuple[int, int]
) -> None:
    screen = await open_screen(stack, size=size)
    page = screen.page
    menu = page.get_by_role("banner").get_by_role("button", name="Tu cuenta")
    await page.goto(stack.url)
    await expect(page.get_by_role("heading", name="Inicia sesión")).to_be_visible()
    assert await menu.evaluate(FROM_THE_EDGE) == 0
    await screen.enter("ada")
    assert await menu.evaluate(FROM_THE_EDGE) == 0


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


async def test_nothing_but_amounts_is_left_when_a_person_leaves_for_good(
    stack: Stack, open_screen: OpenScreen
) -> None:
    await frontend().install()
    async with stack.person() as person:
        generation_id = await person.generate("lo-ultimo")
        await person.end(generation_id)
        left = 100 - (await person.generation(generation_id))["result"]["net_tokens"]
        await person.until_available(left)
        screen, other = await open_screen(stack), await open_screen(stack)
        await other.enter(person.account, "/proyectos")
        await expect(other.page.locator('[data-project="lo-ultimo"]')).to_be_visible()
        page = screen.page
        await screen.enter(person.account)
        await page.get_by_label("Nombre del proyecto").fill("secreto")
        await page.goto(f"{stack.url}/cuenta")
        await page.get_by_role("button", name="Eliminar la cuenta").click()
        dialog = page.get_by_role("alertdialog")
        await expect(dialog).to_contain_text("No se puede deshacer")
        await expect(dialog).to_contain_text("Todos tus proyectos")
        await expect(dialog).to_contain_text("Los importes de tus movimientos y tu saldo")
        leave = dialog.get_by_role("button", name="Eliminar mi cuenta")
        await expect(leave).to_be_disabled()
        await expect(dialog.get_by_role("textbox")).to_be_focused()
        await page.keyboard.type(await dialog.locator("strong").inner_text())
        await leave.click()

        await expect(page.get_by_role("heading", name="Inicia sesión")).to_be_visible()
        await expect(page.get_by_text("Cuenta eliminada").first).to_be_visible()
        assert await violations(page) == []
        await expect(other.page.get_by_role("heading", name="Inicia sesión")).to_be_visible()
        for path in ("", "/files", "/archive"):
            answer = await person.request("GET", f"/api/generations/{generation_id}{path}")
            assert answer.status_code == 404, path

        # Whoever comes back under the same name finds the amounts, and nothing that was ever written.
        await screen.enter(person.account)
        await expect(page.get_by_label("Tus tokens")).to_have_text(f"{left} tokens")
        await expect(page.get_by_label("Nombre del proyecto")).to_have_value("")


async def test_what_was_typed_is_gone_from_every_tab_when_its_person_signs_out_in_one(
    stack: Stack, open_screen: OpenScreen
) -> None:
    async with stack.person() as person, stack.person() as next_person:
        project = await person.request("POST", "/api/projects", json={"name": "confidencial"})
        screen = await open_screen(stack)
        page = screen.page
        await screen.enter(person.account, f"/crear?proyecto={project.json()['project_id']}")
        await page.get_by_label("Describe qué quieres crear").fill("un secreto")
        assert "un secreto" in await page.evaluate(KEPT)
        other = await page.context.new_page()
        await other.goto(f"{stack.url}/cuenta")
        await other.get_by_role("button", name="Tu cuenta").click()
        await other.get_by_role("menuitem", name="Salir").click()
        for tab in (page, other):
            await expect(tab.get_by_role("heading", name="Inicia sesión")).to_be_visible()
            # A tab hears of the sign-out and of what to forget in two ways, in either order.
            await eventually(partial(keeps_nothing, tab), what="nothing is kept")
        await screen.enter(next_person.account)
        await expect(page.get_by_label("Describe qué quieres crear")).to_have_value("")
