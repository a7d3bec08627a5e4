"""`schema.sql` of each service: its database as its migrations leave it, dumped from a real server."""

import re
import subprocess
import tempfile
from pathlib import Path

from autocrea.chassis import migrations
from autocrea.cli.parts import Postgres
from autocrea.cli.parts.postgres import programs_folder
from autocrea.contracts.message import Service

HEADER = "-- Generated from the migrations by `make generate`; read it, never edit it.\n\n"
_NOISE = re.compile(r"^(--.*|SET .*|SELECT pg_catalog\.set_config.*|\\(un)?restrict .*)$\n?", re.MULTILINE)


async def files() -> dict[Path, str]:
    """The schema of every service, by path below the workspace's root."""
    found: dict[Path, str] = {}
    with tempfile.TemporaryDirectory() as folder:
        postgres = Postgres(Path(folder), durable=False)
        endpoint = await postgres.start()
        try:
            for service in Service:
                module = service.value.replace("-", "_")
                url = await postgres.create_database(module)
                await migrations.migrate(url, f"autocrea.{module}")
                path = Path("services", service.value, "src", "autocrea", module, "sql", "schema.sql")
                found[path] = _dump(endpoint.url(module))
        finally:
            await postgres.stop()
    return found


def _dump(url: str) -> str:
    program = programs_folder() / "pg_dump"
    done = subprocess.run(
        [program, "--schema-only", "--no-owner", "--no-privileges", url],
        check=True,
        capture_output=True,
        text=True,
        env={"LC_ALL": "C"},
    )
    return HEADER + re.sub(r"\n{3,}", "\n\n", _NOISE.sub("", done.stdout)).strip() + "\n"
