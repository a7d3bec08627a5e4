"""The wiring of artifacts, by hand."""

import asyncio
from datetime import UTC, datetime, timedelta

from autocrea.artifacts.adapters.repository import GenerationRepository, Rows
from autocrea.artifacts.adapters.s3 import S3Location, S3Store
from autocrea.artifacts.adapters.shelf import DatabaseShelf
from autocrea.artifacts.adapters.story import story
from autocrea.artifacts.adapters.zip_file import read_zip, write_zip
from autocrea.artifacts.entrypoints.http import Routes
from autocrea.artifacts.entrypoints.messages import register
from autocrea.artifacts.handlers.build_archive import BuildArchive
from autocrea.artifacts.handlers.collect_garbage import CollectGarbage
from autocrea.artifacts.handlers.delete_objects import DeleteObjects
from autocrea.artifacts.handlers.read_files import ReadFiles
from autocrea.artifacts.handlers.retire_files import RetireFiles
from autocrea.artifacts.settings import Settings
from autocrea.chassis.app import Service
from autocrea.chassis.main import main as run_command
from autocrea.contracts.ids import GenerationId

NAME = "artifacts"
PACKAGE = "autocrea.artifacts"
PREFETCH = 16  # bodies of up to 2 MiB: 32 MiB of memory


def build(settings: Settings) -> Service[Rows, GenerationId]:
    """The service, ready to run."""
    service = Service(NAME, settings, package=PACKAGE, repository=GenerationRepository(), prefetch=PREFETCH)
    store = S3Store(_location(settings))
    shelf = DatabaseShelf(service.database)
    files = ReadFiles(shelf, store, read_zip)
    service.routes.extend(Routes(settings.gateway_token, shelf, files, store, write_zip).routes())
    register(
        service.registry,
        BuildArchive(shelf, files, store, write_zip),
        DeleteObjects(store),
        CollectGarbage(shelf, store, _now),
        RetireFiles(shelf, store, read_zip, timedelta(days=settings.files_kept_days), _now),
    )
    service.story = story
    service.on_start(store.open)
    service.background("object store", lambda: _close_at_the_end(store))
    return service


def main() -> None:
    """`python -m autocrea.artifacts [migrate]`."""
    run_command(PACKAGE, Settings, build)


def _now() -> datetime:
    return datetime.now(UTC)


def _location(settings: Settings) -> S3Location:
    return S3Location(
        bucket=settings.bucket,
        region=settings.region,
        endpoint_url=settings.endpoint_url,
        public_endpoint_url=settings.public_endpoint_url,
        access_key_id=settings.access_key_id,
        secret_access_key=settings.secret_access_key,
    )


async def _close_at_the_end(store: S3Store) -> None:
    try:
        await asyncio.Event().wait()
    finally:
        await store.close()
