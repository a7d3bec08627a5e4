"""Text on its way to whoever watches: at most ten messages a second for a step, secrets masked, lossy by design."""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from autocrea.contracts.ids import CallId
from autocrea.contracts.llm_router.v1 import ExecuteStep, ReplacedModel, StepProgressed
from autocrea.contracts.masking import MaskedText
from autocrea.llm_router.domain.outputs import Piece
from autocrea.llm_router.domain.usage import tokens_of_chars

A_SECOND_MAX = 10  # messages in any one second: more than a reader can follow
INTERVAL_SECONDS = 0.1  # between messages with text; that another call begins is told at once
TEXT_CHARS_MAX = 8_000  # in a message: 48 kB even if every character needs the longest escape
SEGMENTS_MAX = (
    16  # files whose text waits to be sent: when a model is faster than this, the oldest is skipped
)


@dataclass(slots=True)
class _Segment:
    path: str | None
    offset: int
    text: str


@dataclass(slots=True)
class _Writing:
    """The file being written: where the next text of it begins, and where what is shown of it ends."""

    path: str | None
    arrived: int
    shown: int
    text: MaskedText = field(default_factory=MaskedText)


class ProgressMeter:
    """One step's progress. `now` is any clock in seconds that never goes back."""

    def __init__(self, order: ExecuteStep) -> None:
        self._order = order
        self._writing: _Writing | None = None
        self._waiting: deque[_Segment] = deque(maxlen=SEGMENTS_MAX)
        self._sent_at: deque[float] = deque(maxlen=A_SECOND_MAX)
        self._call_id: CallId | None = None
        self._model = ""
        self._replaced: ReplacedModel | None = None

    def placed(
        self, call_id: CallId, model: str, replaced: ReplacedModel | None, now: float
    ) -> StepProgressed | None:
        """A call begins: whatever was not sent of the one before is moot."""
        self._call_id, self._model, self._replaced = call_id, model, replaced
        self._writing = None
        self._waiting.clear()
        self._waiting.append(_Segment(None, 0, ""))
        return self._sent(0, 0, now) if self._may_send(now) else None

    def wrote(self, pieces: Iterable[Piece], bytes_: int, chars: int, now: float) -> StepProgressed | None:
        """Text arrived, and this much in all; the message to send now, if one is due."""
        for piece in pieces:
            for shown in self._masked(piece):
                self._wait(shown)
        spaced = not self._sent_at or now - self._sent_at[-1] >= INTERVAL_SECONDS
        return self._sent(bytes_, chars, now) if self._waiting and spaced and self._may_send(now) else None

    def _masked(self, piece: Piece) -> Iterator[_Segment]:
        """What may be shown now, one for one: a secret may go on in the next piece."""
        file = self._writing
        if file is None or (file.path, file.arrived) != (piece.path, piece.offset):
            rest = "" if file is None else file.text.finish()
            if file is not None and rest:
                yield _Segment(file.path, file.shown, rest)
            file = self._writing = _Writing(piece.path, piece.offset, piece.offset)
        file.arrived += len(piece.text)
        text = file.text.feed(piece.text)
        yield _Segment(file.path, file.shown, text)
        file.shown += len(text)

    def _wait(self, shown: _Segment) -> None:
        last = self._waiting[-1] if self._waiting else None
        if last is not None and (last.path, last.offset + len(last.text)) == (shown.path, shown.offset):
            last.text += shown.text
        else:
            self._waiting.append(shown)

    def _may_send(self, now: float) -> bool:
        return len(self._sent_at) < A_SECOND_MAX or now - self._sent_at[0] >= 1.0

    def _sent(self, bytes_: int, chars: int, now: float) -> StepProgressed:
        assert self._call_id is not None, "text comes from a call"
        self._sent_at.append(now)
        segment = self._waiting[0]
        text, rest = segment.text[:TEXT_CHARS_MAX], segment.text[TEXT_CHARS_MAX:]
        message = StepProgressed(
            generation_id=self._order.generation_id,
            run=self._order.run,
            step=self._order.step,
            attempt=self._order.attempt,
            call_id=self._call_id,
            model=self._model,
            replaced=self._replaced,
            path=segment.path,
            offset=segment.offset,
            text=text.encode("utf-8", "replace").decode(),
            bytes=bytes_,
            tokens=tokens_of_chars(chars),
        )
        if rest:
            segment.offset, segment.text = segment.offset + len(text), rest
        else:
            self._waiting.popleft()
        return message
