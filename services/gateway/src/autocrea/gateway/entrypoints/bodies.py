"""What clients get of everything but generations: projects, files, balances, the quote, the service itself."""

from datetime import datetime
from typing import Generic, TypeVar
from uuid import UUID

from autocrea.contracts.billing.v1 import Pack
from autocrea.contracts.internal import PurchaseView
from autocrea.contracts.message import Shape
from autocrea.contracts.orchestrator.v1 import PipelineStep
from autocrea.gateway.domain.account import Balance
from autocrea.gateway.domain.generation import Status
from autocrea.gateway.domain.problems import Language
from autocrea.gateway.domain.views import Pause, ProjectView
from pydantic import BaseModel, Field

T = TypeVar("T")


class ProjectBody(Shape):
    """A project and how its latest generation stands."""

    project_id: UUID
    name: str
    created_at: datetime
    updated_at: datetime
    generations: int
    latest_generation_id: UUID | None
    latest_status: Status | None

    @classmethod
    def of(cls, view: ProjectView) -> "ProjectBody":
        return cls(**{name: getattr(view, name) for name in cls.model_fields})


class FileBody(Shape):
    """A generated file; its text is at `url`."""

    path: str
    step: str
    sha256: str
    bytes: int
    url: str


class ArchiveLinkBody(Shape):
    """Where the ZIP of an application is."""

    url: str = Field(description="Absolute when presigned, else a path of this API.")
    presigned: bool = Field(
        description="True: valid for five minutes and without `Authorization`, so that a browser may simply go there."
    )
    file_name: str
    sha256: str
    bytes: int
    files: int


class Page(BaseModel, Generic[T]):
    """Some entries, the newest first."""

    items: list[T]
    next_cursor: str | None = Field(None, description="Ask for more with `?cursor=`; null at the end.")


class BalanceBody(Shape):
    """Tokens as billing told them last; all null until it has told of this person for the first time."""

    available: int | None
    held: int | None
    receivable: int | None
    blocked_until: datetime | None
    version: int

    @classmethod
    def of(cls, balance: Balance | None) -> "BalanceBody":
        if balance is None:
            return cls(available=None, held=None, receivable=None, blocked_until=None, version=0)
        return cls(**{name: getattr(balance, name) for name in cls.model_fields})


class PackBody(Shape):
    """Tokens for sale."""

    pack: str
    title: str
    tokens: int
    amount: int = Field(description="In the currency's smallest unit.")
    currency: str = Field(description="ISO 4217, lower case.")

    @classmethod
    def of(cls, pack: Pack, language: Language) -> "PackBody":
        return cls(**{**pack.model_dump(), "title": getattr(pack.title, language)})


class PurchaseBody(Shape):
    """A purchase as billing has it."""

    purchase_id: UUID
    state: str = Field(
        description="`started`, `paid` (the tokens are on their way), `credited`, `expired`, `failed`, `refunded` or "
        "`disputed`."
    )
    pack: str
    tokens: int
    amount: int = Field(description="In the currency's smallest unit.")
    currency: str = Field(description="ISO 4217, lower case.")
    reversed_tokens: int = Field(description="What refunds and disputes took back of the tokens.")
    url: str | None = Field(description="Where it can be paid; null once it cannot.")
    version: int = Field(description="Counts the changes; the feed tells the same numbers.")
    started_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, view: PurchaseView) -> "PurchaseBody":
        return cls(**{name: getattr(view, name) for name in cls.model_fields})


class ReceivedBody(Shape):
    """The event is stored."""

    received: bool


class MeBody(Shape):
    """The caller."""

    user_id: str
    email: str | None
    email_verified: bool
    name: str | None
    role: str
    balance: BalanceBody


class ModelBody(Shape):
    """A model that may be asked for."""

    model: str
    aliases: tuple[str, ...]
    available: bool
    simulated: bool = Field(description="Whether a simulator answers in its place.")


class PausedBody(Shape):
    """Why no new generations are taken; those that run go on."""

    reason: str
    since: datetime

    @classmethod
    def of(cls, pause: Pause | None) -> "PausedBody | None":
        return cls(reason=pause.reason, since=pause.paused_at) if pause is not None else None


class QuoteStep(Shape):
    """A step before it runs."""

    step: str
    title: str
    icon: str
    cap_tokens: int
    depends_on: tuple[str, ...]
    typical_seconds: int

    @classmethod
    def of(cls, step: PipelineStep, language: Language) -> "QuoteStep":
        return cls(**{**step.model_dump(), "title": getattr(step.title, language)})


class OfferedPipeline(Shape):
    """A kind of application that may be asked for."""

    pipeline: str
    tokens: int = Field(description="The most that it can cost.")


class QuoteBody(Shape):
    """The most that a generation can cost and how long it usually takes, before it is asked for."""

    pipeline: str
    pipeline_digest: str
    rate_card_version: str
    tokens: int
    typical_seconds: int
    steps: list[QuoteStep]
    models: list[ModelBody]
    pipelines: list[OfferedPipeline] = Field(description="Everything that can be quoted, the default first.")
    packs: tuple[Pack, ...]
    paused: PausedBody | None = Field(description="Set while no new generations are taken.")


class HealthBody(Shape):
    """Whether the service works, in the words of the founding document."""

    status: str
    version: str
    joxcoder_available: bool
    simulated: bool = Field(description="Whether any model is played by a simulator.")
    paused: PausedBody | None = Field(None, description="Set while no new generations are taken.")


class ConfigurationBody(Shape):
    """What a page must know before it can sign anybody in. Nothing in it is secret."""

    environment: str = Field(description="`development`, `staging` or `production`.")
    version: str = Field(description="Of the API: a page that was built for another one says so.")
    issuer: str | None = Field(description="Who issues the session tokens that are accepted.")
    clerk_publishable_key: str | None = Field(description="Set: sign in with Clerk.")
    development_sign_in: str | None = Field(
        description="In development with the identity simulator: POST `{account}` here for a session token."
    )
