"""The rows one transaction works on, in memory: what the repository loaded and what handlers made of it."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from autocrea.contracts.ids import GenerationId, ProjectId, UserId
from autocrea.contracts.message import Message
from autocrea.gateway.domain.access_tokens import AccessToken
from autocrea.gateway.domain.account import Balance, User
from autocrea.gateway.domain.catalogue import Catalogue, CatalogueKind
from autocrea.gateway.domain.feed import Event, Feed
from autocrea.gateway.domain.generation import Generation
from autocrea.gateway.domain.project import Erasure, Project

M = TypeVar("M", bound=Message)

_NUL, _REPLACEMENT = "\\u0000", "\\ufffd"  # as JSON spells them

FEED_CHANNEL = "gateway_feed"
"""The wake-up sent when a feed grew; its payload is the name of the stream."""

STATUS_CHANNEL = "gateway_status"
"""The wake-up sent when the service's own status may have changed."""

LEAVE_CHANNEL = "gateway_leave"
"""Sent when the open streams of the person in its payload are to end: what opened them may prove nothing any more."""


class Kind(StrEnum):
    """What a key names. All but the first three are read without a lock: they follow the lock of their user."""

    USER = "user"
    PROJECT = "project"
    GENERATION = "generation"
    ANSWER = "answer"
    CATALOGUE = "catalogue"
    OPEN_GENERATIONS = "open_generations"
    ACCESS_TOKENS = "access_tokens"
    PROJECT_CONTENTS = "project_contents"
    USER_CONTENTS = "user_contents"
    HISTORY = "history"


class Key(NamedTuple):
    """Names one aggregate; `id` and `part` mean what the kind says."""

    kind: Kind
    id: str
    part: str = ""


def user_key(user_id: UserId) -> Key:
    return Key(Kind.USER, user_id)


def project_key(project_id: ProjectId) -> Key:
    return Key(Kind.PROJECT, str(project_id))


def generation_key(generation_id: GenerationId) -> Key:
    return Key(Kind.GENERATION, str(generation_id))


def answer_key(user_id: UserId, idempotency_key: str) -> Key:
    return Key(Kind.ANSWER, user_id, idempotency_key)


def catalogue_key(kind: CatalogueKind, name: str = "") -> Key:
    return Key(Kind.CATALOGUE, kind, name)


def open_generations_key(user_id: UserId) -> Key:
    return Key(Kind.OPEN_GENERATIONS, user_id)


def access_tokens_key(user_id: UserId) -> Key:
    return Key(Kind.ACCESS_TOKENS, user_id)


def project_contents_key(project_id: ProjectId) -> Key:
    return Key(Kind.PROJECT_CONTENTS, str(project_id))


def history_key(generation_id: GenerationId) -> Key:
    return Key(Kind.HISTORY, str(generation_id))


def user_contents_key(user_id: UserId) -> Key:
    return Key(Kind.USER_CONTENTS, user_id)


@dataclass(frozen=True, slots=True)
class NewGeneration:
    """A row of `generations` to insert: what was asked for beside what will change."""

    generation: Generation
    prompt: str
    language: str
    pipeline: str
    model_preference: str | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Answer:
    """A row of `idempotency_keys`: what was answered to a request, so that its repetition gets the same."""

    user_id: UserId
    key: str
    request_hash: bytes
    body: dict[str, Any]


@dataclass(frozen=True, slots=True)
class FeedEvent:
    """A row of `feed_events` to insert."""

    stream: str
    sequence: int
    message_id: UUID | None
    type: str
    time: datetime
    data: dict[str, Any]
    trace_id: str | None = None


def generation_stream(generation_id: GenerationId) -> str:
    """The name of a generation's feed, in `feed_events` and in wake-ups."""
    return f"generation:{generation_id}"


def user_stream(user_id: UserId) -> str:
    """The name of a person's own feed."""
    return f"user:{user_id}"


@dataclass(slots=True)
class Rows:
    """Dictionaries of immutable values: what is another object than when it was loaded has changed."""

    users: dict[UserId, User] = field(default_factory=dict)
    balances: dict[UserId, Balance] = field(default_factory=dict)
    projects: dict[ProjectId, Project] = field(default_factory=dict)
    feeds: dict[GenerationId, Feed] = field(default_factory=dict)
    catalogues: dict[Key, Catalogue] = field(default_factory=dict)
    answers: dict[Key, Answer] = field(default_factory=dict)
    open_generations: dict[UserId, int] = field(default_factory=dict)
    access_tokens: dict[UUID, AccessToken] = field(default_factory=dict)
    contents: dict[ProjectId, tuple[GenerationId, ...]] = field(default_factory=dict)
    histories: dict[GenerationId, dict[int, Event]] = field(default_factory=dict)
    rebuilt: list[GenerationId] = field(default_factory=list)
    new_generations: list[NewGeneration] = field(default_factory=list)
    new_events: list[FeedEvent] = field(default_factory=list)
    erasures: list[Erasure] = field(default_factory=list)
    erased_accounts: list[UserId] = field(default_factory=list)
    loaded: "Rows | None" = None

    def remember(self) -> None:
        """Keep what was loaded, to know later what changed."""
        self.loaded = Rows(
            dict(self.users),
            dict(self.balances),
            dict(self.projects),
            dict(self.feeds),
            dict(self.catalogues),
            dict(self.answers),
            access_tokens=dict(self.access_tokens),
        )

    def tell_user(self, user_id: UserId, name: str, at: datetime, data: dict[str, Any]) -> None:
        """Append to a person's own feed; their row is locked, so its ids have no gap and no tie."""
        user = self.users[user_id]
        self.users[user_id] = replace(user, feed_position=user.feed_position + 1)
        self.new_events.append(FeedEvent(user_stream(user_id), user.feed_position + 1, None, name, at, data))

    def tell_generation(self, generation: Generation, at: datetime) -> None:
        """Append how a generation stands now to its owner's feed."""
        data = {
            "generation_id": str(generation.generation_id),
            "project_id": str(generation.project_id),
            "run": generation.run,
            "status": generation.status.value,
            "cancel_requested": generation.cancel_requested,
        }
        self.tell_user(generation.user_id, "generation_changed", at, data)


def storable(message: M) -> M:
    """The message as a jsonb column can hold it: it has no NUL character, which a model may write all the same."""
    text = message.model_dump_json(by_alias=True)
    if _NUL not in text:
        return message
    return type(message).model_validate_json(text.replace(_NUL, _REPLACEMENT))


def message_data(message: Message) -> dict[str, Any]:
    """A message's data as JSON values, as readers of a feed get it."""
    return message.model_dump(mode="json", by_alias=True)
