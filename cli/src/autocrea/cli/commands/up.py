"""`up` and `down`: starting a stack and stopping it."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from typing import Annotated, Any

import typer
from autocrea.cli.identity import session_token
from autocrea.cli.parts.processes import POLL_SECONDS, birth_of, signal_process
from autocrea.cli.stack.plan import end_leftovers
from autocrea.cli.stack.report import READY, read_report, running_stack
from autocrea.cli.stack.state import State, find_state
from autocrea.cli.stack.supervisor import stack
from autocrea.cli.terminal import INTERRUPTED, out, run_interruptible, tell, told
from autocrea.cli.texts import say
from autocrea.cli.trouble import Trouble
from rich.markup import escape

DOWN_SECONDS = 40.0
"""A supervisor gives services 15 s and parts 10 s to stop; one that takes longer is stuck and its processes
are ended by id."""


@told
def up(
    detach: Annotated[
        bool, typer.Option("--detach", "-d", help="Return once it is ready; it keeps running.")
    ] = False,
) -> None:
    """Start everything on this machine and keep it running until Ctrl-C."""
    state = find_state()
    if detach:
        _detach(state)
        return
    tell("starting", folder=state.folder)
    run_interruptible(_run(state))
    tell("stopped")


@told
def down() -> None:
    """End a stack, also one whose supervisor has died."""
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


async def _run(state: State) -> None:
    began = time.monotonic()
    try:
        async with stack(state, tell=tell) as supervisor:
            tell("ready", seconds=time.monotonic() - began)
            await asyncio.to_thread(show_ways_in, running_stack(state))
            tell("how_to_stop")
            await supervisor.keep()
    except asyncio.CancelledError:
        raise
    finally:
        tell("stopping")


def show_ways_in(report: dict[str, Any]) -> None:
    """The URLs and a token, on standard output: what a person copies."""
    urls = report["urls"]
    rows = [(say("url_api"), urls["api"]), (say("url_docs"), urls["docs"])]
    if urls["rabbitmq"]:
        login = say("rabbitmq_login", user=report["broker"]["user"], password=report["broker_password"])
        rows.append((say("url_rabbitmq"), f"{urls['rabbitmq']}  ({login})"))
    width = max(len(label) for label, _ in rows)
    for label, value in rows:
        out.print(f"  [bold]{label:<{width}}[/bold]  {escape(value)}")
    if "identity" in urls:
        out.print(f"  [bold]{say('development_token')}[/bold]")
        out.print(session_token(report, "ada"), soft_wrap=True)
    else:
        tell("no_development_token")


def _detach(state: State) -> None:
    """Start another program that keeps the stack, show what it says, leave when it is ready."""
    log = state.log("up")
    log.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if state.holder():
        raise Trouble("already_running", pid=state.holder(), folder=state.folder)
    with log.open("wb") as output:
        child = subprocess.Popen(
            [sys.executable, "-m", "autocrea.cli", "up"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,  # the token belongs on the terminal of the one who asked for it
            stderr=output,
            env={**os.environ, "COLUMNS": "1000"},
            start_new_session=True,
        )
    try:
        with log.open() as said:
            while child.poll() is None:
                for line in said:
                    sys.stderr.write(line)
                report = read_report(state)
                if report and report["supervisor"]["pid"] == child.pid and report["phase"] == READY:
                    break
                time.sleep(POLL_SECONDS)
            else:
                sys.stderr.write(said.read())
                raise Trouble("detached_died", log=log)
    except KeyboardInterrupt:
        child.terminate()
        child.wait()
        raise typer.Exit(INTERRUPTED) from None
    show_ways_in(running_stack(state))
    tell("how_to_stop_detached")
