"""Fixtures: one process of simulators for all tests, its rules and log emptied for each."""

import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

sys.path.insert(0, str(Path(__file__).parent / "support"))

from autocrea.testkit.commands import Process
from simulated_process import simulators


@pytest.fixture(scope="session")
def process() -> Iterator[Process]:
    with simulators() as process:
        yield process


@pytest.fixture
def client(process: Process) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=process.url, timeout=20) as client:
        client.delete("/_sim/rules")
        client.delete("/_sim/log")
        yield client
        client.delete("/_sim/rules")
