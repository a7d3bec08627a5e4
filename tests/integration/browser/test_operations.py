"""*Operaciones* in a real browser, and that nobody else gets there."""

from datetime import UTC, datetime
from uuid import uuid4

import aio_pika
from autocrea.contracts.envelope import seal
from autocrea.contracts.gateway.v1 import AccountOpened
from autocrea.contracts.ids import UserId
from autocrea.contracts.message import Service
from autocrea.contracts.topology import dead, inbox
from autocrea.testkit.access import violations
from autocrea.testkit.browser import OpenScreen, Screen
from autocrea.testkit.stack import Stack
from autocrea.testkit.stack_environment import frontend
from autocrea.testkit.waiting import eventually
from playwright.async_api import Locator, expect

OPERATOR = "olga"
OPEN_LETTERS = "SELECT id FROM dead_letters WHERE resolved_at IS NULL"
RESOLVED_BY_OLGA = "SELECT type, resolution FROM dead_letters WHERE resolved_by = 'user_olga'"
UNREADABLE_TYPE = "nadie.sabe_que.v1"
"""What a message claims to be, that cannot be read."""


async def test_operator_sees_queues_providers_and_everybodys_generations_when_signed_in(
    stack: Stack, open_screen: OpenScreen
) -> None:
    async with stack.person() as person:
        generation_id = await person.generate("vigilada")
        await person.end(generation_id)
        screen = await open_screen(stack)
        page = screen.page
        await screen.enter(OPERATOR)
        await page.get_by_role("link", name="Operaciones").click()
        queue = page.locator('[data-queue="billing.inbox"]')
        await expect(queue).to_be_visible()
        await expect(queue.get_by_text("nadie")).to_have_count(0)
        await expect(page.locator('[data-provider][data-available="true"]').first).to_contain_text("llamada")
        row = page.locator(f'[data-operated="{generation_id}"]')
        await row.get_by_role("button", name=person.user_id).click()
        await expect(page.locator("[data-operated]")).to_have_count(1)
        assert "vigilada" not in await page.locator("main").inner_text()


async def test_everybody_is_told_why_when_an_operator_pauses_the_intake(
    stack: Stack, open_screen: OpenScreen
) -> None:
    async with stack.person() as person:
        screen, reader = await open_screen(stack), await open_screen(stack)
        await screen.enter(OPERATOR, "/operaciones")
        await reader.enter(person.account)
        page = screen.page
        await page.get_by_role("button", name="Pausar").click()
        await expect(page.get_by_role("alertdialog").get_by_role("textbox")).to_be_focused()
        await page.keyboard.type("cambio de disco")
        await page.keyboard.press("Enter")
        try:
            await expect(page.locator('[data-paused="true"]')).to_be_visible()
            await expect(reader.page.get_by_text("cambio de disco").first).to_be_visible()
        finally:
            await page.get_by_role("button", name="Volver a aceptar").click()
            await expect(page.locator('[data-paused="false"]')).to_be_visible()
        await expect(reader.page.get_by_text("cambio de disco")).to_have_count(0)


async def test_nothing_is_shown_when_somebody_else_comes_to_operations(
    stack: Stack, open_screen: OpenScreen
) -> None:
    async with stack.person() as person:
        screen = await open_screen(stack)
        await screen.enter(person.account, "/operaciones")
        await expect(screen.page.get_by_text("Esta página es solo para operadores.")).to_be_visible()
        await expect(screen.page.get_by_role("link", name="Operaciones")).to_have_count(0)


async def test_dead_letters_are_handled_again_or_closed_when_an_operator_says_so(
    stack: Stack, open_screen: OpenScreen
) -> None:
    """One whose consumer died of it, which can be handled; one that nobody can read."""
    await frontend().install()
    newcomer = f"user_{uuid4().hex}"
    opened = AccountOpened(user_id=UserId(newcomer), email_verified=False)
    sealed = seal(opened, source="gateway", time=datetime.now(UTC))
    unreadable = f"ilegible {newcomer}".encode()
    await bury(stack, dead(Service.BILLING), sealed.body, type_=sealed.type)
    await bury(stack, inbox(Service.BILLING), unreadable, type_=UNREADABLE_TYPE)
    await eventually(lambda: letters_are_open(stack, 2), what="both are recorded")
    screen = await open_screen(stack)
    page = screen.page
    await screen.enter(OPERATOR, "/operaciones")
    letters = page.locator("[data-letter]")
    await expect(letters).to_have_count(2)

    hopeless = letters.filter(has_text=UNREADABLE_TYPE)
    await hopeless.locator("summary").click()
    await expect(hopeless.get_by_text(unreadable.decode())).to_be_visible()
    assert await violations(page) == []
    await resolve(screen, hopeless, "Tratar otra vez", "por si acaso")
    dialog = page.get_by_role("alertdialog")
    await expect(dialog.get_by_role("alert")).to_contain_text("No se puede leer")
    await page.keyboard.press("Escape")
    await expect(dialog).to_be_hidden()
    assert await letters_are_open(stack, 2)
    await hopeless.get_by_role("button", name="Descartar").click()
    await expect(dialog.get_by_role("alert")).to_have_count(0)  # that was about something else
    await page.keyboard.press("Escape")
    await resolve(screen, hopeless, "Descartar", "nadie lo puede leer")
    await expect(letters).to_have_count(1)

    await letters.locator("summary").click()
    await resolve(screen, letters, "Tratar otra vez", "ya está corregido")
    await expect(page.get_by_text("Ninguno: todo lo recibido se ha tratado.")).to_be_visible()
    assert await letters_are_open(stack, 0)
    ends = {row["type"]: row["resolution"] for row in await stack.fetch("billing", RESOLVED_BY_OLGA)}
    assert ends == {sealed.type: "replayed", UNREADABLE_TYPE: "discarded"}

    written = page.locator("[data-action]")
    await expect(written.first).to_contain_text("Trató otra vez un mensaje")
    await expect(written.first).to_contain_text("ya está corregido")
    await expect(written.first).to_contain_text("user_olga · billing")
    await expect(page.locator('[data-action="discard_dead_letter"]').first).to_contain_text("Descartó")

    await page.get_by_label("También los resueltos").check()
    closed = letters.filter(has_text=UNREADABLE_TYPE).filter(has_text="resuelto: descartado")
    await closed.locator("summary").click()
    await expect(closed).to_contain_text("nadie lo puede leer")
    await expect(closed.get_by_role("button", name="Descartar")).to_have_count(0)
    assert await violations(page) == []


async def letters_are_open(stack: Stack, count: int) -> bool:
    return len(await stack.fetch("billing", OPEN_LETTERS)) == count


async def bury(stack: Stack, queue: str, body: bytes, *, type_: str) -> None:
    """Put a message into a queue as the broker does."""
    connection = await aio_pika.connect(stack.places.rabbitmq.url(stack.name))
    async with connection:
        channel = await connection.channel()
        message = aio_pika.Message(body, type=type_, message_id=str(uuid4()))
        await channel.default_exchange.publish(message, queue)


async def resolve(screen: Screen, letter: Locator, verb: str, reason: str) -> None:
    """Press the button of a letter and say why."""
    await letter.get_by_role("button", name=verb).click()
    await expect(screen.page.get_by_role("alertdialog").get_by_role("textbox")).to_be_focused()
    await screen.page.keyboard.type(reason)
    await screen.page.keyboard.press("Enter")


async def test_generations_are_narrowed_down_when_filters_are_chosen(
    stack: Stack, open_screen: OpenScreen
) -> None:
    async with stack.person() as person:
        async with stack.simulated.rule(match={"project": "rota"}, effect={"status": 400}):
            failed = await person.generate("rota")
            await person.end(failed)
        done = await person.generate("hecha")
        await person.end(done)
        fault = (await person.generation(failed))["result"]["fault"]["code"]
        screen = await open_screen(stack)
        page = screen.page
        await screen.enter(OPERATOR, "/operaciones")
        rows = page.locator("[data-operated]")
        await page.get_by_label("Persona (identificador)").fill(person.user_id)
        await expect(rows).to_have_count(2)
        await page.get_by_label("Estado").select_option("failed")
        await expect(rows).to_have_count(1)
        await expect(page.locator(f'[data-operated="{failed}"]')).to_contain_text(fault)
        await page.get_by_label("Estado").select_option("")
        await page.get_by_label("Fallo (código)").fill(fault)
        await expect(rows).to_have_count(1)
        await page.get_by_label("Fallo (código)").fill("ninguno")
        await expect(page.get_by_text("No hay generaciones así.")).to_be_visible()
        await page.get_by_label("Fallo (código)").fill("")
        await expect(page.locator(f'[data-operated="{done}"]')).to_be_visible()
