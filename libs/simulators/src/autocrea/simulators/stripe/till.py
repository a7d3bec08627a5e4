"""What happens to money: sessions opened, paid, expired; payments refunded, disputed. Every change tells its events."""

from collections.abc import Callable, Sequence
from typing import Any, Literal

from autocrea.simulators.stripe import objects
from autocrea.simulators.stripe.objects import Object
from autocrea.simulators.stripe.store import Store

SESSION, INTENT, CHARGE, REFUND, DISPUTE = "checkout.session", "payment_intent", "charge", "refund", "dispute"
EVENT = "event"

Happened = Callable[[Sequence[Object]], None]
DisputeEnd = Literal["won", "lost"]


class NotNow(Exception):
    """Stripe's 400 for what the state of an object does not allow; the message is for a developer."""


class Till:
    """The operations. `happened` is told the events of each, already stored."""

    def __init__(self, store: Store, page_url: str, happened: Happened) -> None:
        self._store = store
        self._page_url = page_url
        self._happened = happened

    def open_session(self, params: Object) -> Object:
        """A new session, unpaid."""
        return self._store.put(objects.session(params, self._page_url))

    def pay(self, session: Object, *, deferred: bool = False) -> Object:
        """The person pays by card, or by a way of which the bank says later whether it worked."""
        self._must(session, status="open")
        intent = objects.payment_intent(session, "processing" if deferred else "succeeded")
        session |= {"status": "complete", "payment_intent": intent["id"], "url": None}
        told = [("payment_intent.created", intent)]
        if deferred:
            told += [("payment_intent.processing", intent)]
        else:
            session["payment_status"] = "paid"
            told += self._charged(intent)
        self._tell(*told, (f"{SESSION}.completed", session), keep=(session, intent))
        return session

    def settle(self, session: Object, *, paid: bool) -> Object:
        """The bank's word on a deferred payment."""
        self._must(session, status="complete", payment_status="unpaid")
        intent = self._of(INTENT, session["payment_intent"])
        if paid:
            session["payment_status"] = "paid"
            told = [*self._charged(intent), (f"{SESSION}.async_payment_succeeded", session)]
        else:
            intent["status"] = "requires_payment_method"
            told = [("payment_intent.payment_failed", intent), (f"{SESSION}.async_payment_failed", session)]
        self._tell(*told, keep=(session, intent))
        return session

    def expire(self, session: Object) -> Object:
        """Nobody can pay it any more."""
        self._must(session, status="open")
        session |= {"status": "expired", "url": None}
        self._tell((f"{SESSION}.expired", session), keep=(session,))
        return session

    def refund(
        self, intent_id: str, amount: int | None, *, status: str = "succeeded", reason: str | None = None
    ) -> Object:
        """Money goes back, all that is left of it unless an amount is said."""
        charge = self._charge_of(intent_id)
        left = charge["amount"] - charge["amount_refunded"]
        if not 0 < (amount or left) <= left:
            raise NotNow(f"Refund amount is greater than unrefunded amount on charge ({left})")
        refund = objects.refund(charge, amount or left, status, reason)
        charge["amount_refunded"] += refund["amount"]
        charge["refunded"] = charge["amount_refunded"] == charge["amount"]
        self._tell(("refund.created", refund), ("charge.refunded", charge), keep=(refund, charge))
        return refund

    def fail_refund(self, refund: Object) -> Object:
        """The bank sends it back: the money stays here after all."""
        charge = self._of(CHARGE, refund["charge"])
        refund["status"] = "failed"
        charge["amount_refunded"] -= refund["amount"]
        charge["refunded"] = False
        names = ("refund.failed", "refund.updated", "charge.refund.updated")
        self._tell(*((name, refund) for name in names), keep=(refund, charge))
        return refund

    def complete_refund(self, refund: Object) -> Object:
        """A pending refund arrived."""
        refund["status"] = "succeeded"
        self._tell(("refund.updated", refund), ("charge.refund.updated", refund), keep=(refund,))
        return refund

    def dispute(self, intent_id: str, amount: int | None, *, inquiry: bool = False) -> Object:
        """A bank takes the money back for the time being, or only asks."""
        charge = self._charge_of(intent_id) | {"disputed": True}
        status = "warning_needs_response" if inquiry else "needs_response"
        dispute = objects.dispute(charge, amount or charge["amount"], status)
        told = [("charge.dispute.created", dispute)]
        if not inquiry:
            told.append(("charge.dispute.funds_withdrawn", dispute))
        self._tell(*told, keep=(dispute, charge))
        return dispute

    def escalate(self, dispute: Object) -> Object:
        """An inquiry becomes a dispute: now the money goes."""
        dispute["status"] = "needs_response"
        names = ("charge.dispute.updated", "charge.dispute.funds_withdrawn")
        self._tell(*((name, dispute) for name in names), keep=(dispute,))
        return dispute

    def close_dispute(self, dispute: Object, end: DisputeEnd) -> Object:
        """The bank decides."""
        dispute["status"] = end
        told = [("charge.dispute.closed", dispute)]
        if end == "won":
            told.insert(0, ("charge.dispute.funds_reinstated", dispute))
        self._tell(*told, keep=(dispute,))
        return dispute

    def _charged(self, intent: Object) -> list[tuple[str, Object]]:
        charge = self._store.put(objects.charge(intent))
        received = {"status": "succeeded", "amount_received": intent["amount"], "latest_charge": charge["id"]}
        intent |= received
        return [("charge.succeeded", charge), ("payment_intent.succeeded", intent)]

    def _charge_of(self, intent_id: str) -> Object:
        intent = self._of(INTENT, intent_id)
        if intent["latest_charge"] is None:
            raise NotNow(f"{intent_id} has no successful charge")
        return self._of(CHARGE, intent["latest_charge"])

    def _of(self, kind: str, id_: str) -> Object:
        found = self._store.get(kind, id_)
        if found is None:
            raise NotNow(f"No such {kind}: '{id_}'")
        return found

    def _must(self, value: Object, **wanted: Any) -> None:
        for name, one in wanted.items():
            if value[name] != one:
                raise NotNow(f"{value['id']} has the {name} `{value[name]}`, not `{one}`")

    def _tell(self, *told: tuple[str, Object], keep: Sequence[Object]) -> None:
        for value in keep:
            self._store.put(value)
        self._happened([self._store.put(objects.event(type_, value)) for type_, value in told])
