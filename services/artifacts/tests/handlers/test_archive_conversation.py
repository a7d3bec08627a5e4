"""Conversations with artifacts: given these messages in this order, it answers this, and nothing else."""

from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest
from autocrea.artifacts.domain.generation import Package
from autocrea.artifacts.domain.naming import archive_id
from autocrea.artifacts.handlers.archive_job import PACKAGE_GENERATION
from autocrea.artifacts.handlers.delete_objects import DELETE_OBJECTS
from autocrea.artifacts.handlers.erase_project import EraseProjectHandler
from autocrea.artifacts.handlers.package_generation import PackageGenerationHandler
from autocrea.artifacts.handlers.record_archive import RecordArchiveHandler
from autocrea.artifacts.handlers.store_step_files import StoreStepFilesHandler
from autocrea.chassis import erasure
from autocrea.chassis.handlers import Effects, NewJob
from autocrea.contracts.artifacts.v1 import ArtifactReady, PackageGeneration, PackagingFailed, StoreStepFiles
from autocrea.contracts.faults import FaultCode

PACKAGE = Package("0" * 64, 4321, 2)
NOTHING = Effects()
HANDLERS: dict[type, Any] = {
    StoreStepFiles: StoreStepFilesHandler(),
    PackageGeneration: PackageGenerationHandler(),
}


def _told(story: Any, desk: Any, message: Any) -> Effects:
    effects: Effects = desk.tell(HANDLERS[type(message)], story.received(message))
    return effects


def _job(effects: Effects) -> NewJob:
    (job,) = effects.jobs
    assert effects == Effects(jobs=(job,))
    return job


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_one_packaging_begins_when_commands_arrive_in_any_order(
    story: Any, desk: Any, order: tuple[int, ...]
) -> None:
    messages = [story.store("backend", {"api.py": "1"}), story.store("frontend", {"index.html": "2"})]
    messages.append(story.package())
    *early, last = [_told(story, desk, messages[index]) for index in order]
    assert early == [NOTHING, NOTHING]
    job = _job(last)
    assert (job.kind, job.fair_key) == (PACKAGE_GENERATION, "user_ada")


def test_the_orchestrator_hears_of_the_archive_when_packaging_ends(story: Any, desk: Any) -> None:
    _told(story, desk, story.store("backend", {"api.py": "1"}))
    job = _job(_told(story, desk, story.package(file_name="tienda.zip")))
    effects = desk.tell(RecordArchiveHandler(), story.finished(job, PACKAGE))
    assert effects == Effects(
        messages=(
            ArtifactReady(
                generation_id=story.generation_id,
                run=1,
                archive_id=archive_id(story.generation_id, 1),
                file_name="tienda.zip",
                sha256=PACKAGE.sha256,
                bytes=PACKAGE.bytes,
                files=PACKAGE.files,
                user_id=story.user_id,
                project_id=story.project_id,
            ),
        )
    )
    assert desk.tell(RecordArchiveHandler(), story.finished(job, PACKAGE)) == NOTHING


def test_the_orchestrator_hears_a_no_when_packaging_is_given_up(story: Any, desk: Any) -> None:
    job = _job(_told(story, desk, story.package()))
    (answer,) = desk.tell_bug(RecordArchiveHandler(), story.failed(job)).messages
    assert isinstance(answer, PackagingFailed)
    assert (answer.run, answer.fault) == (1, FaultCode.PACKAGING_FAILED)
    assert desk.tell(RecordArchiveHandler(), story.finished(job, PACKAGE)) == NOTHING


def test_a_stale_job_changes_nothing_when_it_found_nothing_to_package(story: Any, desk: Any) -> None:
    job = _job(_told(story, desk, story.package()))
    assert desk.tell(RecordArchiveHandler(), story.finished(job, None)) == NOTHING


@pytest.mark.parametrize("package_first", [True, False])
def test_the_orchestrator_hears_a_no_when_a_set_has_another_digest(
    story: Any, desk: Any, package_first: bool
) -> None:
    forged = story.store("backend", {"api.py": "1"}, sha256="e" * 64)
    messages = [story.package(), forged] if package_first else [forged, story.package()]
    first, last = [_told(story, desk, message) for message in messages]
    assert first == NOTHING
    (answer,) = last.messages
    assert isinstance(answer, PackagingFailed)
    assert answer.fault == FaultCode.PACKAGING_FAILED
    assert "backend" in answer.detail


def test_the_orchestrator_hears_a_no_when_storing_hits_a_bug(story: Any, desk: Any) -> None:
    store = story.store("backend", {"api.py": "1"})
    _told(story, desk, story.package())
    (answer,) = desk.tell_bug(StoreStepFilesHandler(), story.received(store)).messages
    assert isinstance(answer, PackagingFailed)
    assert not desk.rows[story.generation_id].new_files


def test_the_orchestrator_hears_a_no_when_asking_hits_a_bug(story: Any, desk: Any) -> None:
    package = story.package()
    (answer,) = desk.tell_bug(PackageGenerationHandler(), story.received(package)).messages
    assert isinstance(answer, PackagingFailed)
    assert answer.fault == FaultCode.INTERNAL
    assert _told(story, desk, package) == NOTHING


def test_a_second_run_is_packaged_when_it_reuses_sets_of_the_first(story: Any, desk: Any) -> None:
    backend = story.store("backend", {"api.py": "1"})
    _told(story, desk, backend)
    _told(story, desk, story.store("devops", {"Dockerfile": "FROM x"}, run=2))
    job = _job(_told(story, desk, story.package(run=2)))
    (answer,) = desk.tell(RecordArchiveHandler(), story.finished(job, PACKAGE)).messages
    assert isinstance(answer, ArtifactReady)
    assert answer.run == 2


def test_files_and_objects_go_when_the_project_is_deleted(story: Any, desk: Any) -> None:
    _told(story, desk, story.store("backend", {"api.py": "1"}))
    job = _job(_told(story, desk, story.package()))
    desk.tell(RecordArchiveHandler(), story.finished(job, PACKAGE))
    effects = desk.tell(EraseProjectHandler(), story.received(story.deleted()))
    removal, *blanking = effects.jobs
    assert removal.kind == DELETE_OBJECTS
    assert {job.kind for job in blanking} == {erasure.KIND}
    assert removal.payload == {"generation_ids": [str(story.generation_id)]}
    assert desk.rows[story.generation_id].sets == {}


def test_the_packaging_is_stopped_and_swept_after_when_the_project_is_deleted_meanwhile(
    story: Any, desk: Any
) -> None:
    job = _job(_told(story, desk, story.package()))
    effects = desk.tell(EraseProjectHandler(), story.received(story.deleted()))
    assert [(key.kind, key.key) for key in effects.removed_jobs] == [(job.kind, job.key)]
    now, later = [job for job in effects.jobs if job.kind == DELETE_OBJECTS]
    assert now.due_at is None
    assert later.due_at is not None
    assert later.due_at > story.now + timedelta(minutes=1)
    assert effects.messages == ()
    assert desk.tell(RecordArchiveHandler(), story.finished(job, PACKAGE)) == NOTHING


def test_late_commands_are_ignored_or_refused_when_the_project_was_deleted(story: Any, desk: Any) -> None:
    desk.tell(EraseProjectHandler(), story.received(story.deleted()))
    assert _told(story, desk, story.store("backend", {"api.py": "1"})) == NOTHING
    (answer,) = _told(story, desk, story.package()).messages
    assert isinstance(answer, PackagingFailed)
    assert answer.fault == FaultCode.PROJECT_DELETED
    bug = desk.tell_bug(PackageGenerationHandler(), story.received(story.package(run=2)))
    assert [type(message) for message in bug.messages] == [PackagingFailed]
    generation = desk.rows[story.generation_id]
    assert (generation.sets, generation.archives, generation.project_id) == ({}, {}, None)


def test_a_deletion_told_again_has_no_effect_on_rows_when_it_is_replayed(story: Any, desk: Any) -> None:
    erase = EraseProjectHandler()
    desk.tell(erase, story.received(story.deleted()))
    erased_at = desk.rows[story.generation_id].erased_at
    desk.tell(erase, story.received(story.deleted()), story.now + timedelta(days=1))
    assert desk.rows[story.generation_id].erased_at == erased_at


def test_nothing_happens_when_a_deleted_project_had_no_generations(story: Any, desk: Any) -> None:
    empty = story.deleted().model_copy(update={"generation_ids": ()})
    assert desk.tell(EraseProjectHandler(), story.received(empty)) == NOTHING
