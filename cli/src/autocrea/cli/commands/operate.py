"""`show`, `repair`, `topology apply`: what an operator does with a system that runs."""

import asyncio
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Annotated
from uuid import UUID

import typer
from autocrea.cli.commands.options import JsonOption, WhyOption
from autocrea.cli.operating.operator import operator
from autocrea.cli.operating.services import Services
from autocrea.cli.operating.story import put_together
from autocrea.cli.operating.story_text import render
from autocrea.cli.operating.system import operated_broker, operated_services
from autocrea.cli.stack.layout import GATEWAY, SERVICES
from autocrea.cli.stack.preparation import prepare_broker
from autocrea.cli.terminal import print_whole, tell, tell_trouble, told
from autocrea.cli.trouble import Trouble
from autocrea.contracts.topology import TOPOLOGY

REPAIR_HOURS = 24
"""What outboxes keep of what was sent."""

topology = typer.Typer(help="La tabla del broker.", no_args_is_help=True)


@told
def show(
    generation: Annotated[UUID, typer.Argument(help="El identificador de la generación.")],
    as_json: JsonOption = False,
) -> None:
    """Qué causó qué en una generación: mensajes, llamadas, dinero, archivos."""
    tales = operated_services().ask_all(f"/operator/story/{generation}")
    if not any(tale["messages"] or any(tale["own"].values()) for tale in tales.values()):
        raise Trouble("no_generation", id=generation)
    if as_json:
        print(json.dumps(tales, ensure_ascii=False))
        return
    print_whole(render(put_together(tales)))


@told
def repair(
    hours: Annotated[
        float, typer.Option("--hours", min=0.0, max=REPAIR_HOURS, help="Desde hace cuántas horas.")
    ] = REPAIR_HOURS,
    reason: WhyOption = None,
) -> None:
    """Tras perder el broker con su disco: topología otra vez, y cada servicio reenvía lo que envió."""
    services, broker_url = operated_services(), operated_broker()
    _apply(broker_url, services, reason)
    since = (datetime.now(UTC) - timedelta(hours=hours)).isoformat()
    body = {"who": operator(), "reason": reason, "since": since}
    for service in SERVICES:
        sent = services.tell(service, "/operator/outbox/republish", body)
        tell("republished", name=service, count=sent["republished"])


@topology.command("apply")
@told
def topology_apply(reason: WhyOption = None) -> None:
    """Declara exchanges, colas y enlaces; lo que ya está se queda como está."""
    broker_url = operated_broker()
    try:
        services = operated_services()
    except Trouble:  # a broker alone is named, as a job of Kubernetes' does, or before the first start
        services = None
    _apply(broker_url, services, reason)


def _apply(broker_url: str, services: Services | None, reason: str | None) -> None:
    """A broker keeps no record of who changed it, so the gateway does: before and after."""
    digest = TOPOLOGY.marker().name
    if services is None:
        asyncio.run(prepare_broker(broker_url))
    else:
        said = {"who": operator(), "reason": reason, "action": "apply_topology", "target": digest}
        _note(services, said | {"outcome": "begun"})
        asyncio.run(prepare_broker(broker_url))
        _note(services, said | {"outcome": "done"})
    tell("topology_applied", digest=digest)


def _note(services: Services, action: Mapping[str, str | None]) -> None:
    """What helps at night is not held up by a gateway that is down; that it wrote nothing down is said."""
    try:
        services.tell(GATEWAY, "/operator/actions", action)
    except Trouble as trouble:
        tell_trouble(trouble)
        tell("not_written_down", name=GATEWAY)
