"""What an answer looks like, by the name of its operation: shown in the document, held against the models by a test."""

from collections.abc import Mapping
from typing import Any

_GENERATION_ID = "0c6a5b0e-54a6-4c36-9a5c-1f4d4a1b2c3d"
_PROJECT_ID = "7d2f3a4b-9c1e-4f5a-8b6d-2e3f4a5b6c7d"
_PURCHASE_ID = "5f0d7c1a-3b2e-4a6d-9c8b-7a6f5e4d3c2b"
_LETTER_ID = "6f0c1d6e-7c63-5c0a-9a34-2f5d3c1f8b10"
_MORNING, _LATER = "2026-11-22T10:00:00Z", "2026-11-22T10:02:30Z"
_SHA256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

_BALANCE = {"available": 50, "held": 0, "receivable": 0, "blocked_until": None, "version": 7}
_ACCEPTED = {
    "generation_id": _GENERATION_ID,
    "project_id": _PROJECT_ID,
    "run": 1,
    "status": "queued",
    "quote_tokens": 50,
}
_STEP = {
    "step": "architecture",
    "position": 0,
    "run": 1,
    "state": "completed",
    "title": "Diseñando arquitectura",
    "icon": "🏗️",
    "cap_tokens": 8,
    "charge_tokens": 5,
    "net_tokens": 5,
    "depends_on": [],
    "reused": False,
    "attempt": 1,
    "model": "joxcoder-1",
    "summary": "Tres rutas, dos tablas.",
    "findings": [],
    "usage": {"input_tokens": 900, "output_tokens": 1800, "cached_tokens": 0, "estimated": False},
    "calls": [],
    "fault": None,
    "duration_ms": 21000,
    "started_at": _MORNING,
    "ended_at": "2026-11-22T10:00:21Z",
}
_GENERATION = {
    "generation_id": _GENERATION_ID,
    "project_id": _PROJECT_ID,
    "project_name": "mi-super-app",
    "prompt": "Blog con CMS y autenticación",
    "language": "es",
    "pipeline": "webapp",
    "model_preference": "joxcoder-1",
    "status": "completed",
    "run": 1,
    "cancel_requested": False,
    "quote_tokens": 50,
    "sequence": 12,
    "result": {
        "run": 1,
        "status": "completed",
        "fault": None,
        "net_tokens": 34,
        "refunded_tokens": 0,
        "warnings": 0,
        "archive": {"file_name": "mi-super-app.zip", "sha256": _SHA256, "bytes": 48213, "files": 23},
        "ended_at": _LATER,
        "trace_id": "4bf92f3577b34da6a3ce929d0e0e4736",
    },
    "notice": None,
    "retry": None,
    "created_at": _MORNING,
    "started_at": _MORNING,
    "updated_at": _LATER,
    "steps": [_STEP],
}
_PROJECT = {
    "project_id": _PROJECT_ID,
    "name": "mi-super-app",
    "created_at": _MORNING,
    "updated_at": _LATER,
    "generations": 1,
    "latest_generation_id": _GENERATION_ID,
    "latest_status": "completed",
}
_PURCHASE = {
    "purchase_id": _PURCHASE_ID,
    "state": "started",
    "pack": "starter",
    "tokens": 100,
    "amount": 500,
    "currency": "usd",
    "reversed_tokens": 0,
    "url": "https://checkout.stripe.com/c/pay/cs_test_1",
    "version": 1,
    "started_at": _MORNING,
    "updated_at": _MORNING,
}
_TOKEN = {
    "token_id": "3e8d9a44-0f5b-4a57-9f0c-6a1b2c3d4e5f",
    "name": "portátil",
    "scopes": ["read", "write"],
    "hint": "x7Qk",
    "created_at": _MORNING,
    "expires_at": "2027-02-20T10:00:00Z",
    "last_used_at": None,
}
_LETTER = {
    "service": "billing",
    "id": _LETTER_ID,
    "source": "inbox",
    "type": "billing.settle_tokens.v1",
    "message_id": _LETTER_ID,
    "subject": _GENERATION_ID,
    "reason": "KeyError",
    "created_at": _MORNING,
    "resolved_at": None,
    "resolution": None,
}
_PAUSE = {
    "reason": "mantenimiento hasta las 15:00",
    "paused_by": "user_olga",
    "paused_at": _MORNING,
    "resumed_by": None,
    "resumed_at": None,
}


def _page(item: Mapping[str, Any]) -> dict[str, Any]:
    return {"items": [item], "next_cursor": None}


EXAMPLES: Mapping[str, Any] = {
    "generate": _ACCEPTED,
    "retry": _ACCEPTED | {"run": 2, "quote_tokens": 26},
    "cancel": {"generation_id": _GENERATION_ID, "run": 1, "status": "running", "cancel_requested": True},
    "list_generations": _page(_GENERATION | {"steps": None}),
    "get_generation": _GENERATION,
    "list_steps": [_STEP],
    "list_files": _page(
        {
            "path": "backend/main.py",
            "step": "backend",
            "sha256": _SHA256,
            "bytes": 1834,
            "url": f"/api/generations/{_GENERATION_ID}/files/backend/main.py?step=backend",
        }
    ),
    "link_archive": {
        "url": f"/api/generations/{_GENERATION_ID}/archive",
        "presigned": False,
        "file_name": "mi-super-app.zip",
        "sha256": _SHA256,
        "bytes": 48213,
        "files": 23,
    },
    "list_projects": _page(_PROJECT),
    "create_project": _PROJECT | {"generations": 0, "latest_generation_id": None, "latest_status": None},
    "get_project": _PROJECT | {"recent_generations": [], "next_cursor": None},
    "rename_project": _PROJECT | {"name": "mi-blog"},
    "get_me": {
        "user_id": "user_ada",
        "email": "ada@example.com",
        "email_verified": True,
        "name": "Ada",
        "role": "user",
        "balance": _BALANCE,
    },
    "list_access_tokens": _page(_TOKEN),
    "create_access_token": _TOKEN | {"token": "acr_…x7Qk"},
    "get_balance": _BALANCE,
    "read_ledger": _page({"entry": 2, "at": _LATER, "kind": "capture", "tokens": 5, "step": "architecture"}),
    "list_packs": [{"pack": "starter", "title": "Inicial", "tokens": 100, "amount": 500, "currency": "usd"}],
    "start_checkout": _PURCHASE,
    "list_purchases": _page(_PURCHASE),
    "get_purchase": _PURCHASE | {"state": "credited", "url": None, "version": 3},
    "receive_stripe_event": {"received": True},
    "get_quote": {
        "pipeline": "webapp",
        "pipeline_digest": "d1f0",
        "rate_card_version": "2026-1",
        "tokens": 50,
        "typical_seconds": 150,
        "steps": [
            {name: _STEP[name] for name in ("step", "title", "icon", "cap_tokens", "depends_on")}
            | {"typical_seconds": 20}
        ],
        "models": [{"model": "joxcoder-1", "aliases": ["joxcoder"], "available": True, "simulated": False}],
        "pipelines": [{"pipeline": "webapp", "tokens": 50}],
        "packs": [],
        "paused": None,
    },
    "get_health": {
        "status": "healthy",
        "version": "0.1.0",
        "joxcoder_available": True,
        "simulated": False,
        "paused": None,
    },
    "get_configuration": {
        "environment": "production",
        "version": "0.1.0",
        "issuer": "https://clerk.example.com",
        "clerk_publishable_key": "pk_live_…",
        "development_sign_in": None,
    },
    "list_operated_generations": _page(
        {name: _GENERATION[name] for name in ("generation_id", "project_id", "pipeline", "status", "run")}
        | {"user_id": "user_ada", "cancel_requested": False, "quote_tokens": 50, "fault": None}
        | {"created_at": _MORNING, "started_at": _MORNING, "updated_at": _LATER}
    ),
    "get_work": {
        "queues": [{"queue": "billing.inbox", "messages": 0, "consumers": 1}],
        "jobs": [
            {"service": "billing", "kind": "reconcile", "jobs": 1, "running": 0, "due": 0, "attempts_max": 0}
        ],
        "silent": [],
    },
    "list_providers": [
        {
            "provider": "joxcoder",
            "model": "joxcoder-1",
            "available": True,
            "simulated": False,
            "reason": None,
            "calls": 120,
            "failed": 2,
            "first_token_ms_p50": 420,
            "total_ms_p50": 9100,
            "total_ms_p95": 21000,
        }
    ],
    "list_dead_letters": {"items": [_LETTER], "left_out": 0, "silent": []},
    "list_actions": {
        "items": [
            {
                "service": "gateway",
                "id": 7,
                "at": _MORNING,
                "who": "user_olga",
                "action": "pause",
                "target": "intake",
                "reason": "mantenimiento hasta las 15:00",
                "details": {},
                "outcome": "done",
            }
        ],
        "left_out": 0,
        "next_cursor": None,
        "silent": [],
    },
    "get_dead_letter": _LETTER
    | {"body": "{}", "traceback": "Traceback …", "resolved_by": None, "resolved_why": None},
    "list_pauses": [_PAUSE],
    "pause_intake": _PAUSE,
}
