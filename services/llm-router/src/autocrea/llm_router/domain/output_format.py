"""The words with which a model is told how to answer, to go on, and to try again."""

import json
from collections.abc import Sequence

from autocrea.llm_router.domain.markers import EXAMPLE_PATH, done_line, end_line, file_line
from pydantic import BaseModel

LISTED_MAX = 200  # as many paths as a step may have files
PROBLEMS_MAX = 20  # validation errors told at once: more would hide the first


def files_format(nonce: str) -> str:
    """How files are to be written."""
    return f"""## Output format

Write every file between these two marker lines, exactly, nothing else on the line:
{file_line(nonce, EXAMPLE_PATH)}
(content, verbatim; no code fences)
{end_line(nonce)}
After the last file write one line per file with its path between:
{done_line(nonce)}
{EXAMPLE_PATH}
{end_line(nonce)}
The newline before an END line belongs to the marker: a file that ends with a newline shows an empty line there."""


def document_format(shape: type[BaseModel]) -> str:
    """How a JSON document is to be written."""
    schema = json.dumps(shape.model_json_schema(), ensure_ascii=False, separators=(",", ":"))
    return f"""## Output format

Answer with one JSON document and nothing else. It must match this JSON schema:
{schema}"""


def go_on(nonce: str, *, whole: Sequence[str], again: Sequence[str], missing: Sequence[str]) -> str:
    """The turn that asks for the rest of an answer that broke off."""
    parts = ["Your answer broke off before its end."]
    if whole:
        parts.append(f"These files arrived whole; do not write them again:\n{_bullets(whole)}")
    if again:
        parts.append(f"These were cut off; write them again from their beginning:\n{_bullets(again)}")
    if missing:
        parts.append(f"These are on your list but did not arrive:\n{_bullets(missing)}")
    parts.append(
        "Go on now with every file that is missing, between the same marker lines. Then write "
        f"{done_line(nonce)}, one line with the path of every file, those above included, and {end_line(nonce)}."
    )
    return "\n\n".join(parts)


def write_files_again(nonce: str) -> str:
    """The turn after an answer without a single file."""
    return (
        "Your answer held no file between marker lines. Answer again, the whole of it, and write every file between\n"
        f"{file_line(nonce, EXAMPLE_PATH)}\nand\n{end_line(nonce)}\nas the output format says, with its real path."
    )


def write_document_again(problems: Sequence[str]) -> str:
    """The turn after a document that does not match its schema."""
    return (
        f"Your answer is not the JSON document that was asked for:\n{_bullets(problems[:PROBLEMS_MAX])}\n\n"
        "Answer again with the whole corrected JSON document and nothing else."
    )


def write_document_shorter() -> str:
    """The turn after a document that ran into the length limit."""
    return (
        "Your answer broke off at its length limit. Answer again with the whole JSON document and nothing else, "
        "with shorter texts, so that it fits."
    )


def _bullets(lines: Sequence[str]) -> str:
    return "\n".join(f"- {line}" for line in lines[:LISTED_MAX])
