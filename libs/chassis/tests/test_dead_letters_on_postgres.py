"""The list of dead letters: the newest ones, and how many it leaves out."""

from uuid import uuid4

import pytest
from autocrea.chassis import dead_letters
from autocrea.chassis.database import Database
from autocrea.chassis.dead_letters import DeadLetter


def _letter(number: int) -> DeadLetter:
    return DeadLetter("inbox", f"type.{number}", uuid4(), None, b"{}", "ValueError", "")


async def test_what_a_list_leaves_out_is_counted_when_more_wait_than_it_names(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dead_letters, "LIST_MAX", 3)
    async with database.connection() as connection:
        assert await dead_letters.newest(connection) == ([], 0)
        for number in range(5):
            await dead_letters.record(connection, [_letter(number)])
        listed, left_out = await dead_letters.newest(connection)
        assert ([one["type"] for one in listed], left_out) == (["type.4", "type.3", "type.2"], 2)
        await dead_letters.discard(connection, listed[0]["id"], who="olga", why="mended")
        assert (await dead_letters.newest(connection))[1] == 1
        assert (await dead_letters.newest(connection, include_resolved=True))[1] == 2
