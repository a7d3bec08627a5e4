"""Waits until every service says that it is ready."""

import asyncio
import http.client
import json
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from autocrea.cli.parts.ports import LOOPBACK, answers
from autocrea.cli.parts.processes import listens
from autocrea.cli.parts.rabbitmq import HELLO, HELLO_ANSWER
from autocrea.cli.stack.keeper import Keeper
from autocrea.cli.stack.layout import GATEWAY, SERVICES, SIMULATORS
from autocrea.cli.stack.plan import Plan
from autocrea.cli.stack.processes import PythonProcess
from autocrea.cli.texts import say
from autocrea.cli.trouble import Trouble

READY_SECONDS = 120.0
"""A warm start takes some ten seconds on two cores; a first one compiles every module, on a slow disk for a
while."""

ASK_SECONDS = 0.2
"""How often a service that is not ready is asked again; an answer costs it a query and a round trip to the
broker."""

ANSWER_SECONDS = 5.0
"""A service answers within three seconds, whatever is missing."""

DEATHS_MAX = 2
"""A process that dies three times before it was ever ready will not live: say why instead of waiting."""

READY_PATHS = {SIMULATORS: ("/_sim/health",), GATEWAY: ("/health/ready", "/api/quote")}
"""Of the gateway also the price: it has none before the catalogues of the others have reached it."""
HEALTH = ("/health/ready",)

GREETINGS = {"rabbitmq": (HELLO, HELLO_ANSWER)}
"""What to send to a part, and how the answer of a sound one begins; others show by accepting a connection."""


def lacking(name: str, pid: int | None, port: int) -> str | None:
    """None when the process is ready for people, else what is missing, in a few words."""
    for path in READY_PATHS.get(name, HEALTH):
        if missing := ask(port, path):
            return missing
    return None if listens(pid, port) else say("no_answer", place=f"{LOOPBACK}:{port}")


def ask(port: int, path: str) -> str | None:
    """None when ready, else what is missing, in a few words."""
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=ANSWER_SECONDS)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        body = answer.read()
    except (OSError, http.client.HTTPException) as error:
        return str(error) or type(error).__name__
    finally:
        connection.close()
    if answer.status == 200:
        return None
    try:
        missing = json.loads(body)["missing"]
        return "; ".join(str(sentence) for sentence in missing.values())
    except (ValueError, KeyError, AttributeError):
        return f"HTTP {answer.status}"


def missing_of(process: Mapping[str, Any]) -> str | None:
    """The same for a process of the stack's report. A server that is no service of ours is asked for a sign of
    life."""
    name, pid, port = process["name"], process["pid"], process["port"]
    if name in (*SERVICES, SIMULATORS):
        return lacking(name, pid, port)
    greeting = GREETINGS.get(name, (b"", b""))
    return None if answers(port, *greeting) else say("no_answer", place=f"{LOOPBACK}:{port}")


def missing_of_each(processes: Sequence[Mapping[str, Any]]) -> list[str | None]:
    """All asked at once: a broker that hangs lets every service hesitate for seconds."""
    with ThreadPoolExecutor(len(processes)) as pool:
        return list(pool.map(missing_of, processes))


async def wait_until_ready(plan: Plan, keepers: list[Keeper]) -> None:
    """Until every process answers that it is ready. Raises Trouble when one cannot live or the time is up."""
    deadline = time.monotonic() + READY_SECONDS
    waiting = {keeper: "" for keeper in keepers if isinstance(keeper.kept, PythonProcess)}
    while waiting:
        names = list(waiting)
        answers = await asyncio.gather(
            *(
                asyncio.to_thread(lacking, kept.name, kept.pid, plan.ports[kept.name])
                for kept in (keeper.kept for keeper in names)
            )
        )
        waiting = {
            keeper: answer for keeper, answer in zip(names, answers, strict=True) if answer is not None
        }
        for keeper in waiting:
            if keeper.restarts > DEATHS_MAX and isinstance(keeper.kept, PythonProcess):
                raise Trouble(
                    "service_cannot_live",
                    name=keeper.kept.name,
                    log=keeper.kept.log,
                    tail=keeper.kept.last_words(),
                )
        if waiting and time.monotonic() > deadline:
            missing = "\n".join(f"  {keeper.kept.name}: {answer}" for keeper, answer in waiting.items())
            raise Trouble("services_not_ready", seconds=int(READY_SECONDS), missing=missing)
        if waiting:
            await asyncio.sleep(ASK_SECONDS)
