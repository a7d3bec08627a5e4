"""I2: the ledger adds up, nobody is below zero, and every sum kept beside it is the sum of its entries."""

from collections import Counter
from collections.abc import Iterator

from autocrea.testkit.checker.evidence import Evidence, by

NEVER_NEGATIVE = ("user:", "hold:")


def check(evidence: Evidence) -> Iterator[str]:
    debits, credits = Counter[str](), Counter[str]()
    for transfer in evidence.rows("billing", "transfers"):
        debits[transfer["debit_account"]] += transfer["amount_tokens"]
        credits[transfer["credit_account"]] += transfer["amount_tokens"]
    accounts = {row["id"]: row for row in evidence.rows("billing", "accounts")}
    for name in sorted(debits.keys() | credits.keys() | accounts.keys()):
        balance = credits[name] - debits[name]
        if name.startswith(NEVER_NEGATIVE) and balance < 0:
            yield f"I2: account {name} stands at {balance} by its entries"
        if name.startswith("world:"):
            continue
        kept = accounts.get(name)
        if kept is None:
            yield f"I2: account {name} has entries and no row"
        elif (kept["debits_tokens"], kept["credits_tokens"]) != (debits[name], credits[name]):
            sums = f"{kept['credits_tokens']} - {kept['debits_tokens']}"
            yield f"I2: account {name} keeps {sums}, its entries say {credits[name]} - {debits[name]}"
    world = sum(credits[name] - debits[name] for name in credits | debits if name.startswith("world:"))
    kept_total = sum(row["credits_tokens"] - row["debits_tokens"] for row in accounts.values())
    if world + kept_total:
        yield f"I2: all postings together come to {world + kept_total}, not 0"
    yield from _entries(evidence)
    yield from _told(evidence)


def _entries(evidence: Evidence) -> Iterator[str]:
    """A user's lines are numbered without a gap, and the account knows how many there are."""
    lines = by(evidence.rows("billing", "transfers"), "user_id")
    for account in evidence.rows("billing", "accounts"):
        if not account["id"].startswith("user:"):
            continue
        user_id = account["user_id"]
        numbers = [row["entry"] for row in lines.get(user_id, ())]
        if numbers != list(range(1, account["entries"] + 1)):
            yield f"I2: the ledger of {user_id} has the entries {numbers}, its account counts {account['entries']}"


def _told(evidence: Evidence) -> Iterator[str]:
    """Every version of a balance was told once, the last one says what stands, and the gateway shows it."""
    facts = by([fact.data for fact in evidence.facts("billing.balance_changed.v1")], "user_id")
    shown = {row["user_id"]: row for row in evidence.rows("gateway", "balances")}
    held, owed = Counter[str](), Counter[str]()
    for account in evidence.rows("billing", "accounts"):
        if account["id"].startswith("hold:"):
            held[account["user_id"]] += account["credits_tokens"] - account["debits_tokens"]
        if account["id"].startswith("receivable:"):
            owed[account["user_id"]] += account["debits_tokens"] - account["credits_tokens"]
    for account in evidence.rows("billing", "accounts"):
        user_id = account["user_id"]
        if not account["id"].startswith("user:"):
            continue
        told = sorted(facts.get(user_id, ()), key=lambda data: data["version"])
        versions = [data["version"] for data in told]
        if versions != list(range(1, account["version"] + 1)):
            yield f"I2: of the balance of {user_id} the versions {versions} were told, it is at {account['version']}"
            continue
        stands = (account["credits_tokens"] - account["debits_tokens"], held[user_id], owed[user_id])
        said = tuple(told[-1][name] for name in ("available", "held", "receivable")) if told else stands
        if said != stands:
            yield f"I2: {user_id} has {stands} tokens available, held and owed, and was told {said}"
        if stands[0] and stands[2]:
            yield f"I2: {user_id} owes {stands[2]} tokens and has {stands[0]}"
        row = shown.get(user_id)
        if told and (
            row is None
            or tuple(row[name] for name in ("version", "available", "held", "receivable"))
            != (versions[-1], *stands)
        ):
            yield f"I2: the gateway shows {user_id} another balance than {stands} at version {versions[-1]}"
