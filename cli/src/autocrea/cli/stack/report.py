"""`stack.json`: what runs, where, and the way in. Written by the supervisor, read by every other command."""

import json
import os
import time
from typing import Any

from autocrea.cli.parts.processes import birth_of, write_private
from autocrea.cli.stack.environment import replaced
from autocrea.cli.stack.keeper import Keeper
from autocrea.cli.stack.layout import GATEWAY, SERVICES, SIMULATORS, database_of
from autocrea.cli.stack.plan import Plan
from autocrea.cli.stack.state import State
from autocrea.cli.trouble import Trouble

STARTING, READY, STOPPING = "starting", "ready", "stopping"


def write_report(state: State, plan: Plan, keepers: list[Keeper], phase: str) -> None:
    """Replace the file. It holds secrets: only its owner may read it."""
    addresses = plan.addresses()
    gateway = addresses.url(GATEWAY)
    urls = {"api": gateway, "docs": f"{gateway}/docs", "rabbitmq": addresses.rabbitmq.management_url}
    if plan.frontend is not None and plan.frontend.is_built():
        urls["app"] = gateway
    if not replaced().simulators:
        urls["simulators"] = addresses.url(SIMULATORS)
    if not replaced().identity:
        urls["identity"] = addresses.issuer
    content = {
        "phase": phase,
        "supervisor": {"pid": os.getpid(), "birth": birth_of(os.getpid())},
        "written_at": time.time(),
        "urls": urls,
        "services": {service: addresses.url(service) for service in SERVICES},
        "processes": [
            {
                "name": keeper.kept.name,
                "pid": keeper.kept.pid,
                "port": _port(plan, keeper.kept.name),
                "since": keeper.since,
                "restarts": keeper.restarts,
            }
            for keeper in keepers
        ],
        "operator_tokens": {service: plan.secrets.operator_token(service) for service in SERVICES},
        "databases": {service: addresses.postgres.url(database_of(service)) for service in SERVICES},
        "broker": {"url": addresses.rabbitmq.url(), "user": addresses.rabbitmq.user},
        "broker_password": addresses.rabbitmq.password,
        "s3": addresses.s3
        and {
            "url": addresses.s3.url,
            "bucket": addresses.s3.bucket,
            "access_key_id": addresses.s3.access_key_id,
            "secret_access_key": addresses.s3.secret_access_key,
        },
    }
    write_private(state.stack_file, json.dumps(content, indent=1))


def read_report(state: State) -> dict[str, Any] | None:
    """The stack that runs now; None when none does (a file that a killed supervisor left, or a broken one, does
    not count)."""
    try:
        report: dict[str, Any] = json.loads(state.stack_file.read_text())
        supervisor = report["supervisor"]
        lives = birth_of(supervisor["pid"]) == supervisor["birth"]
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None
    return report if lives else None


def running_stack(state: State) -> dict[str, Any]:
    """The ready stack. Raises Trouble when there is none."""
    report = read_report(state)
    if report is None or report["phase"] != READY:
        raise Trouble("not_running")
    return report


def _port(plan: Plan, name: str) -> int:
    addresses = plan.addresses()
    if name == "s3" and addresses.s3:
        return addresses.s3.port
    return {"postgres": addresses.postgres.port, "rabbitmq": addresses.rabbitmq.port}.get(name) or plan.ports[
        name
    ]
