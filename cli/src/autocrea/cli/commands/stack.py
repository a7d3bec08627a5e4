"""`status`, `logs`, `restart`, `reset`: looking after the stack that runs."""

import signal
import time
from pathlib import Path
from typing import Annotated

import typer
from autocrea.cli.commands.up import down, show_addresses
from autocrea.cli.parts.processes import POLL_SECONDS, signal_process
from autocrea.cli.stack.layout import SERVICES
from autocrea.cli.stack.readiness import READY_SECONDS, missing_of, missing_of_each
from autocrea.cli.stack.report import read_report
from autocrea.cli.stack.state import State, find_state
from autocrea.cli.terminal import FAILED, out, table, tell, told
from autocrea.cli.texts import say
from autocrea.cli.trouble import BadUse, Trouble
from rich.markup import escape

LINES_SHOWN = 40
"""A terminal's height: what happened last."""


@told
def status() -> None:
    """Qué está en marcha, dónde y desde cuándo; sale con 1 si algo no está listo."""
    report = read_report(find_state())
    if report is None:
        raise Trouble("not_running")
    title = say("status_title", phase=say(f"phase_{report['phase']}"), pid=report["supervisor"]["pid"])
    columns = ("name", "pid", "port", "since", "restarts", "state")
    processes = table(*(say(f"column_{name}") for name in columns), title=title)
    lacking = missing_of_each(report["processes"])
    for process, missing in zip(report["processes"], lacking, strict=True):
        shown = say("state_not_ready", missing=missing) if missing else say("state_ready")
        processes.add_row(
            process["name"],
            str(process["pid"] or "–"),
            str(process["port"]),
            _age(time.time() - process["since"]),
            str(process["restarts"]),
            f"[{'red' if missing else 'green'}]{escape(shown)}[/]",
        )
    out.print(processes)
    out.print()
    show_addresses(report)
    if any(lacking):
        raise typer.Exit(FAILED)


@told
def logs(
    names: Annotated[
        list[str] | None, typer.Argument(help="gateway, billing, rabbitmq, …; si no, todos.")
    ] = None,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Sigue mostrando lo nuevo.")] = False,
    lines: Annotated[int, typer.Option("--lines", "-n", help="Líneas de cada uno.")] = LINES_SHOWN,
) -> None:
    """Lo último que dijeron los procesos."""
    files = _log_files(find_state())
    wanted = names or sorted(files)
    unknown = [name for name in wanted if name not in files]
    if unknown:
        raise BadUse("unknown_process", name=unknown[0], names=", ".join(sorted(files)))
    ends = {name: _print_last(name, files[name], lines) for name in wanted}
    try:
        while follow:
            for name in wanted:
                ends[name] = _print_from(name, files[name], ends[name])
            time.sleep(POLL_SECONDS)
    except KeyboardInterrupt:
        return


@told
def restart(
    names: Annotated[list[str] | None, typer.Argument(help="Procesos; si no, los cinco servicios.")] = None,
) -> None:
    """Termina procesos y espera a que el supervisor los haya arrancado otra vez."""
    state = find_state()
    report = read_report(state)
    if report is None:
        raise Trouble("not_running")
    running = {process["name"]: process for process in report["processes"]}
    for name in names or SERVICES:
        if name not in running:
            raise BadUse("unknown_process", name=name, names=", ".join(running))
        tell("restarting", name=name)
        first = signal.SIGINT if name == "postgres" else signal.SIGTERM
        signal_process(running[name]["pid"], first)
        _wait_for_successor(state, name, running[name]["pid"])
        tell("process_restarted", name=name)


@told
def reset(
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Sin preguntar.")] = False,
) -> None:
    """Detiene todo y borra los datos; las descargas se conservan."""
    state = find_state()
    if not yes and not typer.confirm(say("erase_question", folder=state.folder)):
        tell("not_erased")
        raise typer.Exit(FAILED)
    down()
    with state.lock():
        state.erase()
    tell("erased", folder=state.folder)


def _wait_for_successor(state: State, name: str, old_pid: int) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        report = read_report(state)
        if report is None:
            raise Trouble("not_running")
        process = next(process for process in report["processes"] if process["name"] == name)
        if process["pid"] not in (None, old_pid) and missing_of(process) is None:
            return
        time.sleep(POLL_SECONDS)
    raise Trouble("services_not_ready", seconds=int(READY_SECONDS), missing=f"  {name}")


def _age(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def _log_files(state: State) -> dict[str, Path]:
    files = {path.stem: path for path in state.logs.glob("*.log") if not path.stem.endswith(".old")}
    broker = state.part("rabbitmq") / "rabbitmq.log"
    return {**files, **({"rabbitmq": broker} if broker.exists() else {})}


def _print_last(name: str, path: Path, lines: int) -> int:
    text = path.read_bytes()
    for line in text.decode(errors="replace").splitlines()[-lines:]:
        print(f"{name:<12} {line}")
    return len(text)


def _print_from(name: str, path: Path, start: int) -> int:
    size = path.stat().st_size
    with path.open("rb") as file:
        file.seek(start if start <= size else 0)
        text = file.read()
    for line in text.decode(errors="replace").splitlines():
        print(f"{name:<12} {line}", flush=True)
    return (start if start <= size else 0) + len(text)
