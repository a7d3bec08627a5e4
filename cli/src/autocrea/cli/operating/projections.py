"""The gateway's projections made anew: from what it stored of its owners' events, then from the owners' own word."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from autocrea.cli.operating.operator import operator
from autocrea.cli.operating.services import Services
from autocrea.cli.stack.layout import BILLING, GATEWAY, LLM_ROUTER, ORCHESTRATOR

OWNERS = (ORCHESTRATOR, LLM_ROUTER, BILLING)
"""Who tells the gateway of something else than a generation: pipelines, providers, prices and balances."""


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """How many generations there are, how many came out other than they stood, how many messages come again."""

    generations: int
    changed: int
    republished: int


def rebuild(services: Services, hours: float, reason: str | None = None) -> Rebuilt:
    """Ask the gateway first, so that it takes again what its owners then tell. Raises Trouble."""
    said = {"who": operator(), "reason": reason}
    generations = changed = 0
    after: str | None = None
    while True:  # it answers every few seconds, however many there are
        made = services.tell(GATEWAY, "/operator/projections/rebuild", {**said, "after": after})
        generations, changed = generations + made["generations"], changed + made["changed"]
        if (after := made["next"]) is None:
            break
    since = (datetime.now(UTC) - timedelta(hours=hours)).isoformat()
    sent = services.tell(ORCHESTRATOR, "/operator/outbox/republish", {**said, "since": since})
    for owner in OWNERS:
        services.tell(owner, "/operator/tell-again", said)
    return Rebuilt(generations, changed, sent["republished"])
