"""A person gives a project another name. Applications that were made keep the name they were made with."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from autocrea.chassis.handlers import Effects
from autocrea.contracts.ids import ProjectId
from autocrea.gateway.domain.identity import Identity
from autocrea.gateway.domain.read_model import Key, Rows, project_key, user_key
from autocrea.gateway.handlers.project_changes import PROJECT_RENAMED, own_project, tell_project


@dataclass(frozen=True, slots=True)
class RenameProject:
    """Run with `transact(command.keys(), command.decide)`. The same name again changes nothing."""

    identity: Identity
    project_id: ProjectId
    name: str

    def keys(self) -> Sequence[Key]:
        return user_key(self.identity.user_id), project_key(self.project_id)

    def decide(self, rows: Rows, now: datetime) -> tuple[None, Effects]:
        project = own_project(rows, self.project_id, self.identity)
        if project.name == self.name:
            return None, Effects()
        rows.projects[self.project_id] = replace(project, name=self.name, updated_at=now)
        return None, tell_project(rows, PROJECT_RENAMED, project.user_id, self.project_id, now)
