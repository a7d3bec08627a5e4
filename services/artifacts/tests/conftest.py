"""A generation of Ada's, told as messages; rows as handlers get them; a database and a store for a test."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar
from uuid import UUID, uuid4

import pytest
from autocrea.artifacts.adapters.repository import GenerationRepository
from autocrea.artifacts.adapters.s3 import S3Location, S3Store
from autocrea.artifacts.adapters.shelf import DatabaseShelf
from autocrea.artifacts.adapters.zip_file import read_zip, write_zip
from autocrea.artifacts.domain.generation import ArchiveState, Generation
from autocrea.artifacts.domain.naming import object_key
from autocrea.artifacts.handlers.build_archive import BuildArchive
from autocrea.artifacts.handlers.read_files import ReadFiles
from autocrea.artifacts.handlers.store_step_files import StoreStepFilesHandler
from autocrea.chassis.database import Database
from autocrea.chassis.handlers import Effects, Failed, Finished, Job, NewJob, Received
from autocrea.cli.parts import S3Endpoint
from autocrea.contracts.artifacts.v1 import PackageGeneration, StoreStepFiles
from autocrea.contracts.digests import entry, set_sha256
from autocrea.contracts.envelope import open_envelope, seal
from autocrea.contracts.gateway.v1 import ProjectDeleted
from autocrea.contracts.ids import GenerationId, ProjectId, StepName, UserId
from autocrea.contracts.message import Message
from autocrea.contracts.shapes import GeneratedFile
from autocrea.testkit.plugin import MakeDatabase
from pydantic import SecretStr

M = TypeVar("M", bound=Message)
T = TypeVar("T")

ADA = UserId("user_ada")
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@dataclass
class Story:
    """Makes the messages of one generation, consistent with each other."""

    generation_id: GenerationId = field(default_factory=lambda: GenerationId(uuid4()))
    project_id: ProjectId = field(default_factory=lambda: ProjectId(uuid4()))
    user_id: UserId = ADA
    now: datetime = NOW
    digests: dict[StepName, str] = field(default_factory=dict)

    def store(
        self, step: str, files: dict[str, str], *, run: int = 1, sha256: str | None = None
    ) -> StoreStepFiles:
        """The files of a step; its digest is what `package` will ask for."""
        generated = tuple(GeneratedFile(path=path, text=text) for path, text in files.items())
        digest = sha256 or set_sha256(entry(file) for file in generated)
        self.digests[StepName(step)] = digest
        return StoreStepFiles(
            generation_id=self.generation_id,
            run=run,
            step=StepName(step),
            user_id=self.user_id,
            project_id=self.project_id,
            files=generated,
            sha256=digest,
        )

    def package(self, *, run: int = 1, file_name: str = "mi-super-app.zip") -> PackageGeneration:
        """The archive of every step told so far."""
        return PackageGeneration(
            generation_id=self.generation_id,
            run=run,
            user_id=self.user_id,
            project_id=self.project_id,
            file_name=file_name,
            sets=dict(self.digests),
        )

    def deleted(self, *others: GenerationId) -> ProjectDeleted:
        return ProjectDeleted(
            project_id=self.project_id, user_id=self.user_id, generation_ids=(self.generation_id, *others)
        )

    def received(self, message: M) -> Received[M]:
        return Received(open_envelope(seal(message, source="orchestrator", time=self.now).body), message)

    def finished(self, job: NewJob, result: Any) -> Finished[Any]:
        return Finished(self.taken(job), result)

    def failed(self, job: NewJob) -> Failed:
        return Failed(self.taken(job), "RuntimeError: no")

    def taken(self, job: NewJob) -> Job:
        return Job(
            kind=job.kind,
            key=job.key,
            payload=job.payload,
            due_at=job.due_at or self.now,
            fair_key=job.fair_key,
            attempts=0,
            first_leased_at=self.now,
            lease_token=UUID(int=1),
            cause=None,
            traceparent=None,
        )


class Desk:
    """Gives items to handlers with rows in memory, as the chassis does inside a transaction."""

    def __init__(self) -> None:
        self.rows: dict[GenerationId, Generation] = {}

    def tell(self, handler: Any, item: Any, now: datetime = NOW) -> Effects:
        return self._decide(handler, handler.decide, item, now)

    def tell_bug(self, handler: Any, item: Any, now: datetime = NOW) -> Effects:
        return self._decide(handler, handler.on_bug, item, now)

    def _decide(self, handler: Any, decide: Any, item: Any, now: datetime) -> Effects:
        for key in handler.rows(item):
            self.rows.setdefault(key, Generation(key))
        effects = decide(self.rows, item, now)
        assert isinstance(effects, Effects)
        return effects


@pytest.fixture
def story() -> Story:
    return Story()


@pytest.fixture
def new_story() -> type[Story]:
    """For tests with more than one generation."""
    return Story


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
async def database(make_database: MakeDatabase) -> AsyncIterator[Database]:
    database = Database(await make_database("autocrea.artifacts"), name="artifacts")
    await database.open()
    yield database
    await database.close()


@pytest.fixture
def location(s3: S3Endpoint) -> S3Location:
    return S3Location(
        bucket=s3.bucket,
        region=s3.region,
        endpoint_url=s3.url,
        access_key_id=SecretStr(s3.access_key_id),
        secret_access_key=SecretStr(s3.secret_access_key),
    )


@pytest.fixture
async def store(location: S3Location) -> AsyncIterator[S3Store]:
    store = S3Store(location)
    await store.open()
    yield store
    await store.close()


@dataclass
class Workshop:
    """Keeps files and packages them as the service does, one step after the other."""

    database: Database
    store: S3Store

    def __post_init__(self) -> None:
        self.shelf = DatabaseShelf(self.database)
        self.files = ReadFiles(self.shelf, self.store, read_zip)

    async def decide(self, generation_id: GenerationId, decide: Callable[[Generation], T]) -> T:
        """One decision about a generation, in a transaction of its own."""
        repository = GenerationRepository()
        async with self.database.transaction() as connection:
            rows = await repository.load(connection, [generation_id])
            result = decide(rows[generation_id])
            await repository.save(connection, rows)
        return result

    async def keep(self, story: Story, step: str, files: dict[str, str], *, run: int = 1) -> None:
        item = story.received(story.store(step, files, run=run))
        await self.decide(
            story.generation_id, lambda g: StoreStepFilesHandler().decide({g.id: g}, item, story.now)
        )

    async def package(self, story: Story, *, file_name: str = "a.zip", run: int = 1) -> bytes:
        """Every set told so far; returns the archive."""
        key = story.generation_id
        await self.decide(key, lambda g: g.want(run, file_name, dict(story.digests)))
        job = NewJob("package_generation", "x", payload={"generation_id": str(key), "run": run})
        package = await BuildArchive(self.shelf, self.files, self.store, write_zip)(story.taken(job))
        assert package is not None
        (ready,) = await self.decide(key, lambda g: g.packaged(run, package))
        assert ready.state is ArchiveState.READY
        async with self.store.read(object_key(key, run)) as opened:
            return b"".join([chunk async for chunk in opened.chunks])


@pytest.fixture
def workshop(database: Database, store: S3Store) -> Workshop:
    return Workshop(database, store)


@pytest.fixture
def prefix() -> str:
    return f"archives/{uuid4()}/"
