"""Billing, wired by hand."""

import logging
from datetime import UTC, datetime
from functools import partial

from autocrea.billing.adapters.ledger_pages import PostgresLedgerPages
from autocrea.billing.adapters.overdue_holds import PostgresOverdueHolds
from autocrea.billing.adapters.rate_files import current_rate_card
from autocrea.billing.adapters.repository import LedgerRepository
from autocrea.billing.adapters.story import story
from autocrea.billing.domain.books import Books, Key
from autocrea.billing.entrypoints.grants_http import GrantsHttp
from autocrea.billing.entrypoints.ledger_http import LedgerHttp
from autocrea.billing.handlers import publish_rate_card
from autocrea.billing.handlers.capture_step import CaptureStep
from autocrea.billing.handlers.grant_welcome import GRANT_WELCOME, GrantWelcome
from autocrea.billing.handlers.open_account import OpenAccount
from autocrea.billing.handlers.report_overdue_holds import (
    REPORT_EVERY,
    REPORT_OVERDUE_HOLDS,
    ReportOverdueHolds,
)
from autocrea.billing.handlers.reserve_tokens import ReserveTokensHandler
from autocrea.billing.handlers.settle_tokens import SettleTokensHandler
from autocrea.billing.settings import Settings
from autocrea.chassis.app import Service
from autocrea.chassis.main import main as chassis_main
from autocrea.contracts.billing.v1 import ReserveTokens, SettleTokens
from autocrea.contracts.gateway.v1 import AccountOpened
from autocrea.contracts.orchestrator.v1 import StepCompleted

PACKAGE = "autocrea.billing"
PREFETCH = 256  # its messages are small: 256 of 64 KiB are 16 MiB

log = logging.getLogger(__name__)


def build(settings: Settings) -> Service[Books, Key]:
    """Put the service together; nothing is opened yet. Raises RateCardError."""
    service = Service[Books, Key](
        "billing", settings, package=PACKAGE, repository=LedgerRepository(), prefetch=PREFETCH
    )
    policy = settings.policy
    registry = service.registry
    registry.on(AccountOpened, OpenAccount(policy))
    registry.on(ReserveTokens, ReserveTokensHandler(policy))
    registry.on(StepCompleted, CaptureStep())
    registry.on(SettleTokens, SettleTokensHandler(policy))
    registry.due(GRANT_WELCOME, GrantWelcome(policy))
    report = ReportOverdueHolds(
        PostgresOverdueHolds(service.database), settings.hold_overdue_after, lambda: datetime.now(UTC)
    )
    registry.work(
        REPORT_OVERDUE_HOLDS,
        report.run,
        report,
        concurrency=1,
        lease_seconds=60,
        attempts_max=3,
        every=REPORT_EVERY,
    )
    card = current_rate_card()

    async def publish() -> None:
        revision = await service.transact(
            publish_rate_card.rows(card), partial(publish_rate_card.decide, card)
        )
        log.info("rate card published", extra={"version": card.version, "revision": revision})

    service.on_start(publish)
    ledger = LedgerHttp(PostgresLedgerPages(service.database), settings.gateway_token)
    grants = GrantsHttp(service.transact, settings.operator_token)
    service.story = story
    service.routes += [*ledger.routes(), *grants.routes()]
    return service


def main() -> None:
    """`python -m autocrea.billing [migrate [pre|post]]`."""
    chassis_main(PACKAGE, Settings, build)
