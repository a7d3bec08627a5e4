"""The table of what operators did: added to, never changed."""

from collections.abc import Sequence
from dataclasses import astuple
from typing import Final, LiteralString

from autocrea.billing.domain.audit import AuditEntry
from autocrea.chassis.database import columns
from autocrea.chassis.handlers import Connection

_ADD: Final[LiteralString] = """
INSERT INTO audit (at, actor, action, subject, tokens, reason, idempotency_key)
SELECT * FROM unnest($1::timestamptz[], $2::text[], $3::text[], $4::text[], $5::bigint[], $6::text[], $7::text[])"""
_COLUMNS: Final = 7


async def add(connection: Connection, entries: Sequence[AuditEntry]) -> None:
    """Add entries."""
    if entries:
        await connection.execute(_ADD, *columns([astuple(entry) for entry in entries], _COLUMNS))
