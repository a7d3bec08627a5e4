"""Whether a model can be had now: its breaker, and what people are told when that changes."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from autocrea.contracts.llm_router.v1 import ProviderStatusChanged
from autocrea.llm_router.domain.answers import Failure
from autocrea.llm_router.domain.breaker import Breaker, Gate, Window


class ModelKey(NamedTuple):
    """A model at a provider."""

    provider: str
    model: str


@dataclass(frozen=True, slots=True)
class Sighting:
    """What the settings say about a model. `reason` is None when it can be called."""

    key: ModelKey
    reason: str | None


@dataclass(slots=True)
class ModelStatus:
    """A model's breaker, and what was last published about it. Revision 0: nothing yet.

    Published as unavailable is what is not set up, and what has an open breaker; each method returns what is to be
    published because of it.
    """

    key: ModelKey
    available: bool = False
    reason: str | None = None
    revision: int = 0
    breaker: Breaker = field(default_factory=Breaker)
    window: Window = field(default_factory=Window)
    changed: bool = False

    def announce(self, sighting: Sighting, *, simulated: bool) -> ProviderStatusChanged:
        """Publish how it stands, whatever was published before."""
        return self._publish(sighting.reason or self.breaker.reason, simulated)

    def rekeyed(self, sighting: Sighting, now: datetime, *, simulated: bool) -> ProviderStatusChanged:
        """Its key is another one: what was counted against the old one is to be tried again."""
        self._set(self.breaker.reconsidered(now))
        return self._publish(sighting.reason, simulated)

    def admit(self, now: datetime, probe_seconds: float) -> Gate:
        """Whether a call may be placed; if it may as the probe, it is this caller's."""
        gate = self.breaker.gate(now)
        if gate is Gate.HALF_OPEN:
            self._set(self.breaker.probed(now, probe_seconds))
        return gate

    def fail(
        self, failure: Failure, now: datetime, *, probe: bool, simulated: bool
    ) -> ProviderStatusChanged | None:
        """A call failed for a reason that is the provider's."""
        self._set(self.breaker.failed(failure, self.window, now, probe=probe))
        return self._tell(self.breaker.reason, simulated)

    def answer(self, now: datetime, *, simulated: bool) -> ProviderStatusChanged | None:
        """A call was answered."""
        self._set(self.breaker.answered(now))
        return self._tell(None, simulated)

    def release(self) -> None:
        """The probe ended without showing anything."""
        self._set(self.breaker.released())

    def rest(self, now: datetime, *, simulated: bool) -> ProviderStatusChanged | None:
        """Nobody tried it since its cooldown ended: people may choose it again, and their call is the probe."""
        idle_at = self.breaker.idle_at()
        if idle_at is None or now < idle_at or self.breaker.gate(now) is not Gate.HALF_OPEN:
            return None
        return self._tell(None, simulated) if self.is_told_open else None

    @property
    def is_told_open(self) -> bool:
        """Whether its breaker is why people see it as unavailable, and not that its key is gone."""
        return self.breaker.reason is not None and self.reason == self.breaker.reason

    def _set(self, breaker: Breaker) -> None:
        if breaker != self.breaker:
            self.breaker, self.changed = breaker, True

    def _tell(self, reason: str | None, simulated: bool) -> ProviderStatusChanged | None:
        """Publish it if it differs in whether the model can be had."""
        if self.revision and self.available == (reason is None):
            return None
        return self._publish(reason, simulated)

    def _publish(self, reason: str | None, simulated: bool) -> ProviderStatusChanged:
        self.available, self.reason = reason is None, reason
        self.revision, self.changed = self.revision + 1, True
        return ProviderStatusChanged(
            provider=self.key.provider,
            model=self.key.model,
            revision=self.revision,
            available=self.available,
            simulated=simulated,
            reason=self.reason,
        )
