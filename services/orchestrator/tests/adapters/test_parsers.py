"""Parsers in processes of their own: what they find, and what happens when one misbehaves."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from autocrea.contracts.shapes import GeneratedFile
from autocrea.orchestrator.adapters.parsers.languages import PARSERS
from autocrea.orchestrator.adapters.parsers.pool import ParserPool
from autocrea.orchestrator.domain.facts import FileFacts

GOOD = {
    "python": ["", "x = 1\n", "match x:\n    case 1: pass\n", 's = "\\d"\n'],
    "json": ['{"a": [1, 2]}', "\ufeff{}"],
    "toml": ["", '[a]\nb = "c"\n'],
    "yaml": ["", "a: 1\n---\nb: !Ref x\n", "a: &x [1]\nb: *x\n"],
    "html": ["<p>no document", "<!doctype html><html><body><br><p>x</body></html>", "<svg><style/></svg>"],
}
BAD = {
    "python": [("x = (\n", 1), ("def f():\nreturn 1\n", 2), ("x = 1\ny = = 2\n", 2), ("a\x00b", None)],
    "json": [('{"a": 1,}', 1), ('{\n"a" 1}', 2), ("", 1), ("{'a': 1}", 1)],
    "toml": [("a = 1\nb = \n", 2), ("[a\n", 1)],
    "yaml": [("a: [1\nb: 2\n", 2), ("a: 1\n b: 2\n", 2), ("a: *gone\n", 1)],
    "html": [("<html>\n<script>let a = 1;\n</html>", 2), ("<!doctype html>\n<html><body><p>cut", 2)],
}


@pytest.fixture
async def pool() -> AsyncIterator[ParserPool]:
    pool = ParserPool(1, file_seconds_max=5)
    yield pool
    await pool.close()


def file(path: str, text: str) -> GeneratedFile:
    return GeneratedFile(path=path, text=text)


@pytest.mark.parametrize(
    ("language", "text"), [(name, text) for name, texts in GOOD.items() for text in texts]
)
def test_nothing_is_found_when_it_parses(language: str, text: str) -> None:
    assert PARSERS[language](text) is None


@pytest.mark.parametrize(
    ("language", "text", "line"), [(name, *case) for name, cases in BAD.items() for case in cases]
)
def test_first_fault_has_its_line(language: str, text: str, line: int | None) -> None:
    fault = PARSERS[language](text)
    assert fault is not None
    assert fault.line == line
    assert fault.sentence


async def test_every_file_with_a_parser_has_facts(pool: ParserPool) -> None:
    facts = await pool.facts(
        [file("a.py", "x = 1"), file("b.css", "}"), file("c.json", "{"), file("ñ.py", "ñ = '€'")]
    )
    assert [(one.path, one.language, one.fault is None) for one in facts] == [
        ("a.py", "python", True),
        ("c.json", "json", False),
        ("ñ.py", "python", True),
    ]


async def test_deep_nesting_is_a_fact_and_the_next_file_is_checked(pool: ParserPool) -> None:
    facts = await pool.facts(
        [file("deep.py", "(" * 100_000), file("deep.json", "[" * 100_000), file("good.py", "x = 1")]
    )
    assert [one.path for one in facts if one.crashed or one.fault] == ["deep.py", "deep.json"]
    assert facts[2] == FileFacts("good.py", "python")


async def test_parser_that_hangs_is_killed_and_replaced() -> None:
    pool = ParserPool(1, file_seconds_max=0.001)
    (slow,) = await pool.facts([file("slow.py", "x = 1\n" * 80_000)])
    assert slow.crashed == "its parser took over 0.001 seconds"
    pool._file_seconds_max = 30.0
    assert await pool.facts([file("a.py", "x = 1")]) == (FileFacts("a.py", "python"),)
    await pool.close()


async def test_parser_that_dies_is_a_fact_and_is_replaced(pool: ParserPool) -> None:
    assert await pool.facts([file("a.py", "x = 1")])
    worker = await pool._idle.get()
    assert worker._process is not None
    worker._process.kill()
    await worker._process.wait()
    pool._idle.put_nowait(worker)
    assert await pool.facts([file("a.py", "x = 1")]) == (FileFacts("a.py", "python"),)


async def test_worker_is_free_again_when_its_asker_is_cancelled(pool: ParserPool) -> None:
    asking = asyncio.create_task(pool.facts([file(f"{n}.py", "x = 1\n" * 40_000) for n in range(20)]))
    while pool._idle.qsize():
        await asyncio.sleep(0)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    (fact,) = await pool.facts([file("bad.json", "{")])
    assert fact.fault is not None


async def test_syntax_tree_cannot_eat_the_machine(pool: ParserPool) -> None:
    """More than the worker's memory limit: an answer or a dead worker, and the next file is checked all the same."""
    bomb = file("bomb.py", "x = " + "+".join(["a"] * 250_000))
    facts = await pool.facts([bomb, file("a.py", "x = 1")])
    assert facts[1] == FileFacts("a.py", "python")
