"""Which message and which job goes to which handler."""

from datetime import timedelta

from autocrea.artifacts.adapters.repository import Rows
from autocrea.artifacts.handlers.archive_job import PACKAGE_GENERATION
from autocrea.artifacts.handlers.build_archive import BuildArchive
from autocrea.artifacts.handlers.collect_garbage import COLLECT_GARBAGE, CollectGarbage
from autocrea.artifacts.handlers.delete_objects import DELETE_OBJECTS, DeleteObjects
from autocrea.artifacts.handlers.erase_project import EraseProjectHandler
from autocrea.artifacts.handlers.log_outcome import LogOutcomeHandler
from autocrea.artifacts.handlers.package_generation import PackageGenerationHandler
from autocrea.artifacts.handlers.record_archive import RecordArchiveHandler
from autocrea.artifacts.handlers.retire_files import RETIRE_FILES, RetireFiles
from autocrea.artifacts.handlers.store_step_files import StoreStepFilesHandler
from autocrea.chassis.registry import Registry
from autocrea.contracts.artifacts.v1 import PackageGeneration, StoreStepFiles
from autocrea.contracts.gateway.v1 import ProjectDeleted
from autocrea.contracts.ids import GenerationId

PACKAGINGS_MAX = 4  # a few MiB each in memory; a fifth waits some tens of milliseconds
PACKAGING_LEASE_SECONDS = 30.0  # a ZIP and one PUT; the heartbeat renews it while the store is slow
PACKAGING_ATTEMPTS_MAX = 5  # of bugs and refusals; an object store that does not answer spends none
REMOVALS_MAX = 2
SWEEP_LEASE_SECONDS = 60.0  # the heartbeat renews it while a sweep goes on
SWEEP_ATTEMPTS_MAX = (
    20  # some 15 minutes of refusals, then somebody must look: a person's data is waiting to go
)
SWEEP_EVERY = timedelta(days=1)


def register(
    registry: Registry[Rows, GenerationId],
    build: BuildArchive,
    delete: DeleteObjects,
    collect: CollectGarbage,
    retire: RetireFiles,
) -> None:
    """Fill the registry."""
    registry.on(StoreStepFiles, StoreStepFilesHandler())
    registry.on(PackageGeneration, PackageGenerationHandler())
    registry.on(ProjectDeleted, EraseProjectHandler())
    registry.work(
        PACKAGE_GENERATION,
        build,
        RecordArchiveHandler(),
        concurrency=PACKAGINGS_MAX,
        lease_seconds=PACKAGING_LEASE_SECONDS,
        attempts_max=PACKAGING_ATTEMPTS_MAX,
    )
    registry.work(
        DELETE_OBJECTS,
        delete,
        LogOutcomeHandler(),
        concurrency=REMOVALS_MAX,
        lease_seconds=SWEEP_LEASE_SECONDS,
        attempts_max=SWEEP_ATTEMPTS_MAX,
    )
    for kind, sweep in ((COLLECT_GARBAGE, collect), (RETIRE_FILES, retire)):
        registry.work(
            kind,
            sweep,
            LogOutcomeHandler(),
            concurrency=1,
            lease_seconds=SWEEP_LEASE_SECONDS,
            attempts_max=SWEEP_ATTEMPTS_MAX,
            every=SWEEP_EVERY,
        )
