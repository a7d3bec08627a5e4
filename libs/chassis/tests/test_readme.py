"""The README's handler is a handler: taken from the page, and called as the page says."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from autocrea.chassis.handlers import Effects, HandlerBase, NewJob, Received
from autocrea.contracts.billing.v1 import ReservationRefused, ReserveTokens, TokensReserved
from autocrea.contracts.envelope import open_envelope, seal
from autocrea.contracts.ids import GenerationId, StepName, UserId

README = Path(__file__).parent.parent / "README.md"
NOW = datetime(2026, 11, 22, tzinfo=UTC)
ADA = UserId("ada")


@dataclass
class Wallet:
    available: int


def refused(data: ReserveTokens, fault: Any, available: int | None, needed: int | None) -> ReservationRefused:
    return ReservationRefused(
        generation_id=data.generation_id,
        run=data.run,
        fault=fault,
        available_tokens=available,
        needed_tokens=needed,
        retry_after_seconds=None,
    )


def reserved(data: ReserveTokens, held: int) -> TokensReserved:
    return TokensReserved(
        generation_id=data.generation_id,
        run=data.run,
        held_tokens=held,
        rate_card_version=data.rate_card_version,
        models=(),
    )


@pytest.fixture
def handler() -> Any:
    [code] = re.findall(r"```python\n(.*?)```", README.read_text("utf-8"), re.DOTALL)
    names: dict[str, Any] = {
        "HandlerBase": HandlerBase,
        "Received": Received,
        "ReserveTokens": ReserveTokens,
        "Iterable": Iterable,
        "UserId": UserId,
        "Wallet": Wallet,
        "datetime": datetime,
        "Effects": Effects,
        "NewJob": NewJob,
        "PATIENCE": timedelta(hours=1),
        "refused": refused,
        "reserved": reserved,
    }
    exec(code, names)
    return names["Reserve"]()


@pytest.fixture
def command() -> Received[ReserveTokens]:
    data = ReserveTokens(
        generation_id=GenerationId(uuid4()),
        run=1,
        user_id=ADA,
        email_verified=True,
        caps={StepName("backend"): 30, StepName("frontend"): 20},
        rate_card_version="1",
    )
    return Received(open_envelope(seal(data, source="orchestrator", time=NOW).body), data)


def test_tokens_are_held_and_answered_when_there_are_enough(
    handler: Any, command: Received[ReserveTokens]
) -> None:
    rows = {key: Wallet(60) for key in handler.rows(command)}
    effects = handler.decide(rows, command, NOW)
    assert rows == {ADA: Wallet(10)}
    assert effects.messages == (reserved(command.data, 50),)
    [job] = effects.jobs
    assert (job.kind, job.due_at) == ("report_overdue", NOW + timedelta(hours=1))


def test_nothing_is_held_and_the_reason_is_told_when_there_are_too_few(
    handler: Any, command: Received[ReserveTokens]
) -> None:
    rows = {ADA: Wallet(40)}
    effects = handler.decide(rows, command, NOW)
    assert rows == {ADA: Wallet(40)}
    assert effects == Effects(messages=(refused(command.data, "insufficient_tokens", 40, 50),))
    assert handler.on_bug(rows, command, NOW).messages[0].fault == "internal"
