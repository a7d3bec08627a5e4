"""`sim stripe …`: how the simulated Stripe's webhooks go, and what banks do."""

import json
from enum import StrEnum
from typing import Annotated

import typer
from autocrea.cli.operating.simulators import Simulators
from autocrea.cli.stack.report import running_stack
from autocrea.cli.stack.state import find_state
from autocrea.cli.terminal import out, tell, told

stripe = typer.Typer(help="Stripe simulado: sus webhooks, y lo que hacen los bancos.", no_args_is_help=True)


class Webhook(StrEnum):
    """As the simulator knows them."""

    DELIVER = "deliver"
    HOLD = "hold"
    DROP = "drop"
    REPEAT = "repeat"
    SHUFFLE = "shuffle"
    FORGE = "forge"


class Deed(StrEnum):
    """What happens at Stripe without anybody's asking."""

    PAY = "pay"
    DEFER = "defer"
    SETTLE = "settle"
    DECLINE = "decline"
    EXPIRE = "expire"
    REFUND = "refund"
    FAIL_REFUND = "fail_refund"
    COMPLETE_REFUND = "complete_refund"
    DISPUTE = "dispute"
    INQUIRE = "inquire"
    ESCALATE = "escalate"
    WIN = "win"
    LOSE = "lose"


@stripe.command("webhooks")
@told
def webhooks(
    webhook: Annotated[Webhook, typer.Argument(help="Cómo van desde ahora.")],
    user: Annotated[str | None, typer.Option(help="Solo las compras de esta persona.")] = None,
    times: Annotated[int, typer.Option(min=1, help="Con `repeat`: cuántas veces cada uno.")] = 5,
) -> None:
    """Los entrega, los retiene, los pierde, los repite, los baraja o los falsifica."""
    _simulators().put("/_sim/stripe/webhooks", {"webhook": webhook, "times": times, "user": user})
    tell("webhooks_go", webhook=webhook)


@stripe.command("release")
@told
def release(
    times: Annotated[int, typer.Option(min=1, help="Cuántas veces cada uno.")] = 1,
    shuffle: Annotated[bool, typer.Option("--shuffle", help="En cualquier orden.")] = False,
) -> None:
    """Suelta los webhooks retenidos."""
    sent = _simulators().post("/_sim/stripe/webhooks/release", {"times": times, "shuffle": shuffle})
    tell("webhooks_released", count=len(sent["released"]))


@stripe.command("do")
@told
def do(
    deed: Annotated[Deed, typer.Argument(help="Lo que pasa.")],
    id_: Annotated[str, typer.Argument(metavar="ID", help="La sesión (cs_…), la devolución o la disputa.")],
    amount: Annotated[int | None, typer.Option(min=1, help="En céntimos; si no, todo.")] = None,
    pending: Annotated[bool, typer.Option("--pending", help="Una devolución que aún va de camino.")] = False,
) -> None:
    """Paga, devuelve, disputa, gana o pierde; muestra lo que resulta."""
    body = {"do": deed, "id": id_, "amount": amount, "pending": pending}
    out.print_json(json.dumps(_simulators().post("/_sim/stripe/deeds", body)))


@stripe.command("show")
@told
def show() -> None:
    """Cómo van los webhooks, cuáles están retenidos y cada entrega."""
    out.print_json(json.dumps(_simulators().get("/_sim/stripe/webhooks")))


def _simulators() -> Simulators:
    return Simulators(running_stack(find_state()))
