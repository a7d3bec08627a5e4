"""Speaks to the person at the terminal, and runs what they may interrupt."""

import asyncio
import functools
import signal
from collections.abc import Callable, Coroutine
from typing import Any, ParamSpec, TypeVar

import typer
from autocrea.cli.texts import say
from autocrea.cli.trouble import Trouble
from rich.console import Console, RenderableType
from rich.markup import escape

P = ParamSpec("P")
T = TypeVar("T")

FAILED, BAD_USE, INTERRUPTED = 1, 2, 130

PIPED_COLUMNS = 240
"""The deepest line of a generation's story with every field; what reads a pipe does not mind."""

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)


def tell(key: str, **values: object) -> None:
    """Say something on the way; never among a command's result."""
    err.print(escape(say(key, **values)))


def print_whole(renderable: RenderableType) -> None:
    """Print a table or a tree; into a pipe or a file with every line whole, whatever width a terminal would have."""
    if out.is_terminal:
        out.print(renderable)
    else:
        Console(file=out.file, width=PIPED_COLUMNS, highlight=False).print(renderable)


def told(command: Callable[P, T]) -> Callable[P, T]:
    """A command whose Trouble is told in a sentence, without a traceback, and ends the program with 1."""

    @functools.wraps(command)
    def told_command(*arguments: P.args, **options: P.kwargs) -> T:
        try:
            return command(*arguments, **options)
        except Trouble as trouble:
            err.print(f"[red]✘[/red] {escape(say(trouble.key, **trouble.values))}")
            raise typer.Exit(FAILED) from None

    return told_command


def run_interruptible(main: Coroutine[Any, Any, T]) -> T | None:
    """Run to the end. Ctrl-C, SIGTERM or a closed terminal cancel it, again and again; what it then cleans
    up is its own.

    Returns None when it was interrupted.
    """

    async def cancelled_by_signals() -> T:
        task = asyncio.current_task()
        assert task
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            asyncio.get_running_loop().add_signal_handler(number, task.cancel)
        return await main

    try:
        return asyncio.run(cancelled_by_signals())
    except asyncio.CancelledError:
        return None
