"""A generation watched while things go wrong: the network cut, a step that fails, a person who stops it."""

import asyncio
import re
from collections.abc import Awaitable, Callable

from autocrea.testkit.browser import LOOK_MS, OpenScreen
from autocrea.testkit.proxy import TcpProxy
from autocrea.testkit.stack import Stack
from autocrea.testkit.watched import failed, running
from playwright.async_api import Page, Route, expect

STEPS = ("architecture", "backend", "frontend", "devops", "security_audit")
SLOWLY = {"tokens_per_second": 400.0}
TABS = 8
NEVER = {"first_token_delay_seconds": 600}

IS_SEEN = """text => new Promise((seen) => {
  const look = () => document.body.textContent.includes(text) ? seen() : requestAnimationFrame(look);
  look();
})"""
"""Looks at every frame: what is shown for a moment is not missed between two glances from outside."""


async def test_page_catches_up_when_the_network_was_cut_in_mid_run(
    stack: Stack, open_screen: OpenScreen
) -> None:
    project = "sin-red"
    async with (
        TcpProxy("127.0.0.1", stack.places.ports["gateway"]) as network,
        running(stack, open_screen, project, "backend", SLOWLY, port=network.port) as watched,
    ):
        screen = watched.screen
        network.refuse()
        network.cut()
        await expect(screen.page.get_by_text("Reconectando…")).to_be_visible()
        known = await screen.states()
        await watched.person.end(watched.generation_id)
        assert await screen.states() == known  # it shows what it knows, and says so
        assert set(known.values()) != {"completed"}
        network.refuse(False)
        await screen.until_status("completed", "completed_with_warnings")
        assert set(await screen.states()) == set(STEPS)
        for step in STEPS:
            assert len(await stack.simulated.calls(project=project, step=step)) == 1


async def test_files_are_readable_while_they_are_written_and_when_they_are_finished(
    stack: Stack, open_screen: OpenScreen
) -> None:
    project = "leer"
    async with (
        stack.person() as person,
        stack.simulated.rule(match={"project": project, "step": "backend"}, effect=SLOWLY),
    ):
        screen = await open_screen(stack)
        page = screen.page
        await screen.enter(person.account)
        await screen.create(project)
        await page.get_by_role("link", name="Código").click()  # before there is anything to read
        async with asyncio.timeout(3 * LOOK_MS / 1000):
            await page.evaluate(IS_SEEN, "Escribiendo backend/")
        await expect(page.locator(".cm-content")).not_to_be_empty()
        await screen.until_status("completed", "completed_with_warnings")
        assert await page.evaluate("() => scrollY") == 0  # what is written moved its own panel, not the page
        await page.get_by_role("button", name="main.py").click()
        await expect(page.get_by_role("tab", name="main.py")).to_have_attribute("aria-selected", "true")
        await expect(page.locator(".cm-content")).to_contain_text("import")
        await page.reload()
        await expect(page.get_by_role("tab", name="main.py")).to_have_attribute("aria-selected", "true")


def at_another_price(tokens: int) -> Callable[[Route], Awaitable[None]]:
    async def answer(route: Route) -> None:
        told = await route.fetch()
        body = await told.json()
        body["retry"]["quote_tokens"] = tokens
        await route.fulfill(response=told, json=body)

    return answer


async def test_retry_goes_on_from_the_failed_step_when_step_four_failed(
    stack: Stack, open_screen: OpenScreen
) -> None:
    project = "fallo-4"
    async with failed(stack, open_screen, project) as watched:
        generation_id, person = watched.generation_id, watched.person
        screen, page = watched.screen, watched.page
        states = await screen.states()
        assert states == dict.fromkeys(STEPS[:3], "completed") | {
            "devops": "failed",
            "security_audit": "skipped",
        }
        assert await page.locator(".animate-spin").count() == 0
        spanish = {"Accept-Language": "es"}
        generation = await person.get(f"/api/generations/{generation_id}", headers=spanish)
        fault, retry = generation["result"]["fault"], generation["retry"]
        await expect(page.get_by_text(fault["text"])).to_be_visible()
        await expect(page.get_by_text(f"Código: {fault['code']}")).to_be_visible()
        await page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        await page.get_by_role("button", name="Copiar para soporte").click()
        copied = await page.evaluate("() => navigator.clipboard.readText()")
        assert copied.splitlines() == [
            f"Código: {fault['code']}",
            f"Referencia: {generation_id}",
            f"Traza: {generation['result']['trace_id']}",
        ]
        await expect(page.get_by_text(f"Cuesta como máximo {retry['quote_tokens']} tokens")).to_be_visible()
        async with page.expect_download() as downloading:
            await page.get_by_role("button", name="Descargar (parcial)").click()
        assert (await downloading.value).suggested_filename == f"{project}-parcial.zip"

        # Shown at another price than it has, it does not begin: the page says so, and shows the one it has.
        again = page.get_by_role("button", name="Reintentar desde Configurando deployment")
        price, shown = retry["quote_tokens"], retry["quote_tokens"] - 1
        await page.route(f"**/api/generations/{generation_id}", at_another_price(shown))
        await page.reload()
        await expect(page.get_by_text(f"Cuesta como máximo {shown} tokens")).to_be_visible()
        await page.unroute(f"**/api/generations/{generation_id}")
        await again.click()
        await expect(page.get_by_text(f"El precio ha cambiado: ahora son {price} tokens")).to_be_visible()
        await expect(page.get_by_text(f"Cuesta como máximo {price} tokens")).to_be_visible()
        assert (await person.generation(generation_id))["run"] == 1

        await again.click()
        await screen.until_status("completed", "completed_with_warnings")
        for step in STEPS[:3]:
            assert len(await stack.simulated.calls(project=project, step=step)) == 1
        assert (await person.generation(generation_id))["result"]["net_tokens"] <= 50


async def test_what_was_completed_is_paid_and_kept_when_a_person_stops_it(
    stack: Stack, open_screen: OpenScreen
) -> None:
    async with running(stack, open_screen, "parar", "backend", NEVER) as watched:
        screen, page = watched.screen, watched.page
        await screen.until_step("frontend", "completed")
        await page.get_by_role("button", name="Detener").dblclick()
        await screen.until_status("cancelled")
        assert (await screen.states())["backend"] == "cancelled"
        await expect(page.get_by_text("Detuviste la generación").first).to_be_visible()
        await expect(page.get_by_role("button", name="Reintentar desde Generando backend")).to_be_visible()


async def test_two_tabs_show_the_same_run_when_it_is_stopped_in_one(
    stack: Stack, open_screen: OpenScreen
) -> None:
    async with running(stack, open_screen, "dos-ventanas", "architecture", NEVER) as watched:
        first, second = watched.screen, await open_screen(stack)
        await second.enter(watched.person.account, first.page.url.removeprefix(stack.url))
        await second.until_step("architecture", "running")
        await first.page.get_by_role("button", name="Detener").click()
        await second.until_status("cancelled")
        await first.until_status("cancelled")
        await expect(second.page.get_by_label("Tus tokens")).to_have_text("100 tokens")


async def look(page: Page, *, away: bool) -> None:
    """Another tab is in front of this one, or this one again; a browser without windows does not tell by itself."""
    await page.evaluate(
        """(away) => {
          Object.defineProperty(document, 'hidden', { configurable: true, get: () => away });
          document.dispatchEvent(new Event('visibilitychange'));
        }""",
        away,
    )


async def test_eight_tabs_stay_usable_when_they_share_six_connections(
    stack: Stack, open_screen: OpenScreen
) -> None:
    async with running(stack, open_screen, "ocho", "architecture", NEVER) as watched:
        first = watched.page
        tabs = [first]
        while len(tabs) < TABS:
            await look(tabs[-1], away=True)
            tabs.append(await first.context.new_page())
            await tabs[-1].goto(first.url)
            await expect(tabs[-1].locator('[data-step="architecture"]')).to_have_attribute(
                "data-state", "running"
            )
        await tabs[-1].get_by_role("button", name="Detener").click()
        await expect(tabs[-1].locator('[data-status="cancelled"]')).to_be_visible()
        # The title says how it stands even where nobody looks; whoever looks again finds everything.
        for tab in tabs[:-1]:
            await expect(tab).to_have_title(re.compile("Cancelada"))
        await look(tabs[1], away=False)
        await expect(tabs[1].get_by_label("Tus tokens")).to_have_text("100 tokens")
