"""What a generation agreed on, what was found in it, and how it was made: each tab tells what the API tells."""

import re

from autocrea.testkit.access import overflows, violations
from autocrea.testkit.browser import NARROWEST, OpenScreen
from autocrea.testkit.stack import Stack
from autocrea.testkit.stack_environment import frontend
from autocrea.testkit.watched import failed
from playwright.async_api import expect

AWS_KEY = "AKIA" + "IOSFODNN7EXAMPL3"


async def test_architecture_shows_the_contract_when_its_step_is_complete(
    stack: Stack, open_screen: OpenScreen
) -> None:
    async with stack.person() as person:
        screen = await open_screen(stack)
        page = screen.page
        await screen.enter(person.account)
        await screen.create("plano")
        await screen.until_status("completed", "completed_with_warnings")
        await page.get_by_role("link", name="Arquitectura").click()
        await expect(page.get_by_role("img", name="API con 3 rutas")).to_be_visible()
        await expect(page.get_by_role("region", name="Archivos prometidos")).to_contain_text(
            "backend/main.py"
        )
        await page.get_by_text("Ver ejemplo").nth(1).click()
        await expect(page.get_by_text("k3x9Zq7LrT2w").first).to_be_visible()
        await page.get_by_role("link", name="backend/main.py").click()
        await expect(page.get_by_role("tab", name="main.py")).to_have_attribute("aria-selected", "true")


async def test_finding_leads_to_its_line_and_hides_the_secret_when_the_audit_has_some(
    stack: Stack, open_screen: OpenScreen
) -> None:
    project = "hallazgos"
    secret = {"path": "frontend/keys.js", "text": f'\nexport const key = "{AWS_KEY}";\n'}
    async with (
        stack.person() as person,
        stack.simulated.rule(
            match={"project": project, "step": "frontend"}, effect={"extra_files": [secret]}
        ),
    ):
        screen = await open_screen(stack)
        page = screen.page
        await screen.enter(person.account)
        await screen.create(project)
        await screen.until_status("completed", "completed_with_warnings")
        await page.get_by_role("link", name="Seguridad").click()
        found = page.get_by_role("link", name="frontend/keys.js, línea 2").first
        await expect(found).to_be_visible()
        await expect(page.get_by_text(AWS_KEY)).to_have_count(0)
        await found.click()
        await expect(page.get_by_role("tab", name="keys.js")).to_have_attribute("aria-selected", "true")
        await expect(page.locator(".cm-activeLine")).to_contain_text("export const key")


async def test_story_adds_up_to_what_was_paid_when_a_step_was_retried(
    stack: Stack, open_screen: OpenScreen
) -> None:
    async with failed(stack, open_screen, "historia") as watched:
        screen, page = watched.screen, watched.page
        await page.get_by_role("button", name="Reintentar desde").click()
        await screen.until_status("completed", "completed_with_warnings")
        await page.get_by_role("link", name="Cómo se hizo").click()
        result = (await watched.person.generation(watched.generation_id))["result"]
        await expect(page.get_by_text(f"En total: {result['net_tokens']} tokens")).to_be_visible()
        await expect(page.get_by_role("heading", name="Reintento 1")).to_be_visible()
        await expect(page.get_by_text("Se aprovecha lo ya hecho")).to_be_visible()
        await expect(page.locator('[data-run="1"] [data-event="generation_failed"]')).to_be_visible()
        await expect(page.locator('[data-run="2"] [data-event="generation_completed"]')).to_be_visible()
        await page.get_by_text("Ver la llamada").last.click()
        table = page.get_by_role("region", name=re.compile("Llamadas de Auditando seguridad"))
        await expect(table).to_contain_text("joxcoder-1")


async def test_tabs_break_no_rule_of_wcag_when_the_screen_is_narrow(
    stack: Stack, open_screen: OpenScreen
) -> None:
    await frontend().install()
    async with stack.person() as person:
        screen = await open_screen(stack, size=NARROWEST, locale="en-GB", reduced=True)
        page = screen.page
        await screen.enter(person.account)
        generation_id = await person.generate("estrecha")
        await person.end(generation_id)
        project_id = (await person.generation(generation_id))["project_id"]
        base = f"{stack.url}/proyectos/{project_id}/generaciones/{generation_id}"
        seen = {}
        for path, sign in (
            ("preview", "Example data"),
            ("arquitectura", "Promised files"),
            ("seguridad", "Automatic check"),
            ("historia", "In all:"),
        ):
            await page.goto(f"{base}/{path}")
            await expect(page.get_by_text(sign).first).to_be_visible()
            tabs = page.get_by_role("navigation", name="Views of the generation")
            await expect(tabs.locator("[aria-current=page]")).to_be_in_viewport()
            seen[path] = await violations(page)
            assert await overflows(page) <= 0
        assert {path: found for path, found in seen.items() if found} == {}
