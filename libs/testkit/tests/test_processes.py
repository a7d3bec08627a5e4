"""Processes that tests start end with the test run, also when it is killed."""

import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

END_SECONDS = 20.0
RUN = """
import signal, sys, time
from pathlib import Path
from autocrea.testkit.{module} import {kind}

if __name__ == "__main__":
    folder = Path(sys.argv[1])
    log = folder / "log"
    process = {kind}._spawn("service", {{"PYTHONPATH": str(folder)}}, log)
    while not log.exists() or not log.stat().st_size:
        time.sleep(0.01)
    print(process.pid, flush=True)
    signal.pause()
"""
SERVICE = """
import signal
print("up", flush=True)
signal.pause()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the kernel cannot be asked")
@pytest.mark.parametrize(("module", "kind"), [("processes", "ServiceProcess"), ("forked", "ForkedProcess")])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_service_ends_with_its_run_when_the_run_is_killed(
    tmp_path: Path, module: str, kind: str, number: signal.Signals
) -> None:
    script = tmp_path / "run.py"
    script.write_text(RUN.format(module=module, kind=kind))
    (tmp_path / "service.py").write_text(SERVICE)
    with subprocess.Popen(
        [sys.executable, str(script), str(tmp_path)], stdout=subprocess.PIPE, text=True
    ) as run:
        assert run.stdout is not None
        pid = int(run.stdout.readline())
        service = psutil.Process(pid)
        run.send_signal(number)
        assert run.wait() == -number
    assert psutil.wait_procs([service], timeout=END_SECONDS)[1] == []
