"""A person makes a project before there is anything in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from autocrea.chassis.handlers import Effects
from autocrea.contracts.ids import ProjectId
from autocrea.gateway.domain.identity import Identity
from autocrea.gateway.domain.project import Project
from autocrea.gateway.domain.read_model import Key, Rows, user_key
from autocrea.gateway.handlers.answers import Repeatable
from autocrea.gateway.handlers.project_changes import PROJECT_CREATED, tell_project


@dataclass(frozen=True, slots=True)
class CreateProject:
    """Run with `transact(command.keys(), command.decide)`; answers the project's id, as text."""

    identity: Identity
    repeatable: Repeatable
    project_id: ProjectId
    name: str

    def keys(self) -> Sequence[Key]:
        return user_key(self.identity.user_id), *self.repeatable.keys()

    def decide(self, rows: Rows, now: datetime) -> tuple[dict[str, Any], Effects]:
        answered = self.repeatable.recall(rows)
        if answered is not None:
            return answered, Effects()
        project = Project(self.project_id, self.identity.user_id, self.name, now, now)
        rows.projects[self.project_id] = project
        body = self.repeatable.keep(rows, {"project_id": str(self.project_id)})
        return body, tell_project(rows, PROJECT_CREATED, self.identity.user_id, self.project_id, now)
