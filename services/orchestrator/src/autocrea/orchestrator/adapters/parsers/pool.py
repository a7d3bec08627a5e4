"""A few worker processes that parse one file after the other; one that dies or takes too long is replaced."""

import asyncio
import contextlib
import json
import logging
import sys
from collections.abc import Sequence
from typing import Any

from autocrea.contracts.shapes import GeneratedFile
from autocrea.orchestrator.domain.facts import FileFacts, Language, SyntaxFault, language_of

FILE_SECONDS_MAX = 10.0  # half a mebibyte of Python takes 0.8 s on a slow core that nobody else uses
ANSWER_BYTES_MAX = 64 * 1024  # a line number and a sentence

log = logging.getLogger(__name__)


class ParserPool:
    """Implements the port `Parsers`. Workers start when they are first needed."""

    def __init__(self, size: int, *, file_seconds_max: float = FILE_SECONDS_MAX) -> None:
        self._file_seconds_max = file_seconds_max
        self._idle: asyncio.Queue[_Worker] = asyncio.Queue()
        for _ in range(size):
            self._idle.put_nowait(_Worker())

    async def facts(self, files: Sequence[GeneratedFile]) -> tuple[FileFacts, ...]:
        """One worker looks at all of them; files of a language that nobody parses have no facts."""
        worker = await self._idle.get()
        try:
            return tuple(
                [
                    await self._file(worker, file, language)
                    for file in files
                    if (language := language_of(file.path)) is not None
                ]
            )
        finally:
            self._idle.put_nowait(worker)

    async def close(self) -> None:
        """End the workers that nobody uses."""
        while not self._idle.empty():
            await self._idle.get_nowait().end()

    async def _file(self, worker: "_Worker", file: GeneratedFile, language: Language) -> FileFacts:
        try:
            async with asyncio.timeout(self._file_seconds_max):
                answer = await worker.ask(language, file.text.encode())
        except TimeoutError:
            await worker.end()
            return FileFacts(
                file.path, language, crashed=f"its parser took over {self._file_seconds_max:g} seconds"
            )
        except asyncio.CancelledError:
            await asyncio.shield(worker.end())
            raise
        except (EOFError, ConnectionError, ValueError) as error:
            log.warning("a parser process died", extra={"language": language, "reason": repr(error)})
            await worker.end()
            return FileFacts(file.path, language, crashed="its parser died")
        if "error" in answer:
            return FileFacts(file.path, language, crashed=answer["error"])
        if not answer:
            return FileFacts(file.path, language)
        return FileFacts(file.path, language, fault=SyntaxFault(answer["line"], answer["sentence"]))


class _Worker:
    """One process, started on demand. Not for two askers at a time."""

    def __init__(self) -> None:
        self._process: asyncio.subprocess.Process | None = None

    async def ask(self, language: Language, text: bytes) -> dict[str, Any]:
        """Raises EOFError or ConnectionError when the process dies, OSError when none can be started."""
        process = await self._running()
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(f"{language} {len(text)}\n".encode() + text)
        await process.stdin.drain()
        line = await process.stdout.readline()
        if not line:
            raise EOFError("the process ended without an answer")
        answer: dict[str, Any] = json.loads(line)
        return answer

    async def end(self) -> None:
        process, self._process = self._process, None
        if process is not None and process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()

    async def _running(self) -> asyncio.subprocess.Process:
        if self._process is None or self._process.returncode is not None:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "autocrea.orchestrator.adapters.parsers.worker",
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                env={},  # generated text is parsed where no secret is
                limit=ANSWER_BYTES_MAX,
            )
        return self._process
