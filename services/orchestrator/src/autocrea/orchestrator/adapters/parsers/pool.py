"""A few worker processes that read one file after the other; one that dies or takes too long is replaced."""

import asyncio
import contextlib
import json
import logging
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from autocrea.contracts.shapes import GeneratedFile
from autocrea.orchestrator.adapters.parsers.answers import decode_facts, decode_hazards
from autocrea.orchestrator.domain.facts import FileFacts, language_of
from autocrea.orchestrator.domain.hazards import FileHazards

FILE_SECONDS_MAX = (
    10.0  # half a mebibyte of Python takes 2 s on a slow core that nobody else uses, its scan 6 s
)
ANSWER_BYTES_MAX = 8 * 1024 * 1024  # ten kinds of 2,000 facts each, of 300 characters at the very most

T = TypeVar("T")

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Crash:
    """Why there is no answer, as the end of a sentence."""

    sentence: str


class ParserPool:
    """Implements the ports `Parsers` and `Scanners`. Workers start when they are first needed."""

    def __init__(self, size: int, *, file_seconds_max: float = FILE_SECONDS_MAX) -> None:
        self._file_seconds_max = file_seconds_max
        self._idle: asyncio.Queue[_Worker] = asyncio.Queue()
        for _ in range(size):
            self._idle.put_nowait(_Worker())

    async def facts(self, files: Sequence[GeneratedFile]) -> tuple[FileFacts, ...]:
        """One worker looks at all of them, one after the other."""
        answers = await self._ask("read", files, decode_facts)
        return tuple(
            FileFacts(file.path, language_of(file.path), crashed=answer.sentence)
            if isinstance(answer, _Crash)
            else answer
            for file, answer in zip(files, answers, strict=True)
        )

    async def hazards(self, files: Sequence[GeneratedFile]) -> tuple[FileHazards, ...]:
        """The same with the scanners of the security audit."""
        answers = await self._ask("scan", files, decode_hazards)
        return tuple(
            FileHazards(file.path, crashed=answer.sentence)
            if isinstance(answer, _Crash)
            else FileHazards(file.path, answer)
            for file, answer in zip(files, answers, strict=True)
        )

    async def close(self) -> None:
        """End the workers that nobody uses."""
        while not self._idle.empty():
            await self._idle.get_nowait().end()

    async def _ask(
        self, task: str, files: Sequence[GeneratedFile], decode: Callable[[bytes], T]
    ) -> list[T | _Crash]:
        worker = await self._idle.get()
        try:
            return [await self._file(worker, task, file, decode) for file in files]
        finally:
            self._idle.put_nowait(worker)

    async def _file(
        self, worker: "_Worker", task: str, file: GeneratedFile, decode: Callable[[bytes], T]
    ) -> T | _Crash:
        language = language_of(file.path)
        try:
            async with asyncio.timeout(self._file_seconds_max):
                answer = await worker.ask(task, file.path, language, file.text.encode())
        except TimeoutError:
            await worker.end()
            return _Crash(f"its parser took over {self._file_seconds_max:g} seconds")
        except asyncio.CancelledError:
            await asyncio.shield(worker.end())
            raise
        except (EOFError, ConnectionError, ValueError) as error:
            log.warning("a parser process died", extra={"language": language, "reason": repr(error)})
            await worker.end()
            return _Crash("its parser died")
        if answer.startswith(b'{"error"'):
            return _Crash(json.loads(answer)["error"])
        return decode(answer)


class _Worker:
    """One process, started on demand. Not for two askers at a time."""

    def __init__(self) -> None:
        self._process: asyncio.subprocess.Process | None = None

    async def ask(self, task: str, path: str, language: str, text: bytes) -> bytes:
        """Raises EOFError or ConnectionError when the process dies, OSError when none can be started."""
        process = await self._running()
        assert process.stdin is not None
        assert process.stdout is not None
        header = {"task": task, "path": path, "language": language, "bytes": len(text)}
        process.stdin.write(json.dumps(header).encode() + b"\n" + text)
        await process.stdin.drain()
        line = await process.stdout.readline()
        if not line:
            raise EOFError("the process ended without an answer")
        return line

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
