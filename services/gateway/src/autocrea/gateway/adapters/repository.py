"""The one door between the rows of a transaction and the tables: locks in one order, writes only what changed.

Users are locked first (rows that are missing are made, so that there is something to lock), then projects, then
generations. What has no lock of its own belongs to a user whose row is locked, or only grows (catalogues).
"""

from collections.abc import Iterable, Sequence

from autocrea.chassis.handlers import Connection
from autocrea.gateway.adapters import access_tokens, erasure_rows, feed_rows, user_rows
from autocrea.gateway.adapters.catalogue_rows import load_catalogues, save_catalogues
from autocrea.gateway.domain.read_model import Key, Kind, Rows


class Repository:
    """Loads and saves `Rows`."""

    async def load(self, connection: Connection, keys: Sequence[Key]) -> Rows:
        rows = Rows()
        await user_rows.load_users(connection, rows, _ids(keys, Kind.USER))
        await user_rows.load_projects(connection, rows, _ids(keys, Kind.PROJECT))
        await feed_rows.load_feeds(connection, rows, _ids(keys, Kind.GENERATION))
        await user_rows.load_answers(connection, rows, [key for key in keys if key.kind is Kind.ANSWER])
        await feed_rows.load_histories(connection, rows, _ids(keys, Kind.HISTORY))
        await erasure_rows.load_contents(
            connection, rows, _ids(keys, Kind.PROJECT_CONTENTS), _ids(keys, Kind.USER_CONTENTS)
        )
        await user_rows.count_open_generations(connection, rows, _ids(keys, Kind.OPEN_GENERATIONS))
        await access_tokens.load(connection, rows, _ids(keys, Kind.ACCESS_TOKENS))
        await load_catalogues(connection, rows, [key for key in keys if key.kind is Kind.CATALOGUE])
        rows.remember()
        return rows

    async def save(self, connection: Connection, rows: Rows) -> None:
        await erasure_rows.save(connection, rows)
        await user_rows.save(connection, rows)
        await access_tokens.save(connection, rows)
        await feed_rows.save(connection, rows)
        await save_catalogues(connection, rows)


def _ids(keys: Iterable[Key], kind: Kind) -> list[str]:
    return [key.id for key in keys if key.kind is kind]
