"""I8: one payment, one credit: what Stripe has of a purchase and what the ledger has of it come to the same tokens."""

from collections import Counter, defaultdict
from collections.abc import Iterator

from autocrea.testkit.checker.evidence import Evidence, Row

MARK = "autocrea_purchase_id"
_LEAVES_IT = frozenset({"failed", "canceled"})
"""A refund that did not reach the person."""
_AWAY = frozenset({"needs_response", "under_review", "lost"})
"""A dispute in which the bank has the money."""


def check(evidence: Evidence) -> Iterator[str]:
    sessions = [session for session in evidence.stripe["checkout/sessions"] if MARK in session["metadata"]]
    away = _money_away(evidence)
    booked = Counter[str]()
    for row in evidence.rows("billing", "transfers"):
        if row["purchase_id"] is not None and row["kind"] in ("purchase", "reversal"):
            sign = 1 if row["kind"] == "purchase" else -1
            booked[str(row["purchase_id"])] += sign * row["amount_tokens"]
    for session in sessions:
        purchase, tokens = session["metadata"][MARK], int(session["metadata"]["autocrea_tokens"])
        amount = session["amount_total"]
        taken = min(away[session["payment_intent"]], amount)
        due = tokens - tokens * taken // amount if session["payment_status"] == "paid" else 0
        if booked.pop(purchase, 0) != due:
            yield f"I8: purchase {purchase} ({session['id']}) shall have {due} tokens in the ledger"
    for purchase, tokens in booked.items():
        yield f"I8: the ledger has {tokens} tokens for purchase {purchase}, of which Stripe knows nothing"
    yield from _rows(evidence, {session["metadata"][MARK]: session for session in sessions})


def _money_away(evidence: Evidence) -> Counter[str | None]:
    away = Counter[str | None]()
    for refund in evidence.stripe["refunds"]:
        away[refund["payment_intent"]] += refund["amount"] if refund["status"] not in _LEAVES_IT else 0
    for dispute in evidence.stripe["disputes"]:
        away[dispute["payment_intent"]] += dispute["amount"] if dispute["status"] in _AWAY else 0
    return away


def _rows(evidence: Evidence, sessions: dict[str, Row]) -> Iterator[str]:
    """Every purchase says what it came to, every event was handled, every version was told once."""
    versions = defaultdict[str, list[int]](list)
    for fact in evidence.facts("billing.purchase_changed.v1"):
        versions[fact.data["purchase_id"]].append(fact.data["version"])
    for row in evidence.rows("billing", "purchases"):
        purchase = str(row["purchase_id"])
        if purchase not in sessions:
            yield f"I8: purchase {purchase} has no session at Stripe"
        if row["payment"] == "paid" and row["credited_at"] is None:
            yield f"I8: purchase {purchase} is paid and not credited"
        if sorted(versions[purchase]) != list(range(1, row["version"] + 1)):
            yield f"I8: of purchase {purchase} the versions {versions[purchase]} were told, it is at {row['version']}"
    for event in evidence.rows("billing", "stripe_events"):
        if event["handled_at"] is None:
            yield f"I8: {event['event_id']} ({event['type']}) was stored and never handled"
