"""What is erased goes from stored messages and letters, and nothing else does; on the real database."""

import json
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from autocrea.chassis import dead_letters, erasure, outbox
from autocrea.chassis.database import Database
from autocrea.chassis.dead_letters import DeadLetter
from autocrea.contracts.envelope import Sealed, open_envelope, seal
from autocrea.contracts.ids import GenerationId
from autocrea.contracts.samples import SAMPLES

REQUESTED = "gateway.generation_requested.v1"
CANARY = "canario-7f3a"


def requested(generation_id: UUID) -> Sealed:
    change = {"generation_id": GenerationId(generation_id), "prompt": f"una tienda {CANARY}"}
    message = SAMPLES[REQUESTED].model_copy(update=change)
    return seal(message, source="gateway", time=datetime.now(UTC))


async def everything(database: Database) -> str:
    """All that is stored, as text."""
    async with database.connection() as connection:
        messages = await connection.fetch("SELECT convert_from(body, 'UTF8') AS body FROM outbox")
        letters = await connection.fetch(
            "SELECT convert_from(body, 'UTF8') AS body, reason, traceback FROM dead_letters"
        )
    return "\n".join(str(tuple(row)) for row in (*messages, *letters))


async def test_messages_lose_their_texts_and_stay_the_same_facts_when_their_generations_are_erased(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(erasure, "OUTBOX_ROWS_MAX", 2)
    gone, kept = [uuid4() for _ in range(5)], uuid4()
    sealed = [requested(generation_id) for generation_id in (*gone, kept)]
    async with database.transaction() as connection:
        await outbox.write(connection, sealed)
    await erasure.erase(database, [str(generation_id) for generation_id in gone])
    async with database.connection() as connection:
        bodies = [row["body"] for row in await connection.fetch("SELECT body FROM outbox ORDER BY seq")]
    assert [open_envelope(body).id for body in bodies] == [message.id for message in sealed]
    assert [CANARY.encode() in body for body in bodies] == [False] * len(gone) + [True]
    assert bodies[-1] == sealed[-1].body


@pytest.mark.parametrize("source", ["inbox", "queue", "job"])
async def test_letter_says_what_it_was_and_no_word_more_when_it_is_erased(
    database: Database, source: dead_letters.Source
) -> None:
    gone, kept = uuid4(), uuid4()
    for generation_id in (gone, kept):
        body = requested(generation_id).body
        if source == "queue":
            body = body[:-1]  # what could not be decoded
        if source == "job":
            body = b'{"fair_key": "ada", "key": "%s:1", "kind": "k", "payload": {"prompt": "%s"}}' % (
                str(generation_id).encode(),
                CANARY.encode(),
            )
        letter = DeadLetter(source, REQUESTED, uuid4(), None, body, f"ValueError: {CANARY}", f"… {CANARY}")
        async with database.transaction() as connection:
            await dead_letters.record(connection, [letter])
    await erasure.erase(database, [str(gone)])
    left = await everything(database)
    assert left.count(CANARY) == 3  # body, reason and traceback of the other one
    async with database.connection() as connection:
        reasons = {row["reason"] for row in await connection.fetch("SELECT reason FROM dead_letters")}
    assert reasons == {"ValueError", f"ValueError: {CANARY}"}


async def test_deletion_that_was_given_up_can_be_replayed_when_it_has_been_erased_meanwhile(
    database: Database,
) -> None:
    gone = uuid4()
    [job, *_] = erasure.jobs("p", [gone], datetime.now(UTC))
    stored = {"kind": job.kind, "key": job.key, "payload": {**job.payload, "run": 1}, "fair_key": ""}
    body = json.dumps(stored).encode()
    letter = DeadLetter("job", job.kind, None, job.key, body, f"StoreRefused: {CANARY}", CANARY)
    async with database.transaction() as connection:
        await dead_letters.record(connection, [letter])
    await erasure.erase(database, [str(gone)])
    assert CANARY not in await everything(database)
    async with database.connection() as connection:
        assert await connection.fetchval("SELECT body FROM dead_letters") == body


def test_it_is_done_again_after_everything_that_may_cross_it() -> None:
    now = datetime(2026, 11, 22, tzinfo=UTC)
    jobs = erasure.jobs("p", [uuid4()], now)
    assert len({job.key for job in jobs}) == len(erasure.PASSES)
    assert jobs[0].due_at is None
    assert max(job.due_at for job in jobs if job.due_at) - now > erasure.timedelta(days=1)
    assert erasure.jobs("p", [], now) == ()
