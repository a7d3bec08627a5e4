"""The checker finds what is planted in the ledger: sums, charges, prices and credits (I2, I3, I8)."""

import pytest
from autocrea.testkit.checker.evidence import Row
from checker_scene import Defect, Scene

TRANSFERS, ACCOUNTS, HOLDS = ("billing", "transfers"), ("billing", "accounts"), ("billing", "holds")
AUDIT, CALLS = ("billing", "audit"), ("llm-router", "llm_calls")
OUTBOX = ("orchestrator", "outbox")
BALANCE_CHANGED = "billing.balance_changed.v1"
STEP_COMPLETED = "orchestrator.step_completed.v1"
EXECUTE_STEP = "llm-router.execute_step.v1"


def account(scene: Scene) -> Row:
    return {"id": f"user:{scene.user_id}"}


def hold_account(scene: Scene) -> Row:
    return {"id": f"hold:{scene.generation_id}:1"}


def grant(user_id: str) -> Row:
    return {"user_id": user_id, "kind": "grant"}


def backend(scene: Scene) -> Row:
    """Of the messages about that step."""
    return {"generation_id": str(scene.generation_id), "step": "backend"}


def capture(scene: Scene) -> Row:
    return {"generation_id": scene.generation_id, "kind": "capture", "step": "backend"}


def retell_backend(scene: Scene, **data: object) -> Scene:
    return scene.retell("orchestrator", STEP_COMPLETED, backend(scene), **data)


def cost_nothing(scene: Scene) -> Scene:
    """The back end as the end tells it."""
    steps = scene.end.data["steps"]
    return scene.retell_end(
        steps=[row | {"net_tokens": 0} if row["step"] == "backend" else row for row in steps]
    )


def reject(scene: Scene) -> Scene:
    return scene.set(OUTBOX, {"id": scene.end.id}, type="orchestrator.generation_rejected.v1")


def fail(scene: Scene, fault: str) -> Scene:
    """The run as one that failed after its steps, each charged."""
    return scene.retell_end(fault=fault).set(
        OUTBOX, {"id": scene.end.id}, type="orchestrator.generation_failed.v1"
    )


def fail_and_give_back(scene: Scene, fault: str) -> Scene:
    return fail(cost_nothing(scene), fault)


def unverify(scene: Scene) -> Scene:
    of_user = {"user_id": scene.user_id}
    for service, type_ in (
        ("gateway", "gateway.account_opened.v1"),
        ("gateway", "gateway.generation_requested.v1"),
        ("orchestrator", "billing.reserve_tokens.v1"),
    ):
        scene = scene.retell(service, type_, of_user, email_verified=False)
    return scene


BOOKS: dict[str, Defect] = {
    "sum that is not kept": (
        lambda s: s.change(ACCOUNTS, lambda row: {"credits_tokens": row["credits_tokens"] + 1}, **account(s)),
        "I2: account user:{user} keeps",
    ),
    "total that is not zero": (
        lambda s: s.change(ACCOUNTS, lambda row: {"credits_tokens": row["credits_tokens"] + 1}, **account(s)),
        "I2: all postings together come to 1, not 0",
    ),
    "balance below zero": (
        lambda s: s.set(TRANSFERS, grant(s.user_id), amount_tokens=1),
        "I2: account user:{user} stands at -",
    ),
    "account without a row": (
        lambda s: s.drop(ACCOUNTS, **account(s)),
        "I2: account user:{user} has entries and no row",
    ),
    "line that is missing": (
        lambda s: s.drop(TRANSFERS, user_id=s.user_id, kind="release"),
        "I2: the ledger of {user} has the entries",
    ),
    "version that was not told": (
        lambda s: s.drop(("billing", "outbox"), **s.told("billing", BALANCE_CHANGED, user_id=s.user_id)),
        "I2: of the balance of {user} the versions",
    ),
    "balance told wrong": (
        lambda s: s.retell("billing", BALANCE_CHANGED, {"user_id": s.user_id}, available=1_000),
        "I2: {user} has … tokens available, held and owed, and was told (1000,",
    ),
    "balance shown wrong": (
        lambda s: s.set(("gateway", "balances"), {"user_id": s.user_id}, available=1_000),
        "I2: the gateway shows {user} another balance",
    ),
}

CHARGES: dict[str, Defect] = {
    "twice": (
        lambda s: s.add(TRANSFERS, capture(s), entry=99, idempotency_key="again"),
        "I3: {run} step backend was debited 2 times",
    ),
    "above its cap": (
        lambda s: s.set(TRANSFERS, capture(s), amount_tokens=17),
        "I3: {run} step backend was debited 17 tokens above its cap of 16",
    ),
    "given back without having been taken": (
        lambda s: s.add(TRANSFERS, capture(s), kind="refund", amount_tokens=17),
        "I3: {run} step backend was refunded 17 tokens that it was not charged",
    ),
    "still to come": (
        lambda s: s.set(HOLDS, s.of_generation, state="open"),
        "I3: {run} has ended and its hold is open",
    ),
    "still held": (
        lambda s: s.change(
            ACCOUNTS, lambda row: {"debits_tokens": row["debits_tokens"] - 1}, **hold_account(s)
        ),
        "I3: {run} has ended and 1 tokens are still held for it",
    ),
    "told wrong": (
        cost_nothing,
        "I3: generation {generation} step backend cost 0 as was told, the ledger holds",
    ),
    "another than the step's": (
        lambda s: retell_backend(s, charge_tokens=15),
        "I3: generation {generation} step backend was charged 15 when it completed, and cost",
    ),
    "forgotten at the end": (
        cost_nothing,
        "I3: generation {generation} step backend of a completed generation cost 0, not",
    ),
    "of no step": (
        lambda s: s.set(TRANSFERS, capture(s), step="another"),
        "I3: generation {generation} step another is charged",
    ),
    "added up wrong": (
        lambda s: s.retell_end(net_tokens=1),
        "I3: generation {generation} was told to cost 1, its steps differ",
    ),
    "above the quote": (
        lambda s: s.retell(
            "gateway", "gateway.generation_requested.v1", {"user_id": s.user_id}, quote_tokens=1
        ),
        "I3: generation {generation} cost … tokens, its first quote was 1",
    ),
    "kept for a fault of ours": (
        lambda s: fail(s, "packaging_failed"),
        "I3: {run} ended for packaging_failed and step backend cost …, not 0",
    ),
    "given back for a fault of the model": (
        lambda s: fail_and_give_back(s, "output_invalid"),
        "I3: {run} ended for output_invalid and step backend cost 0, not ",
    ),
    "of a rejected run": (reject, "I3: {run} was rejected and has transfers"),
    "for calls of a rejected run": (reject, "I3: {run} was rejected and a model was called for it"),
}

PRICES: dict[str, Defect] = {
    "another than its usage is worth": (
        lambda s: retell_backend(s, charge_tokens=15),
        "I3: generation {generation} step backend was charged 15 tokens, its usage is worth",
    ),
    "of usage that no call had": (
        lambda s: s.change(
            CALLS, lambda row: {"output_tokens": row["output_tokens"] + 1}, **s.of_generation, step="backend"
        ),
        "I3: generation {generation} step backend told the usage",
    ),
    "of an unpriced model": (
        lambda s: retell_backend(s, model="another"),
        "I3: generation {generation} step backend was answered by another, which its run did not price",
    ),
    "of what nobody ordered": (
        lambda s: s.drop(OUTBOX, **s.told("orchestrator", EXECUTE_STEP, **backend(s))),
        "I3: generation {generation} step backend completed attempt 1, which was never ordered",
    ),
}

CREDITS: dict[str, Defect] = {
    "twice under one key": (
        lambda s: s.add(TRANSFERS, grant(s.other_user_id), entry=99),
        "I8: … was booked 2 times",
    ),
    "twice for one cause": (
        lambda s: s.add(TRANSFERS, grant(s.user_id), entry=99, idempotency_key="again"),
        "I8: {user} was credited 2 times for one cause",
    ),
    "to a stranger": (unverify, "I8: {user} was welcomed without a verified e-mail"),
    "beside its record": (
        lambda s: s.set(TRANSFERS, grant(s.other_user_id), amount_tokens=8),
        "I8: … gave {other} something else than its record says",
    ),
    "that never came": (
        lambda s: s.drop(TRANSFERS, **grant(s.other_user_id)),
        "I8: … is on record and was never booked",
    ),
}


@pytest.mark.parametrize("defect", BOOKS.values(), ids=BOOKS)
def test_books_are_found_when_they_do_not_add_up(scene: Scene, defect: Defect) -> None:
    scene.assert_finds(defect)


@pytest.mark.parametrize("defect", CHARGES.values(), ids=CHARGES)
def test_a_charge_is_found_when_it_is_not_right(scene: Scene, defect: Defect) -> None:
    scene.assert_finds(defect)


@pytest.mark.parametrize("defect", PRICES.values(), ids=PRICES)
def test_a_price_is_found_when_it_is_not_what_was_used(scene: Scene, defect: Defect) -> None:
    scene.assert_finds(defect)


@pytest.mark.parametrize("defect", CREDITS.values(), ids=CREDITS)
def test_a_credit_is_found_when_it_has_not_one_cause(scene: Scene, defect: Defect) -> None:
    scene.assert_finds(defect)
