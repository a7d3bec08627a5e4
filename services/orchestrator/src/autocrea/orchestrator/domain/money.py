"""What a run costs: charges, what a settlement asks for, what the platform absorbs, the price of a retry."""

from dataclasses import replace

from autocrea.contracts import pricing
from autocrea.contracts.billing.v1 import TokensSettled
from autocrea.contracts.faults import FAULTS, FaultClass, FaultCode
from autocrea.contracts.ids import StepName
from autocrea.contracts.shapes import PricedModel, RetryOffer, StepOutcome, Usage
from autocrea.orchestrator.domain.saga import Saga, Step


def models_for(saga: Saga, step: Step) -> tuple[PricedModel, ...]:
    """The models a step may use, in order: the person's preference, the step's, the rate card's."""
    wanted = [saga.terms.model_preference, step.model]
    preferred = [model for name in wanted for model in saga.models if model.model == name]
    ordered = dict.fromkeys([model.model for model in [*preferred, *saga.models]])
    by_name = {model.model: model for model in saga.models}
    return tuple(by_name[name] for name in ordered)


def price(saga: Saga, step: Step, usage: Usage, model: str | None) -> int:
    """What this usage costs, at most the cap. A model that the run does not price counts as the preferred one."""
    models = models_for(saga, step)
    preferred = models[0]
    answering = next((one for one in models if one.model == model), preferred)
    return pricing.charge(usage, preferred, answering, step.cap_tokens)


def reservation(saga: Saga) -> dict[StepName, int]:
    """What the coming run must hold: caps of the unfinished steps, charges of the refunded ones that it reuses."""
    amounts = {step.name: _reservation(step) for step in saga.steps}
    return {name: amount for name, amount in amounts.items() if amount > 0}


def _reservation(step: Step) -> int:
    if not step.completed:
        return step.cap_tokens
    return step.charge_tokens if step.net_tokens == 0 else 0


def charges(saga: Saga, fault: FaultCode | None) -> dict[StepName, int]:
    """What each step shall have cost in the end, if the run ends now with this fault (None: completed).

    Steps of this run are refunded where the fault is ours. One reused from an earlier run keeps what the ledger holds
    for it; one that was refunded then is charged again only by a run that completes.
    """
    return {step.name: _charge(saga, step, fault) for step in saga.steps}


def _charge(saga: Saga, step: Step, fault: FaultCode | None) -> int:
    if not step.completed:
        return 0
    if fault is None:
        return step.charge_tokens
    if step.run != saga.run:
        return step.net_tokens
    return 0 if FAULTS[fault].refunds else step.charge_tokens


def absorbed(saga: Saga, fault: FaultCode | None) -> int:
    """What counts against the person's daily allowance: rejected attempts, and the caps of what a person stopped.

    To be asked while the stopped steps are still active: what they used is not known yet, so their cap stands for it.
    """
    if fault is not None and FAULTS[fault].fault_class is FaultClass.INFRASTRUCTURE:
        return 0
    rejected = sum(step.absorbed_tokens for step in saga.steps)
    if fault is not None and FAULTS[fault].fault_class is FaultClass.PERSON:
        return rejected + sum(step.cap_tokens for step in saga.active)
    return rejected


def settled(saga: Saga, reply: TokensSettled) -> Saga:
    """The steps with what the ledger holds for them now.

    A hold that was never opened is settled with an empty answer: then the ledger holds what it held before.
    """
    return saga.with_steps(lambda step: replace(step, net_tokens=_net(saga, step, reply)))


def _net(saga: Saga, step: Step, reply: TokensSettled) -> int:
    if step.name in reply.charges:
        return reply.charges[step.name]
    if step.name in reply.refunds:
        return 0
    if step.completed and step.run == saga.run and saga.settlement is not None:
        return saga.settlement.charges.get(step.name, 0)
    return step.net_tokens


def net_tokens(saga: Saga) -> int:
    return sum(step.net_tokens for step in saga.steps)


def outcomes(saga: Saga) -> tuple[StepOutcome, ...]:
    return tuple(
        StepOutcome(
            step=step.name,
            state=step.state,
            charge_tokens=step.charge_tokens,
            net_tokens=step.net_tokens,
        )
        for step in saga.steps
    )


def retry_offer(saga: Saga, fault: FaultCode) -> RetryOffer | None:
    """What the next run would do and hold, or None where there is nothing left to retry."""
    if saga.erased or not saga.steps or not FAULTS[fault].retryable:
        return None
    return RetryOffer(
        quote_tokens=sum(reservation(saga).values()),
        steps=tuple(step.name for step in saga.unfinished),
    )
