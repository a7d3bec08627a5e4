"""`gateway rebuild`: what pages show, made anew."""

from typing import Annotated

import typer
from autocrea.cli.commands.operate import REPAIR_HOURS
from autocrea.cli.commands.options import WhyOption
from autocrea.cli.operating.projections import rebuild
from autocrea.cli.operating.system import operated_services
from autocrea.cli.terminal import tell, told

gateway = typer.Typer(help="Lo que muestra el gateway.", no_args_is_help=True)


@gateway.callback()
def _group() -> None:
    """Lo que muestra el gateway."""


@gateway.command("rebuild")
@told
def gateway_rebuild(
    hours: Annotated[
        float,
        typer.Option(
            "--hours", min=0.0, max=REPAIR_HOURS, help="Desde hace cuántas horas se reenvían los eventos."
        ),
    ] = REPAIR_HOURS,
    reason: WhyOption = None,
) -> None:
    """Rehace lo que muestran las páginas con los eventos guardados, y cada dueño vuelve a contar lo suyo."""
    found = rebuild(operated_services(), hours, reason)
    tell(
        "rebuilt",
        generations=found.generations,
        changed=found.changed,
        republished=found.republished,
    )
