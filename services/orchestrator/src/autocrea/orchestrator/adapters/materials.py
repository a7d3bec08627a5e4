"""Reads what a verification looks at, in one snapshot and without a lock."""

from autocrea.chassis.database import Database
from autocrea.contracts.ids import GenerationId, StepName
from autocrea.orchestrator.adapters.repository import SagaRepository
from autocrea.orchestrator.domain.verification import Material


class StoredMaterials:
    """Implements the port `Materials`."""

    def __init__(self, database: Database, repository: SagaRepository) -> None:
        self._database = database
        self._repository = repository

    async def material(
        self, generation_id: GenerationId, run: int, step: StepName, attempt: int
    ) -> Material | None:
        """Raises `Unavailable` while the database is away."""
        async with (
            self._database.connection() as connection,
            connection.transaction(isolation="repeatable_read", readonly=True),
        ):
            saga = await self._repository.read(connection, generation_id)
            if saga is None or not saga.verifying(run, step, attempt):
                return None
            libraries = await self._repository.libraries(connection, [saga])
        library = libraries.get(generation_id)
        return library.material(saga, step) if library else None
