"""The process that parses: reads texts on its standard input, writes a line of JSON for each. Holds no secret.

A request is a line of JSON (`task`, `path`, `language`, `bytes`) and the UTF-8 text; the answer is what the task finds,
or `{"error": …}` where the parser itself failed. It ends when its input does, or when it takes more memory than it may.
"""

import json
import resource
import sys
from typing import Any, BinaryIO

from autocrea.orchestrator.adapters.parsers.answers import encode_facts, encode_hazards
from autocrea.orchestrator.adapters.parsers.reading import read

MEMORY_BYTES_MAX = 1024**3  # a syntax tree takes some 50 times its text, which is at most half a mebibyte


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES_MAX, MEMORY_BYTES_MAX))
    requests, answers = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr  # what a library prints must not look like an answer
    while header := requests.readline():
        asked = json.loads(header)
        answers.write(_answer(asked, _exactly(requests, asked["bytes"])) + b"\n")
        answers.flush()


def _answer(asked: dict[str, Any], body: bytes) -> bytes:
    try:
        text = body.decode()
        if asked["task"] == "scan":
            # Bandit takes a tenth of a second to import: only where it is needed.
            from autocrea.orchestrator.adapters.parsers.scanning import scan

            return encode_hazards(scan(asked["language"], text))
        return encode_facts(read(asked["path"], asked["language"], text))
    except RecursionError:
        return _error("it is nested too deeply")
    except MemoryError:
        return _error("it takes too much memory")
    except Exception as error:
        return _error(f"the parser failed with {type(error).__name__}")


def _error(sentence: str) -> bytes:
    return json.dumps({"error": sentence}).encode()


def _exactly(stream: BinaryIO, size: int) -> bytes:
    data = stream.read(size)
    if len(data) != size:
        sys.exit(0)
    return data


if __name__ == "__main__":
    main()
