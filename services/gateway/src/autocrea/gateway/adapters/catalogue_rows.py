"""Catalogues in their table: read without a lock, written only upwards."""

from collections.abc import Sequence
from typing import Any, LiteralString

from autocrea.chassis.handlers import Connection
from autocrea.contracts.billing.v1 import RateCardPublished
from autocrea.contracts.llm_router.v1 import ProviderStatusChanged
from autocrea.contracts.orchestrator.v1 import PipelinePublished
from autocrea.gateway.domain.catalogue import Catalogue, CatalogueKind, Published
from autocrea.gateway.domain.read_model import Key, Rows, catalogue_key, message_data

_LOAD: LiteralString = """
SELECT c.kind, c.name, c.revision, c.data
FROM catalogues c JOIN unnest($1::text[], $2::text[]) AS k (kind, name) USING (kind, name)"""
# Two batches may bring two revisions at once: the table keeps the higher, whoever comes last.
_SAVE: LiteralString = """
INSERT INTO catalogues (kind, name, revision, data)
SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[], $4::jsonb[]) AS c (kind, name, revision, data)
ORDER BY kind, name
ON CONFLICT (kind, name) DO UPDATE SET revision = excluded.revision, data = excluded.data
WHERE catalogues.revision < excluded.revision"""


async def load_catalogues(connection: Connection, rows: Rows, keys: Sequence[Key]) -> None:
    """Add the publications in force."""
    if not keys:
        return
    found = await connection.fetch(_LOAD, [key.id for key in keys], [key.part for key in keys])
    for row in found:
        entry = read_catalogue(row["kind"], row["name"], row["revision"], row["data"])
        rows.catalogues[catalogue_key(entry.kind, entry.name)] = entry


async def save_catalogues(connection: Connection, rows: Rows) -> None:
    """Write those that are new."""
    loaded = rows.loaded.catalogues if rows.loaded else {}
    changed = [entry for key, entry in rows.catalogues.items() if loaded.get(key) is not entry]
    if changed:
        await connection.execute(
            _SAVE,
            [entry.kind.value for entry in changed],
            [entry.name for entry in changed],
            [entry.revision for entry in changed],
            [message_data(entry.published) for entry in changed],
        )


def read_catalogue(kind: str, name: str, revision: int, data: dict[str, Any]) -> Catalogue:
    """A row as the domain knows it."""
    published: Published
    match CatalogueKind(kind):
        case CatalogueKind.PIPELINE:
            published = PipelinePublished.model_validate(data)
        case CatalogueKind.RATE_CARD:
            published = RateCardPublished.model_validate(data)
        case CatalogueKind.PROVIDER:
            published = ProviderStatusChanged.model_validate(data)
    return Catalogue(CatalogueKind(kind), name, revision, published)
