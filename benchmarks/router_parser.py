"""The parser of file blocks, fed as a model streams, beside a regular expression over the whole answer at its end.

`make bench-router-parser` runs it. The expression is what one would write first: it sees nothing before the end,
takes no slip, keeps no cap. Also shown: an answer full of what looks like markers.
"""

import re
import statistics
import time
from collections.abc import Callable, Iterator
from functools import partial

from autocrea.llm_router.domain.file_parser import FileParser, Rejection
from autocrea.llm_router.domain.markers import done_line, end_line, file_line

NONCE = "7f3a9c2e"
FILES = 60
LINES_A_FILE = 450
ROUNDS = 7
FILE_BYTES_MAX = 512 * 1024
CHUNKS_CHARS = (4, 64, 4096)  # a token, what a busy server sends at once, an answer in large pieces

_BLOCK = re.compile(rf"^<<<FILE {NONCE} (?P<path>[^\n]+)>>>\n(?P<text>.*?)\n<<<END {NONCE}>>>$", re.S | re.M)


def main() -> None:
    plain = answer(lambda number: f"    total_{number} = price * {number}  # comentario con ñ\n")
    awkward = answer(lambda number: f"<<<FILE {number:08x} a.py>>> <<<END <<< {number}\n")
    print(f"{'':<56}{'parser':>12}{'expression':>14}{'ratio':>8}")
    for name, text in (("code", plain), ("lines that look like markers", awkward)):
        bare = seconds(partial(expression, text))
        for chars in CHUNKS_CHARS:
            took = seconds(partial(streamed, text, chars))
            megabytes = len(text.encode()) / 1e6
            shown = f"{name}, {chars} characters at once"
            print(f"{shown:<56}{megabytes / took:>7.1f} MB/s{megabytes / bare:>9.1f} MB/s{bare / took:>8.2f}")


def answer(line: Callable[[int], str]) -> str:
    """A whole answer with its list."""
    body = "".join(line(number) for number in range(LINES_A_FILE))
    paths = [f"backend/module_{number}.py" for number in range(FILES)]
    blocks = "".join(f"{file_line(NONCE, path)}\n{body}\n{end_line(NONCE)}\n" for path in paths)
    return blocks + "\n".join((done_line(NONCE), *paths, end_line(NONCE)))


def streamed(text: str, chars: int) -> int:
    parser = FileParser(NONCE, judge=lambda _path: None, file_bytes_max=FILE_BYTES_MAX, too_big=_too_big)
    for piece in pieces(text, chars):
        parser.feed(piece)
    parsed = parser.finish()
    assert parsed.listed is not None
    assert len(parsed.files) == FILES
    return len(parsed.files)


def expression(text: str) -> int:
    found = {match["path"]: match["text"] for match in _BLOCK.finditer(text)}
    assert len(found) == FILES
    return len(found)


def pieces(text: str, chars: int) -> Iterator[str]:
    for at in range(0, len(text), chars):
        yield text[at : at + chars]


def seconds(run: Callable[[], int]) -> float:
    """The median of a few rounds."""
    took = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        run()
        took.append(time.perf_counter() - started)
    return statistics.median(took)


def _too_big(path: str) -> Rejection:
    return Rejection(path, "file_too_large", "")


if __name__ == "__main__":
    main()
