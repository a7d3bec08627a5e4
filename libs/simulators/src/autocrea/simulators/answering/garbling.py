"""A draft's text as a weaker model would write it."""

import json
import random

from autocrea.simulators.control.effect import Effect
from autocrea.simulators.writer.draft import Draft, WrittenFile

WRONG_NONCE = "00000000"
PROSE_BEFORE = "Claro, aquí tienes lo que pediste. Here is the complete result:\n\n"
PROSE_AFTER = "\n\nEspero que te sirva. Let me know if you would like anything changed!"
# A model that has lost its way: words, marks and markers in no order, the same ones every time.
NOISE = (
    "<<<",
    ">>>",
    "FILE",
    "END",
    "DONE",
    "```",
    "ñandú",
    "{",
    "}",
    '"',
    "\\",
    "\n",
    "\r\n",
    "\t",
    "…",
    "🜁",
    "00",
    " ",
)
NOISE_WORDS = 4_000


def garbled(draft: Draft, effect: Effect) -> str:
    """The text of the draft, with every slip that the effect names."""
    slips = effect.garble
    if "noise" in slips:
        return _noise()
    if "wrong_nonce" in slips:
        draft = draft.with_nonce(WRONG_NONCE)
    if "fenced_files" in slips:
        draft = draft.with_files(tuple(_fenced(file) for file in draft.files))
    text = draft.text(spaced="spaced_tags" in slips, end_marker=not effect.omit_end_marker)
    if "unclosed_file" in slips and draft.files:
        text = _without_last_end(draft)
    if "broken_json" in slips and not draft.files:
        text = _broken(text)
    if "fences" in slips:
        text = f"```{'' if draft.files else 'json'}\n{text.rstrip()}\n```"
    if "prose" in slips:
        text = PROSE_BEFORE + text + PROSE_AFTER
    return text.replace("\n", "\r\n") if "crlf" in slips else text


def _fenced(file: WrittenFile) -> WrittenFile:
    language = file.path.rpartition(".")[2]
    return WrittenFile(file.path, f"```{language}\n{file.text}\n```")


def _without_last_end(draft: Draft) -> str:
    """The last file goes on into nothing: neither its end nor the closing list follows."""
    text = draft.text(end_marker=False)
    return text[: text.rindex("\n<<<END ")]


def _broken(text: str) -> str:
    """A comma too many, as models write it before a closing brace."""
    try:
        json.loads(text)
    except ValueError:
        return text  # no JSON to begin with
    return text[: text.rindex("}")].rstrip() + ",\n}"


def _noise() -> str:
    chance = random.Random(NOISE_WORDS)
    return "".join(chance.choice(NOISE) for _ in range(NOISE_WORDS))
