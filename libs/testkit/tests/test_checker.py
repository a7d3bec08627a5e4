"""The checker finds what is planted: ends that differ, gaps in feeds, what never left, whose it is (I1, I6, I7, I9)."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from checker_scene import Defect, Scene

GENERATIONS, FEED, USERS = ("gateway", "generations"), ("gateway", "feed_events"), ("gateway", "users")
SAGAS, OUTBOX = ("orchestrator", "sagas"), ("orchestrator", "outbox")
DEAD_LETTERS, JOBS = ("billing", "dead_letters"), ("orchestrator", "jobs")
EXPLAINED = {
    "id": uuid4(),
    "type": "billing.reserve_tokens.v1",
    "reason": "a bug",
    "resolved_at": datetime(2026, 11, 1, tzinfo=UTC),
    "resolved_why": "mended and sent again",
}
DUE = {"kind": "reconcile", "key": "1", "attempts": 0, "overdue_seconds": 60.0, "running": False}


def event(scene: Scene, sequence: int) -> dict[str, object]:
    return {"stream": f"generation:{scene.generation_id}", "sequence": sequence}


def requested(scene: Scene) -> dict[str, object]:
    told = scene.told("gateway", "gateway.generation_requested.v1", generation_id=str(scene.generation_id))
    return dict(told)


def cut_before_the_end(scene: Scene) -> Scene:
    last = scene.end.data["sequence"]
    return scene.drop(FEED, **event(scene, last)).set(
        GENERATIONS, scene.of_generation, projected_sequence=last - 1
    )


def tell_somebody_else(scene: Scene, **data: str) -> Scene:
    line = {"stream": f"user:{scene.user_id}"}
    return scene.add(FEED, line, stream=f"user:{scene.other_user_id}", data=data)


ENDS: dict[str, Defect] = {
    "none": (lambda s: s.drop(OUTBOX, id=s.end.id), "I1: {run} was accepted and has 0 terminal events"),
    "two": (
        lambda s: s.add(OUTBOX, {"id": s.end.id}, id=uuid4()),
        "I1: {run} was accepted and has 2 terminal events",
    ),
    "of what nobody asked for": (
        lambda s: s.drop(("gateway", "outbox"), **requested(s)),
        "I1: {run} has a terminal event and was never accepted",
    ),
    "awaited of a run that was never requested": (
        lambda s: s.set(GENERATIONS, s.of_generation, run=2),
        "I1: generation {generation} run 2 is shown to its owner and was never requested of the orchestrator",
    ),
    "unknown to the saga": (
        lambda s: s.set(SAGAS, s.of_generation, run_state="running"),
        "I1: generation {generation} ended as orchestrator.generation_completed.v1 and its saga is running",
    ),
    "another for its owner": (
        lambda s: s.set(GENERATIONS, s.of_generation, status="failed"),
        "I1: generation {generation} ended as completed and its owner is shown failed",
    ),
}

FEEDS: dict[str, Defect] = {
    "gap": (
        lambda s: s.drop(FEED, **event(s, 3)),
        "I6: the feed of generation {generation} has the ids [1, 2, 4, 5,",
    ),
    "event that never came": (
        lambda s: s.drop(FEED, **event(s, 3)),
        "I6: event 3 of generation {generation} was published and never reached the feed",
    ),
    "event twice": (
        lambda s: s.add(FEED, event(s, 3)),
        "I6: the feed of generation {generation} has the ids [1, 2, 3, 4,",
    ),
    "event retold": (
        lambda s: s.change(FEED, lambda row: {"data": row["data"] | {"step": "x"}}, **event(s, 3)),
        "I6: event 3 of generation {generation} in the feed is not what the orchestrator published",
    ),
    "event after the end": (
        lambda s: s.set(FEED, event(s, 11), type="orchestrator.generation_failed.v1"),
        "I6: event 12 of generation {generation} came after its run's end",
    ),
    "run begun too early": (
        lambda s: s.change(FEED, lambda row: {"data": row["data"] | {"run": 2}}, **event(s, 12)),
        "I6: event 12 of generation {generation} begins a run before the last one ended",
    ),
    "end left out": (
        cut_before_the_end,
        "I6: the feed of generation {generation} ends with orchestrator.step_completed.v1",
    ),
    "account's end left out": (
        lambda s: s.change(USERS, lambda row: {"feed_position": row["feed_position"] + 1}, user_id=s.user_id),
        "I6: the feed of {user} has the ids",
    ),
}

LEFTOVERS: dict[str, Defect] = {
    "message": (
        lambda s: s.set(OUTBOX, {"id": s.end.id}, sent_at=None),
        "I7: orchestrator has not sent orchestrator.generation_completed.v1",
    ),
    "dead letter": (
        lambda s: s.put(DEAD_LETTERS, EXPLAINED | {"resolved_at": None}),
        "I7: billing has an unexplained dead letter",
    ),
    "dead letter put aside without a word": (
        lambda s: s.put(DEAD_LETTERS, EXPLAINED | {"resolved_why": ""}),
        "I7: billing has an unexplained dead letter",
    ),
    "job that is due": (
        lambda s: s.put(JOBS, DUE),
        "I7: orchestrator has the job reconcile 1 due since 60 s",
    ),
    "job of an ended run": (
        lambda s: s.put(
            JOBS,
            DUE | {"kind": "run_deadline", "key": f"{s.generation_id}/1", "overdue_seconds": -900.0},
        ),
        "I7: orchestrator still has the job run_deadline {generation}/1 of a run that has ended",
    ),
}

OWNERS: dict[str, Defect] = {
    "of the project": (
        lambda s: s.set(("gateway", "projects"), {"user_id": s.user_id}, user_id=s.other_user_id),
        "I9: generation {generation} lies in somebody else's project",
    ),
    "of the hold": (
        lambda s: s.set(("billing", "holds"), s.of_generation, user_id=s.other_user_id),
        "I9: generation {generation} of {user} is {other}'s in billing's holds",
    ),
    "of the debits": (
        lambda s: s.set(("billing", "transfers"), s.of_generation, user_id=s.other_user_id),
        "I9: generation {generation} of {user} is {other}'s in billing's transfers",
    ),
    "of the files": (
        lambda s: s.set(("artifacts", "generations"), {"id": s.generation_id}, user_id=s.other_user_id),
        "I9: generation {generation} of {user} is {other}'s in artifacts",
    ),
    "in an event": (
        lambda s: s.retell_end(user_id=s.other_user_id),
        "I9: generation {generation} of {user} is {other}'s in orchestrator.generation_completed.v1",
    ),
    "in a feed": (
        lambda s: tell_somebody_else(s, generation_id=str(s.generation_id)),
        "I9: the feed of {other} names generation {generation} of {user}",
    ),
    "of a feed": (
        lambda s: tell_somebody_else(s, user_id=s.user_id),
        "I9: the feed of {other} tells of {user}",
    ),
}


def test_nothing_is_found_when_nothing_is_wrong(scene: Scene) -> None:
    assert scene.findings == []


def test_nothing_is_found_when_a_dead_letter_is_explained(scene: Scene) -> None:
    assert scene.put(DEAD_LETTERS, EXPLAINED).findings == []


@pytest.mark.parametrize("defect", ENDS.values(), ids=ENDS)
def test_an_end_is_found_when_it_is_not_the_one(scene: Scene, defect: Defect) -> None:
    scene.assert_finds(defect)


@pytest.mark.parametrize("defect", FEEDS.values(), ids=FEEDS)
def test_a_feed_is_found_when_it_is_not_whole(scene: Scene, defect: Defect) -> None:
    scene.assert_finds(defect)


@pytest.mark.parametrize("defect", LEFTOVERS.values(), ids=LEFTOVERS)
def test_what_is_left_is_found_when_a_run_has_ended(scene: Scene, defect: Defect) -> None:
    scene.assert_finds(defect)


@pytest.mark.parametrize("defect", OWNERS.values(), ids=OWNERS)
def test_an_owner_is_found_when_it_is_somebody_else(scene: Scene, defect: Defect) -> None:
    scene.assert_finds(defect)
