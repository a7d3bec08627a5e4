"""Routes of projects."""

from uuid import UUID

from autocrea.contracts.ids import ProjectId
from autocrea.gateway.domain.views import Position
from autocrea.gateway.entrypoints.authentication import Caller, Wired
from autocrea.gateway.entrypoints.bodies import Page, ProjectBody
from autocrea.gateway.entrypoints.requests import PAGE_DEFAULT, Cursor, Limit, errors, next_cursor
from autocrea.gateway.handlers.refusals import refused
from fastapi import APIRouter

router = APIRouter(tags=["projects"])


@router.get("/projects", summary="Your projects")
async def list_projects(
    gateway: Wired, caller: Caller, after: Cursor, limit: Limit = PAGE_DEFAULT
) -> Page[ProjectBody]:
    """The newest first, each with how its latest generation stands."""
    views = await gateway.read_model.list_projects(caller.user_id, limit=limit, after=after)
    last = Position(views[-1].created_at, views[-1].project_id) if views else None
    return Page(items=[ProjectBody.of(view) for view in views], next_cursor=next_cursor(views, limit, last))


@router.get("/projects/{project_id}", summary="One project", responses=errors("not_found"))
async def get_project(project_id: UUID, gateway: Wired, caller: Caller) -> ProjectBody:
    """Its generations are at `/api/generations?project_id=`."""
    view = await gateway.read_model.get_project(caller.user_id, ProjectId(project_id))
    if view is None:
        raise refused("not_found")
    return ProjectBody.of(view)
