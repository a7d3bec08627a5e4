"""Everything that matters can be done by who has no mouse: Tab, Enter, typing and Escape alone."""

from autocrea.testkit.browser import OpenScreen, Screen
from autocrea.testkit.stack import Stack
from playwright.async_api import expect

FOCUSED_NAME = """() => {
  const one = document.activeElement;
  return one === document.body ? '' : one.ariaLabel ?? (one.labels?.[0] ?? one).textContent;
}"""
FIRST_FOCUS_MAX = 40  # how often Tab may be pressed before something is reached


async def tab_to(screen: Screen, name: str) -> None:
    """Press Tab until the element of this name has the focus."""
    for _ in range(FIRST_FOCUS_MAX):
        await screen.page.keyboard.press("Tab")
        if name in await screen.page.evaluate(FOCUSED_NAME):
            return
    raise AssertionError(f"the keyboard does not reach {name}")


async def press(screen: Screen, name: str) -> None:
    """Go to it, and press Enter."""
    await tab_to(screen, name)
    await screen.page.keyboard.press("Enter")


async def test_create_and_retry_can_be_done_when_there_is_no_mouse(
    stack: Stack, open_screen: OpenScreen
) -> None:
    project = "teclado"
    async with stack.person() as person:
        screen = await open_screen(stack)
        page = screen.page
        await screen.enter(person.account)
        await expect(page.get_by_text("Costo estimado")).to_be_visible()
        await page.keyboard.press("Tab")
        await tab_to(screen, "Nombre del proyecto")
        await page.keyboard.type(project)
        await press(screen, "Landing page")
        async with stack.simulated.rule(match={"project": project, "step": "devops"}, effect={"status": 400}):
            await press(screen, "Generar Aplicación")
            await screen.until_status("failed")
        await press(screen, "Reintentar desde")
        await expect(page.get_by_role("heading", name=project)).to_be_focused()  # the button is gone
        await screen.until_status("completed", "completed_with_warnings")


async def test_tokens_can_be_bought_when_there_is_no_mouse(stack: Stack, open_screen: OpenScreen) -> None:
    async with stack.person(verified=False) as person:
        screen = await open_screen(stack)
        page = screen.page
        await screen.enter(person.account)
        await press(screen, "Comprar Tokens")
        await expect(page.get_by_role("button", name="Comprar Inicial por")).to_be_visible()
        await expect(page.locator("main")).to_be_focused()
        await press(screen, "Comprar Inicial por")
        await expect(page.get_by_text("Pago simulado: no se cobra nada.")).to_be_visible()
        await press(screen, "Pagar con la tarjeta simulada")
        await expect(page.locator('[data-purchase="credited"]')).to_be_visible()
        await press(screen, "Ir a Crear")
        await expect(page.get_by_label("Tus tokens")).to_have_text("100 tokens")
        await expect(page.get_by_role("button", name="Generar Aplicación")).to_be_visible()


async def test_projects_are_found_renamed_and_erased_when_there_is_no_mouse(
    stack: Stack, open_screen: OpenScreen
) -> None:
    never = {"first_token_delay_seconds": 600}
    async with (
        stack.person() as person,
        stack.simulated.rule(match={"project": "primero", "step": "architecture"}, effect=never),
    ):
        generation_id = await person.generate("primero")
        screen = await open_screen(stack)
        page = screen.page
        await screen.enter(person.account)
        await press(screen, "Proyectos")
        await expect(page.locator("[data-project]")).to_have_count(1)
        await tab_to(screen, "Buscar por nombre")
        await page.keyboard.type("zzz")
        await expect(page.get_by_text("Ningún proyecto se llama así")).to_be_visible()
        await page.keyboard.press("ControlOrMeta+a")
        await page.keyboard.type("PRIM")
        await expect(page.locator("[data-project]")).to_have_count(1)
        await press(screen, "primero")
        await expect(page.get_by_role("heading", name="primero")).to_be_visible()

        await press(screen, "Cambiar nombre")
        await expect(page.get_by_role("alertdialog").get_by_role("textbox")).to_be_focused()
        await page.keyboard.press("Escape")
        await expect(page.get_by_role("alertdialog")).to_be_hidden()
        await expect(page.get_by_role("button", name="Cambiar nombre")).to_be_focused()
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("alertdialog").get_by_role("textbox")).to_be_focused()
        await page.keyboard.press("ControlOrMeta+a")
        await page.keyboard.type("segundo")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", name="segundo")).to_be_visible()
        await expect(page.get_by_role("button", name="Cambiar nombre")).to_be_focused()

        await press(screen, "Eliminar")
        await expect(page.get_by_role("alertdialog").get_by_role("textbox")).to_be_focused()
        await page.keyboard.type("segundo")
        await page.keyboard.press("Enter")
        await expect(page.get_by_text("Todavía no hay proyectos")).to_be_visible()
        await expect(page.locator("main")).to_be_focused()
        assert (await person.request("GET", f"/api/generations/{generation_id}")).status_code == 404
