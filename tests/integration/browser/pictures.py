"""Takes the pictures of docs/images from a running system: `make pictures`. No test of its own."""

from pathlib import Path

import pytest
from autocrea.testkit.browser import DESK, PHONE, OpenScreen, Screen
from autocrea.testkit.people import LANDING
from autocrea.testkit.stack import Stack
from autocrea.testkit.watched import failed
from playwright.async_api import expect

IMAGES = Path(__file__).parents[3] / "docs" / "images"
QUALITY = 82  # JPEG: text stays sharp, and thirty pictures stay under three megabytes
SIZES = {"escritorio": DESK, "telefono": PHONE}
TABS = {
    "codigo": "Código",
    "preview": "Preview",
    "arquitectura": "Arquitectura",
    "seguridad": "Seguridad",
    "historia": "Cómo se hizo",
}
SETTLED_MS = 1_500  # the editor, the frame and the last transition


@pytest.mark.parametrize("size", SIZES)
async def test_pictures_of_a_person(stack: Stack, open_screen: OpenScreen, size: str) -> None:
    project = f"tienda-{size}"
    async with stack.person() as person:
        screen = await open_screen(stack, size=SIZES[size])
        page = screen.page
        await page.goto(stack.url)
        await expect(page.get_by_role("heading", name="Inicia sesión")).to_be_visible()
        await take(screen, size, "entrar")
        await screen.enter(person.account)
        await expect(page.get_by_text("Costo estimado")).to_be_visible()
        await take(screen, size, "crear")
        slowly = {"tokens_per_second": 250.0}
        async with stack.simulated.rule(match={"project": project, "step": "backend"}, effect=slowly):
            await screen.create(project)
            await screen.until_step("backend", "running")
            await take(screen, size, "progreso")
            await screen.until_status("completed", "completed_with_warnings")
        await take(screen, size, "completada")
        for name, title in TABS.items():
            await page.get_by_role("link", name=title).click()
            await take(screen, size, name)
        for path in ("proyectos", "tokens"):
            await page.goto(f"{stack.url}/{path}")
            await take(screen, size, path)


@pytest.mark.parametrize("size", SIZES)
async def test_pictures_of_trouble(stack: Stack, open_screen: OpenScreen, size: str) -> None:
    project = f"fallo-{size}"
    async with failed(stack, open_screen, project, size=SIZES[size]) as watched:
        await take(watched.screen, size, "fallida")
    async with stack.person(tokens=0) as poor:
        screen = await open_screen(stack, size=SIZES[size])
        await screen.enter(poor.account)
        await screen.page.get_by_role("button", name=LANDING).click()
        await screen.page.get_by_label("Nombre del proyecto").fill(project)
        await screen.page.get_by_role("button", name="Generar Aplicación").click()
        await expect(screen.page.get_by_text("Te faltan 50 tokens")).to_be_visible()
        await take(screen, size, "sin-tokens")


@pytest.mark.parametrize("size", SIZES)
async def test_pictures_of_an_operator(stack: Stack, open_screen: OpenScreen, size: str) -> None:
    screen = await open_screen(stack, size=SIZES[size])
    await screen.enter("olga", "/operaciones")
    await take(screen, size, "operaciones")


async def take(screen: Screen, size: str, name: str) -> None:
    """What a person sees there, without scrolling."""
    IMAGES.mkdir(exist_ok=True)
    await screen.page.wait_for_timeout(SETTLED_MS)
    await screen.page.screenshot(path=IMAGES / f"{name}-{size}.jpg", type="jpeg", quality=QUALITY)
