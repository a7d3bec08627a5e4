"""How the service stands for everybody who is connected: whether it takes new work, which models answer."""

from collections.abc import Iterable
from datetime import datetime
from typing import Self

from autocrea.contracts.message import Shape
from autocrea.gateway.domain.catalogue import ModelStatus
from autocrea.gateway.domain.views import Pause
from pydantic import Field


class PauseNotice(Shape):
    """Why no new generations are taken; those that run go on."""

    reason: str
    since: datetime


class ModelNotice(Shape):
    """Whether a model answers."""

    model: str
    available: bool
    simulated: bool = Field(description="Whether a simulator answers in its place.")


class ServiceStatus(Shape):
    """How the service stands for everybody; the latest one counts."""

    pause: PauseNotice | None = Field(description="Null while new generations are taken.")
    models: tuple[ModelNotice, ...] = Field(description="Those that may be chosen, in the rate card's order.")

    @classmethod
    def of(cls, pause: Pause | None, models: Iterable[ModelStatus]) -> Self:
        notice = PauseNotice(reason=pause.reason, since=pause.paused_at) if pause is not None else None
        told = (ModelNotice(model=m.model, available=m.available, simulated=m.simulated) for m in models)
        return cls(pause=notice, models=tuple(told))
