"""I8: one cause, one credit: nobody is welcomed twice, no operator's gift is booked without its record or beside it."""

from collections import Counter
from collections.abc import Iterator

from autocrea.testkit.checker.evidence import Evidence


def check(evidence: Evidence) -> Iterator[str]:
    transfers = evidence.rows("billing", "transfers")
    keys = Counter(row["idempotency_key"] for row in transfers)
    for key, times in keys.items():
        if times > 1:
            yield f"I8: {key} was booked {times} times"
    actions = evidence.rows("billing", "operator_actions")
    audited = {row["details"]["key"]: row for row in actions if row["action"] == "grant_tokens"}
    verified = {
        fact.data["user_id"]
        for fact in evidence.facts(
            "gateway.account_opened.v1", "gateway.generation_requested.v1", "billing.reserve_tokens.v1"
        )
        if fact.data["email_verified"]
    }
    welcomed = Counter[str]()
    for row in transfers:
        if not row["debit_account"].startswith("world:") or row["kind"] in ("refund", "purchase"):
            continue
        record = audited.get(row["idempotency_key"])
        if record is None:
            welcomed[row["user_id"]] += 1
            if row["user_id"] not in verified:
                yield f"I8: {row['user_id']} was welcomed without a verified e-mail: {row['idempotency_key']}"
        elif (record["target"], record["details"]["tokens"]) != (row["user_id"], row["amount_tokens"]):
            yield f"I8: {row['idempotency_key']} gave {row['user_id']} something else than its record says"
    for user_id, times in welcomed.items():
        if times > 1:
            yield f"I8: {user_id} was credited {times} times for one cause"
    for key in audited.keys() - keys.keys():
        yield f"I8: {key} is on record and was never booked"
