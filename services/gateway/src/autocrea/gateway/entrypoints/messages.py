"""Which message is handled by whom."""

from autocrea.chassis.registry import Registry
from autocrea.contracts.billing import v1 as billing
from autocrea.contracts.llm_router import v1 as llm_router
from autocrea.contracts.orchestrator import v1 as orchestrator
from autocrea.gateway.domain.read_model import Key, Rows
from autocrea.gateway.handlers.project_balance import ProjectBalance
from autocrea.gateway.handlers.project_catalogue import ProjectCatalogue
from autocrea.gateway.handlers.project_generation import ProjectGeneration
from autocrea.gateway.handlers.project_purchase import ProjectPurchase

GENERATION_EVENTS: tuple[type[orchestrator.GenerationEvent], ...] = (
    orchestrator.GenerationStarted,
    orchestrator.StepStarted,
    orchestrator.StepAttemptFailed,
    orchestrator.StepCompleted,
    orchestrator.StepFailed,
    orchestrator.GenerationCompleted,
    orchestrator.GenerationFailed,
    orchestrator.GenerationCancelled,
    orchestrator.GenerationRejected,
)


def register(registry: Registry[Rows, Key]) -> None:
    """Everything in `gateway.inbox`."""
    for message in GENERATION_EVENTS:
        registry.on(message, ProjectGeneration())
    registry.on(billing.BalanceChanged, ProjectBalance())
    registry.on(billing.PurchaseChanged, ProjectPurchase())
    registry.on(billing.RateCardPublished, ProjectCatalogue())
    registry.on(orchestrator.PipelinePublished, ProjectCatalogue())
    registry.on(llm_router.ProviderStatusChanged, ProjectCatalogue())
