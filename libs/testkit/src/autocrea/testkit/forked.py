"""A service's process that is forked from one which has read the chassis already: a start costs a third or less.

For the tests of one service. What a fork skips is the reading of modules; signals, connections and the end are those of
any process. Journeys, faults and the command line's tests start the command that a machine runs.
"""

import multiprocessing
import os
import runpy
import signal
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress
from multiprocessing.process import BaseProcess
from pathlib import Path

from autocrea.testkit.processes import Running, ServiceProcess

READ_BEFORE = ["autocrea.chassis.main", "uvloop"]

_forks = multiprocessing.get_context("forkserver")


class ForkedProcess(ServiceProcess):
    """A `ServiceProcess` whose imports are paid once a test run."""

    @staticmethod
    def _spawn(module: str, environment: Mapping[str, str], log: Path) -> Running:
        _forks.set_forkserver_preload(READ_BEFORE)
        process = _forks.Process(target=_become, args=(module, dict(environment), str(log)), daemon=True)
        process.start()
        return _Fork(process)


class _Fork:
    """As `Running` asks for it."""

    def __init__(self, process: BaseProcess) -> None:
        self._process = process

    @property
    def pid(self) -> int:
        assert self._process.pid is not None
        return self._process.pid

    def poll(self) -> int | None:
        return self._process.exitcode

    def wait(self) -> int:
        self._process.join()
        assert self._process.exitcode is not None
        return self._process.exitcode

    def send_signal(self, number: int, /) -> None:
        with suppress(ProcessLookupError):
            os.kill(self.pid, number)


def _become(module: str, environment: Mapping[str, str], log: str) -> None:
    """Be `python -m <module>`: its session, its output, its environment, its arguments."""
    threading.Thread(target=_end_with_starter, daemon=True).start()
    os.setsid()
    output = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    for standard in (1, 2):
        os.dup2(output, standard)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = [module]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


def _end_with_starter() -> None:
    """However that ends. Its parent, the fork server, lives as long as any of its forks: the kernel cannot be asked."""
    starter = multiprocessing.parent_process()
    assert starter is not None
    starter.join()
    os.kill(os.getpid(), signal.SIGKILL)
