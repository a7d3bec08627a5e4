"""Every page in its states: one language at a time, at twice the size, on the narrowest screen, in few colours."""

import asyncio
import re
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

import pytest
from autocrea.testkit.access import cut_off, lost_without_colours, overflows, violations
from autocrea.testkit.browser import DESK, NARROWEST, OpenScreen, Screen
from autocrea.testkit.catalogues import Language, foreign_texts
from autocrea.testkit.people import Person
from autocrea.testkit.stack import Stack
from autocrea.testkit.stack_environment import frontend
from playwright.async_api import expect

TWICE = "() => { document.documentElement.style.fontSize = '200%'; }"
ONCE = "() => { document.documentElement.style.fontSize = ''; }"
GO_TO = """path => {
  for (const one of document.querySelectorAll('main *')) one.dataset.seen = '';
  history.pushState(null, '', path);
}"""
"""As a link leads there, which is sooner than loading all of it again; what is left of the last page is marked."""

SIZES = [{"width": width, "height": height} for width, height in (NARROWEST, DESK)]

NOBODYS = f"/proyectos/{'0' * 8}-0000-4000-8000-{'0' * 12}"
ONLY_HERE = ("/proyectos?", NOBODYS, "/operaciones")
"""States of pages that no other test holds against WCAG's rules, beside a generation that failed at its first step."""

OF_OTHERS = re.compile(r"/api/(billing|tokens)/|/api/generations/[^/]+/files/.")
"""What the gateway asks billing and artifacts for."""

FROM_FILES = ("codigo", "preview", "arquitectura", "seguridad")


@dataclass(frozen=True)
class Speaking:
    """What a person of one language asks for, and what they wait to see."""

    locale: str
    prompt: str
    no_audit: str
    no_contract: str
    not_found: str
    unavailable: str
    operators_only: str
    delete_account: str


PEOPLE: dict[Language, Speaking] = {
    "es": Speaking(
        "es-ES",
        "Landing page con formulario de contacto",
        "La auditoría no se completó",
        "El paso de arquitectura no se completó",
        "No existe, o no es tuyo",
        "Ahora mismo no podemos atenderte; inténtalo en unos segundos.",
        "Esta página es solo para operadores.",
        "Eliminar la cuenta",
    ),
    "en": Speaking(
        "en-GB",
        "Landing page with a contact form",
        "The audit was not completed",
        "The architecture step was not completed",
        "It does not exist, or it is not yours",
        "We cannot answer right now; try again in a few seconds.",
        "This page is for operators only.",
        "Delete the account",
    ),
}


@dataclass(frozen=True)
class Made:
    """Where a person's generations are: one that was completed, one that failed before anything was written."""

    project: str
    completed: str
    failed: str


async def made(stack: Stack, person: Person, speaking: Speaking) -> Made:
    async def make(name: str) -> tuple[str, str]:
        body = {"prompt": speaking.prompt, "project_name": name}
        headers = {"Accept-Language": speaking.locale}
        asked = await person.request("POST", "/api/generate", json=body, headers=headers)
        generation_id = asked.json()["generation_id"]
        await person.end(generation_id)
        project = f"/proyectos/{(await person.generation(generation_id))['project_id']}"
        return project, f"{project}/generaciones/{generation_id}"

    broken = {"project": "segunda", "step": "architecture"}
    async with stack.simulated.rule(match=broken, effect={"status": 400}, times=1):
        (project, completed), (_, failed) = await asyncio.gather(make("primera"), make("segunda"))
    return Made(project, completed, failed)


async def walk(
    screen: Screen, operator: Screen, speaking: Speaking, made: Made
) -> AsyncIterator[tuple[str, Screen]]:
    """Goes from page to page; each is whole when its name is given."""
    page = screen.page
    await expect(page.locator("main ol > li").first).to_be_visible()
    yield "create", screen
    await page.locator("button[type=submit]").click()
    await expect(page.locator("[aria-invalid=true]").first).to_be_visible()
    yield "create, incomplete", screen
    signs: Sequence[tuple[str, str]] = (
        ("/proyectos", "[data-project]"),
        ("/proyectos?buscar=zzz", "main p:has-text('zzz')"),
        (made.project, "[data-generation]"),
        ("/tokens", "[data-kind]"),
        (made.completed, "[data-step]"),
        (f"{made.completed}/codigo", ".cm-line"),
        (f"{made.completed}/preview", "iframe"),
        (f"{made.completed}/arquitectura", "svg[role=img]"),
        (f"{made.completed}/seguridad", "main h3"),
        (f"{made.completed}/historia", "[data-event=generation_completed]"),
        (made.failed, "[data-state=failed]"),
        (f"{made.failed}/codigo", "main p"),
        (f"{made.failed}/preview", "main section p"),
        (f"{made.failed}/arquitectura", f":text('{speaking.no_contract}')"),
        (f"{made.failed}/seguridad", f":text('{speaking.no_audit}')"),
        (f"{made.failed}/historia", "[data-event=generation_failed]"),
        (NOBODYS, f":text('{speaking.not_found}')"),
        ("/operaciones", f":text('{speaking.operators_only}')"),
        ("/cuenta", "form"),
    )
    for path, sign in signs:
        await page.evaluate(GO_TO, path)
        await expect(page.locator(f"{sign}:not([data-seen])").first).to_be_visible()
        yield path.removeprefix(made.completed), screen
    await page.get_by_role("button", name=speaking.delete_account).click()
    await expect(page.get_by_role("alertdialog")).to_be_visible()
    yield "/cuenta, erasing", screen
    await expect(operator.page.locator("[data-operated]").first).to_be_visible()
    await expect(operator.page.locator("[data-queue]").first).to_be_visible()
    yield "/operaciones of an operator", operator


async def panels_of_what_is_away(screen: Screen, speaking: Speaking, made: Made) -> AsyncIterator[Screen]:
    """What stands where billing or artifacts would have answered, and here the gateway says that they are away."""

    async def open_tab(path: str) -> Screen:
        tab = Screen(await screen.page.context.new_page(), screen.url)
        await tab.page.goto(screen.url + path)
        return tab

    problem = {"code": "unavailable", "status": 503, "detail": speaking.unavailable, "trace_id": "0" * 32}
    context = screen.page.context
    await context.route(OF_OTHERS, lambda route: route.fulfill(status=503, json=problem))
    # Here every tab is in sight and would hold a connection for its feed: six, and none is left for what pages ask.
    await context.route("**/api/events", lambda route: route.abort())
    paths = ("/tokens", *(f"{made.completed}/{tab}" for tab in FROM_FILES), f"{made.completed}/historia")
    for tab in await asyncio.gather(*map(open_tab, paths)):
        await expect(tab.page.locator("main [role=alert]").first).to_be_visible()
        yield tab
        await tab.page.close()
    await context.unroute_all()


async def what_is_wrong(screen: Screen, language: Language) -> list[str]:
    """Of a page as it stands."""
    page = screen.page
    wrong = [f"said in another language: {text}" for text in await foreign_texts(page, language)]
    if await page.locator("html").get_attribute("lang") != language:
        wrong.append("another language is declared")
    wrong += await lost_without_colours(page)
    await page.evaluate(TWICE)
    wrong += [f"cut off at twice the size: {one}" for one in await cut_off(page)]
    if (wider := await overflows(page)) > 0:
        wrong.append(f"{wider} px too wide at twice the size")
    await page.evaluate(ONCE)
    for size in SIZES:
        await page.set_viewport_size(size)  # type: ignore[arg-type]
        if (wider := await overflows(page)) > 0:
            wrong.append(f"{wider} px too wide of {size['width']}")
    return wrong


@pytest.mark.parametrize("language", ["es", "en"])
async def test_every_page_speaks_one_language_and_loses_nothing_when_it_is_large_narrow_or_colourless(
    stack: Stack, open_screen: OpenScreen, language: Language
) -> None:
    await frontend().install()
    speaking = PEOPLE[language]
    async with stack.person() as person:
        paths = await made(stack, person, speaking)
        screen = await open_screen(stack, locale=speaking.locale, reduced=True)
        operator = await open_screen(stack, locale=speaking.locale, reduced=True)
        await operator.enter("olga", "/operaciones")
        await screen.page.goto(screen.url)
        await expect(screen.page.get_by_label(re.compile("Otra cuenta|Another account"))).to_be_visible()
        wrong = {"sign-in": await what_is_wrong(screen, language)}
        await screen.enter(person.account)
        async for name, shown in walk(screen, operator, speaking, paths):
            wrong[name] = await what_is_wrong(shown, language)
            if language == "es" and name.startswith((paths.failed, *ONLY_HERE)):
                wrong[name] += await violations(shown.page)
        if language == "es":
            async for away in panels_of_what_is_away(screen, speaking, paths):
                name = f"{away.page.url.removeprefix(screen.url + paths.completed)}, away"
                wrong[name] = await what_is_wrong(away, language) + await violations(away.page)
        screen.troubles.clear()  # one 404, for the project that is nobody's
        told = [f"{name}: {one}" for name, found in wrong.items() for one in found]
        assert not told, "\n".join(told)
