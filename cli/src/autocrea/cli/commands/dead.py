"""`dead …`: what could not be handled, and what a person decides about it."""

import json
from collections.abc import Mapping, Sequence
from typing import Annotated, Any
from uuid import UUID

import typer
from autocrea.cli.commands.options import JsonOption, ReasonOption, ServiceOption, named
from autocrea.cli.operating.operator import operator
from autocrea.cli.operating.services import Services
from autocrea.cli.operating.system import operated_services
from autocrea.cli.stack.layout import SERVICES
from autocrea.cli.terminal import FAILED, out, print_whole, table, tell, tell_trouble, told
from autocrea.cli.texts import say
from autocrea.cli.trouble import Trouble
from autocrea.contracts.masking import masked_json
from rich.markup import escape
from rich.table import Table

dead = typer.Typer(help="Mensajes y trabajos que no se pudieron atender.", no_args_is_help=True)

IdArgument = Annotated[UUID, typer.Argument(help="Su identificador, de `dead list`.")]


@dead.command("list")
@told
def dead_list(
    everything: Annotated[bool, typer.Option("--all", help="También los resueltos.")] = False,
    service: ServiceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Los que esperan a una persona, los más nuevos de cada servicio; sale con 1 si alguno no responde."""
    asked = SERVICES if service is None else (named(service),)
    params = {"all": str(everything).lower()}
    answers, troubles = operated_services().ask_each(asked, "/operator/dead-letters", lambda _service: params)
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
    columns = ("id", "service", "type", "created_at", "resolution", "reason")
    shown = table(*(say(f"column_{name}") for name in columns))
    for letter in found:
        shown.add_row(
            letter["id"],
            letter["service"],
            letter["type"],
            letter["created_at"][:19],
            letter["resolution"] or "",
            escape(letter["reason"]),
        )
    return shown


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


def _resolve(verb: str, id_: UUID, reason: str, service: str | None) -> None:
    services = operated_services()
    owner = _owner(services, id_, service)
    services.tell(owner, f"/operator/dead-letters/{id_}/{verb}", {"who": operator(), "reason": reason})
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
