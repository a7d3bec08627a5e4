"""`audit`: what operators did, when, to what and why."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any

import typer
from autocrea.chassis.action_order import Place
from autocrea.cli.commands.options import JsonOption, ServiceOption, named
from autocrea.cli.operating.actions import read_actions
from autocrea.cli.operating.system import operated_services
from autocrea.cli.stack.layout import SERVICES
from autocrea.cli.terminal import FAILED, print_whole, table, tell, tell_trouble, told
from autocrea.cli.texts import name_of, say
from autocrea.cli.trouble import BadUse
from rich.markup import escape
from rich.table import Table

LIMIT_DEFAULT, LIMIT_MAX = 50, 500
"""The services tell no more at a time."""


@told
def audit(
    service: ServiceOption = None,
    limit: Annotated[
        int, typer.Option("--limit", "-n", min=1, max=LIMIT_MAX, help="Cuántas como mucho.")
    ] = LIMIT_DEFAULT,
    before: Annotated[
        str | None,
        typer.Option(
            "--before",
            metavar="MOMENTO|LUGAR",
            help="Anteriores a este momento (ISO 8601; sin zona, UTC) o al lugar en que acabó la página anterior.",
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Lo que hicieron los operadores, lo más nuevo primero; sale con 1 si algún servicio no responde."""
    asked = SERVICES if service is None else (named(service),)
    found = read_actions(operated_services(), asked, limit, _place(before))
    page, following = found.page, _written(found.page.end)
    if as_json:
        document = {"actions": page.actions, "left_out": page.left_out, "before": following}
        print(json.dumps(document, ensure_ascii=False))
    elif page.actions:
        print_whole(_table(page.actions))
    elif not found.troubles:
        tell("no_actions")
    if following is not None:
        tell("actions_left_out", count=page.left_out, before=following)
    for trouble in found.troubles:
        tell_trouble(trouble)
    if found.troubles:
        raise typer.Exit(FAILED)


def _place(text: str | None) -> Place | None:
    """A moment, or what `_written` made of a place."""
    if text is None:
        return None
    moment, *row = text.split("/")
    try:
        at = datetime.fromisoformat(moment)
        service, number = row or ("", "0")
        return Place(at if at.tzinfo else at.replace(tzinfo=UTC), service, int(number))
    except ValueError as error:
        raise BadUse("no_moment", text=text) from error


def _written(place: Place | None) -> str | None:
    return None if place is None else f"{place.at.isoformat()}/{place.service}/{place.id}"


def _table(actions: Sequence[Mapping[str, Any]]) -> Table:
    columns = ("at", "who", "service", "action", "target", "action_outcome", "reason", "details")
    shown = table(*(say(f"column_{name}") for name in columns))
    for one in actions:
        details = " ".join(f"{name}={value}" for name, value in one["details"].items() if value is not None)
        shown.add_row(
            one["at"][:19],
            escape(one["who"]),
            one["service"],
            one["action"],
            escape(one["target"]),
            name_of("action", one["outcome"]),
            escape(one["reason"] or ""),
            escape(details),
        )
    return shown
