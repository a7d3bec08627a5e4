"""The catalogue is complete, and so is what every message says about itself."""

import inspect
from collections.abc import Iterator

import pytest
from autocrea.contracts.catalogue import MESSAGES, Entry, catalogue, consumed_by
from autocrea.contracts.message import Message, Service, Via
from pydantic import BaseModel

ENTRIES = {entry.message.type: entry for entry in catalogue()}


def _concrete(base: type[Message]) -> Iterator[type[Message]]:
    for subclass in base.__subclasses__():
        if subclass.__module__.startswith("autocrea.contracts."):
            if "type" in vars(subclass):
                yield subclass
            yield from _concrete(subclass)


def test_catalogue_holds_every_message_when_compared_with_the_classes() -> None:
    assert set(MESSAGES.values()) == set(_concrete(Message))
    assert len(MESSAGES) == 33


@pytest.mark.parametrize("entry", ENTRIES.values(), ids=ENTRIES)
def test_message_lives_with_its_owner_when_named(entry: Entry) -> None:
    folder = entry.owner.value.replace("-", "_")
    assert entry.message.__module__ == f"autocrea.contracts.{folder}.v1"
    words = entry.message.type.split(".")[1].split("_")
    assert entry.message.__name__ == "".join(word.capitalize() for word in words)


@pytest.mark.parametrize("entry", ENTRIES.values(), ids=ENTRIES)
def test_natural_key_names_fields_when_listed(entry: Entry) -> None:
    assert entry.natural_key
    assert set(entry.natural_key) <= set(entry.message.model_fields)


def _models(model: type[BaseModel], seen: set[type[BaseModel]]) -> set[type[BaseModel]]:
    if model not in seen:
        seen.add(model)
        for schema in model.model_fields.values():
            for candidate in _named_in(schema.annotation):
                _models(candidate, seen)
    return seen


def _named_in(annotation: object) -> Iterator[type[BaseModel]]:
    if inspect.isclass(annotation) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in getattr(annotation, "__args__", ()):
        yield from _named_in(argument)


@pytest.mark.parametrize("entry", ENTRIES.values(), ids=ENTRIES)
def test_everything_has_a_sentence_when_documented(entry: Entry) -> None:
    assert entry.sentence.endswith(".")
    for model in _models(entry.message, set()):
        assert (model.__doc__ or "").strip(), f"{model.__name__} has no docstring"
        for name, field in model.model_fields.items():
            assert (field.description or "").endswith("."), f"{model.__name__}.{name} has no sentence"


def test_commands_are_owned_by_their_receiver_and_replies_by_their_sender() -> None:
    for entry in ENTRIES.values():
        if entry.owner is not entry.sender:
            assert entry.via is Via.COMMANDS
            assert entry.consumers == (entry.owner,)


def test_commands_have_one_receiver_when_sent() -> None:
    assert all(len(entry.consumers) == 1 for entry in ENTRIES.values() if entry.via is Via.COMMANDS)


def test_personal_data_is_named_when_a_field_holds_it() -> None:
    assert ENTRIES["gateway.generation_requested.v1"].personal_data == ("project_name", "prompt", "user_id")
    assert ENTRIES["llm-router.step_executed.v1"].personal_data == (
        "output.document",
        "output.files.path",
        "output.files.text",
        "rejected_files.path",
        "rejected_files.sentence",
    )
    assert ENTRIES["orchestrator.pipeline_published.v1"].personal_data == ()
    for entry in ENTRIES.values():
        if "user_id" in entry.message.model_fields:
            assert "user_id" in entry.personal_data


def test_inbox_gets_what_its_service_consumes_when_it_is_not_progress() -> None:
    assert set(consumed_by(Service.BILLING)) == {
        "gateway.account_opened.v1",
        "orchestrator.step_completed.v1",
        "billing.reserve_tokens.v1",
        "billing.settle_tokens.v1",
    }
    assert "llm-router.step_progressed.v1" not in consumed_by(Service.GATEWAY)


def test_only_events_are_public_when_subscribers_look() -> None:
    assert {entry.message.type for entry in ENTRIES.values() if entry.public} == {
        key for key, message in MESSAGES.items() if message.via is Via.EVENTS
    }
