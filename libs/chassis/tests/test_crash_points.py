"""kill -9 at every point between two steps: after the next start, every effect has happened exactly once."""

import signal
from collections import Counter

import pytest
from autocrea.testkit.stage import Stage, reserve

POINTS = [
    "after_receive",
    "before_commit",
    "after_commit",
    "after_publish",
    "after_marking_sent",
    "before_ack",
    "after_take_job",
    "after_work",
]


@pytest.mark.parametrize("nth", [1, 3])
@pytest.mark.parametrize("point", POINTS)
async def test_effects_happen_once_when_the_process_dies(stage: Stage, point: str, nth: int) -> None:
    once = stage.folder / "crashed"
    service = stage.service()
    await service.start(wait=False, AUTOCREA_CRASH_AT=f"billing.{point}:{nth}", AUTOCREA_CRASH_ONCE=str(once))
    commands = [reserve(f"user-{n % 4}") for n in range(8)]
    for command in commands:  # one by one, so that every point is reached several times
        await stage.publish(command)
    assert await service.wait() == -signal.SIGKILL
    assert once.exists()
    await service.start()
    await stage.all_done(8)
    await stage.outbox_is_sent()
    copies = Counter((reply["id"], reply["type"]) for reply in await stage.replies())
    assert Counter(type_ for _, type_ in copies) == {
        "billing.tokens_reserved.v1": 8,
        "billing.tokens_settled.v1": 8,
    }
    by_id: dict[str, set[bytes]] = {}
    for body in await stage.bodies():
        by_id.setdefault(stage.id_of(body), set()).add(body)
    assert all(len(bodies) == 1 for bodies in by_id.values()), "a repetition differs from the first"
    await service.kill()
