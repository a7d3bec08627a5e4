"""`generate` and `demo`: an application from a prompt, against a running stack or with one for the
occasion."""

import asyncio
import time
from pathlib import Path
from typing import Annotated, Any

import typer
from autocrea.cli.generation.api import UNPROCESSABLE, GatewayApi, Refusal
from autocrea.cli.generation.outcome import Outcome, listing, reason_of
from autocrea.cli.generation.run import DEFAULT_PIPELINE, Done, Wish
from autocrea.cli.generation.run import generate as run_generation
from autocrea.cli.identity import given_token, mint_account, session_token
from autocrea.cli.stack.report import running_stack
from autocrea.cli.stack.state import State, find_state
from autocrea.cli.stack.supervisor import stack
from autocrea.cli.terminal import BAD_USE, FAILED, INTERRUPTED, err, out, run_interruptible, tell, told
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


@told
def generate(
    prompt: PromptArgument,
    name: NameOption,
    folder: OutOption = DEMO_FOLDER,
    model: ModelOption = None,
    pipeline: PipelineOption = DEFAULT_PIPELINE,
    as_json: JsonOption = False,
    token: Annotated[str | None, typer.Option("--token", help="Token de sesión (o AUTOCREA_TOKEN).")] = None,
    account: Annotated[
        str, typer.Option("--account", help="Cuenta del simulador de identidad.")
    ] = DEMO_ACCOUNT,
) -> None:
    """Genera una aplicación con el sistema en marcha y guarda su ZIP."""
    report = running_stack(find_state())
    bearer = given_token(token) or session_token(report, account)
    done = run_interruptible(
        _generate(report["urls"]["api"], bearer, Wish(prompt, name, folder, model, pipeline), as_json)
    )
    if done is None:
        tell("interrupted")
        raise typer.Exit(INTERRUPTED)
    raise typer.Exit(0 if done.succeeded else FAILED)


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
    if done is None:
        raise typer.Exit(INTERRUPTED)
    raise typer.Exit(0 if done.succeeded else FAILED)


async def _demo(state: State, wish: Wish, as_json: bool) -> Outcome:
    began = time.monotonic()
    async with stack(state, tell=tell, management=False) as supervisor:
        tell("ready", seconds=time.monotonic() - began)
        keeping = asyncio.create_task(supervisor.keep())
        try:
            report = running_stack(state)
            token = given_token(None) or await _token_with_tokens(report)
            return await _generate(report["urls"]["api"], token, wish, as_json)
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


async def _generate(url: str, token: str, wish: Wish, as_json: bool) -> Outcome:
    console = err if as_json else out
    async with GatewayApi(url, token, language()) as api:
        try:
            done = await run_generation(api, wish, console=console, tell=tell)
        except Refusal as refusal:
            if refusal.status == UNPROCESSABLE:
                err.print(f"[red]✘[/red] {escape(say(refusal.key, **refusal.values))}")
                raise typer.Exit(BAD_USE) from None
            raise
    if as_json:
        typer.echo(done.outcome.json())
    else:
        _show(done)
    return done.outcome


def _show(done: Done) -> None:
    outcome = done.outcome
    colour = "green" if outcome.succeeded else "red"
    sentence = say(f"generation_{outcome.status}", reason=reason_of(done.end, language()))
    out.print(f"\n[{colour} bold]{escape(sentence)}[/]")
    rows: list[tuple[str, str]] = []
    if done.path:
        rows += [
            (say("result_zip"), f"{done.path} ({outcome.bytes} bytes)"),
            (say("result_sha256"), str(outcome.sha256)),
        ]
    tokens = say(
        "result_tokens_line",
        quoted=outcome.tokens_quoted,
        charged=outcome.tokens_charged,
        left=outcome.balance,
    )
    rows += [(say("result_tokens"), tokens), (say("result_seconds"), f"{outcome.seconds} s")]
    width = max(len(label) for label, _ in rows)
    for label, value in rows:
        out.print(f"  [bold]{label:<{width}}[/bold]  {escape(value)}")
    if done.path:
        files = listing(done.path)
        out.print(f"  [bold]{say('result_files')}[/bold] ({len(files)})")
        for path, size in files:
            out.print(f"    {escape(path)}  [dim]{size} B[/dim]")
