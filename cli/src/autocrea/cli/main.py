"""The `autocrea` command: its groups put together. Nothing is done here."""

from importlib.metadata import version
from typing import Annotated

import typer
from autocrea.cli.commands import (
    audit,
    books,
    dead,
    doctor,
    gateway,
    generate,
    intake,
    operate,
    simulate,
    simulate_stripe,
    stack,
    token,
    up,
)
from autocrea.cli.texts import choose_language

app = typer.Typer(
    name="autocrea",
    help="De idea a aplicación en minutos: el sistema entero en esta máquina.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,  # locals hold secrets
)


def tell_version(asked: bool) -> None:
    if asked:
        typer.echo(f"autocrea {version('autocrea-cli')}")
        raise typer.Exit


@app.callback()
def options(
    lang: Annotated[str | None, typer.Option("--lang", help="es | en; si no, LANG; si no, es.")] = None,
    _version: Annotated[
        bool, typer.Option("--version", callback=tell_version, is_eager=True, help="Qué versión es.")
    ] = False,
) -> None:
    """De idea a aplicación en minutos: el sistema entero en esta máquina."""
    choose_language(lang)


app.command("up")(up.up)
app.command("down")(up.down)
app.command("status")(stack.status)
app.command("logs")(stack.logs)
app.command("restart")(stack.restart)
app.command("reset")(stack.reset)
app.command("doctor")(doctor.doctor)
app.command("generate")(generate.generate)
app.command("follow")(generate.follow)
app.command("demo")(generate.demo)
app.command("show")(operate.show)
app.command("repair")(operate.repair)
app.command("pause")(intake.pause)
app.command("resume")(intake.resume)
app.command("reconcile")(books.reconcile)
app.command("audit")(audit.audit)
app.add_typer(token.token, name="token")
app.add_typer(books.tokens, name="tokens")
app.add_typer(books.purchases, name="purchases")
app.add_typer(operate.topology, name="topology")
app.add_typer(dead.dead, name="dead")
app.add_typer(gateway.gateway, name="gateway")
simulate.sim.add_typer(simulate_stripe.stripe, name="stripe")
app.add_typer(simulate.sim, name="sim")
