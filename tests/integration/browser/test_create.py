"""The four examples, from the form to the ZIP, in a real browser."""

import hashlib
import io
import zipfile

import pytest
from autocrea.testkit.access import heard, listen
from autocrea.testkit.browser import OpenScreen
from autocrea.testkit.stack import Stack
from playwright.async_api import expect

EXAMPLES = (
    "Landing page con formulario de contacto",
    "Blog con CMS y autenticación",
    "Dashboard con gráficos en tiempo real",
    "API REST con MongoDB",
)
TITLES = (
    "🏗️Diseñando arquitectura",
    "⚙️Generando backend",
    "🎨Creando interfaz",
    "🚀Configurando deployment",
    "🔒Auditando seguridad",
)

STARTED = "Generación iniciada! Observa el progreso abajo."
ANNOUNCEMENTS_MAX = 14
"""Of a run, in every live region together: more than a start and an end for each step would be noise."""


@pytest.mark.parametrize("example", EXAMPLES)
async def test_application_is_created_and_taken_home_when_an_example_is_chosen(
    stack: Stack, open_screen: OpenScreen, example: str
) -> None:
    async with stack.person() as person:
        screen = await open_screen(stack)
        page = screen.page
        await screen.enter(person.account)
        await expect(page.get_by_text("Modelo simulado")).to_be_visible()
        quote = await person.get("/api/quote")
        await expect(page.get_by_text(f"Costo estimado: {quote['tokens']} tokens")).to_be_visible()

        await listen(page)
        generation_id = await screen.create("mi-super-app", example)
        await screen.until_status("completed", "completed_with_warnings")

        assert await page.locator("[data-step] .font-medium").all_text_contents() == list(TITLES)
        assert await page.locator(".animate-spin").count() == 0
        await expect(page.get_by_role("progressbar")).to_have_attribute("aria-valuenow", "100")
        spoken = await page.locator("[role=log] p").all_text_contents()
        assert spoken[-1].startswith("Completada")
        announced = await heard(page)
        assert {STARTED, *spoken} <= set(announced)
        assert len(announced) <= ANNOUNCEMENTS_MAX, announced

        generation = await person.generation(generation_id)
        archive = generation["result"]["archive"]
        left = 100 - generation["result"]["net_tokens"]
        await person.until_available(left)  # billing tells of it by itself, beside the run's end
        await expect(page.get_by_label("Tus tokens")).to_have_text(f"{left} tokens")

        async with page.expect_download() as downloading:
            await page.get_by_role("button", name="Descargar").click()
        download = await downloading.value
        assert download.suggested_filename == archive["file_name"] == "mi-super-app.zip"
        content = (await download.path()).read_bytes()
        assert hashlib.sha256(content).hexdigest() == archive["sha256"]
        assert zipfile.ZipFile(io.BytesIO(content)).testzip() is None
        for passing in (STARTED, "Descargando proyecto..."):
            await expect(page.get_by_text(passing)).to_be_hidden()


async def test_draft_is_still_there_when_the_page_is_loaded_again(
    stack: Stack, open_screen: OpenScreen
) -> None:
    async with stack.person() as person:
        screen = await open_screen(stack)
        page = screen.page
        await screen.enter(person.account)
        await page.get_by_label("Nombre del proyecto").fill("borrador")
        await page.get_by_label("Describe qué quieres crear").fill("Una agenda de contactos")
        await page.reload()
        await expect(page.get_by_label("Nombre del proyecto")).to_have_value("borrador")
        await expect(page.get_by_label("Describe qué quieres crear")).to_have_value("Una agenda de contactos")


async def test_what_is_missing_is_said_beside_its_field_when_the_button_is_pressed(
    stack: Stack, open_screen: OpenScreen
) -> None:
    async with stack.person() as person:
        screen = await open_screen(stack)
        page = screen.page
        await screen.enter(person.account)
        await page.get_by_role("button", name="Generar Aplicación").click()
        prompt = page.get_by_role("textbox", name="Describe qué quieres crear")
        await expect(prompt).to_be_focused()
        await expect(prompt).to_have_attribute("aria-invalid", "true")
        await expect(page.get_by_text("Por favor describe qué quieres crear").first).to_be_visible()


async def test_shortage_and_the_way_to_buy_are_beside_the_button_when_tokens_are_missing(
    stack: Stack, open_screen: OpenScreen
) -> None:
    async with stack.person(tokens=20) as person:
        screen = await open_screen(stack)
        page = screen.page
        await screen.enter(person.account)
        form = page.locator("form")
        await expect(form.get_by_text("Te faltan 30 tokens")).to_be_visible()
        await expect(form.get_by_role("link", name="Comprar Tokens")).to_be_visible()
        await page.get_by_role("button", name="API REST con MongoDB").click()
        await page.get_by_label("Nombre del proyecto").fill("sin-tokens")
        await page.get_by_role("button", name="Generar Aplicación").click()
        await expect(page.get_by_text("Tokens insuficientes. Necesitas al menos 50 tokens.")).to_be_visible()
        assert await stack.simulated.calls(project="sin-tokens") == []


async def test_pages_speak_english_when_the_browser_does(stack: Stack, open_screen: OpenScreen) -> None:
    async with stack.person() as person:
        screen = await open_screen(stack, locale="en-GB")
        page = screen.page
        await screen.enter(person.account)
        await expect(page.get_by_role("heading", name="Describe your application")).to_be_visible()
        await expect(page.get_by_text("Designing the architecture")).to_be_visible()
        await expect(page.locator("html")).to_have_attribute("lang", "en")
        await page.get_by_role("button", name="Your account").click()
        await page.get_by_role("menuitemradio", name="Español").click()
        await expect(page.get_by_role("heading", name="Describe tu aplicación")).to_be_visible()
        await expect(page.get_by_text("Diseñando arquitectura")).to_be_visible()
