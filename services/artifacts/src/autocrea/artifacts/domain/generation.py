"""One generation as artifacts sees it: its sets of files, its archives, and how the one waits for the other."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum, unique

from autocrea.artifacts.domain.step_set import SetState, StepSet, StoredFile
from autocrea.contracts.faults import FaultCode
from autocrea.contracts.ids import GenerationId, ProjectId, Sha256, StepName, UserId


@unique
class ArchiveState(StrEnum):
    """`wanted` waits for its sets, `packaging` for its job; the others are final."""

    WANTED = "wanted"
    PACKAGING = "packaging"
    READY = "ready"
    FAILED = "failed"
    ERASED = "erased"


@dataclass(frozen=True, slots=True)
class Package:
    """What a finished packaging yields: the object as it was stored. `files` does not count the manifest."""

    sha256: Sha256
    bytes: int
    files: int


@dataclass(frozen=True, slots=True)
class Archive:
    """One run's archive. `wanted` is in the pipeline's order: of two files with one path the later step's counts."""

    run: int
    file_name: str
    wanted: dict[StepName, Sha256]
    state: ArchiveState
    package: Package | None = None
    fault: FaultCode | None = None
    detail: str = ""


@dataclass(slots=True)
class Generation:
    """The aggregate: everything that is decided about one generation is decided on this, under one lock."""

    id: GenerationId
    project_id: ProjectId | None = None
    user_id: UserId | None = None
    erased_at: datetime | None = None
    sets: dict[tuple[int, StepName], StepSet] = field(default_factory=dict)
    archives: dict[int, Archive] = field(default_factory=dict)
    # What the repository has to write, noted here as it happens.
    changed: bool = False
    changed_sets: set[tuple[int, StepName]] = field(default_factory=set)
    changed_archives: set[int] = field(default_factory=set)
    new_files: dict[tuple[int, StepName], tuple[StoredFile, ...]] = field(default_factory=dict)

    @property
    def erased(self) -> bool:
        return self.erased_at is not None

    def belongs_to(self, project_id: ProjectId, user_id: UserId) -> None:
        """Note whose generation it is, as the first message says."""
        if self.project_id is None and not self.erased:
            self.project_id, self.user_id, self.changed = project_id, user_id, True

    def store(self, new: StepSet, files: tuple[StoredFile, ...] = ()) -> list[Archive]:
        """Keep a set, or note that it failed; returns the archives that thereby stopped waiting.

        A set that is stored stays as it is; one that failed may be replaced, by a replay after its cause was mended.
        """
        key = (new.run, new.step)
        known = self.sets.get(key)
        if self.erased or (known is not None and known.state is SetState.STORED):
            return []
        self.sets[key] = new
        self.changed_sets.add(key)
        if new.state is SetState.STORED:
            self.new_files[key] = files
        return self._stop_waiting()

    def want(self, run: int, file_name: str, wanted: dict[StepName, Sha256]) -> list[Archive]:
        """Ask for a run's archive; returns it if it need not wait. A run that has one already keeps it."""
        if self.erased:
            return [_never(run)]
        if run in self.archives:
            return []
        self._put(Archive(run, file_name, wanted, ArchiveState.WANTED))
        return self._stop_waiting()

    def packaged(self, run: int, package: Package) -> list[Archive]:
        """The object of a run's archive is stored."""
        archive = self.archives.get(run)
        if archive is None or archive.state is not ArchiveState.PACKAGING:
            return []
        return [self._put(replace(archive, state=ArchiveState.READY, package=package))]

    def give_up(self, run: int, file_name: str, fault: FaultCode, detail: str) -> list[Archive]:
        """No archive will come of this run, whether it was asked for before or not."""
        if self.erased:
            return [_never(run)]
        archive = self.archives.get(run, Archive(run, file_name, {}, ArchiveState.WANTED))
        if archive.state not in (ArchiveState.WANTED, ArchiveState.PACKAGING):
            return []
        return [self._put(replace(archive, state=ArchiveState.FAILED, fault=fault, detail=detail))]

    def erase(self, now: datetime) -> list[int]:
        """Forget every text and name for good; returns the runs whose packaging is under way."""
        if self.erased:
            return []
        packaging = [run for run, archive in self.archives.items() if archive.state is ArchiveState.PACKAGING]
        for run in list(self.archives):
            self._put(Archive(run, "", {}, ArchiveState.ERASED))
        self.sets.clear()
        self.changed_sets.clear()
        self.new_files.clear()
        self.erased_at, self.changed = now, True
        return packaging

    def set_for(self, step: StepName, sha256: Sha256) -> StepSet | None:
        """The set with this content, of whichever run delivered it: a stored one before one that failed."""
        found = [each for each in self.sets.values() if each.step == step and each.sha256 == sha256]
        return min(found, key=lambda each: (each.state is not SetState.STORED, each.run), default=None)

    def _stop_waiting(self) -> list[Archive]:
        waiting = [each for each in self.archives.values() if each.state is ArchiveState.WANTED]
        return [stopped for archive in waiting if (stopped := self._try(archive)) is not None]

    def _try(self, archive: Archive) -> Archive | None:
        sets = [self.set_for(step, digest) for step, digest in archive.wanted.items()]
        for each in sets:
            if each is not None and each.state is SetState.FAILED:
                detail = f"the set of {each.step} cannot be used: {each.detail}"
                fault = FaultCode.PACKAGING_FAILED
                return self._put(replace(archive, state=ArchiveState.FAILED, fault=fault, detail=detail))
        if None in sets:
            return None
        return self._put(replace(archive, state=ArchiveState.PACKAGING))

    def _put(self, archive: Archive) -> Archive:
        self.archives[archive.run] = archive
        self.changed_archives.add(archive.run)
        return archive


def _never(run: int) -> Archive:
    """The answer to whoever asks for an archive of an erased generation; nothing of it is kept."""
    fault = FaultCode.PROJECT_DELETED
    return Archive(run, "", {}, ArchiveState.FAILED, fault=fault, detail="the project was deleted")
