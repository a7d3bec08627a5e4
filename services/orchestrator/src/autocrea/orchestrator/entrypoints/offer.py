"""The pipelines on offer: published when the service starts and, if their folder changes meanwhile, again."""

import asyncio
import logging

from autocrea.chassis.app import Service
from autocrea.chassis.errors import Unavailable
from autocrea.orchestrator.adapters.pipeline_folders import PipelineFolders
from autocrea.orchestrator.adapters.rows import LoadedRows
from autocrea.orchestrator.domain.pipeline import InvalidPipeline
from autocrea.orchestrator.handlers.publish_pipelines import PublishPipeline
from autocrea.orchestrator.ports import Key

LOOK_SECONDS = 2.0  # a mounted folder changes within a minute; reading three pipelines takes milliseconds

log = logging.getLogger(__name__)


class Offer:
    """What this replica offers. Raises InvalidPipeline when made of a folder that cannot run."""

    def __init__(self, service: Service[LoadedRows, Key], folders: PipelineFolders) -> None:
        self._service = service
        self._folders = folders
        self._pipelines = {one.name: one for one in folders.pipelines()}
        self._refused: str | None = None

    async def publish(self) -> None:
        """Every pipeline, as the one in force."""
        for pipeline in self._pipelines.values():
            publication = PublishPipeline(pipeline)
            await self._service.transact(publication.keys, publication)

    async def watch(self) -> None:
        """Publish what changes, for the life of the process; a folder that cannot run changes nothing."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                await self._publish_changed()
            except Unavailable:
                continue  # it is still changed when the database is back

    async def _publish_changed(self) -> None:
        try:
            found = await asyncio.to_thread(lambda: list(self._folders.pipelines()))
        except (InvalidPipeline, OSError) as error:
            if str(error) != self._refused:
                self._refused = str(error)
                log.error("the changed pipelines cannot run; those before stay in force", exc_info=error)
            return
        self._refused = None
        for pipeline in found:
            if self._pipelines.get(pipeline.name) == pipeline:
                continue
            publication = PublishPipeline(pipeline)
            revision = await self._service.transact(publication.keys, publication)
            self._pipelines[pipeline.name] = pipeline
            log.info("a pipeline changed", extra={"pipeline": pipeline.name, "revision": revision})
