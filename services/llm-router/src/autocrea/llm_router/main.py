"""The wiring of the llm-router, by hand."""

import asyncio
import random
from collections.abc import Sequence
from datetime import UTC, datetime

from autocrea.chassis.app import Service
from autocrea.chassis.keys import KeyRing
from autocrea.chassis.main import main as run_command
from autocrea.llm_router.adapters.anthropic_wire import AnthropicDialect
from autocrea.llm_router.adapters.breaker_cache import BreakerCache
from autocrea.llm_router.adapters.call_log import DatabaseCallLog
from autocrea.llm_router.adapters.call_telemetry import CallTelemetry
from autocrea.llm_router.adapters.fair_turns import FairTurns
from autocrea.llm_router.adapters.nonces import new_nonce
from autocrea.llm_router.adapters.openai_wire import OpenAiDialect
from autocrea.llm_router.adapters.progress import ProgressPublisher
from autocrea.llm_router.adapters.provider_book import Entry, ProviderBook
from autocrea.llm_router.adapters.provider_settings import listed
from autocrea.llm_router.adapters.repository import RouterRepository
from autocrea.llm_router.adapters.story import story
from autocrea.llm_router.adapters.wire import CONNECT_SECONDS, Account, Dialect, WireProvider
from autocrea.llm_router.domain.rows import RowKey, Rows
from autocrea.llm_router.entrypoints.registrations import register
from autocrea.llm_router.handlers.announce_models import AnnounceModels
from autocrea.llm_router.handlers.clocks import Clocks
from autocrea.llm_router.handlers.guard_models import BREAKERS_CHANNEL, GuardModels
from autocrea.llm_router.handlers.place_call import Surroundings
from autocrea.llm_router.handlers.rekey_models import RekeyModels
from autocrea.llm_router.handlers.run_attempt import RunAttempt
from autocrea.llm_router.settings import ANTHROPIC, JOXCODER, OPENAI, Settings

NAME = "llm-router"
PACKAGE = "autocrea.llm_router"
PREFETCH = 16  # bodies of up to 2 MiB: 32 MiB of memory
PROBE_SLACK_SECONDS = 10.0  # a probe that says nothing is ended by its clocks; the rest is for noting it


def build(settings: Settings) -> Service[Rows, RowKey]:
    """The service, ready to run."""
    service = Service(NAME, settings, package=PACKAGE, repository=RouterRepository(), prefetch=PREFETCH)
    keys = KeyRing(lambda: Settings().key_sources())
    entries = _entries(settings, keys)
    book = ProviderBook(entries)
    service.story = story
    progress = ProgressPublisher(service.publish_transient, _now)
    breakers = BreakerCache(service.database, _now, book.models)
    simulated = frozenset(listed(settings.simulated_providers))
    guard = GuardModels(
        service.transact,
        breakers,
        simulated=simulated,
        probe_seconds=CONNECT_SECONDS + settings.first_token_seconds + PROBE_SLACK_SECONDS,
        now=_now,
    )
    turns = FairTurns(settings.calls_per_key)
    attempts = RunAttempt(
        Surroundings(
            providers=book,
            calls=DatabaseCallLog(service.database),
            guard=guard,
            turns=turns,
            watch=CallTelemetry(_urls(settings)),
            progress=progress,
            clocks=Clocks(settings.first_token_seconds, settings.silence_seconds, settings.call_seconds),
            now=_now,
            random=random.random,
            nonce=new_nonce,
        )
    )
    register(
        service.registry,
        attempts,
        simulated=simulated,
        concurrency=settings.concurrency,
        per_user=settings.per_user,
    )

    async def announce() -> None:
        models = AnnounceModels(tuple(book.models()), simulated)
        await service.transact(models.rows(), models.decide)

    async def rekey(provider: str) -> None:
        models = RekeyModels(tuple(book.models(provider)), simulated)
        await service.transact(models.rows(), models.decide)

    service.tells(announce)
    service.on_start(breakers.read)
    service.listener.on(BREAKERS_CHANNEL, breakers.wake)
    service.background("progress", progress.run)
    service.background("breakers", breakers.run)
    service.background("keys", lambda: keys.watch(rekey))
    service.background("turns", lambda: _close_when(service.stopping, turns))
    service.background("providers", lambda: _close_at_the_end(entries))
    return service


def main() -> None:
    """`python -m autocrea.llm_router [migrate [pre|post]]`."""
    run_command(PACKAGE, Settings, build)


def _entries(settings: Settings, keys: KeyRing) -> list[Entry]:
    models = settings.models()

    def entry(name: str, url: str | None, dialect: Dialect, *, needs_key: bool = True) -> Entry:
        account = None if url is None else Account(name, url, keys.of(name), needs_key)
        provider = None if account is None else WireProvider(account, dialect, _now)
        return Entry(name, provider, models[name])

    return [
        entry(JOXCODER, settings.joxcoder_api_url, OpenAiDialect()),
        entry(OPENAI, settings.openai_api_url, OpenAiDialect("max_completion_tokens", "safety_identifier")),
        entry(ANTHROPIC, settings.anthropic_api_url, AnthropicDialect()),
        *(
            entry(
                extra.name,
                extra.url,
                OpenAiDialect(extra.limit_parameter),
                needs_key=extra.key_file is not None,
            )
            for extra in settings.extra_providers
        ),
    ]


def _urls(settings: Settings) -> dict[str, str]:
    named = {
        JOXCODER: settings.joxcoder_api_url,
        OPENAI: settings.openai_api_url,
        ANTHROPIC: settings.anthropic_api_url,
    }
    return {name: str(url) for name, url in named.items() if url is not None} | {
        extra.name: str(extra.url) for extra in settings.extra_providers
    }


def _now() -> datetime:
    return datetime.now(UTC)


async def _close_at_the_end(entries: Sequence[Entry]) -> None:
    try:
        await asyncio.Event().wait()
    finally:
        for entry in entries:
            if entry.provider is not None:
                await entry.provider.close()


async def _close_when(stopping: asyncio.Event, turns: FairTurns) -> None:
    await stopping.wait()
    turns.close()
    await asyncio.Event().wait()
