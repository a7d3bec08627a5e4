"""The wiring of the orchestrator, by hand."""

import asyncio

from autocrea.chassis.app import Service
from autocrea.chassis.main import main as run_command
from autocrea.orchestrator.adapters import metrics
from autocrea.orchestrator.adapters.materials import StoredMaterials
from autocrea.orchestrator.adapters.parsers.pool import ParserPool
from autocrea.orchestrator.adapters.pipeline_folders import PipelineFolders
from autocrea.orchestrator.adapters.repository import SagaRepository
from autocrea.orchestrator.adapters.rows import LoadedRows
from autocrea.orchestrator.adapters.story import Story
from autocrea.orchestrator.entrypoints.messages import register
from autocrea.orchestrator.entrypoints.offer import Offer
from autocrea.orchestrator.ports import Key
from autocrea.orchestrator.settings import Settings

NAME = "orchestrator"
PACKAGE = "autocrea.orchestrator"
PREFETCH = 16  # bodies of up to 2 MiB: 32 MiB of memory


def build(settings: Settings) -> Service[LoadedRows, Key]:
    """The service, ready to run. Raises InvalidPipeline when a pipeline on offer cannot run."""
    repository = SagaRepository()
    service = Service(NAME, settings, package=PACKAGE, repository=repository, prefetch=PREFETCH)
    parsers = ParserPool(settings.parser_processes)
    register(
        service.registry,
        StoredMaterials(service.database, repository),
        parsers,
        verifications_max=settings.parser_processes,
    )
    service.story = Story(repository)
    metrics.register(service.told)
    service.measures.add(metrics.measure)
    offer = Offer(service, PipelineFolders(settings.pipelines_dir))
    service.tells(offer.publish)
    if settings.pipelines_dir is not None:
        service.background("pipelines", offer.watch)
    service.background("parsers", lambda: _close_at_the_end(parsers))
    return service


def main() -> None:
    """`python -m autocrea.orchestrator [migrate]`."""
    run_command(PACKAGE, Settings, build)


async def _close_at_the_end(parsers: ParserPool) -> None:
    try:
        await asyncio.Event().wait()
    finally:
        await parsers.close()
