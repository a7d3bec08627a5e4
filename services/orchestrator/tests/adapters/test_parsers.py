"""Parsers in processes of their own: what they find, and what happens when one misbehaves."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from autocrea.contracts.shapes import GeneratedFile
from autocrea.orchestrator.adapters.parsers.pool import ParserPool
from autocrea.orchestrator.adapters.parsers.reading import read
from autocrea.orchestrator.domain.facts import FileFacts, Language

GOOD = {
    "python": ["", "x = 1\n", "match x:\n    case 1: pass\n", 's = "\\d"\n'],
    "json": ['{"a": [1, 2]}', "\ufeff{}"],
    "toml": ["", '[a]\nb = "c"\n'],
    "yaml": ["", "a: 1\n---\nb: !Ref x\n", "a: &x [1]\nb: *x\n"],
    "html": [
        "<p>no document",
        "<!doctype html><html><body><br><p>x</body></html>",
        "<svg><style/></svg>",
        "<ul><li>a<li>b</ul><p>1 < 2 && 3 > 2<table><tr><td>1<td>2</table>",
        '<html lang=es><title>a</title><script>if (a<b) {"</div>"}</script></html>',
        '<script type="importmap">{"imports": {}}</script><template><p>x</template>',
    ],
    "css": [
        "",
        "@media (width >= 600px) { a { b: c } }",
        ".a { &:hover { color: red } .b & > p { a: b } }",
        ":root { --x: {a:b}; --y:; } a { content: '}'; background: url(data:image/png;base64,AA=) }",
        "@import url('x.css') layer(base); /* } */ @keyframes x { 50.5% { a: b } }",
        "@font-face { font-family: x; src: url(a.woff2) format('woff2') } a::before { content: '\\'' }",
    ],
    "javascript": [
        "",
        "import data from './x.json' with { type: 'json' };",
        "const a = b ?? c?.d?.[e]?.(f) ** 2; a ||= 1_000n;",
        "class A { #x = 1; static { this.z = 1 } static async *g() { yield* this.#x } }",
        "const r = /[\\p{L}--[a-z]]/v.test(x); for await (const x of y) {}",
        "export default <div className='x'>{a}<>b</></div>",
    ],
    "typescript": [
        "const x = { a: 1 } satisfies Record<string, number>; type A<T> = T extends [infer H] ? H : never;"
    ],
    "dockerfile": [
        "# syntax=docker/dockerfile:1\nARG V=3\nFROM python:$V AS a\nRUN a \\\n  # c\n  && b\nCOPY --from=a /x /y\n",
        "FROM a\nRUN <<EOF\nnot an instruction\nEOF\nCMD run\n",
    ],
    "requirements": [
        "",
        "-r other.txt\nfastapi[all]>=0.1,<2 ; python_version>'3'\n# c\nx @ https://a/b.whl\n",
    ],
}
BAD = {
    "python": [("x = (\n", 1), ("def f():\nreturn 1\n", 2), ("x = 1\ny = = 2\n", 2), ("a\x00b", None)],
    "json": [('{"a": 1,}', 1), ('{\n"a" 1}', 2), ("", 1), ("{'a': 1}", 1)],
    "toml": [("a = 1\nb = \n", 2), ("[a\n", 1)],
    "yaml": [("a: [1\nb: 2\n", 2), ("a: 1\n b: 2\n", 2), ("a: *gone\n", 1)],
    "html": [
        ("<html>\n<script>let a = 1;\n</html>", 2),
        ("<!doctype html>\n<html><body><p>cut", 2),
        ("<div>\n<section>\n</div>", 2),
        ("<p>a</p>\n</div>", 2),
        ("<main>\n<p>x", 1),
        ("<p>x</p>\n<script>\nlet a = ;\n</script>", 3),
        ("<style>\na { b: c\n</style>", 2),
    ],
    "css": [
        ("a {\n b: c;\n", 1),
        ("a { b: c }\n}\n", 2),
        ("a { b: c }\n/* never", 2),
        ("a { content: 'x\n}", 1),
        ("a {\n  color red;\n}", 2),
    ],
    "javascript": [
        ("const a = 1;\nconst b = ;\n", 2),
        ("function f() {\n  return 1;\n", 2),
        ("a\n}\n", 2),
        ("import { x from 'y';\n", 1),
    ],
    "typescript": [("const a: number = 1;\nlet b: = 2;\n", 2)],
    "dockerfile": [("COPY . .\n", 1), ("FROM a\nCOPPY . .\n", 2), ("# nothing\n", 1)],
    "requirements": [("fastapi\npip install uvicorn\n", 2)],
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
def test_nothing_is_found_when_it_parses(language: Language, text: str) -> None:
    assert read("x", language, text).fault is None


@pytest.mark.parametrize(
    ("language", "text", "line"), [(name, *case) for name, cases in BAD.items() for case in cases]
)
def test_first_fault_has_its_line(language: Language, text: str, line: int | None) -> None:
    fault = read("x", language, text).fault
    assert fault is not None
    assert fault.line == line
    assert fault.sentence


async def test_every_file_has_facts(pool: ParserPool) -> None:
    facts = await pool.facts(
        [file("a.py", "x = 1"), file("b.css", "}"), file("c.md", "}"), file("ñ.py", "ñ = '€'")]
    )
    assert [(one.path, one.language, one.fault is None) for one in facts] == [
        ("a.py", "python", True),
        ("b.css", "css", False),
        ("c.md", "text", True),
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
