"""A real Prometheus on loopback: the machine's own, else Debian's, unpacked into the cache; nothing is installed."""

import json
import shutil
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
from autocrea.cli.parts import debian
from autocrea.cli.parts.processes import Registry, quiet_environment
from autocrea.cli.stack.state import find_state
from autocrea.cli.trouble import Trouble
from autocrea.testkit.processes import free_port
from autocrea.testkit.waiting import eventually

PACKAGE = "prometheus"
START_SECONDS = 30.0
INTERVAL = "1s"
"""Of scrapes and rules: what a cluster does in a quarter of a minute."""

Rows = list[dict[str, Any]]


class NotHere(Exception):
    """This machine does not have it and cannot get it; says why and what would help."""


@dataclass(frozen=True, slots=True)
class Programs:
    """Both are of one build and need nothing beside them."""

    prometheus: Path
    promtool: Path


async def find_prometheus() -> Programs:
    """Of several programs that want it at once one fetches it. Raises NotHere."""
    server, tool = shutil.which("prometheus"), shutil.which("promtool")
    if server and tool:
        return Programs(Path(server), Path(tool))
    if not debian.available():
        raise NotHere("promtool is missing, and there is no apt to fetch it with")
    cache = find_state().cache / PACKAGE
    folder = cache / PACKAGE
    try:
        await debian.have([PACKAGE], folder, log=cache / "apt.log")
    except Trouble as trouble:
        remedy = f"apt-get install --no-install-recommends {PACKAGE}"
        raise NotHere(f"promtool is missing and could not be fetched ({trouble}): {remedy}") from None
    return Programs(folder / "usr" / "bin" / "prometheus", folder / "usr" / "bin" / "promtool")


class Prometheus:
    """One that runs. What it refuses is an HTTPStatusError that says why."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http

    async def query(self, expression: str) -> Rows:
        """The series of an instant vector, or one row of a scalar's."""
        data = await self._get("query", query=expression)
        found: Rows = (
            [{"metric": {}, "value": data["result"]}] if data["resultType"] == "scalar" else data["result"]
        )
        return found

    async def rules(self) -> Rows:
        """Every rule, with its health and, once it was evaluated, its last error."""
        return [rule for group in (await self._get("rules"))["groups"] for rule in group["rules"]]

    async def types(self) -> dict[str, str]:
        """Of every family that was scraped: counter, gauge, histogram."""
        return {name: told[0]["type"] for name, told in (await self._get("metadata")).items()}

    async def scraped(self, targets: int) -> bool:
        """Whether so many targets have been scraped, each with success."""
        active = (await self._get("targets", state="active"))["activeTargets"]
        return [one["health"] for one in active] == ["up"] * targets

    async def _get(self, path: str, **parameters: str) -> Any:
        answer = await self._http.get(f"/api/v1/{path}", params=parameters)
        body = answer.json()
        if body["status"] != "success" or body.get("warnings"):
            raise httpx.HTTPStatusError(
                f"{parameters}: {body.get('error') or body['warnings']}",
                request=answer.request,
                response=answer,
            )
        return body["data"]


@asynccontextmanager
async def running_prometheus(
    folder: Path, targets: Iterable[tuple[str, Mapping[str, str]]], rules: Path
) -> AsyncIterator[Prometheus]:
    """Scrapes these addresses, each with its labels, by these rules. Raises NotHere."""
    programs = await find_prometheus()
    configuration = {
        "global": {"scrape_interval": INTERVAL, "scrape_timeout": INTERVAL, "evaluation_interval": INTERVAL},
        "rule_files": [str(rules)],
        "scrape_configs": [
            {
                "job_name": "autocrea",
                "static_configs": [
                    {"targets": [urlsplit(url).netloc], "labels": dict(labels)} for url, labels in targets
                ],
            }
        ],
    }
    (folder / "prometheus.yml").write_text(json.dumps(configuration))  # which is YAML
    port, registry = free_port(), Registry(folder / "run")
    argv = [
        str(programs.prometheus),
        f"--config.file={folder / 'prometheus.yml'}",
        f"--storage.tsdb.path={folder / 'series'}",
        f"--web.listen-address=127.0.0.1:{port}",
        "--log.level=warn",
    ]
    child = registry.spawn(PACKAGE, argv, env=quiet_environment(), log=folder / "prometheus.log", cwd=folder)
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as http:

            async def ready() -> bool:
                assert child.alive(), child.output()
                try:
                    return (await http.get("/-/ready")).is_success
                except httpx.TransportError:
                    return False

            await eventually(ready, timeout_seconds=START_SECONDS, what="Prometheus")
            yield Prometheus(http)
    finally:
        await registry.end(child, grace_seconds=5)
