"""Files as a step's output: what several calls of one model brought, and whether that is all of it."""

import re
from collections.abc import Callable, Iterable

from autocrea.contracts.llm_router.v1 import FilesOutput, StepLimits
from autocrea.contracts.message import CONTENT_BODY_BYTES_MAX
from autocrea.contracts.paths import FileRejected, FileSet, PathRejected, check_path
from autocrea.contracts.shapes import GeneratedFile, RejectedFile
from autocrea.contracts.texts import flaw
from autocrea.llm_router.domain import output_format
from autocrea.llm_router.domain.answers import Stop, Turn
from autocrea.llm_router.domain.file_parser import FileParser, ParsedCall, ParsedFile, Rejection
from autocrea.llm_router.domain.markers import EXAMPLE_PATH, end_line, file_line, unquoted
from autocrea.llm_router.domain.outputs import Incomplete, Invalid, Piece, Verdict, Whole
from pydantic_core import to_json

REJECTED_TOLD_MAX = 100  # entries in the reply: more says nothing new and would fill its message
REJECTED_PATH_CHARS_MAX = 200  # as the message says
ENCODED_BYTES_MAX = CONTENT_BODY_BYTES_MAX - 256 * 1024  # JSON escapes; the rest is for calls and envelope

_BULLET = re.compile(r"(?:[-*•+]|\d+[.)])\s+")


class FilesReading:
    """One answer made of file blocks."""

    def __init__(self, parser: FileParser, take: Callable[[ParsedCall, Stop], Verdict]) -> None:
        self._parser = parser
        self._take = take
        self.chars = 0
        self.bytes = 0

    def feed(self, text: str) -> list[Piece]:
        self.chars += len(text)
        self.bytes += _size(text)
        return self._parser.feed(text)

    def finish(self, stop: Stop) -> Verdict:
        return self._take(self._parser.finish(), stop)


class FilesGathering:
    """The files of one model."""

    def __init__(self, nonce: str, limits: StepLimits) -> None:
        self._nonce = nonce
        self._limits = limits
        self._files: dict[str, ParsedFile] = {}
        self._rejected: dict[str, Rejection] = {}

    def format(self) -> str:
        return output_format.files_format(self._nonce)

    def begin(self) -> FilesReading:
        parser = FileParser(
            self._nonce, judge=_judge, file_bytes_max=self._limits.file_bytes_max, too_big=self._too_big
        )
        return FilesReading(parser, self._take)

    def _take(self, parsed: ParsedCall, stop: Stop) -> Verdict:
        """Whole only when every opened file is closed and the end marker lists nothing that is missing."""
        for file in parsed.files:
            self._files[file.path] = file
            self._rejected.pop(file.path, None)
        for rejection in parsed.rejected:
            self._rejected[rejection.path] = rejection
            self._files.pop(rejection.path, None)
        for path in parsed.unclosed:
            self._files.pop(path, None)
        if not self._files and not self._rejected and not parsed.unclosed and stop is Stop.END:
            again = Turn("user", output_format.write_files_again(self._nonce))
            return Invalid((again,), "the answer holds no file")
        missing = [] if parsed.listed is None else self._missing(parsed.listed)
        if parsed.listed is None or missing or parsed.unclosed:
            return Incomplete(
                self._go_on(parsed.unclosed, missing),
                _why(stop, parsed.unclosed, missing),
                contributed=bool(parsed.files or parsed.rejected),
            )
        return self._whole()

    def _go_on(self, unclosed: Iterable[str], missing: list[str]) -> tuple[Turn, ...]:
        ask = output_format.go_on(self._nonce, whole=list(self._files), again=list(unclosed), missing=missing)
        written = "\n".join(
            f"{file_line(self._nonce, file.path)}\n{file.text}\n{end_line(self._nonce)}"
            for file in self._files.values()
        )
        return (Turn("assistant", written), Turn("user", ask)) if written else (Turn("user", ask),)

    def _missing(self, listed: Iterable[str]) -> list[str]:
        """The listed paths that did not arrive; lines that are no path are prose."""
        arrived = self._files.keys() | self._rejected.keys()
        missing: dict[str, None] = {}
        for line in (raw.strip() for raw in listed):
            path = unquoted(_BULLET.sub("", line, count=1).strip())
            if arrived.isdisjoint((path, line, path.split(" ")[0])) and _may_be_path(line, path):
                missing[path] = None
        return list(missing)

    def _whole(self) -> Whole:
        admitted = FileSet(
            files_max=self._limits.files_max,
            file_bytes_max=self._limits.file_bytes_max,
            total_bytes_max=self._limits.total_bytes_max,
        )
        rejected = dict(self._rejected)
        files: list[GeneratedFile] = []
        encoded_bytes = 0
        for file in self._files.values():
            try:
                encoded_bytes += _encoded_size(file.text, ENCODED_BYTES_MAX - encoded_bytes)
                admitted.admit(file.path, _size(file.text))
            except PathRejected as error:
                rejected[file.path] = Rejection(file.path, error.rule, error.sentence)
            else:
                files.append(GeneratedFile(path=file.path, text=file.text))
        told = tuple(_told(rejection) for rejection in rejected.values())
        return Whole(FilesOutput(files=tuple(files)), told[:REJECTED_TOLD_MAX])

    def _too_big(self, path: str) -> Rejection:
        return Rejection(
            path, "file_too_large", f"the file is larger than {self._limits.file_bytes_max} bytes"
        )


def _may_be_path(line: str, path: str) -> bool:
    fence_or_echo = line.startswith("```") or path == EXAMPLE_PATH
    return bool(path) and not fence_or_echo and not any(character.isspace() for character in path)


def _why(stop: Stop, unclosed: tuple[str, ...], missing: list[str]) -> str:
    if stop is Stop.LENGTH:
        return "the model ran into its length limit"
    if unclosed:
        return f"{len(unclosed)} files have no end marker"
    return f"{len(missing)} listed files did not arrive" if missing else "the end marker is missing"


def _judge(path: str) -> Rejection | None:
    try:
        check_path(path)
    except PathRejected as error:
        return Rejection(path, error.rule, error.sentence)
    return None


def _encoded_size(text: str, room_bytes: int) -> int:
    fault = flaw(text)
    if fault is not None:
        raise FileRejected("text", f"the file {fault}")
    encoded_bytes = len(to_json(text))
    if encoded_bytes > room_bytes:
        raise FileRejected("set_too_large", "all files together do not fit into one message as JSON")
    return encoded_bytes


def _told(rejection: Rejection) -> RejectedFile:
    path = rejection.path.encode("utf-8", "replace").decode()[:REJECTED_PATH_CHARS_MAX]
    return RejectedFile(path=path, rule=rejection.rule, sentence=rejection.sentence)


def _size(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))
