"""Children remembered, strangers told apart, one at a time."""

import asyncio
import socket
import sys
from pathlib import Path

import psutil
import pytest
from autocrea.cli.parts.processes import Registry, alone, listens, write_once

SERVE = """
import socket, time
server = socket.create_server(("127.0.0.1", 0))
print(server.getsockname()[1], flush=True)
time.sleep(60)
"""


async def test_a_process_listens_when_it_or_its_child_does_and_not_when_a_stranger_does() -> None:
    shell = await asyncio.create_subprocess_exec(
        "sh", "-c", '"$0" -c "$1"; exit', sys.executable, SERVE, stdout=asyncio.subprocess.PIPE
    )
    assert shell.stdout
    port = int(await shell.stdout.readline())
    child = psutil.Process(shell.pid).children()[0]
    with socket.create_server(("127.0.0.1", 0)) as ours:
        assert listens(shell.pid, port)
        assert listens(child.pid, port)
        assert not listens(shell.pid, ours.getsockname()[1])
    child.kill()
    await shell.wait()
    assert not listens(shell.pid, port)
    assert not listens(None, port)


async def test_one_waits_when_another_has_it(tmp_path: Path) -> None:
    order = []

    async def have(name: str) -> None:
        async with alone(tmp_path / "deep" / "lock"):
            order.append(f"{name} in")
            await asyncio.sleep(0)
            order.append(f"{name} out")

    await asyncio.gather(*(have(name) for name in "abc"))
    assert [entry.split()[1] for entry in order] == ["in", "out"] * 3


async def test_leftovers_are_ended_when_their_starter_forgot_them(tmp_path: Path) -> None:
    argv = [sys.executable, "-c", "import time; time.sleep(60)"]
    child = Registry(tmp_path / "run").spawn("forgotten", argv, env={}, log=tmp_path / "log")
    (tmp_path / "run" / "forgotten.json").write_text('{"hal')  # its mark is enough
    assert await Registry(tmp_path / "run").end_leftovers() == [child.pid]
    assert child.popen.wait() != 0
    assert Registry(tmp_path / "run").leftovers() == []


@pytest.mark.parametrize("damaged", ["", '{"hal', "two words", "\x00\x00"])
def test_a_word_is_made_again_when_its_file_is_damaged(tmp_path: Path, damaged: str) -> None:
    (tmp_path / "word").write_text(damaged)
    assert write_once(tmp_path / "word", lambda: "again") == "again"
    assert write_once(tmp_path / "word", lambda: "and-again") == "again"
    assert (tmp_path / "word").stat().st_mode & 0o077 == 0
