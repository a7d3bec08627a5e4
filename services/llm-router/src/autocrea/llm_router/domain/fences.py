"""Code fences that a model wraps around a whole file: removed only where they cannot be part of it."""

import re
from pathlib import PurePosixPath

# In these a first line of backticks is not valid text of the format, so the fence is the model's own. Markdown and
# plain text are not among them: there a fence may be meant, and the content stays as it came.
_FENCELESS_SUFFIXES = frozenset(
    (
        *(".py", ".pyi", ".js", ".mjs", ".cjs", ".jsx", ".ts", ".tsx", ".vue", ".svelte"),
        *(".json", ".toml", ".yaml", ".yml", ".ini", ".cfg", ".conf", ".xml", ".dockerfile"),
        *(".html", ".htm", ".css", ".scss", ".svg", ".sh", ".sql"),
        *(".go", ".rs", ".java", ".rb", ".php", ".c", ".h", ".cpp"),
    )
)
_FENCELESS_NAMES = frozenset(
    ("Dockerfile", "Makefile", "Procfile", ".env", ".env.example", ".gitignore", ".dockerignore")
)
_OPENING = re.compile(r"(?P<fence>`{3,}|~{3,})[\w+.#-]*[ \t]*\r?\n")


def unfenced(path: str, text: str) -> str:
    """The content without a fence around all of it; unchanged for formats in which a fence may be meant."""
    if not text.lstrip().startswith(("```", "~~~")):
        return text
    name = PurePosixPath(path).name
    if name not in _FENCELESS_NAMES and PurePosixPath(path).suffix.lower() not in _FENCELESS_SUFFIXES:
        return text
    wrapped = text.strip()
    opening = _OPENING.match(wrapped)
    if opening is None:
        return text
    fence = opening["fence"]
    inner = wrapped[opening.end() :].removesuffix(fence)
    if len(wrapped) != opening.end() + len(inner) + len(fence):
        return text  # nothing closes it
    if inner and not inner.endswith("\n"):
        return text  # the closing fence shares its line with text: not a wrapper
    if any(line.lstrip().startswith(fence) for line in inner.split("\n")):
        return text  # more than one fenced part: which of them is the file is unclear
    return inner
