"""The largest of what is allowed fits: no limit of one module breaks that of another."""

from uuid import UUID

import pytest
from autocrea.contracts.artifacts.v1 import StoreStepFiles
from autocrea.contracts.envelope import seal
from autocrea.contracts.gateway.v1 import PROJECT_GENERATIONS_MAX, ProjectDeleted
from autocrea.contracts.ids import GenerationId
from autocrea.contracts.paths import STEP_BYTES_MAX, STEP_FILES_MAX, FileSet
from autocrea.contracts.samples import SAMPLES
from autocrea.contracts.samples import values as the
from autocrea.contracts.shapes import GeneratedFile


def test_files_of_a_step_fit_when_there_are_as_many_and_as_large_ones_as_allowed() -> None:
    sample = SAMPLES["artifacts.store_step_files.v1"]
    assert isinstance(sample, StoreStepFiles)
    admitted = FileSet()
    text = "ñ\n\tx = [1, 2];".ljust(STEP_BYTES_MAX // STEP_FILES_MAX - 1, "y")
    files = tuple(GeneratedFile(path=f"{number:0100}", text=text) for number in range(STEP_FILES_MAX))
    for file in files:
        admitted.admit(file.path, len(file.text.encode()))
    assert seal(sample.model_copy(update={"files": files}), source="orchestrator", time=the.TIME).body


def test_deleted_project_fits_when_it_has_as_many_generations_as_allowed() -> None:
    ids = tuple(GenerationId(UUID(int=number)) for number in range(PROJECT_GENERATIONS_MAX))
    message = ProjectDeleted(project_id=the.PROJECT, user_id=the.ADA, generation_ids=ids)
    assert seal(message, source="gateway", time=the.TIME).body
    with pytest.raises(ValueError, match="at most 1000"):
        ProjectDeleted(project_id=the.PROJECT, user_id=the.ADA, generation_ids=(*ids, ids[0]))
