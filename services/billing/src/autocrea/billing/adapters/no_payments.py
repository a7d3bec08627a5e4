"""Where Stripe is not configured: nothing is sold, nothing is asked, every webhook is refused."""

from collections.abc import AsyncIterator
from datetime import datetime

from autocrea.billing.domain.purchase import Reversal
from autocrea.billing.domain.purchasing import SessionFact
from autocrea.billing.domain.stripe_events import StripeEvent
from autocrea.billing.ports import NewSession, OpenedSession
from autocrea.chassis.errors import Refused


class NoPayments:
    """Has no sessions and no events."""

    can_sell = False

    async def open_session(self, wanted: NewSession) -> OpenedSession:  # noqa: ARG002
        raise Refused("payments_off", "STRIPE_SECRET_KEY is not set: nothing can be bought", status=409)

    async def read_session(self, session_id: str) -> SessionFact | None:  # noqa: ARG002
        return None

    async def list_events(self, since: datetime) -> AsyncIterator[list[StripeEvent]]:  # noqa: ARG002
        return
        yield

    async def list_sessions(self, since: datetime) -> AsyncIterator[SessionFact]:  # noqa: ARG002
        return
        yield

    async def list_reversals(self, since: datetime) -> AsyncIterator[Reversal]:  # noqa: ARG002
        return
        yield
