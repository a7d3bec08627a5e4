"""What pages show, read from the tables. Every statement that a person's request leads to names that person."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import Any, LiteralString
from uuid import UUID

from autocrea.chassis.database import Database
from autocrea.contracts.ids import GenerationId, ProjectId, UserId
from autocrea.gateway.adapters.catalogue_rows import read_catalogue
from autocrea.gateway.adapters.reading import fetch, fetch_one
from autocrea.gateway.domain.account import Balance
from autocrea.gateway.domain.catalogue import Catalogue, CatalogueKind
from autocrea.gateway.domain.generation import Generation, Status, Step
from autocrea.gateway.domain.project import search_form
from autocrea.gateway.domain.views import FileView, GenerationView, Position, ProjectView

END = Position(datetime(9999, 1, 1, tzinfo=UTC), UUID(int=2**128 - 1))

_PROJECTS: LiteralString = """
SELECT p.project_id, p.name, p.created_at, p.updated_at, counted.generations, latest.generation_id, latest.status
FROM projects p
CROSS JOIN LATERAL (SELECT count(*)::int AS generations FROM generations WHERE project_id = p.project_id) counted
LEFT JOIN LATERAL (
    SELECT generation_id, status FROM generations WHERE project_id = p.project_id
    ORDER BY created_at DESC, generation_id DESC LIMIT 1) latest ON true
WHERE p.user_id = $1"""
_LIST_PROJECTS: LiteralString = (
    _PROJECTS
    + """
    AND (p.created_at, p.project_id) < ($2, $3) AND strpos(p.search_name, $5) > 0
ORDER BY p.created_at DESC, p.project_id DESC LIMIT $4"""
)
_GET_PROJECT: LiteralString = _PROJECTS + " AND p.project_id = $2"
_GENERATIONS: LiteralString = """
SELECT g.*, p.name AS project_name FROM generations g JOIN projects p USING (project_id) WHERE g.user_id = $1"""
_LIST_GENERATIONS: LiteralString = (
    _GENERATIONS
    + """
    AND (g.created_at, g.generation_id) < ($2, $3) AND ($4::uuid IS NULL OR g.project_id = $4)
ORDER BY g.created_at DESC, g.generation_id DESC LIMIT $5"""
)
_GET_GENERATION: LiteralString = _GENERATIONS + " AND g.generation_id = $2"
_STEPS: LiteralString = "SELECT * FROM steps WHERE generation_id = $1 ORDER BY position"
_FILES: LiteralString = """
SELECT f.path, f.step, f.sha256, f.bytes, s.position FROM files f JOIN steps s USING (generation_id, step)
WHERE f.generation_id = $1 AND (s.position, f.path) > ($2, $3) ORDER BY s.position, f.path LIMIT $4"""
_BALANCE: LiteralString = """
SELECT user_id, version, available, held, receivable, blocked_until FROM balances WHERE user_id = $1"""
_CATALOGUES: LiteralString = """
SELECT kind, name, revision, data FROM catalogues WHERE kind = ANY($1::text[]) ORDER BY kind, name"""


class Queries:
    """The read model over the service's database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def list_projects(
        self, user_id: UserId, *, search: str, limit: int, after: Position | None
    ) -> Sequence[ProjectView]:
        end, wanted = after or END, search_form(search)
        rows = await fetch(self._database, _LIST_PROJECTS, user_id, end.created_at, end.id, limit, wanted)
        return [_project(row) for row in rows]

    async def get_project(self, user_id: UserId, project_id: ProjectId) -> ProjectView | None:
        row = await fetch_one(self._database, _GET_PROJECT, user_id, project_id)
        return _project(row) if row is not None else None

    async def list_generations(
        self, user_id: UserId, *, project_id: ProjectId | None, limit: int, after: Position | None
    ) -> Sequence[GenerationView]:
        end = after or END
        rows = await fetch(
            self._database, _LIST_GENERATIONS, user_id, end.created_at, end.id, project_id, limit
        )
        return [_generation(row) for row in rows]

    async def get_generation(self, user_id: UserId, generation_id: GenerationId) -> GenerationView | None:
        row = await fetch_one(self._database, _GET_GENERATION, user_id, generation_id)
        return _generation(row) if row is not None else None

    async def list_steps(self, generation_id: GenerationId) -> Sequence[Step]:
        rows = await fetch(self._database, _STEPS, generation_id)
        return [Step.model_validate(dict(row)) for row in rows]

    async def list_files(
        self, generation_id: GenerationId, *, limit: int, after: tuple[int, str] | None
    ) -> Sequence[FileView]:
        position, path = after or (-1, "")
        rows = await fetch(self._database, _FILES, generation_id, position, path, limit)
        return [FileView(*row) for row in rows]

    async def get_balance(self, user_id: UserId) -> Balance | None:
        row = await fetch_one(self._database, _BALANCE, user_id)
        return Balance(*row) if row is not None else None

    async def list_catalogues(self, kinds: Collection[CatalogueKind]) -> Sequence[Catalogue]:
        rows = await fetch(self._database, _CATALOGUES, [kind.value for kind in kinds])
        return [read_catalogue(*row) for row in rows]


def _project(row: Any) -> ProjectView:
    latest, status = row["generation_id"], row["status"]
    return ProjectView(
        project_id=row["project_id"],
        name=row["name"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        generations=row["generations"],
        latest_generation_id=latest,
        latest_status=Status(status) if status is not None else None,
    )


def _generation(row: Any) -> GenerationView:
    return GenerationView(
        generation=Generation.model_validate(dict(row)),
        project_name=row["project_name"],
        prompt=row["prompt"],
        language=row["language"],
        pipeline=row["pipeline"],
        model_preference=row["model_preference"],
        created_at=row["created_at"],
    )
