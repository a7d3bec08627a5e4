"""The script of one answer: the text that goes out, why it ends, and where something happens on the way."""

from dataclasses import dataclass
from enum import StrEnum

from autocrea.simulators.answering.garbling import garbled
from autocrea.simulators.answering.usage import CHARS_PER_TOKEN
from autocrea.simulators.answering.wire import Asked, Stop
from autocrea.simulators.control.effect import Effect
from autocrea.simulators.writer.draft import Draft, WrittenFile


class Turn(StrEnum):
    """What happens at a position of the text."""

    STALL = "stall"
    BAD_JSON = "bad_json"
    ERROR = "error"
    DROP = "drop"


@dataclass(frozen=True, slots=True)
class Script:
    """`turns` are in order, by characters of `text`; `rate` is tokens a second, 0 without delay."""

    text: str
    stop: Stop
    rate: float
    turns: tuple[tuple[int, Turn], ...] = ()


def script(asked: Asked, draft: Draft, effect: Effect, rate: float) -> Script:
    """The answer to this request: the draft, changed by the effect, cut where it ends."""
    text = effect.text if effect.text is not None else garbled(_changed(draft, effect), effect)
    allowed = None if asked.tokens_max is None else asked.tokens_max * CHARS_PER_TOKEN
    ends = [
        (end, stop)
        for end, stop in (
            (effect.refuse_after_chars, Stop.REFUSED),
            (effect.length_after_chars, Stop.LENGTH),
            (allowed, Stop.LENGTH),
        )
        if end is not None and (end < len(text) or stop is Stop.REFUSED)
    ]
    end, stop = min(ends, key=lambda one: one[0], default=(len(text), Stop.END))
    return Script(
        text=text[:end],
        stop=stop,
        rate=rate if effect.tokens_per_second is None else effect.tokens_per_second,
        turns=_turns(text[:end], effect),
    )


def _turns(text: str, effect: Effect) -> tuple[tuple[int, Turn], ...]:
    drop_at = effect.drop_after_chars
    if drop_at is not None and effect.drop_in_character:
        wide = next((at for at in range(drop_at, len(text)) if not text[at].isascii()), None)
        drop_at = None if wide is None else wide + 1
    wanted = (
        (effect.stall_after_chars, Turn.STALL),
        (effect.bad_json_after_chars, Turn.BAD_JSON),
        (effect.error_after_chars, Turn.ERROR),
        (drop_at, Turn.DROP),
    )
    turns = [(at, turn) for at, turn in wanted if at is not None and at <= len(text)]
    return tuple(sorted(turns, key=lambda one: one[0]))


def _changed(draft: Draft, effect: Effect) -> Draft:
    """The draft with the rule's files instead of, or besides, its own."""
    extra = {file.path: file.text for file in effect.extra_files}
    gone = extra.keys() | set(effect.omit_files)
    kept = tuple(file for file in draft.files if file.path not in gone)
    return draft.with_files(kept + tuple(WrittenFile(path, text) for path, text in extra.items()))
