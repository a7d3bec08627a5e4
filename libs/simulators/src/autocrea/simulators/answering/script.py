"""The script of one answer: the text that goes out and how it goes out, after the rule's effect on it."""

from dataclasses import dataclass

from autocrea.simulators.answering.usage import CHARS_PER_TOKEN
from autocrea.simulators.answering.wire import Asked, Stop
from autocrea.simulators.control.rules import Effect
from autocrea.simulators.writer.draft import Draft, WrittenFile

WRONG_NONCE = "00000000"
PROSE_BEFORE = "Claro, aquí tienes lo que pediste. Here is the complete result:\n\n"
PROSE_AFTER = "\n\nEspero que te sirva. Let me know if you would like anything changed!"


@dataclass(frozen=True, slots=True)
class Script:
    """Positions are characters of `text`; `rate` is tokens a second, 0 without delay."""

    text: str
    stop: Stop
    rate: float
    delay_seconds: float = 0
    first_token_delay_seconds: float = 0
    stall_at: int | None = None
    drop_at: int | None = None
    omit_usage: bool = False


def script(asked: Asked, draft: Draft, effect: Effect, rate: float) -> Script:
    """The answer to this request: the draft, changed by the effect, cut at the allowed tokens."""
    text = effect.text if effect.text is not None else _garbled(_changed(draft, effect), effect)
    ends = [effect.length_after_chars]
    if asked.tokens_max is not None:
        ends.append(asked.tokens_max * CHARS_PER_TOKEN)
    end = min((end for end in ends if end is not None), default=len(text))
    return Script(
        text=text[:end],
        stop=Stop.LENGTH if end < len(text) else Stop.END,
        rate=rate if effect.tokens_per_second is None else effect.tokens_per_second,
        delay_seconds=effect.delay_seconds,
        first_token_delay_seconds=effect.first_token_delay_seconds,
        stall_at=effect.stall_after_chars,
        drop_at=effect.drop_after_chars,
        omit_usage=effect.omit_usage,
    )


def _changed(draft: Draft, effect: Effect) -> Draft:
    """The draft with the rule's files instead of, or besides, its own."""
    extra = {file.path: file.text for file in effect.extra_files}
    gone = extra.keys() | set(effect.omit_files)
    kept = tuple(file for file in draft.files if file.path not in gone)
    return draft.with_files(kept + tuple(WrittenFile(path, text) for path, text in extra.items()))


def _garbled(draft: Draft, effect: Effect) -> str:
    """The draft's text as a weaker model would write it."""
    if "wrong_nonce" in effect.garble:
        draft = draft.with_nonce(WRONG_NONCE)
    text = draft.text(spaced="spaced_tags" in effect.garble, end_marker=not effect.omit_end_marker)
    if "fences" in effect.garble:
        text = f"```{'' if draft.files else 'json'}\n{text.rstrip()}\n```"
    if "prose" in effect.garble:
        text = PROSE_BEFORE + text + PROSE_AFTER
    return text
