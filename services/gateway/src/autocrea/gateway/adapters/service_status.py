"""What everybody who is connected is told of the service itself: whether it takes new work, which models answer.

It is a state, not an event: read when it may have changed and from time to time, told when it differs.
"""

import asyncio
import logging

from autocrea.chassis.errors import Unavailable
from autocrea.contracts.billing.v1 import RateCardPublished
from autocrea.contracts.llm_router.v1 import ProviderStatusChanged
from autocrea.gateway.adapters.viewers import Viewers
from autocrea.gateway.domain.catalogue import CatalogueKind, model_statuses
from autocrea.gateway.domain.service_status import ServiceStatus
from autocrea.gateway.ports import Pauses, ReadModel

REREAD_SECONDS = 15.0  # a lost wake-up costs no more than this
RETRY_SECONDS = 1.0

log = logging.getLogger(__name__)


class StatusTeller:
    """Keeps `viewers` told until it is cancelled."""

    def __init__(self, read_model: ReadModel, pauses: Pauses, viewers: Viewers) -> None:
        self._read_model = read_model
        self._pauses = pauses
        self._viewers = viewers
        self._woken = asyncio.Event()

    def wake(self, _payload: str) -> None:
        """It may have changed."""
        self._woken.set()

    async def run(self) -> None:
        while True:
            self._woken.clear()
            try:
                self._viewers.tell((await self.read()).model_dump_json())
                pause = REREAD_SECONDS
            except Unavailable as error:
                log.warning("status not read", extra={"reason": error.what})
                pause = RETRY_SECONDS
            try:
                async with asyncio.timeout(pause):
                    await self._woken.wait()
            except TimeoutError:
                continue

    async def read(self) -> ServiceStatus:
        """As it stands now; raises `Unavailable`."""
        pause = await self._pauses.in_force()
        catalogues = await self._read_model.list_catalogues([CatalogueKind.RATE_CARD, CatalogueKind.PROVIDER])
        published = [catalogue.published for catalogue in catalogues]
        cards = [one for one in published if isinstance(one, RateCardPublished)]
        providers = [one for one in published if isinstance(one, ProviderStatusChanged)]
        return ServiceStatus.of(
            pause, [status for card in cards for status in model_statuses(card, providers)]
        )
