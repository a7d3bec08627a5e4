"""What holds for every message: ids, subjects, routing keys, and what its class line must state."""

import uuid

import pytest
from autocrea.contracts.billing.v1 import RateCardPublished, ReserveTokens
from autocrea.contracts.gateway.v1 import AccountOpened
from autocrea.contracts.ids import UserId
from autocrea.contracts.llm_router.v1 import ProviderStatusChanged, StepProgressed
from autocrea.contracts.message import NAMESPACE, Message, RunMessage, Service, Via, progress_key
from autocrea.contracts.samples import SAMPLES
from autocrea.contracts.samples import values as the


def test_id_is_uuid5_of_name_and_natural_key_when_asked() -> None:
    message = SAMPLES["billing.reserve_tokens.v1"]
    assert message.message_id() == uuid.uuid5(NAMESPACE, f"billing.reserve_tokens:{the.GENERATION}:1")


def test_id_is_the_same_when_another_version_tells_the_same_fact() -> None:
    class AccountOpenedAgain(
        Message,
        key="gateway.account_opened.v2",
        consumers=(Service.BILLING,),
        natural_key=("user_id", "email_verified"),
    ):
        """The same fact in a version that does not exist."""

        user_id: UserId
        email_verified: bool
        address: str

    first = AccountOpened(user_id=the.ADA, email_verified=False)
    second = AccountOpenedAgain(user_id=the.ADA, email_verified=False, address="calle 1")
    assert first.message_id() == second.message_id()


@pytest.mark.parametrize("message_type", sorted(SAMPLES))
def test_id_changes_when_a_part_of_the_natural_key_does(message_type: str) -> None:
    message = SAMPLES[message_type]
    for field in message.natural_key_fields:
        value = getattr(message, field)
        if isinstance(value, bool):
            other: object = not value
        elif isinstance(value, int):
            other = value + 1
        elif isinstance(value, uuid.UUID):
            other = uuid.UUID(int=value.int ^ 1)
        else:
            other = f"{value}_other"
        assert message.model_copy(update={field: other}).message_id() != message.message_id()


@pytest.mark.parametrize("message_type", sorted(SAMPLES))
def test_id_stays_when_anything_outside_the_natural_key_changes(message_type: str) -> None:
    message = SAMPLES[message_type]
    others = set(type(message).model_fields) - set(message.natural_key_fields)
    changed = message.model_copy(update=dict.fromkeys(others, "something else"))
    assert changed.message_id() == message.message_id()


def test_ids_differ_when_two_messages_share_their_natural_key() -> None:
    ids = [message.message_id() for message in SAMPLES.values()]
    assert len(set(ids)) == len(ids)


def test_subject_and_correlation_are_the_generation_when_there_is_one() -> None:
    for message in SAMPLES.values():
        if isinstance(message, RunMessage):
            assert message.subject() == message.correlation_id() == str(the.GENERATION)


def test_subject_names_the_thing_when_there_is_no_generation() -> None:
    subjects = {key: m.subject() for key, m in SAMPLES.items() if not isinstance(m, RunMessage)}
    assert subjects == {
        "gateway.account_opened.v1": "user_ada",
        "gateway.project_deleted.v1": str(the.PROJECT),
        "orchestrator.pipeline_published.v1": "webapp",
        "llm-router.provider_status_changed.v1": "joxcoder/joxcoder-1",
        "billing.balance_changed.v1": "user_ada",
        "billing.purchase_changed.v1": str(the.PURCHASE),
        "billing.rate_card_published.v1": "2026-11",
    }
    assert ProviderStatusChanged.subject is not Message.subject
    assert RateCardPublished.subject is not Message.subject


def test_routing_key_is_the_type_when_it_is_not_progress() -> None:
    for key, message in SAMPLES.items():
        expected = progress_key(the.GENERATION) if message.via is Via.PROGRESS else key
        assert message.routing_key() == expected
    assert StepProgressed.via is Via.PROGRESS


def test_messages_are_immutable_when_made() -> None:
    message = SAMPLES["billing.reserve_tokens.v1"]
    assert isinstance(message, ReserveTokens)
    with pytest.raises(ValueError, match="frozen"):
        message.run = 2  # type: ignore[misc]


def test_class_is_refused_when_its_line_leaves_something_out() -> None:
    with pytest.raises(TypeError, match="a message needs key="):

        class Nameless(Message, consumers=(Service.BILLING,), natural_key=("user_id",)):
            user_id: str

    with pytest.raises(TypeError, match="the services that consume it"):

        class Unread(Message, key="billing.unread.v1", natural_key=("user_id",)):
            user_id: str

    with pytest.raises(TypeError, match="a message needs a natural key"):

        class Keyless(Message, key="billing.keyless.v1", consumers=(Service.BILLING,)):
            user_id: str

    with pytest.raises(TypeError, match="natural key names no field: \\['user'\\]"):

        class Mistaken(
            Message, key="billing.mistaken.v1", consumers=(Service.BILLING,), natural_key=("user",)
        ):
            user_id: str

    with pytest.raises(ValueError, match="'nobody' is not a valid Service"):

        class Ownerless(
            Message, key="nobody.ownerless.v1", consumers=(Service.BILLING,), natural_key=("user_id",)
        ):
            user_id: str
