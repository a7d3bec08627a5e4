"""What operators do is written down with what they did: both are there, or neither, whatever happens in between."""

import asyncio
import json
import signal
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import pytest
from autocrea.chassis import migrations, operator_actions
from autocrea.chassis import outbox as outboxes
from autocrea.chassis.database import Database
from autocrea.chassis.handlers import OperatorAction
from autocrea.chassis.outbox import Outbox
from autocrea.cli.parts import PostgresEndpoint
from autocrea.testkit.processes import ServiceProcess
from autocrea.testkit.stage import SAMPLE, Stage, reserve

OPERATOR = {"Authorization": "Bearer operator"}
SAID = {"who": "olga", "reason": "mended"}
LETTER = """
INSERT INTO dead_letters (id, source, type, message_id, body, reason, traceback)
VALUES ($1, 'inbox', 'billing.reserve_tokens.v1', $1, $2, 'ValueError', '')"""
OPEN = "SELECT id FROM dead_letters WHERE resolved_at IS NULL"
ACTIONS = "SELECT who, action, target, reason, details, outcome FROM operator_actions ORDER BY id"
AT_ONCE = """
INSERT INTO operator_actions (who, action, target, details, outcome)
SELECT 'olga', 'pause', n::text, '{}', 'done' FROM generate_series(1, $1) AS n"""
# Every row is refused: what is written down in the same transaction does not happen.
NOTHING_IS_WRITTEN = "ALTER TABLE operator_actions ADD CONSTRAINT shut CHECK (false) NOT VALID"


class Asked:
    """The sample's operator routes."""

    def __init__(self, url: str) -> None:
        # The server hangs up after a 500; a connection that is used once is never found so.
        headers = OPERATOR | {"Connection": "close"}
        self._client = httpx.AsyncClient(base_url=url, headers=headers, trust_env=False)

    async def post(self, path: str, body: Any = None, **options: Any) -> httpx.Response:
        return await self._client.post(f"/operator/{path}", json=body, **options)

    async def actions(self, **params: Any) -> dict[str, Any]:
        found: dict[str, Any] = (await self._client.get("/operator/actions", params=params)).json()
        return found

    async def close(self) -> None:
        await self._client.aclose()


@pytest.fixture
async def asked(service: ServiceProcess) -> AsyncIterator[Asked]:
    asked = Asked(service.url)
    yield asked
    await asked.close()


async def letter(stage: Stage) -> UUID:
    """One that can be handled again: its cause is gone."""
    command = reserve()
    await stage.fetch(LETTER, command.id, command.body)
    return command.id


async def written(stage: Stage) -> list[tuple[str, str, str]]:
    return [(row["action"], row["target"], row["outcome"]) for row in await stage.fetch(ACTIONS)]


async def test_who_did_what_to_what_and_why_is_told_newest_first(stage: Stage, asked: Asked) -> None:
    discarded, replayed = await letter(stage), await letter(stage)
    await stage.publish(reserve())
    await asked.post(f"dead-letters/{discarded}/discard", SAID)
    await asked.post(f"dead-letters/{replayed}/replay", SAID)
    await stage.all_done(2)
    await stage.outbox_is_sent()
    await asked.post("outbox/republish", {"who": "olga", "since": "2026-01-01T00:00:00Z"})
    await asked.post("tell-again", {"who": "eva", "reason": "restored"})
    note = {"who": "eva", "action": "apply_topology", "target": "autocrea.topology.1", "outcome": "done"}
    assert (await asked.post("actions", note)).status_code == 201

    told = await asked.actions()
    assert told["left_out"] == 0
    rows = [(one["who"], one["action"], one["target"], one["outcome"]) for one in told["actions"]]
    assert rows == [
        ("eva", "apply_topology", "autocrea.topology.1", "done"),
        ("eva", "tell_again", "state", "done"),
        ("eva", "tell_again", "state", "begun"),
        ("olga", "send_again", "outbox", "done"),
        ("olga", "replay_dead_letter", str(replayed), "done"),
        ("olga", "discard_dead_letter", str(discarded), "done"),
    ]
    assert told["actions"][3]["details"] == {"since": "2026-01-01T00:00:00+00:00", "messages": 4}
    assert told["actions"][4]["reason"] == "mended"
    assert told["actions"][4]["details"] == {"type": "billing.reserve_tokens.v1"}

    page = await asked.actions(limit=2)
    assert ([one["action"] for one in page["actions"]], page["left_out"]) == (
        ["apply_topology", "tell_again"],
        4,
    )
    older = await asked.actions(before=page["actions"][-1]["at"], limit=1)
    assert ([one["outcome"] for one in older["actions"]], older["left_out"]) == (["begun"], 3)


async def test_every_row_is_on_one_page_when_a_page_ends_between_rows_of_one_moment(
    stage: Stage, asked: Asked
) -> None:
    await stage.fetch(AT_ONCE, 5)
    found: list[dict[str, Any]] = []
    params: dict[str, Any] = {"limit": 2}
    while (page := await asked.actions(**params))["actions"]:
        found += page["actions"]
        assert page["left_out"] == 5 - len(found)
        last = found[-1]
        params |= {"before": last["at"], "before_id": last["id"]}
    assert len({one["at"] for one in found}) == 1
    assert [one["target"] for one in found] == ["5", "4", "3", "2", "1"]
    assert (await asked.actions(before=found[0]["at"]))["actions"] == []  # a moment alone: those before it


async def test_nothing_is_written_when_an_action_is_refused(stage: Stage, asked: Asked) -> None:
    poison = reserve("poison")
    await stage.fetch(LETTER, poison.id, poison.body)
    unknown = UUID(int=1)
    refusals = [
        (await asked.post(f"dead-letters/{unknown}/discard", SAID), 404, "not_found"),
        (await asked.post(f"dead-letters/{unknown}/replay", SAID), 404, "not_found"),
        (await asked.post(f"dead-letters/{poison.id}/replay", SAID), 409, "replay_failed"),
        (await asked.post("outbox/republish", {"who": "olga", "since": "now"}), 422, "invalid_request"),
        (await asked.post("tell-again", {}), 422, "invalid_request"),
        (await asked.post("outbox/republish", {"since": "2026-01-01T00:00:00Z"}), 422, "invalid_request"),
        (await asked.post("actions", SAID | {"action": "grant_tokens"}), 422, "invalid_request"),
        (await asked.post("actions", SAID, headers={"Authorization": "Bearer x"}), 401, "unauthorized"),
    ]
    assert [(a.status_code, a.json()["code"]) for a, *_ in refusals] == [(s, c) for _, s, c in refusals]
    assert await written(stage) == []

    assert (await asked.post(f"dead-letters/{poison.id}/discard", SAID)).status_code == 200
    for verb in ("discard", "replay"):
        again = await asked.post(f"dead-letters/{poison.id}/{verb}", SAID)
        assert (again.status_code, again.json()["code"]) == (409, "already_resolved")
    assert await written(stage) == [("discard_dead_letter", str(poison.id), "done")]


async def test_one_of_two_operators_acts_when_both_ask_at_once(stage: Stage, asked: Asked) -> None:
    for n, verbs in enumerate((("replay", "replay"), ("replay", "discard"), ("discard", "discard")), start=1):
        dead = await letter(stage)
        answers = await asyncio.gather(*(asked.post(f"dead-letters/{dead}/{verb}", SAID) for verb in verbs))
        assert sorted(answer.status_code for answer in answers) == [200, 409]
        assert len(await written(stage)) == n


async def test_nothing_happens_when_it_cannot_be_written_down(stage: Stage, asked: Asked) -> None:
    dead = await letter(stage)
    await stage.publish(reserve())
    await stage.all_done(1)
    await stage.outbox_is_sent()
    await stage.fetch(NOTHING_IS_WRITTEN)
    for path, body in (
        (f"dead-letters/{dead}/replay", SAID),
        (f"dead-letters/{dead}/discard", SAID),
        ("outbox/republish", SAID | {"since": "2026-01-01T00:00:00Z"}),
    ):
        assert (await asked.post(path, body)).status_code in (409, 500), path
    assert [row["id"] for row in await stage.fetch(OPEN)] == [dead]
    assert await stage.fetch("SELECT 1 FROM outbox WHERE again_at IS NOT NULL") == []
    assert len(await stage.counts()) == 1


@pytest.mark.parametrize("point", ["before_commit", "after_commit"])
async def test_act_and_row_are_both_there_or_neither_when_the_process_dies_between(
    stage: Stage, tmp_path: Path, point: str
) -> None:
    dead = await letter(stage)
    process = stage.service(AUTOCREA_CRASH_ONCE=str(tmp_path / "crashed"))
    await process.start(AUTOCREA_CRASH_AT=f"billing.{point}/billing.reserve_tokens.v1:1")
    with pytest.raises(httpx.HTTPError):
        await Asked(process.url).post(f"dead-letters/{dead}/replay", SAID)
    assert await process.wait() == -signal.SIGKILL
    happened = point == "after_commit"
    assert await written(stage) == [("replay_dead_letter", str(dead), "done")] * happened
    assert (await stage.fetch(OPEN) == []) is happened
    assert len(await stage.counts()) == happened


async def test_the_beginning_stands_alone_when_what_takes_long_was_interrupted(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outboxes, "REPUBLISH_ROWS_MAX", 2)
    async with database.transaction() as connection:
        await outboxes.write(connection, [reserve() for _ in range(5)])
        await connection.execute("UPDATE outbox SET sent_at = now() - interval '1 h'")
        # The third chunk finds a row that cannot be changed, as if the process had died there.
        await connection.execute("ALTER TABLE outbox ADD CHECK (again_at IS NULL OR seq < 5) NOT VALID")
        since = await connection.fetchval("SELECT now() - interval '2 h'")
    outbox = Outbox(database, None)  # type: ignore[arg-type]  # nothing is published
    with pytest.raises(asyncpg.CheckViolationError):
        await outbox.republish(since, who="olga")
    async with database.connection() as connection:
        [begun], left_out = await operator_actions.newest(connection)
        assert (begun["outcome"], begun["action"], left_out) == ("begun", "send_again", 0)
        assert await connection.fetchval("SELECT count(*) FROM outbox WHERE sent_at IS NULL") == 4


async def test_a_request_is_refused_when_nothing_could_be_made_of_it(asked: Asked) -> None:
    """A body that is nested deeply was read by a recursion of ours, and answered with a 500."""
    dead = f"dead-letters/{UUID(int=1)}"
    deep = [opening * depth + "1" for depth in (900, 100_000) for opening in ("[", '{"who":')]
    names = [json.dumps({"who": who, "reason": "x"}) for who in ("", " ", "a\0b", "a\nb", "x" * 501, None, 7)]
    for path in (f"{dead}/replay", f"{dead}/discard", "outbox/republish", "tell-again", "actions"):
        for body in (*deep, *names, "", "[]", "\ufeff", '"\\ud800"'):
            answer = await asked.post(path, content=body)
            assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request"), (path, body[:40])
    for params in (
        {"limit": 0},
        {"limit": 501},
        {"before": "now"},
        {"before": "2026-01-01"},
        {"before_id": 2**63},
    ):
        assert (await asked.actions(**params))["code"] == "invalid_request"


async def test_rows_stay_as_they_are_whoever_asks(database: Database) -> None:
    async with database.connection() as connection:
        await operator_actions.record(connection, [OperatorAction("olga", "pause", "intake")])
        for statement in (
            "UPDATE operator_actions SET who = 'eva'",
            "DELETE FROM operator_actions",
            "TRUNCATE operator_actions",
        ):
            with pytest.raises(asyncpg.RestrictViolationError, match="append-only"):
                await connection.execute(statement)


async def test_the_services_role_may_add_and_read_and_nothing_else(postgres: PostgresEndpoint) -> None:
    administrator = await asyncpg.connect(postgres.url())
    await administrator.execute("CREATE ROLE sample_audited LOGIN PASSWORD 'secret'")
    await administrator.execute("CREATE DATABASE sample_audited OWNER sample_audited")
    url = postgres.url("sample_audited", user="sample_audited", password="secret")
    try:
        await migrations.migrate(url, SAMPLE)
        connection = await asyncpg.connect(url)
        try:
            for statement in ("UPDATE operator_actions SET who = 'x'", "DELETE FROM operator_actions"):
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    await connection.execute(statement)
        finally:
            await connection.close()
    finally:
        await administrator.execute("DROP DATABASE sample_audited")
        await administrator.execute("DROP ROLE sample_audited")
        await administrator.close()
