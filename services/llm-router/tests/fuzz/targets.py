"""What must hold for any bytes a model or a provider can send; each target raises when it does not."""

from collections.abc import Callable, Iterator

from autocrea.contracts.llm_router.v1 import StepLimits
from autocrea.llm_router.adapters.anthropic_events import AnthropicReader
from autocrea.llm_router.adapters.openai_chunks import OpenAiReader
from autocrea.llm_router.adapters.server_sent_events import EventReader, NotAnEventStream
from autocrea.llm_router.adapters.wire import AnswerReader
from autocrea.llm_router.adapters.wire_json import Broken
from autocrea.llm_router.domain.answers import Stop
from autocrea.llm_router.domain.document_output import DocumentGathering
from autocrea.llm_router.domain.file_parser import FileParser, ParsedCall, Rejection
from autocrea.llm_router.domain.files_output import FilesGathering
from autocrea.llm_router.domain.markers import done_line, end_line, file_line
from autocrea.llm_router.domain.outputs import Gathering
from autocrea.llm_router.ports import CallFailed

NONCE = "7f3a9c2e"
FILE_BYTES_MAX = 200
LIMITS = StepLimits(files_max=5, file_bytes_max=FILE_BYTES_MAX, total_bytes_max=500, output_tokens_max=1000)
CHUNK_BYTES_MAX = 24

Shown = list[tuple[str | None, str]]
"""Paths with the text that was shown of them, in the order in which they were opened."""

# Single bytes stand for what answers and streams are made of, so that random bytes become nearly valid ones.
_ANSWER = (
    f"{file_line(NONCE, 'a.py')}\n", f"{file_line(NONCE, 'b/ñ.md')}\r\n", f"\n{end_line(NONCE)}\n",
    end_line(NONCE), f"{done_line(NONCE)}\n", "<<<", ">>>", "<<<END>>>", f"<<< FILE {NONCE} a.py >>>\n",
    "<<<FILE 00ff c.py>>>\n", "<<<END 00ff>>>\n", "```python\n", "```\n", "\n", "\r\n", "  ", "a.py\n",
    "../../etc/passwd", "ñ🦤", "\ud83e", "\udda4", "&lt;", "x" * 90,
)  # fmt: skip
_STREAM = (
    'data: {"choices":[{"delta":{"content":"', '"}}]}\n\n', "data: [DONE]\n\n", "\\ud83e", "\\udda4",
    'data: {"choices":[{"delta":{},"finish_reason":"stop"}]}\n\n', 'data: {"error":{"code":"', '"}}\n\n',
    'data: {"usage":{"prompt_tokens":', 'data: {"type":"message_start","message":{"usage":{"input_tokens":',
    'data: {"type":"content_block_delta","delta":{"type":"text_delta","text":"', '"}}\n\n', "}}\n\n", "1",
    'data: {"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":',
    'data: {"type":"message_stop"}\n\n', 'data: {"type":"error","error":{"type":"', "event: ping\n", "data:",
    ": \n", "\r", "\n", "null", "[", "{", '"', "ñ",
)  # fmt: skip
_DOCUMENT = (
    '{"summary": "', '", "findings": []}', "{", "}", "[", "]", '"', ",", ":", "```json\n", "\n```\n", "<think>",
    "</think>", "NaN", "1e999", "\\u0000", "\\ud800", "ñ", "\n", '"findings"', "null", "{" * 60, "\ufeff",
)  # fmt: skip


def files(data: bytes) -> None:
    """An answer is read alike however it is cut, its pieces are its files, and its caps hold."""
    text = _spelt(data, _ANSWER)
    whole, shown = _parsed([text])
    for cut in (list(text), list(_chunks(text, data))):
        again, pieces = _parsed(cut)
        assert again == whole, "cut otherwise, read otherwise"
        _assert_shown_alike(pieces, shown, {file.path for file in whole.files})
    for file in whole.files:
        assert len(file.text.encode("utf-8", "surrogatepass")) <= FILE_BYTES_MAX
    _gathered(FilesGathering(NONCE, LIMITS), text, data)


def documents(data: bytes) -> None:
    """Whatever an answer holds is a document, or is asked for again."""
    for kind in ("findings", "contract"):
        _gathered(DocumentGathering(kind, LIMITS), _spelt(data, _DOCUMENT), data)


def streams(data: bytes) -> None:
    """A stream is understood, or is broken in a way that the wire knows; never anything else."""
    text = _spelt(data, _STREAM).encode("utf-8", "surrogatepass")
    for reader in (OpenAiReader(), AnthropicReader()):
        _read(reader, text, data)
        try:
            list(type(reader)().plain(text))
        except (Broken, CallFailed):
            continue


TARGETS: dict[str, Callable[[bytes], None]] = {"files": files, "documents": documents, "streams": streams}


def _spelt(data: bytes, words: tuple[str, ...]) -> str:
    return "".join(words[byte] if byte < len(words) else chr(byte) for byte in data)


def _chunks(text: str, data: bytes) -> Iterator[str]:
    at, turn = 0, 0
    while at < len(text):
        step = 1 + data[turn % len(data)] % CHUNK_BYTES_MAX
        yield text[at : at + step]
        at, turn = at + step, turn + 1


def _parsed(cut: list[str]) -> tuple[ParsedCall, Shown]:
    """What the parser makes of it, and the text that it showed on the way, file after file."""

    def judge(path: str) -> Rejection | None:
        return Rejection(path, "parent", "") if ".." in path else None

    parser = FileParser(
        NONCE, judge=judge, file_bytes_max=FILE_BYTES_MAX, too_big=lambda path: Rejection(path, "size", "")
    )
    shown: Shown = []
    for part in cut:
        for piece in parser.feed(part):
            if piece.offset == 0 and not piece.text:
                shown.append((piece.path, ""))
            else:
                path, text = shown[-1]
                assert (path, len(text)) == (piece.path, piece.offset), "a piece without its beginning"
                shown[-1] = (path, text + piece.text)
    return parser.finish(), shown


def _assert_shown_alike(one: Shown, other: Shown, accepted: set[str]) -> None:
    """How much is shown of a file before it outgrows its cap depends on the cut; all else does not."""
    assert [path for path, _ in one] == [path for path, _ in other], "cut otherwise, other files shown"
    for (_, text), (_, again) in zip(one, other, strict=True):
        assert text.startswith(again) or again.startswith(text), "cut otherwise, other text shown"
    for path in accepted:
        assert dict(one)[path] == dict(other)[path], "cut otherwise, more or less shown of a whole file"


def _gathered(gathering: Gathering, text: str, data: bytes) -> None:
    reading = gathering.begin()
    for part in _chunks(text, data):
        reading.feed(part)
    reading.finish(Stop.LENGTH if data[-1] % 2 else Stop.END)


def _read(reader: AnswerReader, stream: bytes, data: bytes) -> None:
    events = EventReader()
    at, turn = 0, 0
    try:
        while at < len(stream):
            step = 1 + data[turn % len(data)] % CHUNK_BYTES_MAX
            for event in events.feed(stream[at : at + step]):
                list(reader.event(event))
            at, turn = at + step, turn + 1
        for event in events.finish():
            list(reader.event(event))
        reader.finish()
    except (Broken, CallFailed, NotAnEventStream):
        return
