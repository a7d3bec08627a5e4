"""Which message and which job goes to which handler."""

from collections.abc import Callable
from datetime import datetime, timedelta

from autocrea.artifacts.adapters.repository import Rows
from autocrea.artifacts.handlers.archive_job import PACKAGE_GENERATION
from autocrea.artifacts.handlers.build_archive import BuildArchive
from autocrea.artifacts.handlers.collect_garbage import COLLECT_GARBAGE, CollectGarbage
from autocrea.artifacts.handlers.delete_objects import DELETE_OBJECTS, DeleteObjects
from autocrea.artifacts.handlers.erase_project import EraseProjectHandler
from autocrea.artifacts.handlers.log_removal import LogRemovalHandler
from autocrea.artifacts.handlers.package_generation import PackageGenerationHandler
from autocrea.artifacts.handlers.record_archive import RecordArchiveHandler
from autocrea.artifacts.handlers.store_step_files import StoreStepFilesHandler
from autocrea.artifacts.ports import ArchiveWriter, ObjectStore, Shelf
from autocrea.chassis.handlers import Registry
from autocrea.contracts.artifacts.v1 import PackageGeneration, StoreStepFiles
from autocrea.contracts.gateway.v1 import ProjectDeleted
from autocrea.contracts.ids import GenerationId

PACKAGINGS_MAX = 4  # a few MiB each in memory; a fifth waits some tens of milliseconds
PACKAGING_LEASE_SECONDS = 30.0  # a ZIP and one PUT; the heartbeat renews it while the store is slow
PACKAGING_ATTEMPTS_MAX = 5  # of bugs and refusals; an object store that does not answer spends none
REMOVALS_MAX = 2
REMOVAL_LEASE_SECONDS = 60.0  # a listing and a few deletions
REMOVAL_ATTEMPTS_MAX = (
    20  # some 15 minutes of refusals, then somebody must look: a person's data is waiting to go
)
GARBAGE_EVERY = timedelta(days=1)


def register(
    registry: Registry[Rows, GenerationId],
    shelf: Shelf,
    store: ObjectStore,
    write: ArchiveWriter,
    clock: Callable[[], datetime],
) -> None:
    """Fill the registry."""
    registry.on(StoreStepFiles, StoreStepFilesHandler())
    registry.on(PackageGeneration, PackageGenerationHandler())
    registry.on(ProjectDeleted, EraseProjectHandler())
    registry.work(
        PACKAGE_GENERATION,
        BuildArchive(shelf, store, write),
        RecordArchiveHandler(),
        concurrency=PACKAGINGS_MAX,
        lease_seconds=PACKAGING_LEASE_SECONDS,
        attempts_max=PACKAGING_ATTEMPTS_MAX,
    )
    registry.work(
        DELETE_OBJECTS,
        DeleteObjects(store),
        LogRemovalHandler(),
        concurrency=REMOVALS_MAX,
        lease_seconds=REMOVAL_LEASE_SECONDS,
        attempts_max=REMOVAL_ATTEMPTS_MAX,
    )
    registry.work(
        COLLECT_GARBAGE,
        CollectGarbage(shelf, store, clock),
        LogRemovalHandler(),
        concurrency=1,
        lease_seconds=REMOVAL_LEASE_SECONDS,
        attempts_max=REMOVAL_ATTEMPTS_MAX,
        every=GARBAGE_EVERY,
    )
