"""What is said when something is not as usual: no network, a pause, a newer version. Nothing typed is lost."""

import json
from collections.abc import Awaitable, Callable

import httpx
from autocrea.testkit.access import violations
from autocrea.testkit.browser import OpenScreen, Screen
from autocrea.testkit.people import LANDING
from autocrea.testkit.stack import Stack
from autocrea.testkit.stack_environment import OPERATOR_TOKEN, frontend
from playwright.async_api import Page, Request, Route, expect

OLDER = "0.0.1"


async def intake(stack: Stack, verb: str, **body: str) -> None:
    """`autocrea pause --reason`, `autocrea resume`: what they say to the gateway."""
    headers = {"Authorization": f"Bearer {OPERATOR_TOKEN}"}
    async with httpx.AsyncClient(base_url=stack.url, headers=headers, trust_env=False) as operator:
        answer = await operator.post(f"/operator/{verb}", json={"who": "testkit", **body})
    assert answer.status_code == httpx.codes.OK, answer.text


async def type_draft(screen: Screen, project: str) -> None:
    await screen.page.get_by_label("Nombre del proyecto").fill(project)
    await screen.page.get_by_role("button", name=LANDING).click()


async def has_draft(screen: Screen, project: str) -> None:
    await expect(screen.page.get_by_label("Nombre del proyecto")).to_have_value(project)
    await expect(screen.page.get_by_label("Describe qué quieres crear")).to_have_value(LANDING)


async def test_reason_is_told_what_runs_goes_on_and_nothing_typed_is_lost_when_the_intake_is_paused(
    stack: Stack, open_screen: OpenScreen
) -> None:
    project, running = "en-pausa", "ya-en-marcha"
    await frontend().install()
    async with stack.person(tokens=200) as person:
        screen = await open_screen(stack)
        page = screen.page
        await screen.enter(person.account)
        await type_draft(screen, project)
        try:
            with stack.frozen("llm-router"):  # what was asked for has not ended when the pause begins
                started = await person.generate(running)
                await intake(stack, "pause", reason="mantenimiento hasta las 15:00")
            form = page.locator("form")
            told = form.get_by_text("mantenimiento hasta las 15:00")
            await expect(told.first).to_be_visible()
            await expect(form.get_by_text("No se admiten generaciones nuevas por ahora")).to_be_visible()
            assert await violations(page) == []
            await page.get_by_role("button", name="Generar Aplicación").click()
            await expect(told).to_have_count(2)  # before and after pressing
            await has_draft(screen, project)
            assert (await person.end(started)).name == "generation_completed"
        finally:
            await intake(stack, "resume")
        await expect(form.get_by_text("No se admiten generaciones nuevas por ahora")).to_have_count(0)
        await page.get_by_role("button", name="Generar Aplicación").click()
        await page.wait_for_url("**/generaciones/*")
        await screen.until_status("completed", "completed_with_warnings")


def gone_until_reloaded(page: Page) -> Callable[[Route], Awaitable[None]]:
    """Answers 404 to the document that is shown now, and lets the next one have it."""
    reloads: list[Request] = []
    page.on("request", lambda request: reloads.append(request) if request.is_navigation_request() else None)

    async def answer(route: Route) -> None:
        await (route.continue_() if reloads else route.fulfill(status=404))

    return answer


async def test_page_says_that_it_is_old_or_cut_off_and_catches_up_when_that_is_over(
    stack: Stack, open_screen: OpenScreen
) -> None:
    project = "a-medias"
    await frontend().install()

    async def of_an_older_page(route: Route) -> None:
        answer = await route.fetch()
        await route.fulfill(response=answer, body=json.dumps(await answer.json() | {"version": OLDER}))

    async with stack.person() as person:
        screen = await open_screen(stack)
        page = screen.page
        await page.route("**/config.json", of_an_older_page)
        await screen.enter(person.account)
        newer = page.get_by_role("alert").filter(has_text="Hay una versión nueva de la página.")
        await expect(newer).to_contain_text("Lo que has escrito se conserva.")
        await type_draft(screen, project)
        assert await violations(page) == []
        await page.unroute("**/config.json")
        await newer.get_by_role("button", name="Actualizar").click()
        await has_draft(screen, project)
        await expect(newer).to_have_count(0)

        # Parts that an older page still has to load are not there any more: it becomes the new one by itself.
        await page.route("**/assets/projects-page-*.js", gone_until_reloaded(page))
        await page.get_by_role("link", name="Proyectos", exact=True).click()
        await expect(page.get_by_text("Todavía no hay proyectos")).to_be_visible()
        screen.troubles.clear()  # the 404

        offline = page.get_by_role("status").filter(has_text="Sin conexión")
        await page.context.set_offline(True)
        await expect(offline).to_be_visible()
        assert await violations(page) == []
        await person.end(await person.generate("entretanto"))
        await expect(page.locator('[data-project="entretanto"]')).to_have_count(0)
        await page.context.set_offline(False)
        await expect(offline).to_have_count(0)
        await expect(page.locator('[data-project="entretanto"]')).to_be_visible()
        await page.get_by_role("link", name="Crear", exact=True).click()
        await has_draft(screen, project)
