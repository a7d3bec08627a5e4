"""The rules on outputs: one defect each, and nothing said about a good one."""

from dataclasses import replace

import pytest
from autocrea.contracts.application import ApplicationContract
from autocrea.contracts.ids import StepName
from autocrea.contracts.llm_router.v1 import DocumentOutput, FilesOutput, Output
from autocrea.contracts.shapes import Finding, GeneratedFile, RejectedFile
from autocrea.contracts.vocabulary import FindingClass
from autocrea.orchestrator.domain.delivery import FILES_BYTES_MAX
from autocrea.orchestrator.domain.facts import FileFacts, SyntaxFault, language_of
from autocrea.orchestrator.domain.findings import FINDINGS_BYTES_MAX, FINDINGS_MAX, finding, limited
from autocrea.orchestrator.domain.verification import Material, verify
from pydantic_core import to_json
from saga_values import AUDIT_DOCUMENT, CONTRACT_DOCUMENT, WEBAPP, output_of

CONTRACT = ApplicationContract.model_validate(CONTRACT_DOCUMENT)
UPSTREAM = {StepName("frontend"): (GeneratedFile(path="frontend/index.html", text="<p>"),)}


def material(
    step: str,
    output: Output | None = None,
    *,
    contract: ApplicationContract | None = CONTRACT,
    rejected: tuple[RejectedFile, ...] = (),
) -> Material:
    return Material(
        pipeline=WEBAPP,
        step=StepName(step),
        language="es",
        output=output or output_of(step),
        rejected_files=rejected,
        contract=contract if step != "architecture" else None,
        upstream=UPSTREAM if step not in ("architecture", "frontend") else {},
    )


def files(**texts: str) -> FilesOutput:
    return FilesOutput(
        files=tuple(GeneratedFile(path=path.replace("__", "/"), text=text) for path, text in texts.items())
    )


def with_paths(*paths: str) -> FilesOutput:
    return FilesOutput(files=tuple(GeneratedFile(path=path, text="x") for path in paths))


def told(findings: tuple[Finding, ...]) -> list[tuple[str, str, str | None]]:
    return [(one.rule, str(one.class_), one.path) for one in findings]


@pytest.mark.parametrize("step", ["architecture", "backend", "frontend", "devops"])
def test_nothing_is_found_when_the_output_is_good(step: str) -> None:
    assert verify(material(step), ()) == ()


def test_promised_file_is_missed() -> None:
    found = verify(material("backend", with_paths("backend/other.py")), ())
    assert told(found) == [("file_missing", "blocking", "backend/main.py")]


def test_files_of_another_step_are_refused() -> None:
    found = verify(material("backend", with_paths("backend/main.py", "frontend/index.html")), ())
    assert told(found) == [("file_of_another_step", "error", "frontend/index.html")]


def test_pages_of_documents_belong_to_their_steps() -> None:
    found = verify(material("backend", with_paths("backend/main.py", "docs/security_audit.md")), ())
    assert told(found) == [("file_of_another_step", "error", "docs/security_audit.md")]


@pytest.mark.parametrize(
    ("path", "rule"),
    [
        ("../etc/passwd", "file_parent"),
        ("/etc/passwd", "file_absolute"),
        ("backend/MAIN.py", "file_collision"),
        ("backend/main.py", "file_duplicate"),
        ("Frontend/extra.js", "file_collision"),
    ],
)
def test_path_is_refused_and_the_others_stay(path: str, rule: str) -> None:
    found = verify(material("backend", with_paths("backend/main.py", path)), ())
    assert told(found) == [(rule, "error", path)]


def test_what_the_router_refused_is_told() -> None:
    rejected = RejectedFile(path="../x\x00", rule="parent", sentence="the path climbs to a parent folder")
    found = verify(material("backend", rejected=(rejected,)), ())
    assert told(found) == [("file_parent", "error", "../x ")]


def test_empty_answer_blocks() -> None:
    rules = {one.rule for one in verify(material("backend", FilesOutput(files=())), ())}
    assert rules == {"no_files", "file_missing"}


def test_file_is_refused_when_it_is_too_large() -> None:
    found = verify(material("backend", files(backend__main=("x"), **{"big.txt": "x" * 600_000})), ())
    assert ("file_file_too_large", "error", "big.txt") in told(found)


def test_listing_must_fit_into_an_event() -> None:
    paths = [f"backend/{'x' * 90}/{'y' * 80}{number}.py" for number in range(199)]
    output = with_paths("backend/main.py", *paths)
    assert len(to_json([file.path for file in output.files])) > FILES_BYTES_MAX - 110 * 200
    assert ("listing_too_large", "blocking", None) in told(verify(material("backend", output), ()))


@pytest.mark.parametrize(
    ("language", "class_"),
    [
        ("python", "blocking"),
        ("json", "blocking"),
        ("toml", "blocking"),
        ("yaml", "blocking"),
        ("javascript", "blocking"),
        ("html", "error"),
        ("css", "error"),
        ("typescript", "error"),
        ("dockerfile", "error"),
    ],
)
def test_syntax_fault_has_file_and_line(language: str, class_: str) -> None:
    fact = FileFacts("backend/main.py", language, SyntaxFault(7, "it is odd"))  # type: ignore[arg-type]
    (found,) = verify(material("backend", contract=CONTRACT.model_copy(update={"routes": ()})), [fact])
    assert (found.rule, found.class_, found.path, found.line) == (
        f"syntax_{language}",
        class_,
        "backend/main.py",
        7,
    )


def test_crashing_parser_is_a_finding() -> None:
    (found,) = verify(
        material("backend"), [FileFacts("backend/main.py", "python", crashed="its parser died")]
    )
    assert (found.rule, found.class_) == ("parser_crashed", FindingClass.ERROR)


class TestDocuments:
    def contract(self, **changes: object) -> tuple[Finding, ...]:
        document = {**CONTRACT_DOCUMENT, **changes}
        return verify(material("architecture", DocumentOutput(kind="contract", document=document)), ())

    def promise(self, path: str, step: str = "backend") -> list[dict[str, str]]:
        return [{"path": path, "step": step}]

    def test_invalid_document_blocks(self) -> None:
        assert told(self.contract(files=[])) == [("document_invalid", "blocking", None)]

    @pytest.mark.parametrize("kind", ["contract", "findings"])
    def test_document_instead_of_files_blocks(self, kind: str) -> None:
        document = CONTRACT_DOCUMENT if kind == "contract" else AUDIT_DOCUMENT
        output = DocumentOutput(kind=kind, document=document)  # type: ignore[arg-type]
        assert told(verify(material("backend", output), ())) == [("wrong_kind", "blocking", None)]

    def test_files_instead_of_a_document_block(self) -> None:
        assert told(verify(material("architecture", with_paths("a.py")), ())) == [
            ("wrong_kind", "blocking", None)
        ]

    def blocking(self, **changes: object) -> list[tuple[str, str, str | None]]:
        return [one for one in told(self.contract(**changes)) if one[1] == "blocking"]

    def test_promised_path_must_be_possible(self) -> None:
        assert self.blocking(files=self.promise("../x")) == [("path_parent", "blocking", "../x")]

    def test_every_step_that_writes_files_is_promised_some(self) -> None:
        promised = [*self.promise("a.py"), *self.promise("b.html", "frontend")]
        assert told(self.contract(files=promised)) == [("step_without_files", "error", None)]

    def test_variable_stands_in_it_once(self) -> None:
        assert told(self.contract(env=[{"name": "A"}, {"name": "A"}])) == [("env_twice", "error", None)]

    def test_secret_has_no_place_in_it(self) -> None:
        env = [{"name": "AWS_KEY", "example": "AKIAQ3EGPLVT2K5JXW7N"}]
        assert told(self.contract(env=env)) == [("secret_in_contract", "error", None)]

    def test_routes_need_a_step_that_serves_them(self) -> None:
        pages = replace(WEBAPP, steps=tuple(replace(step, serves_routes=False) for step in WEBAPP.steps))
        output = DocumentOutput(kind="contract", document=CONTRACT_DOCUMENT)
        found = verify(replace(material("architecture", output), pipeline=pages), ())
        assert told(found) == [("route_without_back_end", "error", None)]

    def test_promised_path_must_be_promised_once(self) -> None:
        twice = [*self.promise("a.py"), *self.promise("a.py", "frontend")]
        assert self.blocking(files=twice) == [("path_duplicate", "blocking", "a.py")]

    @pytest.mark.parametrize("step", ["architecture", "security_audit", "marketing"])
    def test_files_are_promised_of_steps_that_write_files(self, step: str) -> None:
        assert self.blocking(files=self.promise("a.py", step)) == [("step_unknown", "blocking", "a.py")]

    def test_pages_of_documents_are_not_promised(self) -> None:
        promised = self.promise("docs/architecture.md")
        assert self.blocking(files=promised) == [("path_reserved", "blocking", "docs/architecture.md")]
        own = [*CONTRACT_DOCUMENT["files"], *self.promise("docs/architecture.md", "architecture")]
        assert self.contract(files=own) == ()

    def test_route_stands_in_it_once(self) -> None:
        route = {"method": "GET", "path": "/api/x"}
        assert told(self.contract(routes=[route, route])) == [("route_twice", "error", None)]

    def test_contract_must_fit_into_every_prompt(self) -> None:
        assert told(self.contract(deviations=["x" * 300_000])) == [("contract_too_large", "blocking", None)]

    def test_audit_of_an_unknown_file_is_a_warning(self) -> None:
        found = verify(material("security_audit"), ())
        assert told(found) == [("audit_of_unknown_file", "warning", "backend/main.py")]


class TestFindings:
    def test_gravest_come_first_and_only_so_many(self) -> None:
        many = [finding("w", FindingClass.WARNING, f"number {n}") for n in range(100)]
        grave = finding("b", FindingClass.BLOCKING, "grave")
        kept = limited([*many, grave, grave])
        assert kept[0] == grave
        assert kept.count(grave) == 1
        assert len(kept) == FINDINGS_MAX

    def test_their_size_is_bounded(self) -> None:
        long = [finding("r", FindingClass.ERROR, "ñ" * 900, path="€" * 900, line=n) for n in range(100)]
        assert len(to_json(limited(long))) <= FINDINGS_BYTES_MAX + 100

    def test_text_can_be_stored_whatever_a_model_wrote(self) -> None:
        one = finding("r", FindingClass.ERROR, "a\x00b\ud800c")
        assert one.sentence == "a b c"


@pytest.mark.parametrize(
    ("path", "language"),
    [
        ("a/B.PY", "python"),
        ("compose.yml", "yaml"),
        ("pyproject.toml", "toml"),
        ("package.json", "json"),
        ("frontend/tsconfig.json", "text"),
        (".vscode/settings.json", "text"),
        ("Dockerfile", "dockerfile"),
        ("web.dockerfile", "dockerfile"),
        ("styles.css", "css"),
        ("app.mjs", "javascript"),
        ("app.ts", "typescript"),
        ("App.tsx", "tsx"),
        ("requirements-dev.txt", "requirements"),
        ("LICENSE", "text"),
        ("notes.md", "text"),
        ("index.htm", "html"),
    ],
)
def test_language_is_told_by_the_name(path: str, language: str) -> None:
    assert language_of(path) == language
