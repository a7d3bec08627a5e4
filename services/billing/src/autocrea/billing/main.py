"""Billing, wired by hand."""

import logging
from datetime import UTC, datetime
from functools import partial

from autocrea.billing.adapters import comparisons, metrics
from autocrea.billing.adapters.account_holders import account_holders
from autocrea.billing.adapters.history import HistoryStream
from autocrea.billing.adapters.known_rows import PostgresKnownRows
from autocrea.billing.adapters.ledger_checks import PostgresLedgerChecks
from autocrea.billing.adapters.ledger_pages import PostgresLedgerPages
from autocrea.billing.adapters.no_payments import NoPayments
from autocrea.billing.adapters.overdue_holds import PostgresOverdueHolds
from autocrea.billing.adapters.purchase_files import PostgresPurchaseFiles
from autocrea.billing.adapters.purchase_pages import PostgresPurchases
from autocrea.billing.adapters.rate_files import current_rate_card
from autocrea.billing.adapters.repository import LedgerRepository
from autocrea.billing.adapters.story import story
from autocrea.billing.adapters.stripe_api import StripeApi
from autocrea.billing.adapters.stripe_door import StripeDoor
from autocrea.billing.adapters.stripe_objects import fact_of
from autocrea.billing.adapters.stripe_rows import PostgresStripeEvents
from autocrea.billing.domain.books import Books, Key
from autocrea.billing.domain.rate_card import RateCard
from autocrea.billing.entrypoints.books_http import BooksHttp
from autocrea.billing.entrypoints.grants_http import GrantsHttp
from autocrea.billing.entrypoints.ledger_http import LedgerHttp
from autocrea.billing.entrypoints.purchases_http import PurchasesHttp
from autocrea.billing.entrypoints.stripe_http import StripeHttp
from autocrea.billing.handlers import publish_rate_card, tell_balances
from autocrea.billing.handlers.admit_events import HANDLE_STRIPE_EVENT
from autocrea.billing.handlers.capture_step import CaptureStep
from autocrea.billing.handlers.grant_welcome import GRANT_WELCOME, GrantWelcome
from autocrea.billing.handlers.handle_stripe_event import HandleStripeEvent
from autocrea.billing.handlers.list_stripe_events import LIST_EVERY, LIST_STRIPE_EVENTS, ListStripeEvents
from autocrea.billing.handlers.open_account import OpenAccount
from autocrea.billing.handlers.read_purchase import ReadPurchase
from autocrea.billing.handlers.reconcile import RECONCILE, RECONCILE_EVERY, Reconcile, ReconcileJob
from autocrea.billing.handlers.report_overdue_holds import (
    REPORT_EVERY,
    REPORT_OVERDUE_HOLDS,
    ReportOverdueHolds,
)
from autocrea.billing.handlers.reserve_tokens import ReserveTokensHandler
from autocrea.billing.handlers.settle_tokens import SettleTokensHandler
from autocrea.billing.handlers.start_purchase import StartPurchase
from autocrea.billing.ports import Payments
from autocrea.billing.settings import Settings
from autocrea.chassis.app import Service
from autocrea.chassis.keys import KeyRing, KeyTrouble, Source
from autocrea.chassis.main import main as chassis_main
from autocrea.chassis.secret_files import parted
from autocrea.chassis.settings import faults_of
from autocrea.contracts.billing.v1 import ReserveTokens, SettleTokens
from autocrea.contracts.gateway.v1 import AccountOpened
from autocrea.contracts.orchestrator.v1 import StepCompleted
from pydantic import ValidationError

PACKAGE = "autocrea.billing"
EVENTS_AT_ONCE = 8  # of Stripe's; each is a short transaction, and most are about different people
API_KEY, WEBHOOK_SECRET = "STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET"
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
    report = ReportOverdueHolds(PostgresOverdueHolds(service.database), settings.hold_overdue_after, _now)
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
    _register_stripe(service, settings, card)

    async def publish() -> None:
        revision = await service.transact(
            publish_rate_card.rows(card), partial(publish_rate_card.decide, card)
        )
        log.info("rate card published", extra={"version": card.version, "revision": revision})

    async def tell_all_balances() -> None:
        async for users in account_holders(service.database):
            await service.transact(tell_balances.rows(users), partial(tell_balances.decide, users))

    service.tells(publish)
    service.tells(tell_all_balances, at_start=False)
    ledger = LedgerHttp(PostgresLedgerPages(service.database), settings.gateway_token)
    grants = GrantsHttp(service.transact, settings.operator_token)
    service.story = story
    metrics.register(service.told)
    service.measures.add(partial(metrics.measure, settings.hold_overdue_after))
    service.measures.add(comparisons.measure)
    service.routes += [*ledger.routes(), *grants.routes()]
    return service


def _register_stripe(service: Service[Books, Key], settings: Settings, card: RateCard) -> None:
    """Purchases: what people ask, what Stripe tells, what is asked of Stripe."""
    keys = _stripe_keys(settings)
    service.background("keys", keys.watch)
    webhook_secret = keys.of(WEBHOOK_SECRET)
    door = StripeDoor(lambda: parted(webhook_secret()), livemode=settings.stripe_mode == "live")
    payments: Payments = NoPayments()
    if settings.stripe_mode is not None:
        url, pages_url = str(settings.stripe_api_url), str(settings.pages_url)
        payments = StripeApi(keys.of(API_KEY), url, pages_url=pages_url, door=door)
    events, purchases = PostgresStripeEvents(service.database), PostgresPurchases(service.database)
    handle = HandleStripeEvent(events, fact_of)
    service.registry.work(
        HANDLE_STRIPE_EVENT,
        handle.run,
        handle,
        concurrency=EVENTS_AT_ONCE,
        lease_seconds=15,  # somebody waits for tokens while a process that died holds it
        attempts_max=3,
    )
    listing = ListStripeEvents(payments, events, service.transact, _now)
    service.registry.work(
        LIST_STRIPE_EVENTS,
        listing.run,
        listing,
        concurrency=1,
        lease_seconds=120,
        attempts_max=3,
        every=LIST_EVERY,
    )
    http = PurchasesHttp(
        StartPurchase(card, payments, purchases, service.transact),
        ReadPurchase(payments, purchases, service.transact),
        purchases,
        settings.gateway_token,
    )
    _register_comparison(service, settings, payments)
    webhooks = StripeHttp(door, service.transact, settings.gateway_token)
    service.routes += [*http.routes(), *webhooks.routes()]


def _stripe_keys(settings: Settings) -> KeyRing:
    """Stripe's keys, which may be changed at any time, but for ones of another mode: the books are of this one."""

    mode = settings.stripe_mode

    def look() -> dict[str, Source]:
        try:
            now = Settings()
        except ValidationError as error:
            raise KeyTrouble("; ".join(faults_of(Settings, error))) from error
        if now.stripe_mode != mode:
            raise KeyTrouble("another mode of Stripe's takes a restart")
        key, secret = now.stripe_keys()
        return {API_KEY: (key, None), WEBHOOK_SECRET: (secret, None)}

    return KeyRing(look)


def _register_comparison(service: Service[Books, Key], settings: Settings, payments: Payments) -> None:
    """The books against everybody else's, by the hour and when an operator asks."""
    history = HistoryStream(settings.broker_url)
    reconcile = Reconcile(
        PostgresLedgerChecks(service.database), PostgresKnownRows(service.database), payments, history
    )
    job = ReconcileJob(reconcile, _now)
    service.registry.work(
        RECONCILE, job.run, job, concurrency=1, lease_seconds=120, attempts_max=3, every=RECONCILE_EVERY
    )
    files = PostgresPurchaseFiles(service.database)
    http = BooksHttp(reconcile, history, files, service.transact, _now, settings.operator_token)
    service.routes += http.routes()


def _now() -> datetime:
    return datetime.now(UTC)


def main() -> None:
    """`python -m autocrea.billing [migrate [pre|post]]`."""
    chassis_main(PACKAGE, Settings, build)
