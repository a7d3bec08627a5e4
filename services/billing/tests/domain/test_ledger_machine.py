"""The ledger against a model: any order of messages, repeated at will, and the sums always agree."""

from hashlib import sha256
from typing import Any

import hypothesis.strategies as st
import pytest
from autocrea.billing.domain.errors import CapExceeded
from autocrea.billing.domain.holds import HoldState
from autocrea.billing.domain.policy import Policy
from autocrea.billing.domain.purchasing import Fact
from autocrea.contracts.billing.v1 import BalanceChanged, TokensReserved
from autocrea.contracts.ids import GenerationId, UserId
from autocrea.contracts.message import Message
from billing_desk import (
    CAPS,
    CARD,
    Desk,
    completed,
    dispute,
    generation,
    opened,
    refund,
    reserve,
    session,
    settle,
)
from hypothesis import HealthCheck, settings
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, multiple, rule

USERS = [UserId("user_ada"), UserId("user_bruno")]
STEPS = sorted(CAPS)
FAULTS = ["provider_unavailable", "verification_failed", "cancelled_by_user"]
POLICY = Policy(welcome_tokens=100, welcome_daily_max_tokens=10_000, absorbed_daily_max_tokens=10**9)

PACK = CARD.packs[0]

Run = tuple[GenerationId, int, UserId]


class Ledger(RuleBasedStateMachine):
    """The model knows, per run, what was held and what each step was charged; nothing of accounts or lines."""

    runs = Bundle("runs")
    bought = Bundle("bought")
    taken = Bundle("taken")
    ended = Bundle("ended")
    sent = Bundle("sent")

    @initialize()
    def begin(self) -> None:
        self.desk = Desk(POLICY)
        self.granted = dict.fromkeys(USERS, 0)
        self.caps: dict[Run, dict[str, int]] = {}
        self.charged: dict[Run, dict[str, int]] = {}
        self.closed: set[Run] = set()
        self.first_quotes: dict[GenerationId, int] = {}
        self.versions = dict.fromkeys(USERS, 0)
        self.generations = 0
        self.purchases: dict[int, UserId] = {}
        self.paid: set[int] = set()
        self.decided: set[str] = set()
        self.away: dict[int, dict[str, int]] = {}  # by purchase and cause: the money that is not here

    @rule(target=sent, user=st.sampled_from(USERS), verified=st.booleans())
    def open_account(self, user: UserId, verified: bool) -> Message:
        message = opened(user, verified=verified)
        if verified:
            self.granted[user] = 100
        self.send(message)
        return message

    @rule(
        target=runs,
        user=st.sampled_from(USERS),
        caps=st.dictionaries(st.sampled_from(STEPS), st.integers(0, 20)),
    )
    def begin_generation(self, user: UserId, caps: dict[str, int]) -> Any:
        self.generations += 1
        gen = generation(self.generations)
        return self._reserve((gen, 1, user), caps)

    @rule(target=runs, before=consumes(ended))
    def retry(self, before: Run) -> Any:
        gen, run, user = before
        spent = {step for r in self.charged if r[0] == gen for step, n in self.charged[r].items() if n > 0}
        first = next(self.caps[r] for r in sorted(self.caps) if r[0] == gen)
        return self._reserve((gen, run + 1, user), {s: cap for s, cap in first.items() if s not in spent})

    @rule(target=sent, run=runs, data=st.data())
    def complete_step(self, run: Run, data: st.DataObject) -> Any:
        if not self.caps[run]:
            return multiple()
        step = data.draw(st.sampled_from(sorted(self.caps[run])))
        tokens = data.draw(st.integers(0, self.caps[run][step]))
        message = completed(run[0], step, tokens, run[1], user=run[2])
        if run not in self.closed:
            self.charged[run].setdefault(step, tokens)
        self.send(message)
        return message

    @rule(run=runs, step=st.sampled_from(STEPS), above=st.integers(1, 5))
    def charge_above_the_cap(self, run: Run, step: str, above: int) -> None:
        tokens = self.caps[run].get(step, 0) + above
        inert = run in self.closed or step in self.charged[run]
        if inert:
            assert self.send(completed(run[0], step, tokens, run[1], user=run[2])) == []
        else:
            with pytest.raises(CapExceeded):
                self.desk.send(completed(run[0], step, tokens, run[1], user=run[2]))
        if run not in self.closed:
            others = [self.charged[r] for r in self.charged if r[0] == run[0] and r != run]
            charges = {step: tokens + sum(charged.get(step, 0) for charged in others)}
            with pytest.raises(CapExceeded):
                self.desk.send(settle(run[0], charges, run[1], user=run[2]))

    @rule(target=ended, run=runs, data=st.data())
    def end_run(self, run: Run, data: st.DataObject) -> Any:
        if run in self.closed:
            return multiple()
        charges = {
            step: data.draw(st.integers(0, cap) if data.draw(st.booleans()) else st.just(0))
            for step, cap in self.caps[run].items()
        }
        self.send(settle(run[0], charges, run[1], user=run[2], fault=data.draw(st.sampled_from(FAULTS))))
        self.charged[run] = charges
        self.closed.add(run)
        return run

    @rule(target=bought, user=st.sampled_from(USERS), status=st.sampled_from(["open", "complete"]))
    def buy(self, user: UserId, status: str) -> int:
        number = len(self.purchases) + 1
        self.purchases[number], self.away[number] = user, {}
        self.tell(session("unpaid", number=number, user=user, status=status))
        return number

    @rule(number=bought, word=st.sampled_from(["paid", "unpaid", "failed"]), times=st.integers(1, 3))
    def hear_of_the_payment(self, number: int, word: str, times: int) -> None:
        self.tell(*[session(word, number=number, user=self.purchases[number])] * times)
        if word == "paid":
            self.paid.add(number)

    @rule(target=taken, number=bought, amount=st.integers(1, 600), disputed=st.booleans())
    def take_money_back(self, number: int, amount: int, disputed: bool) -> tuple[int, str, int]:
        """Before the payment is told of, or after."""
        name = f"{'dp' if disputed else 're'}_{number}_{len(self.away[number])}"
        self.away[number][name] = amount
        self._take(number, name, amount, "needs_response" if disputed else "pending", at=0)
        return number, name, amount

    @rule(one=taken, stays=st.booleans(), late=st.booleans())
    def decide_what_was_taken(self, one: tuple[int, str, int], stays: bool, late: bool) -> None:
        """Once and for all; told a second time, and what it was before told after it, change nothing."""
        number, name, amount = one
        if name in self.decided:
            return
        self.decided.add(name)
        if not stays:
            self.away[number][name] = 0
        end = ("lost" if stays else "won") if name.startswith("dp") else ("succeeded" if stays else "failed")
        for _ in range(1 + late):
            self._take(number, name, amount, end, at=1)
        self._take(number, name, amount, "needs_response" if name.startswith("dp") else "pending", at=0)

    def _take(self, number: int, name: str, amount: int, status: str, at: int) -> None:
        make = dispute if name.startswith("dp") else refund
        self.tell(make(amount, status, id_=name, number=number, at=at))

    @rule(run=runs, message=sent)
    def repeat(self, run: Run, message: Message) -> None:
        """Whatever was said before changes nothing when it is said again."""
        before = list(self.desk.ledger)
        self.send(message)
        if run in self.closed:
            self.send(reserve(run[0], run[1], self.caps[run], user=run[2]))
            self.send(settle(run[0], {}, run[1], user=run[2]))
        assert self.desk.ledger == before

    @invariant()
    def all_postings_add_up_to_zero(self) -> None:
        assert sum(self.desk.balances().values()) == 0

    @invariant()
    def every_kept_sum_is_the_sum_of_its_lines_and_not_negative(self) -> None:
        balances = self.desk.balances()
        for account in self.desk.accounts():
            assert account.balance_tokens == balances.get(account.id, 0) >= 0
        for account in self.desk.owed():
            assert account.balance_tokens == balances.get(account.id, 0) <= 0

    @invariant()
    def nobody_owes_tokens_and_has_some(self) -> None:
        for wallet in self.desk.books.wallets.values():
            assert wallet.available_tokens == 0 or wallet.receivable_tokens == 0

    @invariant()
    def every_line_is_chained_to_the_one_before_on_each_side(self) -> None:
        last: dict[str, bytes] = {}
        for line in self.desk.ledger:
            for account, link in (
                (line.debit_account, line.debit_link),
                (line.credit_account, line.credit_link),
            ):
                if not account.startswith("world:"):
                    assert link == sha256(last.get(account, b"") + line.content).digest()
                    last[account] = link
        assert all(account.link == last.get(account.id, b"") for account in self.desk.accounts())

    @invariant()
    def every_balance_is_what_the_model_says(self) -> None:
        for user, wallet in self.desk.books.wallets.items():
            mine = [run for run in self.caps if run[2] == user]
            spent = sum(sum(self.charged[run].values()) for run in mine)
            held = sum(
                sum(self.caps[run].values()) - sum(self.charged[run].values())
                for run in mine
                if run not in self.closed
            )
            has = wallet.available_tokens - wallet.receivable_tokens
            assert (has, wallet.held_tokens) == (self.granted[user] + self._bought(user) - spent - held, held)

    @invariant()
    def no_step_costs_more_than_its_cap_and_no_generation_more_than_its_first_quote(self) -> None:
        totals: dict[GenerationId, int] = {}
        for wallet in self.desk.books.wallets.values():
            for hold in wallet.holds.values():
                for step, tokens in hold.charged.items():
                    assert 0 <= tokens <= hold.caps[step]
                    totals[hold.generation_id] = totals.get(hold.generation_id, 0) + tokens
                assert hold.state is HoldState.OPEN or hold.account.balance_tokens == 0
        assert all(total <= self.first_quotes[gen] for gen, total in totals.items())

    @invariant()
    def lines_are_numbered_without_a_gap(self) -> None:
        for user in USERS:
            mine = [line.entry for line in self.desk.ledger if line.user_id == user]
            assert mine == list(range(1, len(mine) + 1))

    def _bought(self, user: UserId) -> int:
        """What the person's payments are worth: each its pack, less what is away of it in proportion."""
        mine = [number for number in self.paid if self.purchases[number] == user]
        return sum(
            PACK.tokens - PACK.tokens * min(sum(self.away[number].values()), PACK.amount) // PACK.amount
            for number in mine
        )

    def send(self, message: Message) -> list[Message]:
        """Hand in one message."""
        return self._heard(self.desk.send(message))

    def tell(self, *facts: Fact) -> None:
        """Hand in what Stripe tells."""
        self._heard(self.desk.tell(*facts))

    def _heard(self, answers: list[Message]) -> list[Message]:
        """Versions of balances must come without a gap and tell the last state."""
        for answer in answers:
            if isinstance(answer, BalanceChanged):
                self.versions[answer.user_id] += 1
                assert answer.version == self.versions[answer.user_id]
                wallet = self.desk.wallet(answer.user_id)
                stands = (wallet.available_tokens, wallet.held_tokens, wallet.receivable_tokens)
                assert (answer.available, answer.held, answer.receivable) == stands
        return answers

    def _reserve(self, run: Run, caps: dict[str, int]) -> Any:
        gen, number, user = run
        wallet = self.desk.books.wallets.get(user)
        available = wallet.available_tokens if wallet else 0
        owed = wallet.receivable_tokens if wallet else 0
        answers = self.send(reserve(gen, number, caps, user=user))
        reserved = isinstance(answers[0], TokensReserved)
        assert reserved == (owed == 0 and sum(caps.values()) <= available)
        if not reserved:
            return multiple()
        self.caps[run], self.charged[run] = caps, {}
        self.first_quotes.setdefault(gen, sum(caps.values()))
        return run


Ledger.TestCase.settings = settings(
    max_examples=100, stateful_step_count=50, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
TestLedger = Ledger.TestCase
