"""What clients send and get of projects."""

from uuid import UUID

from autocrea.contracts.message import Shape
from autocrea.gateway.entrypoints.bodies import ProjectBody
from autocrea.gateway.entrypoints.generation_bodies import GenerationBody
from autocrea.gateway.entrypoints.request_bodies import Name
from pydantic import BaseModel, ConfigDict, Field


class ProjectRequest(BaseModel):
    """What a project shall be called."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"name": "Tienda de ñandúes"}]})

    name: Name = Field(description="One line.")


class ProjectDetail(ProjectBody):
    """A project with the newest of its generations."""

    recent_generations: list[GenerationBody] = Field(description="The newest first, without their steps.")
    next_cursor: str | None = Field(
        description="For `GET /api/generations?project_id=…&cursor=…`, which has the others; null when these are all."
    )


class ProjectChange(Shape):
    """Data of the feed's events on projects; what it is called now is in `GET /api/projects/{project_id}`."""

    project_id: UUID
