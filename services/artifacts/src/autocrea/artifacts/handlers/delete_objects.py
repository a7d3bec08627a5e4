"""Removing the objects of erased generations from the store."""

from uuid import UUID

from autocrea.artifacts.domain.naming import generation_prefix
from autocrea.artifacts.ports import ObjectStore
from autocrea.chassis.handlers import Job
from autocrea.contracts.ids import GenerationId

DELETE_OBJECTS = "delete_objects"


class DeleteObjects:
    """Finds what is there by prefix, so that an object nobody recorded goes as well. Running twice does no harm."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store

    async def __call__(self, job: Job) -> int:
        """Returns how many objects were removed."""
        keys = [
            found.key
            for text in job.payload["generation_ids"]
            async for found in self._store.objects(generation_prefix(GenerationId(UUID(text))))
        ]
        if keys:
            await self._store.delete(keys)  # all at once: one that the store refuses keeps no other
        return len(keys)
