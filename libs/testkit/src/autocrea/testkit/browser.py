"""A real browser in front of a stack: fixtures, and a person's hands and eyes on the pages."""

import asyncio
import os
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import pytest_asyncio
from autocrea.cli.parts.frontend import NODE
from autocrea.cli.stack.state import find_state
from autocrea.testkit.chromium import ARGUMENTS, Chromium, NoBrowser, find_chromium
from autocrea.testkit.people import LANDING
from autocrea.testkit.plugin import FAILED
from autocrea.testkit.stack import Stack
from autocrea.testkit.stack_environment import frontend
from playwright.async_api import Browser, ConsoleMessage, Page, Request, async_playwright, expect

LOOK_MS = 30_000
"""How long anything is waited for: a generation at pace 0 takes two seconds, on a machine that does nothing else."""

EXPECTED_TROUBLE = re.compile(r"status of (402|409|503)|net::ERR_(?!BLOCKED)")
"""What a browser logs of answers and cuts that a test brings about on purpose."""

STORED_SOON = re.compile(r"/api/generations/[^/]+/files/.")
"""Of these a 404 is no trouble: files are stored a moment after their step is told complete, and asked for until they
are there."""

DESK, PHONE = (1280, 800), (390, 844)
NARROWEST = (320, 640)

OpenScreen = Callable[..., Awaitable["Screen"]]


class Screen:
    """One page of one person. `troubles` fills with what a person never sees and a developer must."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url
        self.troubles: list[str] = []
        self.foreign: list[str] = []
        page.set_default_timeout(LOOK_MS)
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.troubles.append(f"uncaught: {error}"))
        page.on("request", self._asked)

    async def enter(self, account: str, path: str = "/crear") -> None:
        """Sign in at the identity simulator, on the page that the path names."""
        await self.page.goto(self.url + path)
        await self.page.get_by_label(re.compile("Otra cuenta|Another account")).fill(account)
        await self.page.get_by_role("button", name=re.compile("^(Entrar|Enter)$")).click()
        await expect(self.page.get_by_role("navigation", name=re.compile("Principal|Main"))).to_be_visible()

    async def create(self, project: str, example: str = LANDING) -> str:
        """Fill *Crear* and press the button; returns the id in the address that it leads to."""
        await self.page.get_by_role("button", name=example).click()
        await self.page.get_by_label("Nombre del proyecto").fill(project)
        await expect(self.page.get_by_text("Costo estimado")).to_be_visible()
        await self.page.get_by_role("button", name="Generar Aplicación").click()
        await self.page.wait_for_url("**/generaciones/*")
        return self.page.url.rpartition("/")[2]

    async def until_status(self, *statuses: str) -> None:
        """Wait until the generation on the page stands like one of these."""
        wanted = ", ".join(f'[data-status="{status}"]' for status in statuses)
        await expect(self.page.locator(wanted).first).to_be_visible(timeout=3 * LOOK_MS)

    async def until_step(self, step: str, state: str) -> None:
        locator = self.page.locator(f'[data-step="{step}"]')
        await expect(locator).to_have_attribute("data-state", state, timeout=3 * LOOK_MS)

    async def states(self) -> dict[str, str]:
        """Of every step on the page."""
        rows = await self.page.locator("[data-step]").all()
        pairs = [
            (await row.get_attribute("data-step"), await row.get_attribute("data-state")) for row in rows
        ]
        return {str(step): str(state) for step, state in pairs}

    def _said(self, message: ConsoleMessage) -> None:
        if message.type != "error" or EXPECTED_TROUBLE.search(message.text):
            return
        if "status of 404" not in message.text or not STORED_SOON.search(message.location["url"]):
            self.troubles.append(f"console: {message.text}")

    def _asked(self, request: Request) -> None:
        host = urlsplit(request.url).hostname
        if host not in (None, "127.0.0.1"):
            self.foreign.append(request.url)


@pytest.fixture(scope="session")
def chromium() -> Chromium:
    """The browser's program; without one, the tests that ask for it are skipped and say why."""
    try:
        return asyncio.run(find_chromium(find_state().cache))
    except NoBrowser as reason:
        pytest.skip(str(reason))


@asynccontextmanager
async def launched(chromium: Chromium, *more: str) -> AsyncIterator[Browser]:
    """A browser of the caller's own, with `more` arguments. Its driver runs on the pages' Node: the one that it brings
    needs a library that a bare Debian has not (libatomic)."""
    os.environ["PLAYWRIGHT_NODEJS_PATH"] = str(NODE)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=chromium.program,
            args=[*ARGUMENTS, *more],
            env={**os.environ, **chromium.environment},
        )
        yield browser
        await browser.close()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser(chromium: Chromium) -> AsyncIterator[Browser]:
    """One browser for all tests of a worker: each has contexts of its own, which share nothing."""
    async with launched(chromium) as browser:
        yield browser


@pytest_asyncio.fixture(loop_scope="session")
async def open_screen(
    browser: Browser, tmp_path: Path, request: pytest.FixtureRequest
) -> AsyncIterator[OpenScreen]:
    """Opens pages of a stack. At the end of the test none may have gone wrong or spoken to a stranger; what they showed
    is kept when something did."""
    await frontend().build()
    expect.set_options(timeout=LOOK_MS)
    screens: list[Screen] = []

    async def open_(
        stack: Stack,
        *,
        size: tuple[int, int] = DESK,
        locale: str = "es-ES",
        reduced: bool = False,
        port: int | None = None,
    ) -> Screen:
        url = stack.url if port is None else f"http://127.0.0.1:{port}"
        context = await browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            locale=locale,
            accept_downloads=True,
            reduced_motion="reduce" if reduced else "no-preference",
        )
        screens.append(Screen(await context.new_page(), url))
        return screens[-1]

    yield open_
    wrong = [said for screen in screens for said in (*screen.troubles, *screen.foreign)]
    for number, screen in enumerate(screens):
        if wrong or request.node.stash.get(FAILED, False):
            await screen.page.screenshot(path=tmp_path / f"screen-{number}.png", full_page=True)
        await screen.page.context.close()
    assert not wrong, wrong
