"""`autocrea` from outside: a whole stack started, used, maltreated and ended by commands alone."""

import json
import os
import signal
import socket
import zipfile
from collections.abc import AsyncIterator
from contextlib import ExitStack
from hashlib import sha256
from pathlib import Path

import pytest
from autocrea.cli.parts.ports import is_free
from autocrea.contracts.paths import MANIFEST_NAME
from autocrea.testkit.waiting import eventually
from command_line import CommandLine, end, read_until

DOCUMENT = [
    "generation_id",
    "status",
    "archive",
    "sha256",
    "bytes",
    "files",
    "tokens_quoted",
    "tokens_charged",
    "balance",
    "seconds",
]

pytestmark = [pytest.mark.xdist_group("command_line"), pytest.mark.timeout(240)]


@pytest.fixture
async def cli(tmp_path: Path) -> AsyncIterator[CommandLine]:
    """Whatever a test leaves behind is ended after it."""
    line = CommandLine(tmp_path / "state")
    yield line
    await line.run("down")
    assert line.processes() == []


async def test_a_stack_does_what_its_commands_say_when_its_ports_are_taken(
    cli: CommandLine, tmp_path: Path
) -> None:
    with ExitStack() as taken:
        for port in (port for port in (5672, 8000) if is_free(port)):
            taken.enter_context(socket.create_server(("127.0.0.1", port)))
        up = await cli.run("up", "--detach")
    assert up.code == 0, up.err
    cli.said.clear()  # it says the broker's password, and is meant to
    for port, name in ((5672, "rabbitmq"), (8000, "gateway")):
        used = cli.process(name)["port"]
        assert used != port
        assert f"El puerto {port} está ocupado: {name} usa el {used}" in up.err
    assert f"http://127.0.0.1:{cli.process('gateway')['port']}" in up.out

    status = await cli.run("status")
    assert (status.code, status.out.count("listo")) == (0, 10)
    assert (await cli.run("doctor")).code == 0
    again = await cli.run("up")
    assert again.code == 1
    assert f"pid {cli.report()['supervisor']['pid']}" in again.err
    assert "Detenido" not in again.err

    out = tmp_path / "a folder" / "ñ"
    done = await cli.run("generate", "API REST con MongoDB", "--name", "api", "--out", str(out), "--json")
    assert done.code == 0, done.err
    document = json.loads(done.out)
    assert list(document) == DOCUMENT
    archive = Path(document["archive"])
    assert archive == out / "api.zip"
    assert document["sha256"] == sha256(archive.read_bytes()).hexdigest()
    assert document["bytes"] == archive.stat().st_size
    generated = set(zipfile.ZipFile(archive).namelist()) - {MANIFEST_NAME}
    assert document["files"] == len(generated)
    assert document["status"] == "completed"
    assert 0 < document["tokens_charged"] <= document["tokens_quoted"] == 50
    assert document["balance"] == 100 - document["tokens_charged"]
    assert "\x1b" not in done.err
    followed = await cli.run("follow", document["generation_id"], "--out", str(out))
    assert followed.code == 0
    assert document["sha256"] in followed.out

    for arguments in (
        ("generate", " ", "--name", "x"),
        ("generate", "x", "--name", " "),
        ("generate", "x", "--name", "x" * 100),
        ("generate", "x"),
        ("generate", "x", "--name", "x", "--model", "no-such-model"),
        ("generate", "x", "--name", "x", "--out", "/proc/nowhere"),
        ("generate", "x", "--name", "x", "--account", "nobody"),
        ("logs", "nobody"),
        ("restart", "nobody"),
    ):
        refused = await cli.run(*arguments)
        assert (refused.code, "Traceback" in refused.err) == (2, False), refused
    poor = await cli.run("generate", "x", "--name", "x", "--account", "bruno", "--out", str(out), "--json")
    assert poor.code == 1
    assert json.loads(poor.out)["status"] == "rejected"
    assert (await cli.run("logs", "--lines", "1000")).code == 0
    assert not [secret for secret in cli.secrets() for said in cli.said if secret in said]


async def test_a_stack_comes_back_when_its_processes_are_killed_and_its_files_are_damaged(
    cli: CommandLine, tmp_path: Path
) -> None:
    assert (await cli.run("up", "--detach")).code == 0
    billing = cli.process("billing")
    os.kill(billing["pid"], signal.SIGKILL)
    await eventually(lambda: cli.process("billing")["restarts"] == 1, what="billing is started again")
    assert (await cli.run("restart", "billing")).code == 0  # waits until it is ready

    os.kill(cli.report()["supervisor"]["pid"], signal.SIGKILL)
    assert len(cli.processes()) >= 9
    assert (await cli.run("status")).code == 1
    doctor = await cli.run("doctor")
    assert doctor.code == 1
    assert str(cli.process("gateway")["pid"]) in doctor.out
    assert (await cli.run("down")).code == 0
    assert cli.processes() == []

    for damaged in ("secrets.json", "rabbitmq/password", "s3/key-secret", "services/run/mark", "lock"):
        (cli.folder / damaged).write_text('{"hal')
    (cli.folder / "stack.json").write_text('{"hal')
    assert (await cli.run("up", "--detach")).code == 0
    asking = await cli.start("generate", "Blog", "--name", "blog", "--out", str(tmp_path))
    accepted = await read_until(asking, r"generación [0-9a-f-]{36}")
    rest = await end(asking, signal.SIGINT)
    assert asking.returncode in (0, 130)
    generation = accepted.partition("generación ")[2][:36]
    assert asking.returncode == 0 or f"follow {generation}" in rest
    assert (await cli.run("follow", generation, "--out", str(tmp_path))).code == 0
    assert (tmp_path / "blog.zip").exists()
    assert (await cli.run("reset", "--yes")).code == 0
    assert sorted(path.name for path in cli.folder.iterdir()) == ["lock"]


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("Arrancando", signal.SIGINT),
        ("s3 en marcha", signal.SIGTERM),
        ("rabbitmq en marcha", signal.SIGINT),
        ("Ctrl-C", signal.SIGHUP),
    ],
)
async def test_nothing_is_left_when_a_start_is_interrupted(
    cli: CommandLine, said: str, number: signal.Signals
) -> None:
    up = await cli.start("up")
    await read_until(up, said)
    rest = await end(up, number)
    assert up.returncode == 0
    assert "Detenido. No queda ningún proceso." in rest
    assert "Traceback" not in rest
    assert cli.processes() == []
    assert not (cli.folder / "stack.json").exists()
