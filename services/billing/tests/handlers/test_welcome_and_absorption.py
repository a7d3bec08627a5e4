"""What is given away and what is paid for people, per day."""

from datetime import timedelta

from autocrea.billing.domain.policy import Policy
from autocrea.billing.domain.wallet import Welcome
from autocrea.contracts.billing.v1 import ReservationRefused, TokensReserved
from autocrea.contracts.faults import FaultCode
from autocrea.contracts.ids import UserId
from billing_desk import NOON, Desk, balance, generation, opened, reserve, settle

MIDNIGHT = NOON + timedelta(hours=12)
G = generation(1)


def users(count: int) -> list[UserId]:
    return [UserId(f"user_{n:02}") for n in range(count)]


def test_the_account_is_told_with_nothing_when_the_email_is_not_verified(desk: Desk) -> None:
    changed = balance(desk.send(opened(verified=False)))

    assert (changed.version, changed.available, changed.changes) == (1, 0, ())


def test_the_welcome_is_given_when_the_email_is_verified_later(desk: Desk) -> None:
    desk.send(opened(verified=False))

    changed = balance(desk.send(opened(verified=True)))

    assert (changed.version, changed.available) == (2, 100)


def test_the_welcome_is_given_once_when_everything_says_verified(desk: Desk) -> None:
    desk.send(opened(), opened(), reserve(G, verified=True))
    desk.send(opened(), reserve(generation(2), verified=True))

    assert desk.kinds().count("grant") == 1


def test_nothing_is_given_when_the_platform_gives_no_welcome() -> None:
    desk = Desk(Policy(0, 1_000, 30))

    assert balance(desk.send(opened())).available == 0


def test_the_welcome_waits_for_the_next_day_when_the_days_budget_is_spent(desk: Desk) -> None:
    desk.send(*[opened(user) for user in users(12)])

    waiting = [user for user in users(12) if desk.wallet(user).welcome is Welcome.WAITING]
    jobs = {job.key: job.due_at for job in desk.jobs.values()}

    assert waiting == users(12)[10:]
    assert jobs == dict.fromkeys(waiting, MIDNIGHT)

    desk.now = MIDNIGHT
    desk.run_due()

    assert [desk.wallet(user).available_tokens for user in waiting] == [100, 100]
    assert desk.jobs == {}


def test_the_welcome_waits_another_day_when_the_next_days_budget_is_spent_as_well() -> None:
    desk = Desk(Policy(100, 100, 30))
    desk.send(*[opened(user) for user in users(3)])

    for day in (1, 2):
        desk.now = NOON + timedelta(days=day)
        desk.run_due()

    assert [desk.wallet(user).available_tokens for user in users(3)] == [100, 100, 100]


def test_the_job_does_nothing_when_the_person_was_welcomed_meanwhile() -> None:
    desk = Desk(Policy(100, 100, 30))
    desk.send(*[opened(user) for user in users(2)])
    desk.now = NOON + timedelta(days=1)

    desk.send(reserve(G, user=users(2)[1], verified=True))
    desk.run_due()

    assert desk.kinds().count("grant") == 2


def test_reservations_are_refused_until_midnight_when_the_absorbed_tokens_reach_the_cap(ada: Desk) -> None:
    ada.send(reserve(G))
    changed = balance(ada.send(settle(G, {}, outcome="cancelled", fault="cancelled_by_user", absorbed=30)))
    [refused] = ada.send(reserve(generation(2)))

    assert changed.blocked_until == MIDNIGHT
    assert isinstance(refused, ReservationRefused)
    assert refused.fault == FaultCode.ABSORPTION_CAPPED
    assert refused.retry_after_seconds == 12 * 3600

    ada.now = MIDNIGHT
    assert isinstance(ada.send(reserve(generation(2)))[0], TokensReserved)
    assert ada.wallet().blocked_until(ada.now) is None


def test_absorbed_tokens_add_up_over_the_day_and_begin_again_on_the_next(ada: Desk) -> None:
    for number, absorbed in enumerate((14, 15)):
        ada.send(reserve(generation(number)))
        ada.send(settle(generation(number), {}, outcome="failed", fault="output_invalid", absorbed=absorbed))
    assert ada.wallet().blocked_until(ada.now) is None

    ada.now = MIDNIGHT
    ada.send(reserve(generation(8)))
    ada.send(settle(generation(8), {}, outcome="failed", fault="output_invalid", absorbed=1))

    assert ada.wallet().blocked_until(ada.now) is None
    assert [day.absorbed_tokens for day in ada.wallet().absorptions.values()] == [29, 1]


def test_the_block_is_told_when_no_token_moved(ada: Desk) -> None:
    ada.send(reserve(G, caps={}))

    changed = balance(ada.send(settle(G, {}, outcome="failed", fault="output_invalid", absorbed=31)))

    assert changed.changes == ()
    assert changed.blocked_until == MIDNIGHT


def test_absorbed_tokens_count_once_when_the_settlement_is_repeated(ada: Desk) -> None:
    ada.send(reserve(G))
    ada.send(settle(G, {}, outcome="failed", fault="output_invalid", absorbed=20))
    ada.send(settle(G, {}, outcome="failed", fault="output_invalid", absorbed=20))

    assert ada.wallet().blocked_until(ada.now) is None
