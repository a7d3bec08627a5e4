"""CSS: faults, and the files that it loads. Runs in a worker process only.

A browser skips a declaration that it does not know, so only what makes it skip the rest is a fault: a brace, string or
comment that is never closed, and a declaration without a colon. A full grammar would refuse what is newer than it.
"""

import re
from dataclasses import replace

from autocrea.orchestrator.domain.facts import FileFacts, Named, SyntaxFault

_TOKEN = re.compile(
    r"(?P<comment>/\*)"
    r"|(?P<url>\burl\(\s*(?![\"'\s])(?P<bare>[^)\n]*)\)?)"
    r"|(?P<string>[\"'])"
    r"|(?P<mark>[{};])"
    r"|(?P<escape>\\.)",
    re.DOTALL,
)
_STRING_ENDS = {
    '"': re.compile(r'(?:[^"\\\n]|\\.)*"', re.DOTALL),
    "'": re.compile(r"(?:[^'\\\n]|\\.)*'", re.DOTALL),
}
_LOADS = re.compile(r"(?:\burl\(\s*|@import\s+)$")


def read_css(facts: FileFacts, text: str) -> FileFacts:
    """The sheet's facts."""
    sheet = _Sheet(text)
    sheet.read()
    return replace(facts, fault=sheet.fault, references=tuple(sheet.references))


class _Sheet:
    """One pass from token to token. `_start` is where the present declaration or selector begins."""

    def __init__(self, text: str) -> None:
        self.fault: SyntaxFault | None = None
        self.references: list[Named] = []
        self._text = text
        self._open: list[int] = []
        self._start = 0
        self._counted = (0, 1)

    def read(self) -> None:
        place = 0
        while self.fault is None and (token := _TOKEN.search(self._text, place)) is not None:
            place = self._take(token)
        if self.fault is None and self._open:
            self._fail(self._open[-1], "the block is never closed")

    def _take(self, token: "re.Match[str]") -> int:
        """Handle a token; returns where to go on."""
        at = token.start()
        if token["comment"]:
            end = self._text.find("*/", token.end())
            if end < 0:
                self._fail(at, "the comment is never closed")
                return len(self._text)
            if not self._text[self._start : at].strip():
                self._start = end + 2
            return end + 2
        if token["url"]:
            self.references.append(Named(token["bare"].strip(), self._line(at)))
        elif token["string"]:
            return self._string(at, token["string"])
        elif token["mark"]:
            self._mark(at, token["mark"])
        return token.end()

    def _string(self, at: int, quote: str) -> int:
        end = _STRING_ENDS[quote].match(self._text, at + 1)
        if end is None:
            self._fail(at, "the string is never closed")
            return len(self._text)
        if _LOADS.search(self._text, max(self._start, at - 40), at):
            self.references.append(Named(self._text[at + 1 : end.end() - 1], self._line(at)))
        return end.end()

    def _mark(self, at: int, mark: str) -> None:
        if mark == "{":
            self._open.append(at)
        else:
            self._declaration(at)
            if mark == "}":
                if not self._open:
                    self._fail(at, "} closes nothing")
                    return
                self._open.pop()
        self._start = at + 1

    def _declaration(self, end: int) -> None:
        text = self._text[self._start : end].strip()
        if self._open and text and ":" not in text and not text.startswith("@"):
            start = (
                self._start + len(self._text[self._start : end]) - len(self._text[self._start : end].lstrip())
            )
            self._fail(start, "a declaration has no colon")

    def _fail(self, at: int, sentence: str) -> None:
        self.fault = SyntaxFault(self._line(at), sentence)

    def _line(self, at: int) -> int:
        """Counts on from the last place asked for, which almost always stands before."""
        counted, line = self._counted if self._counted[0] <= at else (0, 1)
        line += self._text.count("\n", counted, at)
        self._counted = (at, line)
        return line
