"""A generation completes, costs what its steps say, and what it delivers is an application that runs."""

import asyncio
import io
import json
import zipfile
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from uuid import UUID

import httpx
import pytest
from autocrea.contracts.paths import MANIFEST_NAME
from autocrea.testkit.applications import started, visit_routes
from autocrea.testkit.people import Event, charges
from autocrea.testkit.stack import Stack

WISHES = {
    "mi-tienda": "Crear una plataforma de e-commerce con carrito de compras, pagos con Stripe, "
    "panel de administración y sistema de reviews",
    "mi-landing": "Landing page con formulario de contacto",
    "mi-blog": "Blog con CMS y autenticación",
    "mi-panel": "Dashboard con gráficos en tiempo real",
    "mi-api": "API REST con MongoDB",
}
COURSE = [
    "generation_started",
    "step_started architecture",
    "step_completed architecture",
    "step_started backend",
    "step_started frontend",
    "step_completed backend",
    "step_completed frontend",
    "step_started devops",
    "step_completed devops",
    "step_started security_audit",
    "step_completed security_audit",
    "generation_completed",
]
SIDE_BY_SIDE = slice(5, 7)
"""The two that run in parallel complete in either order."""


@pytest.mark.parametrize("project", WISHES)
async def test_application_is_delivered_and_runs_when_asked_for(
    project: str, stack: Stack, tmp_path: Path
) -> None:
    async with stack.person() as person:
        generation_id = await person.generate(project, WISHES[project])
        events = await person.follow(generation_id)
        assert_whole_course(events)
        await person.until_available(100 - tokens_charged(events))
        archive = await person.download(generation_id)
        again = await person.download(generation_id)
    assert archive.content == again.content
    promised = events[-1].data["archive"]
    assert promised["sha256"] == sha256(archive.content).hexdigest() == await announced(stack, generation_id)
    contract = unpacked(archive.content, tmp_path / "application")
    await asyncio.to_thread(assert_runs, tmp_path, contract)


async def test_archive_bears_its_projects_name_when_that_is_not_ascii(stack: Stack) -> None:
    async with stack.person() as person:
        generation_id = await person.generate("Tienda de ñandúes")
        end = await person.end(generation_id)
        assert end.data["archive"]["file_name"] == "Tienda de ñandúes.zip"
        archive = await person.download(generation_id)
    assert archive.headers["content-disposition"] == (
        "attachment; filename=\"Tienda de nandues.zip\"; filename*=UTF-8''Tienda%20de%20%C3%B1and%C3%BAes.zip"
    )


def assert_whole_course(events: Sequence[Event]) -> None:
    """The feed told everything once and in order."""
    assert [event.id for event in events] == list(range(1, len(COURSE) + 1))
    told = [event.what for event in events]
    told[SIDE_BY_SIDE] = sorted(told[SIDE_BY_SIDE])
    assert told == COURSE
    assert events[-1].data["warnings"] == 0


def tokens_charged(events: Sequence[Event]) -> int:
    """The sum of the steps' charges, each within its cap, together within the quote and what the end says."""
    start, end = events[0].data, events[-1].data
    caps = {step["step"]: step["cap_tokens"] for step in start["steps"]}
    assert sum(caps.values()) == start["quote_tokens"] == 50
    made = charges(events)
    assert all(0 < made[step] <= caps[step] for step in caps), (made, caps)
    assert {step["step"]: step["net_tokens"] for step in end["steps"]} == made
    assert end["net_tokens"] == sum(made.values())
    return sum(made.values())


async def announced(stack: Stack, generation_id: str) -> str:
    """The SHA-256 that subscribers were told."""
    facts = (await stack.checker.evidence()).facts("artifacts.artifact_ready.v1")
    (fact,) = [fact for fact in facts if fact.generation_id == UUID(generation_id)]
    return str(fact.data["sha256"])


def unpacked(archive: bytes, folder: Path) -> dict[str, object]:
    """Unpack it, holding it against its manifest; gives the application's contract."""
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        manifest = json.loads(opened.read(MANIFEST_NAME))
        inside = {name: sha256(opened.read(name)).hexdigest() for name in opened.namelist()}
        opened.extractall(folder)
    assert inside.pop(MANIFEST_NAME)
    assert {file["path"]: file["sha256"] for file in manifest["files"]} == inside
    contract: dict[str, object] = json.loads((folder / "docs/architecture.json").read_text())
    return contract


def assert_runs(folder: Path, contract: dict[str, object]) -> None:
    """The back end is up, the front end is served byte for byte, and what is created can be read."""
    application = folder / "application"
    with started(application, folder / "data") as client:
        page = client.get("/")
        assert (page.status_code, page.headers["content-type"][:9]) == (httpx.codes.OK, "text/html")
        served = [path for path in (application / "frontend").rglob("*") if path.is_file()]
        assert len(served) >= 3, "a page, its style and its script"
        for path in served:
            assert client.get(f"/{path.relative_to(application / 'frontend')}").content == path.read_bytes()
        assert sum(visit.read_back for visit in visit_routes(client, contract)) > 0
