"""Every message there is and what its owner states about it; docs and topology are made from this."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final, get_args

from autocrea.contracts.artifacts import v1 as artifacts
from autocrea.contracts.billing import v1 as billing
from autocrea.contracts.gateway import v1 as gateway
from autocrea.contracts.llm_router import v1 as llm_router
from autocrea.contracts.message import Message, Service, Via
from autocrea.contracts.orchestrator import v1 as orchestrator
from autocrea.contracts.shapes import PersonalData
from pydantic import BaseModel

_ALL: Final[tuple[type[Message], ...]] = (
    gateway.GenerationRequested,
    gateway.RetryRequested,
    gateway.CancellationRequested,
    gateway.AccountOpened,
    gateway.ProjectDeleted,
    orchestrator.GenerationStarted,
    orchestrator.StepStarted,
    orchestrator.StepAttemptFailed,
    orchestrator.StepCompleted,
    orchestrator.StepFailed,
    orchestrator.GenerationCompleted,
    orchestrator.GenerationFailed,
    orchestrator.GenerationCancelled,
    orchestrator.GenerationRejected,
    orchestrator.PipelinePublished,
    llm_router.ExecuteStep,
    llm_router.CancelStep,
    llm_router.StepExecuted,
    llm_router.StepExecutionFailed,
    llm_router.StepProgressed,
    llm_router.ProviderStatusChanged,
    billing.ReserveTokens,
    billing.SettleTokens,
    billing.TokensReserved,
    billing.ReservationRefused,
    billing.TokensSettled,
    billing.BalanceChanged,
    billing.PurchaseChanged,
    billing.RateCardPublished,
    artifacts.StoreStepFiles,
    artifacts.PackageGeneration,
    artifacts.ArtifactReady,
    artifacts.PackagingFailed,
)

MESSAGES: Final[Mapping[str, type[Message]]] = MappingProxyType({message.type: message for message in _ALL})


@dataclass(frozen=True, slots=True)
class Entry:
    """A message as a reader of the catalogue sees it."""

    message: type[Message]
    owner: Service
    sender: Service
    consumers: tuple[Service, ...]
    via: Via
    natural_key: tuple[str, ...]
    limit_bytes: int
    personal_data: tuple[str, ...]
    """The fields that name a person or carry what one wrote or got, as dotted paths."""
    sentence: str

    @property
    def public(self) -> bool:
        """Whether subscribers may read it."""
        return self.via is Via.EVENTS


def catalogue() -> tuple[Entry, ...]:
    """Every message, by owner and then as the owner lists them."""
    return tuple(
        Entry(
            message=message,
            owner=message.owner,
            sender=message.sender,
            consumers=message.consumers,
            via=message.via,
            natural_key=message.natural_key_fields,
            limit_bytes=message.limit_bytes,
            personal_data=tuple(sorted(set(_personal(message, "")))),
            sentence=(message.__doc__ or "").strip().split("\n\n")[0].replace("\n    ", " "),
        )
        for message in _ALL
    )


def consumed_by(service: Service) -> Mapping[str, type[Message]]:
    """The messages that arrive in a service's inbox; progress never does."""
    return {
        key: message
        for key, message in MESSAGES.items()
        if service in message.consumers and message.via is not Via.PROGRESS
    }


def _personal(model: type[BaseModel], prefix: str) -> Iterator[str]:
    for name, field in model.model_fields.items():
        path = prefix + (field.alias or name)
        if any(isinstance(mark, PersonalData) for mark in field.metadata):
            yield path
            continue
        for nested in _models_in(field.annotation):
            yield from _personal(nested, f"{path}.")


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _models_in(argument)
