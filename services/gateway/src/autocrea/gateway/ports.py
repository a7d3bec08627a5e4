"""What the API needs from outside, in the domain's words. Adapters implement it; every one raises `Unavailable`."""

from collections.abc import AsyncIterator, Callable, Collection, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol, TypeVar
from uuid import UUID

from autocrea.chassis.action_order import Place
from autocrea.chassis.handlers import Effects, OperatorAction
from autocrea.contracts.ids import GenerationId, ProjectId, PurchaseId, StepName, UserId
from autocrea.contracts.internal import (
    ArchiveLink,
    FileText,
    LedgerPage,
    NewPurchase,
    PurchasePage,
    PurchaseView,
)
from autocrea.contracts.vocabulary import ChangeKind
from autocrea.gateway.domain.access_tokens import AccessToken
from autocrea.gateway.domain.account import Balance
from autocrea.gateway.domain.catalogue import Catalogue, CatalogueKind
from autocrea.gateway.domain.generation import Step
from autocrea.gateway.domain.identity import Identity
from autocrea.gateway.domain.operations import (
    CallStatistics,
    GenerationFilter,
    OfService,
    OperatedGeneration,
    QueueDepth,
    Resolution,
)
from autocrea.gateway.domain.read_model import Key, Rows
from autocrea.gateway.domain.views import FeedPage, FileView, GenerationView, Pause, Position, ProjectView

T = TypeVar("T")


class Sessions(Protocol):
    """Vouches for people."""

    async def identify(self, token: str) -> Identity:
        """Raises `InvalidToken`."""


class AccessTokens(Protocol):
    """Vouches for people by the tokens they made."""

    async def identify(self, token: str) -> Identity:
        """Raises `InvalidToken`."""

    async def list(self, user_id: UserId) -> Sequence[AccessToken]:
        """Those of a person that have not expired, the newest first."""


class RequestLimits(Protocol):
    """Counts requests; answers None, or the seconds after which the next one is taken."""

    async def admit_user(self, user_id: UserId) -> int | None: ...

    async def admit_address(self, address: str) -> int | None: ...


class Pauses(Protocol):
    """When new generations are not taken."""

    async def in_force(self) -> Pause | None: ...

    async def history(self) -> Sequence[Pause]:
        """The newest first."""

    async def pause(self, *, reason: str, who: str) -> Pause: ...

    async def resume(self, *, who: str, reason: str | None = None) -> bool:
        """Says whether a pause was in force."""


class OperatorReadModel(Protocol):
    """Answers what operators look at, without anybody's content."""

    async def list_generations(
        self, wanted: GenerationFilter, *, limit: int, after: Position | None
    ) -> Sequence[OperatedGeneration]: ...

    async def call_statistics(self) -> Sequence[CallStatistics]: ...


class Queues(Protocol):
    """The broker's queues."""

    async def depths(self) -> Sequence[QueueDepth]: ...


class OperatedServices(Protocol):
    """The operator routes of every service that the gateway was told of."""

    async def dead_letters(self, *, resolved: bool) -> Sequence[OfService]: ...

    async def jobs(self) -> Sequence[OfService]: ...

    async def actions(self, *, limit: int, after: Place | None) -> Sequence[OfService]:
        """What operators did, of each service at most `limit`, all of them after a place in their order."""

    async def dead_letter(self, service: str, letter_id: UUID) -> Mapping[str, Any]:
        """Raises `Refused` with `not_found`."""

    async def resolve(self, resolution: Resolution) -> None:
        """Raises `Refused`: `not_found`, `already_resolved`, `replay_failed`, `not_decodable`."""


@dataclass(frozen=True, slots=True)
class Operations:
    """What the routes of operators work with."""

    read_model: OperatorReadModel
    queues: Queues
    services: OperatedServices


class Transact(Protocol):
    """Runs a use case on locked rows, in one transaction with what it causes."""

    async def __call__(
        self, keys: Iterable[Key], decide: Callable[[Rows, datetime], tuple[T, Effects]]
    ) -> T: ...


class ReadModel(Protocol):
    """Answers what pages show. What is not the person's does not exist."""

    async def list_projects(
        self, user_id: UserId, *, search: str, limit: int, after: Position | None
    ) -> Sequence[ProjectView]:
        """`search` is a part of the name, however it is written; empty: all."""

    async def get_project(self, user_id: UserId, project_id: ProjectId) -> ProjectView | None: ...

    async def list_generations(
        self, user_id: UserId, *, project_id: ProjectId | None, limit: int, after: Position | None
    ) -> Sequence[GenerationView]: ...

    async def get_generation(self, user_id: UserId, generation_id: GenerationId) -> GenerationView | None: ...

    async def list_steps(self, generation_id: GenerationId) -> Sequence[Step]: ...

    async def list_files(
        self, generation_id: GenerationId, *, limit: int, after: tuple[int, str] | None
    ) -> Sequence[FileView]:
        """In pipeline order; `after` is the place of a step and the path that a page ended with."""

    async def get_balance(self, user_id: UserId) -> Balance | None: ...

    async def list_catalogues(self, kinds: Collection[CatalogueKind]) -> Sequence[Catalogue]: ...


class Feeds(Protocol):
    """Reads feeds, in order and only as far as none is missing."""

    async def read_generation(self, generation_id: GenerationId, after: int, limit: int) -> FeedPage: ...

    async def read_user(self, user_id: UserId, after: int | None, limit: int) -> FeedPage:
        """`after` None asks for the position alone."""


class Watch(Protocol):
    """One reader's ear on a feed."""

    @property
    def open(self) -> bool:
        """False when the stream is to end."""

    def at(self, position: int) -> None:
        """Say how far the reader has come."""

    def take_grown(self) -> bool:
        """Whether the feed may have grown since the last call; true at the first."""

    def take_progress(self) -> Sequence[str]:
        """The progress that came since the last call, as JSON; the oldest is lost when too much came."""

    def take_status(self) -> str | None:
        """The service's status as JSON, if it is another one than at the last call."""

    async def wait(self, seconds: float) -> bool:
        """Until there is something to do; False when there was nothing for so long."""

    def wake(self) -> None:
        """There is more to read already."""

    def end(self) -> None:
        """The stream is to end."""


class Viewers(Protocol):
    """Who is watching what in this process."""

    def watch(self, user_id: UserId, stream: str) -> AbstractContextManager[Watch]:
        """Listen until the block ends."""


class StreamPlaces(Protocol):
    """How many streams a person may have open, over all replicas where they can count together."""

    def taken(self, user_id: UserId) -> AbstractAsyncContextManager[None]:
        """Hold a place until the block ends; raises `Refused` when the person has none left."""


@dataclass(frozen=True, slots=True)
class LedgerFilter:
    """Which lines: all, or those of a generation, or of one of its steps; of each kind, or of one."""

    generation_id: GenerationId | None = None
    step: StepName | None = None
    kind: ChangeKind | None = None


class Ledger(Protocol):
    """A person's lines at billing."""

    async def read(
        self, user_id: UserId, wanted: LedgerFilter, *, before: int | None, limit: int
    ) -> LedgerPage: ...


class Purchases(Protocol):
    """A person's purchases at billing, and the way in for Stripe."""

    async def start(self, user_id: UserId, wanted: NewPurchase) -> PurchaseView:
        """Raises `Refused` with `unknown_pack`, `idempotency_key_reused` or `payments_off`."""

    async def list(self, user_id: UserId, *, before: PurchaseId | None, limit: int) -> PurchasePage: ...

    async def read(self, user_id: UserId, purchase_id: PurchaseId) -> PurchaseView:
        """Raises `Refused` with `not_found`."""

    async def receive_event(self, body: bytes, signature: str | None) -> None:
        """Returns once it is stored; raises `Refused` for what is not Stripe's word."""


@dataclass(frozen=True, slots=True)
class ArchiveStream:
    """An archive on its way: HTTP's status and headers for a whole or a range, and the bytes."""

    status: int
    headers: Mapping[str, str]
    chunks: AsyncIterator[bytes]


class Artifacts(Protocol):
    """Generated files at artifacts. Raises `Refused` with `not_found`."""

    async def read_file(self, generation_id: GenerationId, path: str, step: StepName | None) -> FileText: ...

    def open_archive(
        self, generation_id: GenerationId, run: int, headers: Mapping[str, str]
    ) -> AbstractAsyncContextManager[ArchiveStream]:
        """`headers` are the request's for ranges and conditions."""

    async def archive_link(self, generation_id: GenerationId, run: int) -> ArchiveLink:
        """Where a browser may fetch a run's archive itself, if it may."""

    def open_partial_archive(self, generation_id: GenerationId) -> AbstractAsyncContextManager[ArchiveStream]:
        """A ZIP of what completed steps have delivered, made on request."""


class Projections(Protocol):
    """The read model as something that can be made anew. Raises `Unavailable`."""

    async def list_generations(
        self, after: GenerationId | None, limit: int
    ) -> Sequence[tuple[UserId, GenerationId]]:
        """A page of all generations, in the order of their ids."""

    async def expect_again(self, types: Sequence[str], action: OperatorAction) -> None:
        """Take these messages again although they were received, and whatever balances and catalogues are told next;
        for an operator, whose action is written down with it."""

    async def note(self, action: OperatorAction) -> None:
        """Write down how the operator's action went on."""


class Backlog(Protocol):
    """How late this service is with what it promised to send."""

    async def lag_seconds(self) -> float: ...


@dataclass(frozen=True, slots=True)
class Options:
    """What the API is told by the settings."""

    environment: str
    version: str
    allowed_origins: Sequence[str] = ()
    open_generations_max: int = 3
    issuer: str | None = None
    clerk_publishable_key: str | None = None
    development_sign_in: str | None = None
    pages_dir: Path | None = None


@dataclass(frozen=True, slots=True)
class Gateway:
    """Everything the API is wired with."""

    sessions: Sessions | None  # None: no issuer is configured and nobody can sign in
    transact: Transact
    read_model: ReadModel
    feeds: Feeds
    viewers: Viewers
    stream_places: StreamPlaces
    ledger: Ledger
    purchases: Purchases
    artifacts: Artifacts
    backlog: Backlog
    access_tokens: AccessTokens
    request_limits: RequestLimits
    pauses: Pauses
    operations: Operations
    options: Options
