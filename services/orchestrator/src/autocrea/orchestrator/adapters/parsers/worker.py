"""The process that parses: reads texts on its standard input, writes a line of JSON for each. Holds no secret.

A request is a line `<language> <bytes>` and the UTF-8 text; the answer is `{"line": …, "sentence": …}`, or
`{"error": …}` where the parser itself failed. It ends when its input does, and when it takes more memory than it may.
"""

import json
import resource
import sys
from typing import Any, BinaryIO

from autocrea.orchestrator.adapters.parsers.languages import PARSERS

MEMORY_BYTES_MAX = 1024**3  # a syntax tree takes some 50 times its text, which is at most half a mebibyte


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES_MAX, MEMORY_BYTES_MAX))
    requests, answers = sys.stdin.buffer, sys.stdout.buffer
    while header := requests.readline():
        language, size = header.split()
        answer = _answer(language.decode(), _exactly(requests, int(size)))
        answers.write(json.dumps(answer).encode() + b"\n")
        answers.flush()


def _answer(language: str, text: bytes) -> dict[str, Any]:
    try:
        fault = PARSERS[language](text.decode())
    except (RecursionError, MemoryError) as error:
        return {
            "error": "it is nested too deeply"
            if isinstance(error, RecursionError)
            else "it takes too much memory"
        }
    except Exception as error:
        return {"error": f"the parser failed with {type(error).__name__}"}
    return {} if fault is None else {"line": fault.line, "sentence": fault.sentence}


def _exactly(stream: BinaryIO, size: int) -> bytes:
    data = stream.read(size)
    if len(data) != size:
        sys.exit(0)
    return data


if __name__ == "__main__":
    main()
