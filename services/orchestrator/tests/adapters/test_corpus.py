"""The corpus: good applications pass clean, and each broken one is told by rule, class, file and line."""

import tomllib
from pathlib import Path
from typing import Any

import pytest
from written_applications import BLOG, REQUESTS, Texts, findings, material, pipeline

CORPUS = Path(__file__).parent.parent / "corpus"
BROKEN: list[dict[str, Any]] = tomllib.loads((CORPUS / "broken.toml").read_text("utf-8"))["case"]


@pytest.mark.parametrize("name", ["webapp", "landing", "api"])
@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize("request_text", REQUESTS)
def test_good_application_passes_clean(request_text: str, language: str, name: str) -> None:
    for step in pipeline(name).steps:
        found = findings(material(step.name, request=request_text, language=language, name=name))
        assert found == (), (step.name, found)


@pytest.mark.parametrize("case", BROKEN, ids=[case["name"] for case in BROKEN])
def test_defect_is_found_with_file_and_line(case: dict[str, Any]) -> None:
    broken = material(
        case["step"],
        request=case.get("request", BLOG),
        name=case.get("pipeline", "webapp"),
        change=lambda texts: _break(texts, case),
    )
    found = findings(broken)
    expected = [
        (one.rule, one.class_, one.path, one.line) for one in found if one.rule not in case.get("also", ())
    ]
    where = case.get("at", case["path"])
    assert expected == [(case["rule"], case["class"], where, case.get("line"))], found
    assert {one.rule for one in found} == {case["rule"], *case.get("also", ())}
    assert found[0].sentence.endswith(".")


def test_corpus_is_large_and_every_language_has_a_defect() -> None:
    assert len(BROKEN) >= 40
    rules = {case["rule"] for case in BROKEN}
    languages = ("python", "javascript", "typescript", "html", "css", "json", "toml", "yaml", "dockerfile")
    assert {f"syntax_{language}" for language in languages} <= rules


def _break(texts: Texts, case: dict[str, Any]) -> None:
    path = case["path"]
    if case.get("omit"):
        del texts[path]
    elif "text" in case:
        texts[path] = case["text"]
    else:
        assert texts[path].count(case["find"]) >= 1, f"{path} does not hold {case['find']!r}"
        texts[path] = case.get("insert", "") + texts[path].replace(case["find"], case["replace"], 1)
