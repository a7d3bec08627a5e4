"""Projects in a real browser: found, renamed and erased, in every tab at once."""

from autocrea.testkit.browser import OpenScreen
from autocrea.testkit.people import LANDING
from autocrea.testkit.stack import Stack
from playwright.async_api import expect


async def test_project_has_its_new_name_in_every_tab_when_it_was_renamed(
    stack: Stack, open_screen: OpenScreen
) -> None:
    async with stack.person() as person:
        await person.end(await person.generate("antes"))
        account = person.account
        first, second = await open_screen(stack), await open_screen(stack)
        await second.enter(account, "/proyectos")
        await first.enter(account, "/proyectos")
        await first.page.get_by_role("link", name="antes", exact=True).click()
        await first.page.get_by_role("button", name="Cambiar nombre").click()
        await first.page.get_by_role("textbox", name="Nombre del proyecto").fill("después")
        await first.page.keyboard.press("Enter")
        await expect(first.page.get_by_role("heading", name="después")).to_be_visible()
        await expect(second.page.get_by_role("link", name="después", exact=True)).to_be_visible()

        await second.page.get_by_label("Buscar por nombre").fill("ANTES")
        await expect(second.page.get_by_text("Ningún proyecto se llama así")).to_be_visible()
        await second.page.get_by_label("Buscar por nombre").fill("DESP")
        await expect(second.page.get_by_role("link", name="después", exact=True)).to_be_visible()


async def test_another_generation_is_made_in_the_project_when_it_is_asked_for_on_its_page(
    stack: Stack, open_screen: OpenScreen
) -> None:
    async with stack.person(tokens=200) as person:
        first = await person.generate("sigue", LANDING, pipeline="landing")
        await person.end(first)
        project = (await person.generation(first))["project_id"]
        screen = await open_screen(stack)
        page = screen.page
        await screen.enter(person.account, f"/proyectos/{project}")
        await page.get_by_role("link", name="Nueva generación").click()
        name, prompt = (
            page.get_by_label("Nombre del proyecto"),
            page.get_by_label("Describe qué quieres crear"),
        )
        await expect(name).to_have_value("sigue")
        await expect(name).not_to_be_editable()
        await expect(prompt).to_have_value(LANDING)
        await expect(page.get_by_label("Tipo de aplicación")).to_have_value("landing")
        await prompt.fill("Y ahora en verde")
        await page.reload()
        await expect(prompt).to_have_value("Y ahora en verde")
        await page.get_by_role("button", name="Generar Aplicación").click()
        await page.wait_for_url(f"**/proyectos/{project}/generaciones/*")
        await screen.until_status("completed", "completed_with_warnings")
        made = await person.get(f"/api/projects/{project}")
        assert [one["prompt"] for one in made["recent_generations"]] == ["Y ahora en verde", LANDING]
        await page.goto(f"{stack.url}/crear")
        await expect(name).to_have_value("")
        await expect(prompt).to_have_value("")


async def test_project_is_gone_in_every_tab_when_its_name_was_typed_to_erase_it(
    stack: Stack, open_screen: OpenScreen
) -> None:
    async with stack.person() as person:
        generation_id = await person.generate("para-borrar")
        await person.end(generation_id)
        project = (await person.generation(generation_id))["project_id"]
        account = person.account
        first, second = await open_screen(stack), await open_screen(stack)
        await second.enter(account, "/proyectos")
        await expect(second.page.locator('[data-project="para-borrar"]')).to_be_visible()
        page = first.page
        await first.enter(account, f"/proyectos/{project}")
        await page.get_by_role("button", name="Eliminar").click()
        dialog = page.get_by_role("alertdialog")
        await expect(dialog).to_contain_text("todo el código generado")
        await expect(dialog).to_contain_text("Tus tokens")
        await expect(dialog.get_by_role("textbox")).to_be_focused()
        await page.keyboard.type("para-borra")
        erase = dialog.get_by_role("button", name="Eliminar para siempre")
        await expect(erase).to_be_disabled()
        await page.keyboard.press("Escape")
        await expect(dialog).to_be_hidden()
        assert (await person.request("GET", f"/api/projects/{project}")).status_code == 200

        await page.get_by_role("button", name="Eliminar").click()
        await expect(dialog.get_by_role("textbox")).to_be_focused()
        await page.keyboard.type("para-borrar")
        await page.keyboard.press("Enter")
        await expect(page.get_by_text("Todavía no hay proyectos")).to_be_visible()
        await expect(second.page.get_by_text("Todavía no hay proyectos")).to_be_visible()
        assert (await person.request("GET", f"/api/projects/{project}")).status_code == 404


async def test_states_are_live_in_the_list_when_a_generation_goes_on(
    stack: Stack, open_screen: OpenScreen
) -> None:
    never = {"first_token_delay_seconds": 600}
    async with (
        stack.person() as person,
        stack.simulated.rule(match={"project": "viva", "step": "architecture"}, effect=never),
    ):
        screen = await open_screen(stack)
        await screen.enter(person.account, "/proyectos")
        await expect(screen.page.get_by_text("Todavía no hay proyectos")).to_be_visible()
        generation_id = await person.generate("viva")
        row = screen.page.locator('[data-project="viva"]')
        await expect(row.locator('[data-status="running"]')).to_be_visible()
        await person.request("POST", f"/api/generations/{generation_id}/cancel")
        await expect(row.locator('[data-status="cancelled"]')).to_be_visible()
