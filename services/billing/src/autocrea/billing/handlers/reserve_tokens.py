"""A run wants its caps set aside before any model is called."""

from collections.abc import Iterable
from datetime import datetime

from autocrea.billing.domain import books
from autocrea.billing.domain.books import Books, Key
from autocrea.billing.domain.holds import Hold
from autocrea.billing.domain.policy import Policy
from autocrea.billing.domain.reservation import Refusal, refuse_for_bug, reserve
from autocrea.billing.handlers.grant_welcome import grant_welcome
from autocrea.chassis.handlers import Effects, Received
from autocrea.contracts.billing.v1 import ReservationRefused, ReserveTokens, TokensReserved
from autocrea.contracts.faults import FaultCode


class ReserveTokensHandler:
    """Answers TokensReserved with the prices that the run pins, or ReservationRefused with the reason."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy

    def rows(self, item: Received[ReserveTokens]) -> Iterable[Key]:
        command = item.data
        yield books.user(command.user_id)
        yield books.generation(command.generation_id)
        yield books.card(command.rate_card_version)
        if command.email_verified:
            yield books.welcome_of(command.user_id)

    def decide(self, rows: Books, item: Received[ReserveTokens], now: datetime) -> Effects:
        command = item.data
        wallet = rows.wallet(command.user_id, command.generation_id)
        effects = Effects()
        if command.email_verified:
            effects += grant_welcome(rows, command.user_id, self._policy, now)
        card = rows.cards.get(command.rate_card_version)
        answer = reserve(
            wallet,
            command.generation_id,
            command.run,
            command.caps,
            command.rate_card_version,
            card_known=card is not None,
            now=now,
        )
        match answer:
            case None:
                return effects
            case Refusal():
                return effects + Effects(messages=(_refused(command, answer),))
            case Hold():
                assert card is not None, "a hold is opened only for a rate card that is known"
                reserved = TokensReserved(
                    generation_id=command.generation_id,
                    run=command.run,
                    held_tokens=answer.quote_tokens,
                    rate_card_version=card.version,
                    models=card.priced_models,
                )
                return effects + Effects(messages=(reserved,))

    def on_bug(self, rows: Books, item: Received[ReserveTokens], now: datetime) -> Effects:
        """Nobody waits for ever: the run is closed and refused, unless an earlier copy opened its hold."""
        command = item.data
        wallet = rows.wallet(command.user_id, command.generation_id)
        if not refuse_for_bug(wallet, command.generation_id, command.run, now):
            return Effects()
        return Effects(messages=(_refused(command, Refusal(FaultCode.INTERNAL, None, None)),))


def _refused(command: ReserveTokens, refusal: Refusal) -> ReservationRefused:
    return ReservationRefused(
        generation_id=command.generation_id,
        run=command.run,
        fault=refusal.fault,
        available_tokens=refusal.available_tokens,
        needed_tokens=refusal.needed_tokens,
        retry_after_seconds=refusal.retry_after_seconds,
    )
