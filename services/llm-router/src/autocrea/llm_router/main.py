"""The wiring of the llm-router, by hand."""

import asyncio
import random
from datetime import UTC, datetime

from autocrea.chassis.app import Service
from autocrea.chassis.main import main as run_command
from autocrea.llm_router.adapters.call_log import DatabaseCallLog
from autocrea.llm_router.adapters.nonces import new_nonce
from autocrea.llm_router.adapters.openai_wire import OpenAiAccount, OpenAiProvider
from autocrea.llm_router.adapters.progress import ProgressPublisher
from autocrea.llm_router.adapters.provider_book import ProviderBook
from autocrea.llm_router.adapters.repository import RouterRepository
from autocrea.llm_router.domain.rows import RowKey, Rows
from autocrea.llm_router.entrypoints.registrations import register
from autocrea.llm_router.handlers.announce_models import AnnounceModels
from autocrea.llm_router.handlers.clocks import Clocks
from autocrea.llm_router.handlers.run_attempt import RunAttempt, Surroundings
from autocrea.llm_router.settings import Settings, listed
from pydantic import SecretStr

NAME = "llm-router"
PACKAGE = "autocrea.llm_router"
PREFETCH = 16  # bodies of up to 2 MiB: 32 MiB of memory
JOXCODER = "joxcoder"
OPENAI = "openai"


def build(settings: Settings) -> Service[Rows, RowKey]:
    """The service, ready to run."""
    service = Service(NAME, settings, package=PACKAGE, repository=RouterRepository(), prefetch=PREFETCH)
    joxcoder = _provider(JOXCODER, settings.joxcoder_api_url, settings.joxcoder_api_key, "max_tokens")
    openai = _provider(OPENAI, settings.openai_api_url, settings.openai_api_key, "max_completion_tokens")
    book = ProviderBook(
        (
            (JOXCODER, joxcoder, listed(settings.joxcoder_models)),
            (OPENAI, openai, listed(settings.openai_models)),
        )
    )
    progress = ProgressPublisher(service.publish_transient, _now)
    attempts = RunAttempt(
        Surroundings(
            providers=book,
            calls=DatabaseCallLog(service.database),
            progress=progress,
            clocks=Clocks(settings.first_token_seconds, settings.silence_seconds, settings.call_seconds),
            now=_now,
            random=random.random,
            nonce=new_nonce,
        )
    )
    simulated = frozenset(listed(settings.simulated_providers))
    register(
        service.registry,
        attempts,
        simulated=simulated,
        concurrency=settings.concurrency,
        per_user=settings.per_user,
    )
    announce = AnnounceModels(tuple(book.models()), simulated)
    service.on_start(lambda: service.transact(announce.rows(), announce.decide))
    service.background("progress", progress.run)
    service.background("providers", lambda: _close_at_the_end(joxcoder, openai))
    return service


def main() -> None:
    """`python -m autocrea.llm_router [migrate [pre|post]]`."""
    run_command(PACKAGE, Settings, build)


def _provider(
    name: str, url: str | None, key: SecretStr | None, limit_parameter: str
) -> OpenAiProvider | None:
    if url is None or key is None:
        return None
    return OpenAiProvider(OpenAiAccount(name, url, key, limit_parameter), _now)


def _now() -> datetime:
    return datetime.now(UTC)


async def _close_at_the_end(*providers: OpenAiProvider | None) -> None:
    try:
        await asyncio.Event().wait()
    finally:
        for provider in providers:
            if provider is not None:
                await provider.close()
