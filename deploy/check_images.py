"""`make images-check`: each image is one more replica of a stack that runs here, read-only and without any right.

Each must become ready (database, schema, topology, consumers), do its part of a generation, and end by itself.
"""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

from autocrea.chassis.settings import ServiceSettings, variable_of
from autocrea.contracts.message import Service
from autocrea.testkit.generate.environment import settings_of
from commit import ROOT
from image_base import REPOSITORY

AUTOCREA = ROOT / ".venv" / "bin" / "autocrea"
READY_SECONDS = 60.0
GENERATIONS = 3  # so that every replica, which gets every other message, gets some of each kind
END_SECONDS = 20.0  # nothing runs any more when they are told to end
LIMITS = ["--ulimit", "nofile=20000:20000", "--ulimit", "nproc=1000:1000"]
FENCES = [
    "--read-only",
    "--cap-drop",
    "all",
    "--security-opt",
    "no-new-privileges",
    "--tmpfs",
    "/tmp:rw,size=256m",
]
"""What the manifests ask of Kubernetes."""


def main() -> None:
    if shutil.which("podman") is None or shutil.which("runc") is None:
        _fail("podman or runc is missing: apt-get install --no-install-recommends podman runc")
    with tempfile.TemporaryDirectory(prefix="autocrea-images-") as folder, _stack(Path(folder)) as report:
        with contextlib.ExitStack() as replicas:
            ports = {}
            for service in Service:
                ports[service], seconds = replicas.enter_context(_replica(service, report))
                print(f"{service.value}: ready {seconds:.1f} s after it was started", flush=True)
            for number in range(GENERATIONS):
                _run([str(AUTOCREA), "generate", "un blog", "--name", f"imagen-{number}"], Path(folder))
            for service, port in ports.items():
                print(
                    f"{service.value}: handled {_handled(port):.0f} messages and jobs of {GENERATIONS} generations"
                )
                if not _handled(port):
                    _fail(f"{service.value}'s image took no part in any generation")
        said = _run(
            ["podman", "run", "--rm", *_engine(), *FENCES, f"{REPOSITORY}/cli", "--help"], Path(folder)
        )
        if "topology" not in said:
            _fail(f"the toolbox does not know its commands: {said}")
        print("cli: answers")


@contextlib.contextmanager
def _stack(folder: Path) -> Iterator[dict[str, Any]]:
    try:
        _run([str(AUTOCREA), "up", "--detach"], folder)
        yield json.loads((folder / "state" / "stack.json").read_text())
    finally:
        _run([str(AUTOCREA), "down"], folder)


@contextlib.contextmanager
def _replica(service: Service, report: dict[str, Any]) -> Iterator[tuple[int, float]]:
    """Its port, and the seconds from `podman run` to ready. At the end it must end by itself, without an error."""
    settings = settings_of(service)
    port = _free_port()
    values = _environment(service, settings, report) | {variable_of(settings, "http_port"): str(port)}
    name = f"autocrea-check-{service.value}-{os.getpid()}"
    argv = ["podman", "run", "--name", name, *_engine(), *FENCES]
    argv += [
        part for key in values for part in ("--env", key)
    ]  # values from our own environment: not in a process list
    log = Path(tempfile.gettempdir()) / f"{name}.log"
    began = time.monotonic()
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*argv, f"{REPOSITORY}/{service.value}"],
            env={**os.environ, **values},
            stdout=output,
            stderr=output,
        )
    try:
        _wait_ready(port, process, log)
        yield port, time.monotonic() - began
        _said(["podman", "kill", "--signal", "TERM", name])
        code = process.wait(END_SECONDS)
        if code != 0:
            _fail(f"{service.value} ended with {code} when it was told to; see {log}")
    finally:
        subprocess.run(["podman", "rm", "--force", "--time", "0", name], capture_output=True, check=False)
        process.send_signal(signal.SIGKILL)
        process.wait()
    log.unlink()


def _environment(service: Service, settings: type[ServiceSettings], report: dict[str, Any]) -> dict[str, str]:
    """What the stack's own process of this service was started with: its settings, and nothing of this machine's."""
    (pid,) = [one["pid"] for one in report["processes"] if one["name"] == service.value]
    entries = Path(f"/proc/{pid}/environ").read_bytes().decode().split("\0")
    given = dict(entry.split("=", 1) for entry in entries if "=" in entry)
    return {
        name: given[name]
        for name in (variable_of(settings, field) for field in settings.model_fields)
        if name in given
    }


def _engine() -> list[str]:
    return ["--runtime", "runc", "--network", "host", *LIMITS]


def _wait_ready(port: int, process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(urllib.error.URLError, ConnectionError):
            urllib.request.urlopen(f"http://127.0.0.1:{port}/health/ready", timeout=5)
            return
        time.sleep(0.1)
    _fail(f"not ready; {log} says:\n" + "\n".join(log.read_text(errors="replace").splitlines()[-8:]))


def _handled(port: int) -> float:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
        lines = answer.read().decode().splitlines()
    return sum(float(line.split()[-1]) for line in lines if line.startswith("autocrea_items_total{"))


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _run(argv: list[str], folder: Path) -> str:
    environment = {
        **os.environ,
        "AUTOCREA_STATE": str(folder / "state"),
        "AUTOCREA_CACHE": str(ROOT / ".autocrea" / "cache"),
    }
    ended = subprocess.run(argv, env=environment, cwd=folder, capture_output=True, text=True, check=False)
    if ended.returncode != 0:
        _fail(f"{' '.join(argv[:3])} failed: {(ended.stdout + ended.stderr)[-2000:]}")
    return ended.stdout + ended.stderr


def _said(argv: list[str]) -> str:
    return subprocess.run(argv, capture_output=True, text=True, check=True).stdout


def _fail(sentence: str) -> NoReturn:
    print(f"images-check: {sentence}", file=sys.stderr)
    sys.exit(1)


if __name__ == "__main__":
    main()
