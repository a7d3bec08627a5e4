"""Shows a generation: live on a terminal, one line per change elsewhere."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from autocrea.cli.generation.picture import COMPLETED, Picture, StepPicture
from autocrea.cli.terminal import FRAMES_A_SECOND
from autocrea.cli.texts import language, name_of, say
from autocrea.contracts.faults import fault
from autocrea.contracts.llm_router.v1 import StepProgressed
from autocrea.contracts.message import Message
from autocrea.contracts.orchestrator import v1 as orchestrator
from rich.console import Console, ConsoleOptions, Group, RenderResult
from rich.live import Live
from rich.markup import escape
from rich.progress_bar import ProgressBar
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

FILES_SHOWN = 8
"""The newest ones: the whole view fits a terminal of 24 lines."""

MARKS = {
    "waiting": "[dim]○[/dim]",
    "reused": "[green]↺[/green]",
    "completed": "[green]✔[/green]",
    "completed_with_warnings": "[yellow]✔[/yellow]",
    "failed": "[red]✘[/red]",
    "cancelled": "[yellow]■[/yellow]",
    "skipped": "[dim]–[/dim]",
}


class Shower(Protocol):
    """Something that shows each change."""

    def changed(self, message: Message, picture: Picture) -> None: ...


class Lines:
    """One line per change, each with the overall share: for logs and pipes."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._files: set[tuple[str, str]] = set()
        self._models: dict[str, str] = {}

    def changed(self, message: Message, picture: Picture) -> None:
        percent = say("line_overall", percent=int(picture.share(time.monotonic()) * 100))
        for line in self._lines(message, picture):
            self._console.print(escape(f"{percent} {line}"))

    def _lines(self, message: Message, picture: Picture) -> Iterator[str]:
        step = picture.steps.get(getattr(message, "step", ""))
        if step is None:
            return
        title = f"{step.icon} {step.title}"
        match message:
            case orchestrator.StepStarted():
                yield say("line_step_started", title=title)
            case StepProgressed():
                broken, model = message.replaced and message.replaced.model, message.model
                if broken not in (None, model) and self._models.get(message.step) != model:
                    self._models[message.step] = model
                    yield say("line_model_replaced", title=title, broken=broken, model=model)
                if message.path and (message.step, message.path) not in self._files:
                    self._files.add((message.step, message.path))
                    yield say("line_file", path=message.path)
            case orchestrator.StepAttemptFailed():
                yield say("line_attempt_failed", title=title, attempt=message.attempt)
            case orchestrator.StepCompleted():
                for path in step.files:
                    if (message.step, path) not in self._files:
                        yield say("line_file", path=path)
                yield say(
                    "line_step_completed",
                    title=title,
                    tokens=message.charge_tokens,
                    files=len(message.files),
                    seconds=message.duration_ms / 1000,
                    model=message.model,
                )
            case orchestrator.StepFailed():
                reason = getattr(fault(str(message.fault)).text, language())
                yield say("line_step_failed", title=title, reason=reason)
            case _:
                pass


class View:
    """The whole picture, drawn anew several times a second."""

    def __init__(self, picture: Picture) -> None:
        self._picture = picture
        self._spinner = Spinner("dots")

    def changed(self, message: Message, picture: Picture) -> None:
        """Nothing: the next frame shows it."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        now = time.monotonic()
        yield Group(self._steps(now), self._files(options.max_width), self._bar(now))

    def _steps(self, now: float) -> Table:
        table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
        columns = ("", "column_step", "column_state", "column_model", "column_tokens", "column_elapsed")
        for name in columns:
            figures = name in ("column_tokens", "column_elapsed")
            header = say(name) if name else ""
            table.add_column(header, justify="right" if figures else "left", header_style="dim", no_wrap=True)
        for step in self._picture.steps.values():
            elapsed = step.elapsed(now)
            running = step.state in ("running", "repairing")
            table.add_row(
                self._spinner if running else MARKS.get(step.state, ""),
                Text(f"{step.icon} {step.title}"),
                name_of("step", step.state),
                Text(step.model or "", style="cyan"),
                _tokens(step),
                f"{elapsed:.1f} s" if elapsed is not None else "",
            )
        return table

    def _files(self, width: int) -> Text:
        """How many there are; while more are coming, the newest by name."""
        paths = self._picture.files()
        text = Text(f"\n{say('files_arriving')}: {len(paths)}\n", style="bold")
        if self._picture.end is None:
            for path in paths[-FILES_SHOWN:]:
                text.append(f"  {path[: width - 2]}\n", style="not bold dim")
        return text

    def _bar(self, now: float) -> Table:
        share = self._picture.share(now)
        grid = Table.grid(padding=(0, 1))
        bar = ProgressBar(total=100, completed=share * 100, width=50)
        percent = f"{int(share * 100):3d} %"
        grid.add_row(say("overall"), bar, percent, f"[dim]{now - self._picture.began_at:.0f} s[/dim]")
        return grid


@contextmanager
def shower(console: Console, picture: Picture) -> Iterator[Shower]:
    """A live view on a terminal, lines anywhere else."""
    if not console.is_terminal or console.is_dumb_terminal:
        yield Lines(console)
        return
    view = View(picture)
    with Live(view, console=console, refresh_per_second=FRAMES_A_SECOND, transient=False):
        yield view


def _tokens(step: StepPicture) -> str:
    if step.state in COMPLETED and step.charge_tokens is not None:
        return f"{step.charge_tokens}"
    return f"[dim]≤ {step.cap_tokens}[/dim]" if step.charge_tokens is None else f"{step.charge_tokens}"
