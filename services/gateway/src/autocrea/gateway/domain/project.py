"""Projects: what a person calls them, how they are found, and what is left of one that is deleted."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from autocrea.contracts.gateway.v1 import ProjectDeleted
from autocrea.contracts.ids import GenerationId, ProjectId, UserId


@dataclass(frozen=True, slots=True)
class Project:
    """A row of `projects`."""

    project_id: ProjectId
    user_id: UserId
    name: str
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Erasure:
    """A project that goes, with everything in it."""

    project_id: ProjectId
    user_id: UserId
    generation_ids: Sequence[GenerationId]

    def message(self) -> ProjectDeleted:
        return ProjectDeleted(
            project_id=self.project_id, user_id=self.user_id, generation_ids=tuple(self.generation_ids)
        )


def search_form(text: str) -> str:
    """How names are compared: without case, accents and odd spacing, so that `nandues` finds «Ñandúes»."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return " ".join(plain.casefold().split())
