"""`show`, `repair`, `topology apply`, `dead …`: what an operator does with a system that runs."""

import asyncio
import getpass
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

import typer
from autocrea.cli.operating.services import Services
from autocrea.cli.operating.story import put_together
from autocrea.cli.operating.story_text import render
from autocrea.cli.operating.system import operated_broker, operated_services
from autocrea.cli.stack.layout import GATEWAY, SERVICES
from autocrea.cli.stack.preparation import prepare_broker
from autocrea.cli.terminal import FAILED, out, print_whole, tell, tell_trouble, told
from autocrea.cli.texts import say
from autocrea.cli.trouble import BadUse, Trouble
from autocrea.contracts.masking import masked_json
from autocrea.contracts.topology import TOPOLOGY
from rich.markup import escape
from rich.table import Table

REPAIR_HOURS = 24
"""What outboxes keep of what was sent."""

topology = typer.Typer(help="La tabla del broker.", no_args_is_help=True)
dead = typer.Typer(help="Mensajes y trabajos que no se pudieron atender.", no_args_is_help=True)

JsonOption = Annotated[bool, typer.Option("--json", help="Un documento JSON en la salida estándar.")]
ServiceOption = Annotated[str | None, typer.Option("--service", "-s", help="Solo este servicio.")]
ReasonOption = Annotated[str, typer.Option("--reason", "-r", help="Por qué; queda escrito.")]
WhyOption = Annotated[str | None, typer.Option("--reason", "-r", help="Por qué; queda escrito.")]
IdArgument = Annotated[UUID, typer.Argument(help="Su identificador, de `dead list`.")]


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
    body = {"who": getpass.getuser(), "reason": reason, "since": since}
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


@dead.command("list")
@told
def dead_list(
    everything: Annotated[bool, typer.Option("--all", help="También los resueltos.")] = False,
    service: ServiceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Los que esperan a una persona, los más nuevos de cada servicio; sale con 1 si alguno no responde."""
    asked = SERVICES if service is None else (named(service),)
    answers, troubles = operated_services().ask_each(
        asked, "/operator/dead-letters", all=str(everything).lower()
    )
    found = [
        {"service": name, **letter} for name, answer in answers.items() for letter in answer["dead_letters"]
    ]
    if as_json:
        print(json.dumps(found, ensure_ascii=False))
    elif found:
        print_whole(_letters(found))
    elif not troubles:
        tell("no_dead_letters")
    for name, answer in answers.items():
        if answer["left_out"]:
            shown = len(answer["dead_letters"])
            tell("dead_left_out", name=name, shown=shown, count=answer["left_out"])
    for trouble in troubles.values():
        tell_trouble(trouble)
    if troubles:
        raise typer.Exit(FAILED)


def _letters(found: Sequence[Mapping[str, Any]]) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0))
    for name in ("id", "service", "type", "created_at", "resolution", "reason"):
        table.add_column(say(f"column_{name}"), header_style="dim")
    for letter in found:
        table.add_row(
            letter["id"],
            letter["service"],
            letter["type"],
            letter["created_at"][:19],
            letter["resolution"] or "",
            escape(letter["reason"]),
        )
    return table


@dead.command("show")
@told
def dead_show(id_: IdArgument, service: ServiceOption = None) -> None:
    """Uno entero: cuerpo, motivo y traza, sin las claves que un modelo haya escrito."""
    services = operated_services()
    letter = services.ask(_owner(services, id_, service), f"/operator/dead-letters/{id_}")
    out.print_json(json.dumps(masked_json(letter | {"body": _read(letter["body"])})))


@dead.command("replay")
@told
def dead_replay(id_: IdArgument, reason: ReasonOption, service: ServiceOption = None) -> None:
    """Lo atiende otra vez, una sola vez."""
    _resolve("replay", id_, reason, service)


@dead.command("discard")
@told
def dead_discard(id_: IdArgument, reason: ReasonOption, service: ServiceOption = None) -> None:
    """Lo cierra sin atenderlo."""
    _resolve("discard", id_, reason, service)


def _read(body: str) -> Any:
    """The document in a dead letter's body; what is none is shown as it is."""
    try:
        return json.loads(body)
    except ValueError:
        return body


def _apply(broker_url: str, services: Services | None, reason: str | None) -> None:
    """A broker keeps no record of who changed it, so the gateway does: before and after."""
    digest = TOPOLOGY.marker().name
    said = {"who": getpass.getuser(), "reason": reason, "action": "apply_topology", "target": digest}
    _note(services, said | {"outcome": "begun"})
    asyncio.run(prepare_broker(broker_url))
    _note(services, said | {"outcome": "done"})
    tell("topology_applied", digest=digest)


def _note(services: Services | None, action: Mapping[str, str | None]) -> None:
    """What helps at night is not held up by a gateway that is down; that it wrote nothing down is said."""
    try:
        if services is not None:
            services.tell(GATEWAY, "/operator/actions", action)
    except Trouble as trouble:
        tell_trouble(trouble)
        tell("not_written_down", name=GATEWAY)


def _resolve(verb: str, id_: UUID, reason: str, service: str | None) -> None:
    services = operated_services()
    owner = _owner(services, id_, service)
    services.tell(owner, f"/operator/dead-letters/{id_}/{verb}", {"who": getpass.getuser(), "reason": reason})
    tell(f"dead_{verb}", id=id_, name=owner)


def _owner(services: Services, id_: UUID, wanted: str | None) -> str:
    """Whose dead letter it is. Raises Trouble when nobody has it, or nobody of those who answer."""
    if wanted is not None:
        return named(wanted)
    troubles: dict[str, Trouble] = {}
    for service in SERVICES:  # each is asked for this one: a list would end before an old one
        try:
            if services.has(service, f"/operator/dead-letters/{id_}"):
                return service
        except Trouble as trouble:
            troubles[service] = trouble
    for each in troubles.values():
        tell_trouble(each)
    if troubles:
        raise Trouble("dead_letter_not_seen", id=id_, names=", ".join(troubles))
    raise Trouble("no_dead_letter", id=id_)


def named(service: str) -> str:
    """One of the services. Raises BadUse."""
    if service not in SERVICES:
        raise BadUse("unknown_process", name=service, names=", ".join(SERVICES))
    return service
