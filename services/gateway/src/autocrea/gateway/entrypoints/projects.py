"""Routes of projects."""

from typing import Annotated
from uuid import UUID, uuid4

from autocrea.contracts.ids import ProjectId
from autocrea.gateway.domain.identity import Identity
from autocrea.gateway.domain.views import Position, ProjectView
from autocrea.gateway.entrypoints.authentication import Caller, Wired
from autocrea.gateway.entrypoints.bodies import Page, ProjectBody
from autocrea.gateway.entrypoints.generations import list_generations
from autocrea.gateway.entrypoints.project_bodies import ProjectDetail, ProjectRequest
from autocrea.gateway.entrypoints.request_bodies import NAME_CHARACTERS_MAX
from autocrea.gateway.entrypoints.requests import (
    PAGE_DEFAULT,
    SEARCHABLE,
    Cursor,
    IdempotencyKey,
    Limit,
    Spoken,
    errors,
    next_cursor,
)
from autocrea.gateway.handlers.answers import Repeatable
from autocrea.gateway.handlers.create_project import CreateProject
from autocrea.gateway.handlers.delete_project import DeleteProject
from autocrea.gateway.handlers.refusals import refused
from autocrea.gateway.handlers.rename_project import RenameProject
from autocrea.gateway.ports import Gateway
from fastapi import APIRouter, Query, Response

router = APIRouter(tags=["projects"])

Search = Annotated[
    str,
    Query(
        max_length=NAME_CHARACTERS_MAX,
        pattern=SEARCHABLE,
        description="A part of the name; case and accents do not matter.",
    ),
]


@router.get("/projects", summary="Your projects")
async def list_projects(
    gateway: Wired, caller: Caller, after: Cursor, search: Search = "", limit: Limit = PAGE_DEFAULT
) -> Page[ProjectBody]:
    """The newest first, each with how its latest generation stands."""
    views = await gateway.read_model.list_projects(caller.user_id, search=search, limit=limit, after=after)
    last = Position(views[-1].created_at, views[-1].project_id) if views else None
    return Page(items=[ProjectBody.of(view) for view in views], next_cursor=next_cursor(views, limit, last))


@router.post(
    "/projects", status_code=201, summary="Make a project", responses=errors("idempotency_key_reused")
)
async def create_project(
    body: ProjectRequest,
    response: Response,
    gateway: Wired,
    caller: Caller,
    idempotency_key: IdempotencyKey = None,
) -> ProjectBody:
    """An empty one. `POST /api/generate` with `project_name` makes one as well."""
    repeatable = Repeatable.of(caller.user_id, idempotency_key, "create_project", body.model_dump_json())
    command = CreateProject(caller, repeatable, ProjectId(uuid4()), body.name)
    project_id = UUID((await gateway.transact(command.keys(), command.decide))["project_id"])
    response.headers["Location"] = f"/api/projects/{project_id}"
    return ProjectBody.of(await own_project_view(gateway, caller, project_id))


@router.get(
    "/projects/{project_id}", summary="One project and its generations", responses=errors("not_found")
)
async def get_project(project_id: UUID, gateway: Wired, caller: Caller, language: Spoken) -> ProjectDetail:
    """With the newest of its generations; the others are at `/api/generations?project_id=`."""
    view = await own_project_view(gateway, caller, project_id)
    page = await list_generations(gateway, caller, language, None, view.project_id)
    return ProjectDetail(
        **ProjectBody.of(view).model_dump(), recent_generations=page.items, next_cursor=page.next_cursor
    )


@router.patch("/projects/{project_id}", summary="Rename a project", responses=errors("not_found"))
async def rename_project(
    project_id: UUID, body: ProjectRequest, gateway: Wired, caller: Caller
) -> ProjectBody:
    """Archives that were made keep the file name they have."""
    command = RenameProject(caller, ProjectId(project_id), body.name)
    await gateway.transact(command.keys(), command.decide)
    return ProjectBody.of(await own_project_view(gateway, caller, project_id))


@router.delete(
    "/projects/{project_id}", status_code=204, summary="Delete a project", responses=errors("not_found")
)
async def delete_project(project_id: UUID, gateway: Wired, caller: Caller) -> None:
    """For good: what runs of it is stopped, its texts and files are erased everywhere. Amounts stay in the ledger.

    Nothing of it can be read from here any more when this answers; the other services follow within seconds.
    """
    command = DeleteProject(caller, ProjectId(project_id))
    await gateway.transact(command.keys(), command.decide)


async def own_project_view(gateway: Gateway, caller: Identity, project_id: UUID) -> ProjectView:
    """The caller's project; raises `Refused`."""
    view = await gateway.read_model.get_project(caller.user_id, ProjectId(project_id))
    if view is None:
        raise refused("not_found")
    return view
