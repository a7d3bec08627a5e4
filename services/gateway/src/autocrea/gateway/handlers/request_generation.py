"""A person asks for an application: a generation, its project if it is new, and the request to the orchestrator."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from autocrea.chassis.errors import Refused, Unavailable
from autocrea.chassis.handlers import Effects, Signal
from autocrea.contracts.billing.v1 import RateCardPublished
from autocrea.contracts.gateway.v1 import PROJECT_GENERATIONS_MAX, GenerationRequested
from autocrea.contracts.ids import GenerationId, PipelineName, ProjectId
from autocrea.contracts.orchestrator.v1 import PipelinePublished
from autocrea.gateway.domain.account import find_shortage
from autocrea.gateway.domain.catalogue import DEFAULT_PIPELINE, CatalogueKind, Quote
from autocrea.gateway.domain.generation import Generation
from autocrea.gateway.domain.identity import Identity
from autocrea.gateway.domain.problems import Language
from autocrea.gateway.domain.project import Project
from autocrea.gateway.domain.read_model import (
    FEED_CHANNEL,
    Key,
    NewGeneration,
    Rows,
    catalogue_key,
    open_generations_key,
    project_contents_key,
    project_key,
    user_key,
    user_stream,
)
from autocrea.gateway.handlers.answers import Repeatable
from autocrea.gateway.handlers.project_changes import own_project
from autocrea.gateway.handlers.refusals import refused, refused_for

RETRY_AFTER_SECONDS = 10  # a generation takes minutes; asking sooner is in vain


@dataclass(frozen=True, slots=True)
class RequestGeneration:
    """Run with `transact(command.keys(), command.decide)`; the answer is what the client gets."""

    identity: Identity
    repeatable: Repeatable
    generation_id: GenerationId
    project_id: ProjectId
    new_project_name: str | None  # None: the project exists
    prompt: str
    language: Language
    pipeline: str
    model_preference: str | None
    shown_tokens: int | None  # the price that the person saw, if the client tells
    open_generations_max: int
    closed: Refused | None  # why nothing new is promised at the moment

    def keys(self) -> Sequence[Key]:
        user_id = self.identity.user_id
        return (
            user_key(user_id),
            open_generations_key(user_id),
            project_key(self.project_id),
            project_contents_key(self.project_id),
            catalogue_key(CatalogueKind.PIPELINE, self.pipeline),
            catalogue_key(CatalogueKind.RATE_CARD),
            *self.repeatable.keys(),
        )

    def decide(self, rows: Rows, now: datetime) -> tuple[dict[str, Any], Effects]:
        answered = self.repeatable.recall(rows)
        if answered is not None:
            return answered, Effects()
        if self.closed is not None:
            raise self.closed
        quote = find_quote(rows, self.pipeline)
        model = self._model(quote)
        check_price(self.shown_tokens, quote.tokens)
        check_means(rows, self.identity, quote.tokens, self.open_generations_max, now)
        project = self._project(rows, now)
        rows.projects[project.project_id] = project
        generation = Generation(
            generation_id=self.generation_id,
            user_id=self.identity.user_id,
            project_id=project.project_id,
            quote_tokens=quote.tokens,
            updated_at=now,
        )
        rows.new_generations.append(
            NewGeneration(generation, self.prompt, self.language, self.pipeline, model, now)
        )
        rows.tell_generation(generation, now)
        body = self.repeatable.keep(rows, accepted(generation))
        message = self._message(project, quote, model)
        return body, Effects((message,), signals=(Signal(FEED_CHANNEL, user_stream(generation.user_id)),))

    def _model(self, quote: Quote) -> str | None:
        if self.model_preference is None:
            return None
        model = quote.find_model(self.model_preference)
        if model is None:
            raise refused("unknown_model", model=self.model_preference)
        return model

    def _project(self, rows: Rows, now: datetime) -> Project:
        if self.new_project_name is not None:
            return Project(self.project_id, self.identity.user_id, self.new_project_name, now, now)
        project = own_project(rows, self.project_id, self.identity)
        if len(rows.contents.get(self.project_id, ())) >= PROJECT_GENERATIONS_MAX:
            raise refused("project_full", limit=PROJECT_GENERATIONS_MAX)
        return replace(project, updated_at=now)

    def _message(self, project: Project, quote: Quote, model: str | None) -> GenerationRequested:
        return GenerationRequested(
            generation_id=self.generation_id,
            run=1,
            project_id=project.project_id,
            project_name=project.name,
            user_id=self.identity.user_id,
            prompt=self.prompt,
            language=self.language,
            pipeline=PipelineName(self.pipeline),
            pipeline_digest=quote.pipeline.digest,
            rate_card_version=quote.rate_card.version,
            quote_tokens=quote.tokens,
            model_preference=model,
            email_verified=self.identity.email_verified,
        )


def find_quote(rows: Rows, pipeline: str) -> Quote:
    """The price in force; raises `Refused`, or `Unavailable` while the owners have published nothing yet."""
    rate_card = rows.catalogues.get(catalogue_key(CatalogueKind.RATE_CARD))
    offered = rows.catalogues.get(catalogue_key(CatalogueKind.PIPELINE, pipeline))
    if offered is None and pipeline != DEFAULT_PIPELINE:
        raise refused("unknown_pipeline", pipeline=pipeline)
    if offered is None or rate_card is None:
        raise Unavailable("the catalogues have not been published yet")
    assert isinstance(offered.published, PipelinePublished)
    assert isinstance(rate_card.published, RateCardPublished)
    return Quote(offered.published, rate_card.published)


def check_price(shown_tokens: int | None, tokens: int) -> None:
    """Raise `Refused` when the person was shown another price than this one: nobody pays what they have not seen."""
    if shown_tokens not in (None, tokens):
        raise refused("quote_changed", quote_tokens=tokens)


def check_means(rows: Rows, identity: Identity, needed_tokens: int, open_max: int, now: datetime) -> None:
    """Raise `Refused` when the person has too much running, or too little to pay with as far as is known."""
    if rows.open_generations[identity.user_id] >= open_max:
        raise refused("too_many_generations", limit=open_max, retry_after_seconds=RETRY_AFTER_SECONDS)
    shortage = find_shortage(rows.balances.get(identity.user_id), needed_tokens, now)
    if shortage is not None:
        raise refused_for(shortage)


def accepted(generation: Generation) -> dict[str, Any]:
    """What is answered to a request that starts a run."""
    return {
        "generation_id": str(generation.generation_id),
        "project_id": str(generation.project_id),
        "run": generation.run,
        "status": generation.status.value,
        "quote_tokens": generation.quote_tokens,
    }
