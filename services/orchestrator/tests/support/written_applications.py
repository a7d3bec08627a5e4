"""Good applications, as the simulated writer makes them, and the verification of one of their steps."""

from collections.abc import Callable, Mapping
from functools import cache

from autocrea.contracts.application import ApplicationContract
from autocrea.contracts.ids import StepName
from autocrea.contracts.llm_router.v1 import DocumentOutput, FilesOutput, Output
from autocrea.contracts.shapes import Finding, GeneratedFile
from autocrea.orchestrator.adapters.parsers.reading import read
from autocrea.orchestrator.adapters.pipeline_folders import PipelineFolders
from autocrea.orchestrator.domain.facts import language_of
from autocrea.orchestrator.domain.pipeline import Pipeline
from autocrea.orchestrator.domain.verification import Material, verify
from autocrea.simulators.writer.choice import application_for
from autocrea.simulators.writer.order import Order, order

BLOG = "Blog con CMS y autenticación"
REQUESTS = (
    BLOG,
    "Landing page con formulario de contacto",
    "Dashboard con gráficos en tiempo real",
    "API REST con MongoDB",
    "Crear una plataforma de e-commerce con carrito de compras, pagos con Stripe y reviews",
    "Una app para gestionar mis plantas",
    "A to-do list with projects, React and PostgreSQL",
    "Sistema de citas para una clínica con pacientes",
    "Online store with products and reviews on MongoDB",
)
Texts = dict[str, str]


@cache
def pipeline(name: str) -> Pipeline:
    return next(one for one in PipelineFolders().pipelines() if one.name == name)


def ordered(request: str, language: str, name: str) -> Order:
    steps = tuple(step.name for step in pipeline(name).file_steps)
    return order("mi-super-app", "en" if language == "en" else "es", request, steps)


def material(
    step: str,
    *,
    request: str = BLOG,
    language: str = "es",
    name: str = "webapp",
    change: Callable[[Texts], None] = lambda _: None,
) -> Material:
    """What the verification of a step looks at, after the change of this step's files."""
    asked = ordered(request, language, name)
    application, chosen = application_for(asked), pipeline(name)
    document = application.contract(asked)
    contract = ApplicationContract.model_validate(document)
    texts = application.files(asked)
    upstream: dict[StepName, tuple[GeneratedFile, ...]] = {}
    for spec in chosen.upstream(StepName(step)):
        paths = [file.path for file in contract.files if file.step == spec.name]
        upstream[spec.name] = _files({path: texts[path] for path in paths})
    output: Output
    if chosen.step(StepName(step)).output_kind == "contract":
        output = DocumentOutput(kind="contract", document=document)
    elif chosen.step(StepName(step)).output_kind == "findings":
        output = DocumentOutput(kind="findings", document=application.audit(asked))
    else:
        own = {file.path: texts[file.path] for file in contract.files if file.step == step}
        change(own)
        output = FilesOutput(files=_files(own))
    known = None if step == "architecture" else contract
    return Material(chosen, StepName(step), language, output, (), known, upstream)


def findings(material: Material) -> tuple[Finding, ...]:
    """Everything that verification finds, its parsers called in this process."""
    files = material.output.files if isinstance(material.output, FilesOutput) else ()
    return verify(material, [read(file.path, language_of(file.path), file.text) for file in files])


def _files(texts: Mapping[str, str]) -> tuple[GeneratedFile, ...]:
    return tuple(GeneratedFile(path=path, text=text) for path, text in texts.items())
