"""The table of archives: how an archive waits for its sets, and what ends the waiting."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from autocrea.artifacts.domain.generation import Archive, ArchiveState, Generation, Package
from autocrea.artifacts.domain.step_set import SetState, StepSet, StoredFile
from autocrea.contracts.faults import FaultCode
from autocrea.contracts.ids import GenerationId, ProjectId, StepName, UserId

NOW = datetime(2026, 11, 22, tzinfo=UTC)
BACKEND, FRONTEND = StepName("backend"), StepName("frontend")
WANTED = {BACKEND: "b" * 64, FRONTEND: "f" * 64}
PACKAGE = Package("0" * 64, 1234, 5)


@pytest.fixture
def generation() -> Generation:
    generation = Generation(GenerationId(UUID(int=1)))
    generation.belongs_to(ProjectId(UUID(int=2)), UserId("user_ada"))
    return generation


def _set(step: StepName, *, run: int = 1, state: SetState = SetState.STORED, sha256: str = "") -> StepSet:
    return StepSet(run, step, sha256 or WANTED[step], state, "" if state is SetState.STORED else "broken")


def _states(archives: list[Archive]) -> list[tuple[int, ArchiveState]]:
    return [(archive.run, archive.state) for archive in archives]


def test_packaging_begins_when_the_last_set_arrives(generation: Generation) -> None:
    assert generation.want(1, "app.zip", WANTED) == []
    assert generation.store(_set(BACKEND)) == []
    assert _states(generation.store(_set(FRONTEND))) == [(1, ArchiveState.PACKAGING)]


def test_packaging_begins_at_once_when_every_set_came_early(generation: Generation) -> None:
    assert generation.store(_set(BACKEND)) == []
    assert generation.store(_set(FRONTEND)) == []
    assert _states(generation.want(1, "app.zip", WANTED)) == [(1, ArchiveState.PACKAGING)]


def test_packaging_begins_at_once_when_no_set_is_wanted(generation: Generation) -> None:
    assert _states(generation.want(1, "app.zip", {})) == [(1, ArchiveState.PACKAGING)]


def test_a_reused_set_of_an_earlier_run_serves_when_its_content_is_the_wanted_one(
    generation: Generation,
) -> None:
    generation.store(_set(BACKEND, run=1))
    generation.store(_set(FRONTEND, run=2))
    assert _states(generation.want(2, "app.zip", WANTED)) == [(2, ArchiveState.PACKAGING)]


def test_an_archive_goes_on_waiting_when_a_set_of_other_content_arrives(generation: Generation) -> None:
    generation.want(2, "app.zip", WANTED)
    generation.store(_set(BACKEND, run=1, sha256="0" * 64))
    assert generation.store(_set(FRONTEND, run=2)) == []
    assert _states(generation.store(_set(BACKEND, run=2))) == [(2, ArchiveState.PACKAGING)]


def test_an_archive_fails_at_once_when_a_set_it_waits_for_failed(generation: Generation) -> None:
    generation.want(1, "app.zip", WANTED)
    (failed,) = generation.store(_set(BACKEND, state=SetState.FAILED))
    assert (failed.state, failed.fault) == (ArchiveState.FAILED, FaultCode.PACKAGING_FAILED)
    assert "backend" in failed.detail
    assert generation.store(_set(FRONTEND)) == []


def test_an_archive_fails_at_once_when_a_set_failed_before_it_was_asked_for(generation: Generation) -> None:
    generation.store(_set(BACKEND, state=SetState.FAILED))
    assert _states(generation.want(1, "app.zip", WANTED)) == [(1, ArchiveState.FAILED)]


def test_the_next_run_is_packaged_when_a_replay_stored_what_had_failed(generation: Generation) -> None:
    generation.store(_set(BACKEND, state=SetState.FAILED))
    generation.want(1, "app.zip", WANTED)
    generation.store(_set(FRONTEND))
    assert generation.store(_set(BACKEND)) == []
    assert _states(generation.want(2, "app.zip", WANTED)) == [(2, ArchiveState.PACKAGING)]


def test_a_stored_set_stays_when_it_is_told_again_or_fails_later(generation: Generation) -> None:
    file = StoredFile("a.py", "a" * 64, b"1")
    generation.store(_set(BACKEND), (file,))
    generation.store(_set(BACKEND, sha256="9" * 64), (StoredFile("b.py", "b" * 64, b"2"),))
    generation.store(_set(BACKEND, state=SetState.FAILED))
    assert generation.sets[1, BACKEND] == _set(BACKEND)
    assert generation.new_files[1, BACKEND] == (file,)


@pytest.mark.parametrize("state", list(ArchiveState))
def test_an_archive_stays_as_it_is_when_it_is_asked_for_again(
    generation: Generation, state: ArchiveState
) -> None:
    generation.archives[1] = Archive(1, "app.zip", WANTED, state)
    assert generation.want(1, "other.zip", {}) == []
    assert generation.archives[1] == Archive(1, "app.zip", WANTED, state)


@pytest.mark.parametrize("state", list(ArchiveState))
def test_only_an_archive_being_packaged_becomes_ready_when_its_job_ends(
    generation: Generation, state: ArchiveState
) -> None:
    generation.archives[1] = Archive(1, "app.zip", WANTED, state)
    changed = generation.packaged(1, PACKAGE)
    assert bool(changed) is (state is ArchiveState.PACKAGING)
    assert (generation.archives[1].package == PACKAGE) is bool(changed)


@pytest.mark.parametrize("state", list(ArchiveState))
def test_only_an_unfinished_archive_fails_when_its_job_is_given_up(
    generation: Generation, state: ArchiveState
) -> None:
    generation.archives[1] = Archive(1, "app.zip", WANTED, state)
    changed = generation.give_up(1, "", FaultCode.PACKAGING_FAILED, "no")
    assert bool(changed) is (state in (ArchiveState.WANTED, ArchiveState.PACKAGING))


def test_an_unknown_run_is_no_archive_when_its_job_ends(generation: Generation) -> None:
    assert generation.packaged(9, PACKAGE) == []
    assert generation.archives == {}


def test_nothing_is_left_when_a_generation_is_erased(generation: Generation) -> None:
    generation.store(_set(BACKEND), (StoredFile("a.py", "a" * 64, b"1"),))
    generation.store(_set(FRONTEND))
    generation.want(1, "secreto.zip", WANTED)
    generation.want(2, "secreto.zip", WANTED | {StepName("devops"): "d" * 64})
    assert generation.erase(NOW) == [1]
    assert (generation.sets, generation.new_files) == ({}, {})
    assert {archive.state for archive in generation.archives.values()} == {ArchiveState.ERASED}
    assert all((archive.file_name, archive.wanted) == ("", {}) for archive in generation.archives.values())


def test_late_messages_keep_nothing_when_a_generation_was_erased(generation: Generation) -> None:
    generation.erase(NOW)
    assert generation.store(_set(BACKEND), (StoredFile("a.py", "a" * 64, b"1"),)) == []
    (refused,) = generation.want(1, "secreto.zip", WANTED)
    assert (refused.state, refused.fault) == (ArchiveState.FAILED, FaultCode.PROJECT_DELETED)
    assert (generation.sets, generation.new_files, generation.archives) == ({}, {}, {})
    assert generation.erase(NOW) == []
