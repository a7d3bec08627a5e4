"""How an archive is identified, and where its object lives."""

from uuid import uuid5

from autocrea.contracts.ids import ArchiveId, GenerationId

ARCHIVES_PREFIX = "archives/"
CONTENT_TYPE = "application/zip"


def archive_id(generation_id: GenerationId, run: int) -> ArchiveId:
    """A run has one archive, whoever packages it and however often."""
    return ArchiveId(uuid5(generation_id, f"archive:{run}"))


def generation_prefix(generation_id: GenerationId) -> str:
    """What the key of every object of a generation begins with."""
    return f"{ARCHIVES_PREFIX}{generation_id}/"


def object_key(generation_id: GenerationId, run: int) -> str:
    """Derived from what the archive is for, so that packaging it again overwrites the same object."""
    return f"{generation_prefix(generation_id)}{run}.zip"
