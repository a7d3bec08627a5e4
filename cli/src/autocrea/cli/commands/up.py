"""`up` and `down`: starting a stack and stopping it."""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Annotated, Any

import typer
from autocrea.cli.identity import session_token
from autocrea.cli.parts.processes import POLL_SECONDS, birth_of, signal_process
from autocrea.cli.stack.plan import end_leftovers
from autocrea.cli.stack.report import READY, read_report, running_stack
from autocrea.cli.stack.state import State, find_state
from autocrea.cli.stack.supervisor import stack
from autocrea.cli.terminal import INTERRUPTED, err, out, run_interruptible, tell, told, waiting
from autocrea.cli.texts import language, say
from autocrea.cli.trouble import Trouble
from rich.markup import escape

DOWN_SECONDS = 40.0
"""A supervisor gives services 15 s and parts 10 s to stop; one that takes longer is stuck and its processes
are ended by id."""


@told
def up(
    detach: Annotated[
        bool, typer.Option("--detach", "-d", help="Vuelve cuando está listo; sigue en marcha.")
    ] = False,
    unattended: Annotated[bool, typer.Option("--unattended", hidden=True)] = False,
) -> None:
    """Arranca el sistema entero en esta máquina y lo mantiene en marcha hasta Ctrl-C."""
    state = find_state()
    if detach:
        _detach(state)
        return
    run_interruptible(_run(state, unattended))
    tell("stopped")


@told
def down() -> None:
    """Detiene el sistema, también lo que quede de uno cuyo supervisor murió."""
    state = find_state()
    supervisor = state.holder()
    if supervisor:
        tell("stopping")
        signal_process(supervisor, signal.SIGTERM)
        birth, deadline = birth_of(supervisor), time.monotonic() + DOWN_SECONDS
        while birth and birth_of(supervisor) == birth:
            if time.monotonic() > deadline:
                signal_process(supervisor, signal.SIGKILL)
            time.sleep(POLL_SECONDS)
    left = asyncio.run(end_leftovers(state))
    state.stack_file.unlink(missing_ok=True)
    tell("stopped" if supervisor or left else "nothing_to_stop")


async def _run(state: State, unattended: bool) -> None:
    """`unattended`: nobody reads along; the way in belongs on the terminal of the one who asked for it."""
    began = time.monotonic()
    tell("starting", folder=state.folder)  # here: from the first word on, Ctrl-C ends it in good order
    async with contextlib.AsyncExitStack() as exits:
        with waiting("waiting_for_start"):
            supervisor = await exits.enter_async_context(stack(state, tell=tell))
        if not unattended:
            tell("ready", seconds=time.monotonic() - began)
            await asyncio.to_thread(show_ways_in, running_stack(state))
            tell("how_to_stop")
        await supervisor.keep()


def show_ways_in(report: dict[str, Any]) -> None:
    """The addresses and a token, on standard output: what a person copies."""
    login = say("rabbitmq_login", user=report["broker"]["user"], password=report["broker_password"])
    show_addresses(report, login)
    if "identity" in report["urls"]:
        out.print(f"  [bold]{say('development_token')}[/bold]")
        out.print(session_token(report, "ada"), soft_wrap=True)
    else:
        tell("no_development_token")


def show_addresses(report: dict[str, Any], broker_login: str = "") -> None:
    """What can be opened in a browser, a line each. Without the login nothing secret is among it."""
    urls = report["urls"]
    rows = [(say(f"url_{name}"), urls[name]) for name in ("app", "api", "docs") if urls.get(name)]
    if report["urls"]["rabbitmq"]:
        rows.append((say("url_rabbitmq"), f"{report['urls']['rabbitmq']}  {broker_login}".rstrip()))
    width = max(len(label) for label, _ in rows)
    for label, value in rows:
        out.print(f"  [bold]{label:<{width}}[/bold]  {escape(value)}")


def _detach(state: State) -> None:
    """Start another program that keeps the stack, show what it says, leave when it is ready."""
    if state.holder():
        raise Trouble("already_running", pid=state.holder(), folder=state.folder)
    began, log = time.monotonic(), state.log("up")
    log.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)  # what would end us before it is ready ends both
    with log.open("wb") as output:
        child = subprocess.Popen(  # noqa: S603 -- argv is ours
            [sys.executable, "-m", "autocrea.cli", "--lang", language(), "up", "--unattended"],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env={**os.environ, "COLUMNS": "1000"},
            start_new_session=True,
        )
    try:
        with waiting("waiting_for_start"):
            _show_until_ready(state, child, log)
    except KeyboardInterrupt:
        child.terminate()
        child.wait()
        tell("stopped")
        raise typer.Exit(INTERRUPTED) from None
    tell("ready", seconds=time.monotonic() - began)
    show_ways_in(running_stack(state))
    tell("how_to_stop_detached")


def _show_until_ready(state: State, child: "subprocess.Popen[bytes]", log: Path) -> None:
    """Raises Trouble when it has died instead."""
    with log.open() as said:
        while True:
            ended = child.poll() is not None
            for line in said:
                err.print(escape(line.rstrip("\n")))
            report = read_report(state)
            if report and report["supervisor"]["pid"] == child.pid and report["phase"] == READY:
                return
            if ended:
                raise Trouble("detached_died", log=log)
            time.sleep(POLL_SECONDS)
