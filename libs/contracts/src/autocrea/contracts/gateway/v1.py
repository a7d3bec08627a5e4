"""What the gateway tells the other services, version 1."""

from __future__ import annotations

from typing import Annotated

from autocrea.contracts.ids import GenerationId, PipelineName, ProjectId, Tokens, UserId
from autocrea.contracts.message import Message, RunMessage, Service
from autocrea.contracts.shapes import PERSONAL, WRITTEN
from autocrea.contracts.vocabulary import Language, Open
from pydantic import Field

PROJECT_GENERATIONS_MAX = 1000
"""As many ids as `ProjectDeleted` carries within its 64 KiB: the gateway starts no more in one project."""


class GenerationRequested(
    RunMessage,
    key="gateway.generation_requested.v1",
    consumers=(Service.ORCHESTRATOR,),
    natural_key=("generation_id",),
):
    """A person asked for an application, saw its price and was promised an end."""

    project_id: ProjectId = Field(description="The project it belongs to.")
    project_name: Annotated[str, WRITTEN] = Field(
        description="The project's name, which the application gets."
    )
    user_id: Annotated[UserId, PERSONAL] = Field(description="Who asked.")
    prompt: Annotated[str, WRITTEN] = Field(description="What the person described, verbatim.")
    language: Open[Language] = Field(description="The language of what the person reads.")
    pipeline: PipelineName = Field(description="Which pipeline writes it.")
    pipeline_digest: str = Field(description="The pipeline as it was quoted.")
    rate_card_version: str = Field(description="The rate card as it was quoted.")
    quote_tokens: Tokens = Field(description="The most that all runs together may cost.")
    model_preference: str | None = Field(
        description="The model the person chose; null leaves it to the pipeline."
    )
    email_verified: bool = Field(description="Whether the person's e-mail was verified at that moment.")


class RetryRequested(
    RunMessage,
    key="gateway.retry_requested.v1",
    consumers=(Service.ORCHESTRATOR,),
    natural_key=("generation_id", "run"),
):
    """A person asked for the next run of a generation; `run` is the new one."""

    user_id: Annotated[UserId, PERSONAL] = Field(description="Who asked.")
    quote_tokens: Tokens | None = Field(
        None,
        description="The most that this run may cost, as it was offered; absent from an older sender.",
        exclude_if=lambda offered: offered is None,
    )


class CancellationRequested(
    RunMessage,
    key="gateway.cancellation_requested.v1",
    consumers=(Service.ORCHESTRATOR,),
    natural_key=("generation_id", "run"),
):
    """A person asked for a run to stop; `run` is the one to stop."""

    user_id: Annotated[UserId, PERSONAL] = Field(description="Who asked.")


class AccountOpened(
    Message,
    key="gateway.account_opened.v1",
    consumers=(Service.BILLING,),
    natural_key=("user_id", "email_verified"),
):
    """A person came for the first time, or came for the first time with a verified e-mail."""

    user_id: Annotated[UserId, PERSONAL] = Field(description="The person.")
    email_verified: bool = Field(description="Whether the identity provider vouches for the e-mail.")


class ProjectDeleted(
    Message,
    key="gateway.project_deleted.v1",
    consumers=(Service.ORCHESTRATOR, Service.LLM_ROUTER, Service.ARTIFACTS),
    natural_key=("project_id",),
):
    """A person deleted a project: every owner erases what was written for it."""

    project_id: ProjectId = Field(description="The project.")
    user_id: Annotated[UserId, PERSONAL] = Field(description="Whose it was.")
    generation_ids: tuple[GenerationId, ...] = Field(
        description="Its generations, at most 1,000.", max_length=PROJECT_GENERATIONS_MAX
    )
