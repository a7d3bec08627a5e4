"""`reconcile`, `tokens …`, `purchases …`: the books, and what an operator may do about them."""

import json
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import typer
from autocrea.cli.commands.options import JsonOption, ReasonOption, WhyOption
from autocrea.cli.operating.bookkeeping import Bookkeeping
from autocrea.cli.operating.system import operated_services
from autocrea.cli.terminal import FAILED, out, table, told
from autocrea.cli.texts import say
from rich.markup import escape
from rich.table import Table

HOURS_DEFAULT, HOURS_MAX = 72.0, 168.0
"""Stripe delivers for 72 hours; the history keeps a week."""

tokens = typer.Typer(help="Los tokens de las personas.", no_args_is_help=True)
purchases = typer.Typer(help="Las compras de tokens.", no_args_is_help=True)

HoursOption = Annotated[
    float, typer.Option("--hours", min=0.01, max=HOURS_MAX, help="Cuántas horas atrás se mira fuera.")
]


@told
def reconcile(hours: HoursOption = HOURS_DEFAULT, as_json: JsonOption = False) -> None:
    """Compara los libros consigo mismos, con Stripe y con lo contado; sale con 1 si algo difiere. No cambia nada."""
    differences = _books().reconcile(hours)
    if as_json:
        print(json.dumps(differences, ensure_ascii=False))
    elif differences:
        out.print(_table(differences, ("kind", "id", "what")))
    if not as_json:
        out.print(say("books_differ", count=len(differences)) if differences else say("books_agree"))
    if differences:
        raise typer.Exit(FAILED)


@tokens.command("grant")
@told
def tokens_grant(
    user: Annotated[str, typer.Argument(help="El identificador de la persona (user_…).")],
    count: Annotated[int, typer.Argument(min=1, metavar="N", help="Cuántos tokens.")],
    reason: ReasonOption,
    key: Annotated[str | None, typer.Option("--key", help="Con la misma clave se dan una sola vez.")] = None,
) -> None:
    """Da tokens a una persona; queda en su libro y en la auditoría."""
    given = _books().grant(user, count, reason, key)
    name = "already_granted" if given["repeated"] else "granted"
    out.print(escape(say(name, tokens=count, user=user, available=given["available"], named=given["key"])))


@tokens.command("retell")
@told
def tokens_retell(reason: ReasonOption, hours: HoursOption = HOURS_DEFAULT) -> None:
    """Tras restaurar la base: cuenta otra vez los saldos cuya versión quedó por debajo de lo ya contado."""
    out.print(say("retold", count=_books().retell(hours, reason)))


@purchases.command("show")
@told
def purchases_show(
    session: Annotated[
        str, typer.Argument(help="La sesión de Stripe (cs_…), el pago, la devolución o la compra.")
    ],
    reason: WhyOption = None,
    as_json: JsonOption = False,
) -> None:
    """Una compra entera: cómo está, sus devoluciones, sus líneas del libro y los eventos de Stripe."""
    found = _books().purchase(session, reason)
    if as_json:
        print(json.dumps(found, ensure_ascii=False))
        return
    purchase = found["purchase"]
    out.print(escape(say("purchase_title", **purchase)))
    for name, columns in (
        ("reversals", ("id", "kind", "amount", "status", "booked", "told_at")),
        ("lines", ("entry", "kind", "amount_tokens", "idempotency_key", "posted_at")),
        ("events", ("event_id", "type", "via", "happened_at", "handled_at")),
    ):
        out.print(f"\n[bold]{say(f'purchase_{name}')}[/bold]")
        out.print(_table(found[name], columns))


def _books() -> Bookkeeping:
    return Bookkeeping(operated_services())


def _table(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> Table:
    shown = table(*columns)
    for row in rows:
        shown.add_row(*(escape(str("" if row[name] is None else row[name])) for name in columns))
    return shown
