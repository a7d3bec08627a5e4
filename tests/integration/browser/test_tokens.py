"""Tokens in a real browser: bought when there are none, not bought, and every movement shown and taken home."""

import csv
import re

from autocrea.testkit.access import violations
from autocrea.testkit.browser import OpenScreen, Screen
from autocrea.testkit.stack import Stack
from autocrea.testkit.stack_environment import frontend
from playwright.async_api import expect

PACK_TOKENS = 100  # of the smallest
LIST_LATER = "UPDATE jobs SET due_at = now() + interval '10 minutes' WHERE kind = 'list_stripe_events'"
"""Else the job may bring, while a page is looked at, what no webhook shall."""


async def to_checkout(screen: Screen) -> None:
    """From *Tokens* to the page where the smallest pack is paid."""
    await screen.page.get_by_role("button", name=re.compile("^Comprar Inicial por")).click()
    await expect(screen.page.get_by_text("Pago simulado: no se cobra nada.")).to_be_visible()


async def test_application_is_generated_with_bought_tokens_when_there_were_none(
    stack: Stack, open_screen: OpenScreen
) -> None:
    async with stack.person(verified=False) as person:
        screen = await open_screen(stack)
        page = screen.page
        await screen.enter(person.account)
        await page.get_by_role("button", name="API REST con MongoDB").click()
        await page.get_by_label("Nombre del proyecto").fill("comprada")
        form = page.locator("form")
        await expect(form.get_by_text("Te faltan 50 tokens")).to_be_visible()
        await form.get_by_role("link", name="Comprar Tokens").click()

        await to_checkout(screen)
        await page.get_by_role("button", name="Pagar con la tarjeta simulada").click()
        await expect(page.locator('[data-purchase="credited"]')).to_contain_text("100 tokens añadidos")
        await expect(page.locator("[data-available]")).to_have_text(str(PACK_TOKENS))
        await expect(page.locator('[data-state="credited"]')).to_contain_text("Tokens añadidos")
        await expect(page.locator('[data-kind="purchase"]')).to_contain_text("+100")

        await page.get_by_role("link", name="Ir a Crear").click()
        await expect(page.get_by_label("Nombre del proyecto")).to_have_value("comprada")
        await page.get_by_role("button", name="Generar Aplicación").click()
        await page.wait_for_url("**/generaciones/*")
        await screen.until_status("completed", "completed_with_warnings")


async def test_nothing_is_charged_and_the_payment_can_go_on_when_it_was_cancelled(
    stack: Stack, open_screen: OpenScreen
) -> None:
    async with stack.person(verified=False) as person:
        screen = await open_screen(stack)
        page = screen.page
        await screen.enter(person.account, "/pricing")
        await expect(page).to_have_url(re.compile("/tokens$"))
        await to_checkout(screen)
        await page.get_by_role("button", name="Cancelar y volver").click()
        returned = page.locator('[data-purchase="started"]')
        await expect(returned).to_contain_text("No se ha cobrado nada.")
        assert (await person.balance())["available"] == 0
        await returned.get_by_role("button", name="Continuar el pago").click()
        await page.get_by_role("button", name="Pagar con la tarjeta simulada").click()
        await expect(page.locator('[data-purchase="credited"]')).to_be_visible()
        [only] = (await person.get("/api/billing/purchases"))["items"]
        assert only["state"] == "credited"


async def test_movements_are_shown_by_kind_and_taken_home_when_an_application_was_made(
    stack: Stack, open_screen: OpenScreen
) -> None:
    async with stack.person() as person:
        await person.end(await person.generate("movimientos"))
        screen = await open_screen(stack)
        page = screen.page
        await screen.enter(person.account, "/tokens")
        rows = page.locator("tr[data-kind]")
        lines = (await person.get("/api/tokens/ledger"))["items"]
        await expect(rows).to_have_count(len(lines))
        await page.get_by_label("Tipo").select_option("capture")
        await expect(page).to_have_url(re.compile("tipo=capture"))
        captured = [line for line in lines if line["kind"] == "capture"]
        await expect(rows).to_have_count(len(captured))
        await page.reload()
        await expect(rows).to_have_count(len(captured))

        async with page.expect_download() as downloading:
            await page.get_by_role("button", name="Descargar CSV").click()
        download = await downloading.value
        assert download.suggested_filename == "tokens.csv"
        table = list(csv.DictReader((await download.path()).read_text("utf-8").splitlines()))
        assert [int(row["entry"]) for row in table] == [line["entry"] for line in captured]

        used = sum(line["tokens"] for line in captured)
        chart = page.get_by_role("img", name=f"Uso de los últimos 30 días: {used} tokens")
        await expect(chart).to_be_visible()


async def test_payment_is_followed_to_its_end_when_the_bank_or_the_webhook_takes_its_time(
    stack: Stack, open_screen: OpenScreen
) -> None:
    stripe = stack.simulated.stripe
    await frontend().install()
    async with stack.person(verified=False) as person:
        screen = await open_screen(stack)
        page = screen.page
        await screen.enter(person.account, "/tokens")
        await to_checkout(screen)
        await page.get_by_role("button", name="Pagar por transferencia").click()
        deferred = page.locator('[data-purchase="started"]')
        await expect(deferred).to_contain_text("Confirmando tu pago…")
        await expect(deferred).to_contain_text("los tokens llegan igual")
        assert await violations(page) == []
        [bought] = (await person.get("/api/billing/purchases"))["items"]
        await stripe.deed("settle", await stripe.session_of(bought["purchase_id"]))
        await expect(page.locator('[data-purchase="credited"]')).to_contain_text("100 tokens añadidos")
        await expect(page.locator("[data-available]")).to_have_text(str(PACK_TOKENS))

        await stack.fetch("billing", LIST_LATER)
        async with stripe.webhooks("hold", user=person.user_id):
            await page.goto(f"{stack.url}/tokens")
            await to_checkout(screen)
            await page.get_by_role("button", name="Pagar con la tarjeta simulada").click()
            paid = page.locator('[data-purchase="paid"]')
            await expect(paid).to_contain_text("Pago recibido. Acreditando tus tokens…")
            await expect(page.locator('[data-state="paid"]')).to_contain_text("los tokens están en camino")
            await expect(page.locator("[data-available]")).to_have_text(str(PACK_TOKENS))
            assert await violations(page) == []
            await stripe.release(times=5, shuffle=True, seed=7)
            await expect(page.locator('[data-purchase="credited"]')).to_be_visible()
        await expect(page.locator("[data-available]")).to_have_text(str(2 * PACK_TOKENS))
        await expect(page.locator('[data-kind="purchase"]')).to_have_count(2)


async def test_every_state_of_a_purchase_is_told_in_words_when_payments_end_in_every_way(
    stack: Stack, open_screen: OpenScreen
) -> None:
    stripe = stack.simulated.stripe
    await frontend().install()
    async with stack.person(verified=False) as person:
        screen = await open_screen(stack)
        page = screen.page
        await screen.enter(person.account, "/tokens")
        ends = {
            "expired": (None, "expire", "Caducó sin pagarse"),
            "failed": ("defer", "decline", "El pago falló"),
            "refunded": ("pay", "refund", "Reembolsada"),
            "disputed": ("pay", "dispute", "En disputa"),
        }
        for state, (button, deed, words) in ends.items():
            purchase = await person.buy()
            back = f"{stack.url}/tokens?purchase={purchase['purchase_id']}&checkout=paid"
            if button is not None:
                back = await person.press(purchase, button)
            await page.goto(back)
            if button == "pay":
                await expect(page.locator('[data-purchase="credited"]')).to_be_visible()
            await stripe.deed(deed, await stripe.session_of(purchase["purchase_id"]))
            told = page.locator(f'[data-purchase="{state}"]')
            await expect(told).to_contain_text(words)  # without a reload
            await expect(page.locator(f'[data-state="{state}"]')).to_contain_text(words)
        await told.get_by_role("button", name="Cerrar").click()
        await expect(page.locator("[data-purchase]")).to_have_count(0)
        await expect(page.locator("[data-available]")).to_have_text("0")
        assert await violations(page) == []
