"""Answering a brief: which kind of answer it asks for, and the draft of it."""

import json

from autocrea.simulators.writer.brief import Brief
from autocrea.simulators.writer.choice import application_for
from autocrea.simulators.writer.draft import Draft, WrittenFile
from autocrea.simulators.writer.order import STEPS, Json, Order, order, step_of
from autocrea.simulators.writer.unforeseen import unforeseen

GREETING = {
    "es": "Escribo aplicaciones. Envíame un paso de una generación de AUTOCREA.",
    "en": "I write applications. Send me a step of an AUTOCREA generation.",
}

NEW_STEP = {"es": "Lo que hace este paso.", "en": "What this step does."}


def write(brief: Brief) -> Draft:
    """The draft that answers the brief: a function of the brief alone."""
    asked = order(brief.project, brief.language, brief.request, brief.writers)
    application = application_for(asked)
    if brief.kind == "contract":
        return _document(_with_new_steps(application.contract(asked), asked))
    if brief.kind == "findings":
        return _document(application.audit(asked))
    if brief.kind == "files" and brief.nonce:
        known = application.files(asked)
        paths = (
            [path for path in known if step_of(path, asked.steps) == brief.step]
            if brief.promised is None
            else brief.promised
        )
        rest = [path for path in paths if path not in brief.written]
        files = tuple(WrittenFile(path, known.get(path) or unforeseen(path, asked)) for path in rest)
        return Draft(
            files=files, nonce=brief.nonce, listed=tuple(path for path in paths if path in brief.written)
        )
    return Draft(document=GREETING[brief.language])


def _with_new_steps(contract: Json, asked: Order) -> Json:
    """The contract, complete, with a page for each step that this writer has not heard of: none is idle."""
    new = [step for step in asked.steps if step not in STEPS]
    pages = [{"path": f"{step}/README.md", "step": step, "purpose": NEW_STEP[asked.language]} for step in new]
    return {"contract_version": 1} | contract | {"files": [*contract["files"], *pages]}


def _document(value: Json) -> Draft:
    return Draft(document=json.dumps(value, ensure_ascii=False, indent=2))
