"""The scanners of the security audit: what each rule warns of and where, and what none of them does."""

import tomllib
from pathlib import Path
from typing import Any

import pytest
from autocrea.contracts.shapes import GeneratedFile
from autocrea.orchestrator.adapters.parsers.pool import ParserPool
from autocrea.orchestrator.adapters.parsers.scanning import scan
from autocrea.orchestrator.domain.facts import language_of
from autocrea.orchestrator.domain.hazard_words import hazard_words
from written_applications import REQUESTS, material

CORPUS = Path(__file__).parent.parent / "corpus"
HAZARDS: list[dict[str, Any]] = tomllib.loads((CORPUS / "hazards.toml").read_text("utf-8"))["hazard"]
HARMLESS = {
    "a.js": "list.textContent = x; list.innerHTML = ''; box.innerHTML = '<hr>'; map.set('token', 1);",
    "a.html": "<a target='_blank' rel='noopener' href='https://a.example'>a</a><svg xmlns='http://www.w3.org/2000/svg'/>",
    "a.py": "import os\nimport subprocess\n\nassert os.environ['PASSWORD']\nsubprocess.run(['ls'], check=True)\n",
    "Dockerfile": "FROM node:24 AS build\nRUN npm ci\nFROM nginx:1.27\nCOPY --from=build /a /b\nUSER app\n",
}


@pytest.mark.parametrize("case", HAZARDS, ids=[f"{case['rule']} in {case['path']}" for case in HAZARDS])
def test_hazard_is_found_with_its_line(case: dict[str, Any]) -> None:
    before = case["text"].partition(" HERE")[0]
    found = scan(language_of(case["path"]), case["text"].replace(" HERE", ""))
    assert [(one.rule, one.severity, one.line) for one in found] == [
        (case["rule"], case["severity"], before.count("\n") + 1)
    ]


@pytest.mark.parametrize(("path", "text"), HARMLESS.items(), ids=HARMLESS.keys())
def test_nothing_is_found_when_nothing_is_wrong(path: str, text: str) -> None:
    assert scan(language_of(path), text) == ()


@pytest.mark.parametrize("rule", sorted({case["rule"] for case in HAZARDS}))
def test_every_rule_has_words_in_both_languages(rule: str) -> None:
    spanish, english = hazard_words(rule, "", "es"), hazard_words(rule, "", "en")
    assert spanish.what
    assert spanish.fix
    assert english.what not in ("", rule, spanish.what)


@pytest.mark.parametrize("request_text", REQUESTS)
def test_good_applications_have_nothing_grave(request_text: str) -> None:
    files = material("security_audit", request=request_text).written
    grave = [
        (file.path, one)
        for file in files
        for one in scan(language_of(file.path), file.text)
        if one.severity in ("critical", "high")
    ]
    assert files
    assert grave == []


async def test_scanner_that_dies_is_told_and_the_next_file_is_scanned() -> None:
    pool = ParserPool(1)
    files = [
        GeneratedFile(path="deep.py", text="x = " + "(" * 90 + "1" + ")" * 90 + "+-" * 50_000 + "1\n"),
        GeneratedFile(path="a.py", text="eval(x)\n"),
    ]
    deep, good = await pool.hazards(files)
    assert deep.crashed
    assert [one.rule for one in good.hazards] == ["bandit:B307"]
    await pool.close()
