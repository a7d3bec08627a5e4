"""`generate`, `follow` and `demo`: an application from a prompt, against a running stack or with one for the
occasion."""

import asyncio
import time
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer
from autocrea.cli.generation.api import GatewayApi, Refusal
from autocrea.cli.generation.outcome import Outcome, refused
from autocrea.cli.generation.run import DEFAULT_PIPELINE, Asked, Done, Wish, ask, look_up, see_through
from autocrea.cli.generation.summary import show_outcome
from autocrea.cli.identity import given_token, mint_account, session_token
from autocrea.cli.stack.report import running_stack
from autocrea.cli.stack.state import State, find_state
from autocrea.cli.stack.supervisor import stack
from autocrea.cli.terminal import FAILED, INTERRUPTED, err, out, run_interruptible, tell, told, waiting
from autocrea.cli.texts import language, say
from rich.markup import escape

DEMO_PROMPT = (
    "Crear una plataforma de e-commerce con carrito de compras, pagos con Stripe, "
    "panel de administración y sistema de reviews"
)
DEMO_NAME = "mi-tienda"
DEMO_FOLDER = Path("out")
DEMO_ACCOUNT = "ada"

WELCOME_SECONDS = 10.0
"""A person's first request opens their account; billing's welcome arrives within a second."""

LOOK_SECONDS = 0.1

PromptArgument = Annotated[
    str, typer.Argument(help="Qué quieres crear, en cualquier idioma.", show_default=False)
]
NameOption = Annotated[str, typer.Option("--name", "-n", help="Nombre del proyecto.")]
OutOption = Annotated[Path, typer.Option("--out", "-o", help="Carpeta para el ZIP.")]
ModelOption = Annotated[str | None, typer.Option("--model", "-m", help="Modelo preferido.")]
PipelineOption = Annotated[
    str, typer.Option("--pipeline", "-p", help="Tipo de aplicación: webapp, landing o api.")
]
JsonOption = Annotated[
    bool, typer.Option("--json", help="Al final, un documento JSON en la salida estándar.")
]
TokenOption = Annotated[
    str | None, typer.Option("--token", help="Token de sesión o de acceso, acr_… (o AUTOCREA_TOKEN).")
]
AccountOption = Annotated[str, typer.Option("--account", help="Cuenta del simulador de identidad.")]


@told
def generate(
    prompt: PromptArgument,
    name: NameOption,
    folder: OutOption = DEMO_FOLDER,
    model: ModelOption = None,
    pipeline: PipelineOption = DEFAULT_PIPELINE,
    as_json: JsonOption = False,
    token: TokenOption = None,
    account: AccountOption = DEMO_ACCOUNT,
) -> None:
    """Genera una aplicación con el sistema en marcha y guarda su ZIP."""
    report = running_stack(find_state())
    bearer = given_token(token) or session_token(report, account)
    url, wish = report["urls"]["api"], Wish(prompt, name, folder, model, pipeline)
    _end(run_interruptible(_generate(url, bearer, wish, as_json, stays=True)))


@told
def follow(
    generation: Annotated[UUID, typer.Argument(help="El identificador de la generación.")],
    folder: OutOption = DEMO_FOLDER,
    as_json: JsonOption = False,
    token: TokenOption = None,
    account: AccountOption = DEMO_ACCOUNT,
) -> None:
    """Sigue hasta su final una generación ya pedida, esté como esté, y guarda su ZIP."""
    report = running_stack(find_state())
    bearer = given_token(token) or session_token(report, account)
    _end(run_interruptible(_follow(report["urls"]["api"], bearer, str(generation), folder, as_json)))


@told
def demo(
    prompt: Annotated[str, typer.Argument(help="Qué quieres crear.")] = DEMO_PROMPT,
    name: NameOption = DEMO_NAME,
    folder: OutOption = DEMO_FOLDER,
    model: ModelOption = None,
    as_json: JsonOption = False,
) -> None:
    """Arranca el sistema, genera una aplicación, la guarda y lo detiene todo."""
    state = find_state()
    tell("starting", folder=state.folder)
    done = run_interruptible(_demo(state, Wish(prompt, name, folder, model), as_json))
    tell("stopped")
    _end(done)


def _end(outcome: Outcome | None) -> None:
    if outcome is None:
        raise typer.Exit(INTERRUPTED)
    raise typer.Exit(0 if outcome.succeeded else FAILED)


async def _demo(state: State, wish: Wish, as_json: bool) -> Outcome:
    began = time.monotonic()
    async with AsyncExitStack() as exits:
        with waiting("waiting_for_start"):
            supervisor = await exits.enter_async_context(stack(state, tell=tell, management=False))
        tell("ready", seconds=time.monotonic() - began)
        keeping = asyncio.create_task(supervisor.keep())
        try:
            report = running_stack(state)
            token = given_token(None) or await _token_with_tokens(report)
            return await _generate(report["urls"]["api"], token, wish, as_json, stays=False)
        finally:
            keeping.cancel()
            await asyncio.gather(keeping, return_exceptions=True)


async def _token_with_tokens(report: dict[str, Any]) -> str:
    """Ada's token while she can pay; then a new account's, which has its welcome tokens like any new
    person."""
    token = await asyncio.to_thread(session_token, report, DEMO_ACCOUNT)
    async with GatewayApi(report["urls"]["api"], token, language()) as api:
        quote = await api.quote()
        available = await _welcomed_balance(api)
    if available is None or available >= quote.tokens:
        return token
    account = await asyncio.to_thread(mint_account, report)
    tell("demo_account", account=account)
    token = await asyncio.to_thread(session_token, report, account)
    async with GatewayApi(report["urls"]["api"], token, language()) as api:
        await _welcomed_balance(api)
    return token


async def _welcomed_balance(api: GatewayApi) -> int | None:
    deadline = time.monotonic() + WELCOME_SECONDS
    while time.monotonic() < deadline:
        balance = await api.balance()
        if balance.available is not None:
            return balance.available
        await asyncio.sleep(LOOK_SECONDS)
    return None


async def _generate(url: str, token: str, wish: Wish, as_json: bool, *, stays: bool) -> Outcome:
    """`stays`: the server is still there when this program has been interrupted."""
    async with GatewayApi(url, token, language()) as api:
        try:
            asked = await ask(api, wish)
        except Refusal as refusal:
            if as_json and not refusal.bad_use:
                typer.echo((await refused(api, wish.pipeline)).json())
            raise
        accepted = asked.accepted
        values = {"quote": accepted.quote_tokens, "generation_id": accepted.generation_id}
        _say(as_json, "line_started", name=wish.name, **values)
        return await _see_through(api, asked, wish.folder, as_json, stays=stays)


async def _follow(url: str, token: str, generation_id: str, folder: Path, as_json: bool) -> Outcome:
    async with GatewayApi(url, token, language()) as api:
        name, asked = await look_up(api, generation_id, folder)
        _say(as_json, "line_followed", name=name, quote=asked.accepted.quote_tokens)
        return await _see_through(api, asked, folder, as_json, stays=True)


async def _see_through(api: GatewayApi, asked: Asked, folder: Path, as_json: bool, *, stays: bool) -> Outcome:
    console = err if as_json else out
    try:
        done: Done = await see_through(
            api,
            asked,
            folder,
            console=console,
            tell=lambda key, **values: _say(as_json, key, **values),
        )
    except asyncio.CancelledError:
        if stays:
            tell("generation_goes_on", generation_id=asked.accepted.generation_id, folder=folder)
        raise
    if as_json:
        typer.echo(done.outcome.json())
    else:
        show_outcome(out, done)
    return done.outcome


def _say(as_json: bool, key: str, **values: object) -> None:
    """Into the same stream as the picture of the generation, of which it is a part."""
    (err if as_json else out).print(escape(say(key, **values)))
