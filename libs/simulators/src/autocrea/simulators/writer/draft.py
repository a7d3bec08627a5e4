"""What the writer hands over: files for the output protocol, or one document."""

from dataclasses import dataclass, replace
from typing import Self


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """A file, byte for byte."""

    path: str
    text: str


@dataclass(frozen=True, slots=True)
class Draft:
    """Either `document` (one text as it stands) or `files`, to be put between marker lines with `nonce`.

    `listed` are paths of the closing list that earlier parts of the same answer have written already.
    """

    document: str | None = None
    files: tuple[WrittenFile, ...] = ()
    nonce: str = ""
    listed: tuple[str, ...] = ()

    def with_files(self, files: tuple[WrittenFile, ...]) -> Self:
        """The same draft with other files; a document stays what it is."""
        return self if self.document is not None else replace(self, files=files)

    def with_nonce(self, nonce: str) -> Self:
        """The same draft as a model would write it that misremembers the nonce."""
        return replace(self, nonce=nonce)

    def text(self, *, spaced: bool = False, end_marker: bool = True) -> str:
        """The answer's text; `spaced` puts blanks inside the markers, as weaker models do."""
        if self.document is not None:
            return self.document
        left, right = ("<<< ", " >>>") if spaced else ("<<<", ">>>")
        end = f"{left}END {self.nonce}{right}\n"
        parts = [f"{left}FILE {self.nonce} {file.path}{right}\n{file.text}\n{end}" for file in self.files]
        if end_marker:
            paths = [*self.listed, *(file.path for file in self.files)]
            parts.append(f"{left}DONE {self.nonce}{right}\n" + "".join(f"{path}\n" for path in paths) + end)
        return "".join(parts)
