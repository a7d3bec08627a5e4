"""Tests on the shared stack are one group, and a group stays on one worker: else each worker starts a stack."""

import os
import re
import subprocess
import sys
from pathlib import Path

FILE = """
import pytest

@pytest.fixture
def shared_stack():
    return None

@pytest.mark.parametrize("n", range(6))
def test_something_when_on_the_stack(shared_stack, n):
    pass
"""


def test_one_worker_runs_them_all_when_tests_ask_for_the_shared_stack(tmp_path: Path) -> None:
    (tmp_path / "test_on_the_stack.py").write_text(FILE)
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-n",
        "2",
        "--dist",
        "loadgroup",
        "-v",
        *("-p", "xdist.plugin", "-p", "autocrea.testkit.plugin", "-p", "no:cacheprovider"),
    ]
    environment = os.environ | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}  # others take seconds, three times
    said = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
    ).stdout
    assert len(re.findall("PASSED", said)) == 6
    assert len(set(re.findall(r"^\[(gw\d)\].*PASSED", said, re.MULTILINE))) == 1, said
