"""A person deletes a project: it is gone here at once, and every owner is told to stop and to forget."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from autocrea.chassis import erasure
from autocrea.chassis.handlers import Effects, Signal
from autocrea.contracts.ids import ProjectId
from autocrea.gateway.domain.identity import Identity
from autocrea.gateway.domain.project import Erasure
from autocrea.gateway.domain.read_model import (
    FEED_CHANNEL,
    Key,
    Rows,
    generation_stream,
    project_contents_key,
    project_key,
    user_key,
)
from autocrea.gateway.handlers.project_changes import PROJECT_DELETED, own_project, tell_project


@dataclass(frozen=True, slots=True)
class DeleteProject:
    """Run with `transact(command.keys(), command.decide)`."""

    identity: Identity
    project_id: ProjectId

    def keys(self) -> Sequence[Key]:
        return (
            user_key(self.identity.user_id),
            project_key(self.project_id),
            project_contents_key(self.project_id),
        )

    def decide(self, rows: Rows, now: datetime) -> tuple[None, Effects]:
        project = own_project(rows, self.project_id, self.identity)
        told = tell_project(rows, PROJECT_DELETED, project.user_id, self.project_id, now)
        contents = rows.contents.get(self.project_id, ())
        return None, told + erase(rows, Erasure(self.project_id, project.user_id, contents), now)


def erase(rows: Rows, gone: Erasure, now: datetime) -> Effects:
    """Remove a project with everything in it; open feeds of it end."""
    rows.erasures.append(gone)
    rows.projects.pop(gone.project_id, None)
    return Effects(
        messages=(gone.message(),),
        jobs=erasure.jobs(str(gone.project_id), gone.generation_ids, now),
        signals=tuple(Signal(FEED_CHANNEL, generation_stream(id_)) for id_ in gone.generation_ids),
    )
