"""Runs it: reserve → a job → settled, with a timer beside; counts each effect so that twice shows as 2.

A user id steers it: `poison…` makes the decision fail, `deaf…` the answer too, `broken-work…` the work, `deadly…`
ends the process. A step called `slow` makes the work wait until the file named by AUTOCREA_SAMPLE_GATE exists.
"""

import asyncio
import os
import signal
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

from autocrea.chassis.app import Service
from autocrea.chassis.handlers import (
    Connection,
    Effects,
    Failed,
    Finished,
    HandlerBase,
    Job,
    JobKey,
    NewJob,
    Received,
)
from autocrea.chassis.main import main
from autocrea.chassis.settings import ServiceSettings
from autocrea.contracts.billing.v1 import (
    ReservationRefused,
    ReserveTokens,
    SettleTokens,
    TokensReserved,
    TokensSettled,
)
from autocrea.contracts.ids import GenerationId
from pydantic_settings import SettingsConfigDict
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

PREFETCH = 50
LEASE_SECONDS = 3  # a test waits that long for what a killed process had leased

_LOCK = """
SELECT generation_id, run, reserved, worked, reminded, failed FROM runs
WHERE (generation_id, run) IN (SELECT * FROM unnest($1::uuid[], $2::int[])) ORDER BY generation_id, run FOR UPDATE"""
_SAVE = """
INSERT INTO runs SELECT * FROM unnest($1::uuid[], $2::int[], $3::int[], $4::int[], $5::int[], $6::int[])
ON CONFLICT (generation_id, run) DO UPDATE SET
    reserved = excluded.reserved, worked = excluded.worked, reminded = excluded.reminded, failed = excluded.failed"""


class Settings(ServiceSettings):
    model_config = SettingsConfigDict(env_prefix="AUTOCREA_BILLING_")


class Key(NamedTuple):
    """A run's key."""

    generation_id: UUID
    run: int


@dataclass
class RunRow:
    """How often each effect happened."""

    reserved: int = 0
    worked: int = 0
    reminded: int = 0
    failed: int = 0


Rows = dict[Key, RunRow]


class Repository:
    """Runs in one table."""

    async def load(self, connection: Connection, keys: Sequence[Key]) -> Rows:
        rows = {key: RunRow() for key in keys}
        for found in await connection.fetch(_LOCK, [k.generation_id for k in keys], [k.run for k in keys]):
            generation_id, run, *counts = found
            rows[Key(generation_id, run)] = RunRow(*counts)
        return rows

    async def save(self, connection: Connection, rows: Rows) -> None:
        listed = sorted(rows.items())
        columns: list[list[Any]] = [[k.generation_id for k, _ in listed], [k.run for k, _ in listed]]
        counts = ("reserved", "worked", "reminded", "failed")
        columns += [[getattr(row, name) for _, row in listed] for name in counts]
        await connection.execute(_SAVE, *columns)


class Reserve(HandlerBase):
    """Counts, answers and adds both jobs."""

    def rows(self, item: Received[ReserveTokens]) -> Iterable[Key]:
        yield Key(item.data.generation_id, item.data.run)

    def decide(self, rows: Rows, item: Received[ReserveTokens], now: datetime) -> Effects:
        data = item.data
        if data.user_id.startswith("deadly"):
            os.kill(os.getpid(), signal.SIGKILL)
        if data.user_id.startswith(("poison", "deaf")):
            raise ValueError("the sample was asked to hit a bug")
        rows[Key(data.generation_id, data.run)].reserved += 1
        payload = {"user_id": data.user_id, "slow": "slow" in data.caps}
        key = f"{data.generation_id}/{data.run}"
        reply = _reserved(Key(data.generation_id, data.run), sum(data.caps.values()), data.rate_card_version)
        return Effects(
            messages=(reply,),
            jobs=(NewJob("work", key, payload=payload, fair_key=data.user_id), NewJob("remind", key)),
        )

    def on_bug(self, rows: Rows, item: Received[ReserveTokens], now: datetime) -> Effects:
        data = item.data
        if data.user_id.startswith("deaf"):
            raise ValueError("the sample was asked to hit a bug while answering")
        rows[Key(data.generation_id, data.run)].failed += 1
        refusal = ReservationRefused(
            generation_id=data.generation_id,
            run=data.run,
            fault="internal",
            available_tokens=None,
            needed_tokens=None,
            retry_after_seconds=None,
        )
        return Effects(messages=(refusal,))


class Stop(HandlerBase):
    """`SettleTokens` takes the work away, running or not."""

    def rows(self, item: Received[SettleTokens]) -> Iterable[Key]:
        yield Key(item.data.generation_id, item.data.run)

    def decide(self, rows: Rows, item: Received[SettleTokens], now: datetime) -> Effects:
        return Effects(removed_jobs=(JobKey("work", f"{item.data.generation_id}/{item.data.run}"),))


class Worked(HandlerBase):
    """The end of the work: counts and tells."""

    def rows(self, item: Finished[str] | Failed) -> Iterable[Key]:
        yield _key(item.job)

    def decide(self, rows: Rows, item: Finished[str] | Failed, now: datetime) -> Effects:
        rows[_key(item.job)].worked += 1
        return Effects(messages=(_settled(item.job),))

    def on_bug(self, rows: Rows, item: Finished[str] | Failed, now: datetime) -> Effects:
        rows[_key(item.job)].failed += 1
        return Effects(messages=(_settled(item.job),))


class Reminded(HandlerBase):
    """The timer: counts."""

    def rows(self, item: Finished[None] | Failed) -> Iterable[Key]:
        yield _key(item.job)

    def decide(self, rows: Rows, item: Finished[None] | Failed, now: datetime) -> Effects:
        rows[_key(item.job)].reminded += 1
        return Effects()


def _key(job: Job) -> Key:
    generation_id, _, run = job.key.partition("/")
    return Key(UUID(generation_id), int(run))


def _reserved(key: Key, held_tokens: int, rate_card_version: str) -> TokensReserved:
    return TokensReserved(
        generation_id=GenerationId(key.generation_id),
        run=key.run,
        held_tokens=held_tokens,
        rate_card_version=rate_card_version,
        models=(),
    )


def _settled(job: Job) -> TokensSettled:
    generation_id, run = _key(job)
    return TokensSettled(
        generation_id=GenerationId(generation_id), run=run, charges={}, refunds={}, released_tokens=0
    )


def reserve_by_request(service: "Service[Rows, Key]") -> Route:
    """`POST /runs/<id>` reserves the first run, once however often it is asked for."""

    async def post(request: Request) -> Response:
        key = Key(request.path_params["generation_id"], 1)

        def decide(rows: Rows, now: datetime) -> tuple[int, Effects]:
            row = rows[key]
            if row.reserved:
                return row.reserved, Effects()
            row.reserved += 1
            return row.reserved, Effects(messages=(_reserved(key, held_tokens=0, rate_card_version="1"),))

        return JSONResponse({"reserved": await service.transact([key], decide)})

    return Route("/runs/{generation_id:uuid}", post, methods=["POST"])


async def work(job: Job) -> str:
    """Wait for the gate when asked to, else nothing."""
    if job.payload["user_id"].startswith("broken-work"):
        raise ValueError("the sample's work was asked to hit a bug")
    gate = Path(os.environ.get("AUTOCREA_SAMPLE_GATE", "/nonexistent"))
    while job.payload["slow"] and not gate.exists():
        await asyncio.sleep(0.05)
    return "done"


def build(settings: Settings) -> Service[Rows, Key]:
    """The sample, wired."""
    service: Service[Rows, Key] = Service(
        "billing", settings, package="autocrea.testkit.sample", repository=Repository(), prefetch=PREFETCH
    )
    service.registry.on(ReserveTokens, Reserve())
    service.registry.on(SettleTokens, Stop())
    service.registry.work(
        "work", work, Worked(), concurrency=4, per_fair_key=2, lease_seconds=LEASE_SECONDS, attempts_max=2
    )
    service.registry.due("remind", Reminded(), lease_seconds=LEASE_SECONDS)
    service.routes.append(reserve_by_request(service))
    return service


if __name__ == "__main__":
    main("autocrea.testkit.sample", Settings, build)
