"""Tests on the shared stack are a group, those of them with a browser another one, and a group stays on one worker:
else each worker starts a stack. Among the others the longest begin first."""

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

@pytest.fixture
def open_screen():
    return None

@pytest.mark.parametrize("n", range(6))
def test_something_when_on_the_stack(shared_stack, n):
    pass

@pytest.mark.parametrize("n", range(6))
def test_a_page_when_on_the_stack(shared_stack, open_screen, n):
    pass

def test_a_short_one():
    pass

@pytest.mark.timeout(180)
def test_a_long_one():
    pass
"""
PLUGINS = ("xdist.plugin", "pytest_timeout", "autocrea.testkit.plugin", "no:cacheprovider")


def test_one_worker_runs_them_all_when_tests_ask_for_the_shared_stack(tmp_path: Path) -> None:
    said = run(tmp_path, "-n", "2", "--dist", "loadgroup")
    assert len(re.findall("PASSED", said)) == 14
    on_the_stack = workers_of("something_when_on_the_stack", said)
    of_pages = workers_of("a_page_when_on_the_stack", said)
    assert (len(on_the_stack), len(of_pages)) == (1, 1), said
    assert on_the_stack != of_pages, said


def test_a_long_test_begins_first_when_it_asks_for_more_time(tmp_path: Path) -> None:
    said = run(tmp_path)
    assert re.findall(r"::test_(\w+).* PASSED", said)[0] == "a_long_one", said


def workers_of(test: str, said: str) -> set[str]:
    return set(re.findall(rf"^\[(gw\d)\].*PASSED.*::test_{test}\b", said, re.MULTILINE))


def run(folder: Path, *arguments: str) -> str:
    (folder / "test_on_the_stack.py").write_text(FILE)
    plugins = [word for plugin in PLUGINS for word in ("-p", plugin)]
    command = [sys.executable, "-m", "pytest", "-v", *arguments, *plugins]
    environment = os.environ | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}  # others take seconds, three times
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=True
    ).stdout
