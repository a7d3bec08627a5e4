"""Billing's real handlers and ledger on books in memory, as the other end of the simulated saga."""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from autocrea.billing.domain.holds import Hold
from autocrea.billing.domain.policy import Policy
from autocrea.contracts.billing.v1 import BalanceChanged, RatedModel, ReserveTokens
from autocrea.contracts.ids import GenerationId, StepName
from autocrea.contracts.message import Message
from billing_desk import CARD, Desk, opened
from saga_values import ADA, CHEAP, MODEL, request_message

WELCOME_TOKENS = (70, 100)  # both generations can be held at once, or only one
ABSORBED_DAILY_TOKENS = (30, 10_000)  # one that is soon spent, one that never is
BUG = 0.01  # the chance that handling a reservation hits a bug


class Ledger:
    """Answers as billing does."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        welcome = chance.choice(WELCOME_TOKENS)
        self.desk = Desk(Policy(welcome, welcome, chance.choice(ABSORBED_DAILY_TOKENS)))
        version = request_message().rate_card_version
        models = tuple(RatedModel(**model.model_dump(), aliases=()) for model in (MODEL, CHEAP))
        self.desk.books.cards[version] = replace(CARD, version=version, models=models)
        self.versions = [one.version for one in _balances(self.desk.send(opened(ADA)))]

    def receive(self, message: Message, now: datetime) -> Iterator[Message]:
        """What billing answers; balances go to the gateway's read model, which is not played here."""
        self.desk.now = now
        broken = isinstance(message, ReserveTokens) and self._chance.random() < BUG
        answers = self.desk.bug(message) if broken else self.desk.send(message)
        self.versions += [one.version for one in _balances(answers)]
        yield from (answer for answer in answers if not isinstance(answer, BalanceChanged))

    def holds(self, generation_id: GenerationId) -> list[Hold]:
        """Of all its runs."""
        return list(self.desk.wallet(ADA).holds_of(generation_id))

    def net(self, generation_id: GenerationId) -> dict[StepName, int]:
        """What its lines come to for each step, over all runs."""
        total: dict[StepName, int] = {}
        for line in self.desk.ledger:
            step = line.purpose.step
            if line.purpose.generation_id == generation_id and step is not None:
                sign = {"capture": 1, "refund": -1}.get(line.kind.value, 0)
                total[step] = total.get(step, 0) + sign * line.amount_tokens
        return total

    def check(self) -> None:
        """I2: nothing made or lost, nobody below zero, kept sums are sums of lines, balances told without a gap."""
        balances = self.desk.balances()
        assert sum(balances.values()) == 0, "tokens were made or lost"
        for account in self.desk.accounts():
            kept = account.credits_tokens - account.debits_tokens
            assert kept == balances.get(account.id, 0), f"{account.id} keeps {kept}"
            assert kept >= 0, f"{account.id} is below zero"
        assert self.versions == list(range(1, len(self.versions) + 1)), "a balance was not told, or twice"


def _balances(answers: list[Message]) -> list[BalanceChanged]:
    return [answer for answer in answers if isinstance(answer, BalanceChanged)]
