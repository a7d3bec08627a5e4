"""The statements of one capture as a script for pgbench: the service's own, recorded, with pgbench's values in them.

A statement that this file has no values for ends the benchmark: what is compared is always what the service runs.
"""

from collections.abc import Mapping, Sequence

from autocrea.billing.adapters import absorptions, accounts, holds, transfers

COLON = "chr(58)"  # pgbench takes a colon before a letter or digit for one of its variables
USER = "('user_' || :u)"
GENERATION = "md5(:g::text)::uuid"
USER_ACCOUNT = f"('user' || {COLON} || {USER})"
HOLD_ACCOUNT = f"('hold' || {COLON} || {GENERATION} || {COLON} || '1')"
KEY = f"('capture' || {COLON} || {GENERATION} || {COLON} || :n)"
HASH = "'\\x" + "ab" * 32 + "'::bytea"
BODY = "'\\x" + "61" * 640 + "'::bytea"
"""As long as a BalanceChanged with one change."""

VALUES: Mapping[str, Sequence[str]] = {
    accounts._OPEN: [f"ARRAY[{USER}]"],
    accounts._LOCK: [f"ARRAY[{USER_ACCOUNT}]"],
    holds._LOAD: [f"ARRAY[{GENERATION}]", f"ARRAY[{USER}]"],
    accounts._OTHERS: [f"ARRAY[{HOLD_ACCOUNT}, 'receivable' || {COLON} || {USER}]"],
    absorptions._LOAD: [f"ARRAY[{USER}]"],
    accounts._SAVE: [
        f"ARRAY[{HOLD_ACCOUNT}, {USER_ACCOUNT}]",
        f"ARRAY[{USER}, {USER}]",
        "ARRAY[:h_debits_tokens::bigint + 1, :l_debits_tokens::bigint]",
        "ARRAY[:h_credits_tokens::bigint, :l_credits_tokens::bigint]",
        "ARRAY[0, :l_version::bigint + 1]",
        "ARRAY[0, :l_entries::bigint + 1]",
        "ARRAY['none', 'granted']",
        f"ARRAY[{HASH}, {HASH}]",
    ],
    holds._SAVE: [
        f"ARRAY[{GENERATION}]", "ARRAY[1]", f"ARRAY[{USER}]", "ARRAY['open']",
        """ARRAY['{"architecture": 8, "backend": 16, "frontend": 14, "devops": 6, "security_audit": 6}'::jsonb]""",
        """ARRAY['{"backend": 7}'::jsonb]""", "ARRAY['2026-11-01']", "ARRAY[now()]", "ARRAY[NULL]", "ARRAY[NULL]",
    ],
    transfers._ADD: [
        f"ARRAY[{USER}]", "ARRAY[:l_entries::bigint + 1]", "ARRAY['capture']", f"ARRAY[{HOLD_ACCOUNT}]",
        f"ARRAY['world' || {COLON} || 'platform']", "ARRAY[1]", f"ARRAY[{KEY}]", f"ARRAY[{HASH}]",
        f"ARRAY[{GENERATION}]", "ARRAY[1]", "ARRAY['backend']", "ARRAY[NULL]", "ARRAY[NULL]", "ARRAY[NULL]",
        "ARRAY[now()]", f"ARRAY[{HASH}]", "ARRAY[NULL]",
    ],
}  # fmt: skip
_OF_CHASSIS: Mapping[str, Sequence[str]] = {
    "INSERT INTO inbox": ["ARRAY[gen_random_uuid()]", "ARRAY['orchestrator.step_completed.v1']"],
    "INSERT INTO outbox": [
        "ARRAY[gen_random_uuid()]", "ARRAY['billing.balance_changed.v1']", "ARRAY['autocrea.events']",
        "ARRAY['billing.balance_changed.v1']", f"ARRAY[{USER}]", f"ARRAY[{BODY}]",
    ],
}  # fmt: skip
_KEPT: Mapping[str, str] = {accounts._LOCK: " \\gset l_", accounts._OTHERS: " \\gset h_"}
"""Whose answers the later statements need, as the service does."""

HEAD = "\\set i :i + 1\n\\set n :client_id * :span + :i\n\\set g :n % :holds\n\\set u :g % :users\n"


def script(recorded: Sequence[str]) -> str:
    """What pgbench runs as one transaction. Raises LookupError for a statement that is new."""
    return HEAD + "\n".join(_statement(query) for query in recorded) + "\n"


def _statement(query: str) -> str:
    text = query.strip().rstrip(";")
    if text in ("BEGIN", "COMMIT"):
        return f"{text};"
    values = VALUES.get(query) or next(
        (values for beginning, values in _OF_CHASSIS.items() if text.startswith(beginning)), None
    )
    if values is None:
        raise LookupError(f"the service runs a statement that this benchmark does not know: {text[:80]}")
    for number in range(len(values), 0, -1):
        text = text.replace(f"${number}", values[number - 1])
    return " ".join(text.split()) + _KEPT.get(query, ";")
