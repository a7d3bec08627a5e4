"""Options that commands of operators have in common."""

from typing import Annotated

import typer
from autocrea.cli.stack.layout import SERVICES
from autocrea.cli.trouble import BadUse

JsonOption = Annotated[bool, typer.Option("--json", help="Un documento JSON en la salida estándar.")]
ServiceOption = Annotated[str | None, typer.Option("--service", "-s", help="Solo este servicio.")]
ReasonOption = Annotated[str, typer.Option("--reason", "-r", help="Por qué; queda escrito.")]
WhyOption = Annotated[str | None, typer.Option("--reason", "-r", help="Por qué; queda escrito.")]


def named(service: str) -> str:
    """One of the services. Raises BadUse."""
    if service not in SERVICES:
        raise BadUse("unknown_process", name=service, names=", ".join(SERVICES))
    return service
