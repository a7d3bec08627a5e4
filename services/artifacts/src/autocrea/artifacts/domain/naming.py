"""How an archive is identified, where its object lives, and how a browser is told its name."""

from urllib.parse import quote
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


def content_disposition(file_name: str) -> str:
    """`attachment` with the name as RFC 6266 has it: an ASCII fallback, then the real name in UTF-8 (RFC 5987)."""
    fallback = "".join(c if c.isascii() and (c.isalnum() or c in "-_. ") else "_" for c in file_name)
    return f"attachment; filename=\"{fallback}\"; filename*=UTF-8''{quote(file_name, safe='')}"
