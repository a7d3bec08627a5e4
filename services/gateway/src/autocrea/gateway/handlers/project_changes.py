"""What the owner of projects is told when they change: which one, never its name, so that nothing is left to erase."""

from datetime import datetime

from autocrea.chassis.handlers import Effects, Signal
from autocrea.contracts.ids import ProjectId, UserId
from autocrea.gateway.domain.identity import Identity
from autocrea.gateway.domain.project import Project
from autocrea.gateway.domain.read_model import FEED_CHANNEL, Rows, user_stream
from autocrea.gateway.handlers.refusals import refused

PROJECT_CREATED = "project_created"
PROJECT_RENAMED = "project_renamed"
PROJECT_DELETED = "project_deleted"


def tell_project(rows: Rows, name: str, user_id: UserId, project_id: ProjectId, now: datetime) -> Effects:
    """Append it to the owner's feed and wake who reads there."""
    rows.tell_user(user_id, name, now, {"project_id": str(project_id)})
    return Effects(signals=(Signal(FEED_CHANNEL, user_stream(user_id)),))


def own_project(rows: Rows, project_id: ProjectId, identity: Identity) -> Project:
    """The caller's project; somebody else's does not exist for them. Raises `Refused`."""
    project = rows.projects.get(project_id)
    if project is None or project.user_id != identity.user_id:
        raise refused("not_found")
    return project
