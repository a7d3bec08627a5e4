"""Speaks to the person at the terminal, and runs what they may interrupt."""

import asyncio
import contextlib
import functools
import signal
import time
from collections.abc import Callable, Coroutine, Iterator
from typing import Any, ParamSpec, TypeVar

import typer
from autocrea.cli.texts import say
from autocrea.cli.trouble import Trouble
from rich.console import Console, RenderableType
from rich.live import Live
from rich.markup import escape
from rich.spinner import Spinner
from rich.table import Table

P = ParamSpec("P")
T = TypeVar("T")

FAILED, BAD_USE, INTERRUPTED = 1, 2, 130

FRAMES_A_SECOND = 8
"""Smooth enough to see that it lives, cheap enough for a terminal far away."""

PIPED_COLUMNS = 240
"""The deepest line of a generation's story with every field; what reads a pipe does not mind."""

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)
if out.is_terminal and err.is_terminal:
    err = out  # one screen: what is told goes above a moving picture, not through it


def tell(key: str, **values: object) -> None:
    """Say something on the way; never among a command's result."""
    err.print(escape(say(key, **values)))


def print_whole(renderable: RenderableType) -> None:
    """Print a table or a tree; into a pipe or a file with every line whole, whatever width a terminal would have."""
    if out.is_terminal:
        out.print(renderable)
    else:
        Console(file=out.file, width=PIPED_COLUMNS, highlight=False).print(renderable)


def table(*headers: str, title: str | None = None) -> Table:
    """A table without lines; what is too long for its column goes on below."""
    found = Table(title=title, title_justify="left", box=None, padding=(0, 2, 0, 0))
    for header in headers:
        found.add_column(header, header_style="dim", overflow="fold")
    return found


def tell_trouble(trouble: Trouble) -> None:
    err.print(f"[red]✘[/red] {escape(say(trouble.key, **trouble.values))}")


@contextlib.contextmanager
def waiting(key: str) -> Iterator[None]:
    """Below what is told meanwhile, a line that moves and counts the seconds. Nothing where no terminal is."""
    if not err.is_terminal or err.is_dumb_terminal:
        yield
        return
    with Live(_Wait(key), console=err, refresh_per_second=FRAMES_A_SECOND, transient=True):
        yield


class _Wait:
    def __init__(self, key: str) -> None:
        self._key = key
        self._began = time.monotonic()
        self._spinner = Spinner("dots", style="cyan")

    def __rich__(self) -> Spinner:
        self._spinner.update(text=say(self._key, seconds=time.monotonic() - self._began))
        return self._spinner


def told(command: Callable[P, T]) -> Callable[P, T]:
    """A command whose Trouble is told in a sentence, without a traceback, and ends the program with 1, or 2
    when it was used badly."""

    @functools.wraps(command)
    def told_command(*arguments: P.args, **options: P.kwargs) -> T:
        try:
            return command(*arguments, **options)
        except Trouble as trouble:
            tell_trouble(trouble)
            raise typer.Exit(BAD_USE if trouble.bad_use else FAILED) from None

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
